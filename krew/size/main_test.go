package main

import (
	"maps"
	"strings"
	"testing"
)

func TestSizes(t *testing.T) {
	have := sizes(` 4a0000        100 T github.com/spf13/cobra.(*Command).Execute
 4a0100         20 T github.com/spf13/cobra.init
 4a0200          7 T k8s.io/apimachinery/pkg/util/sets.Set[k8s.io/api/core/v1.Pod].Insert
 4a0300          5 R type:*gopkg.in/inf%2ev0.Dec
 4a0400          3 T type:.eq.github.com/spf13/pflag.Flag
 4a0500          9 R runtime.pclntab
 4a0600         11 R go:string.*
                1 U _cgo_init
 4a0700       9999 B net/http.buffer
 4a0800          2 t main.main
 4a0900          4 R go:itab.*os.File,io.Reader
`)
	want := map[string]int{
		"github.com/spf13/cobra": 120, "k8s.io/apimachinery/pkg/util/sets": 7, "gopkg.in/inf.v0": 5, "github.com/spf13/pflag": 3,
		"runtime": 9, "(go:string)": 11, "main": 2, "os": 4,
	}
	if !maps.Equal(have, want) {
		t.Errorf("have %v\nwant %v", have, want)
	}
}

func TestReportIsSorted(t *testing.T) {
	out := report(map[string]int{"small": 1e6, "large": 3e6})
	if !strings.HasPrefix(out, "    3.00 MB  75.0 %  large\n    1.00 MB  25.0 %  small\n") || !strings.HasSuffix(out, "    4.00 MB  in 2 packages\n") {
		t.Errorf("it prints\n%s", out)
	}
}
