package testbed_test

import (
	"os"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

var bed testbed.Bed

func TestMain(m *testing.M) { os.Exit(bed.Main(m)) }
