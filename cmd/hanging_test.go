package cmd_test

import (
	"testing"
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

// TestHanging holds that a call that hangs and decides nothing costs a moment, whatever the question is, and that it is waited for
// where notes are asked for.
func TestHanging(t *testing.T) {
	const long = 20 * time.Second // for all that is not waiting
	w := newWorld(t)
	w.aws.Inject(testbed.Fault{On: "ec2:*", Effect: testbed.Hung()})
	for _, args := range [][]string{
		{"explain", "pod/web-0"}, {"whoami", "web-0"}, {"explain", "-l", "app=web"}, {"whoami", "web-0", "--expect-role", webRole},
	} {
		start := time.Now()
		w.kubectl(t, args...).expect(t, 0, "web")
		if took := time.Since(start); took > long {
			t.Errorf("%v took %v", args, took)
		}
	}
	const timeout = 6 * time.Second
	start := time.Now()
	w.kubectl(t, "explain", "pod/web-0", "-o", "wide", "--request-timeout", timeout.String()).expect(t, 0, "no answer in time")
	if took := time.Since(start); took < timeout {
		t.Errorf("with -o wide it took %v", took)
	}
}
