package cmd_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

var (
	bindStale   = flag.Duration("bind.stale", 400*time.Millisecond, "how long IAM answers with old trust policies in TestBindStale")
	bindWriters = flag.Int("bind.writers", 4, "how many processes bind and unbind at once in TestBindStale")
)

// TestBindStale lets processes bind and unbind service accounts of one role at once while IAM answers with old trust policies: what
// exits with 0 is there at the end, and nothing else is changed.
func TestBindStale(t *testing.T) {
	webhookForAll(t)
	for _, probability := range []float64{0.5, 1} {
		t.Run(fmt.Sprint(probability), func(t *testing.T) {
			t.Parallel()
			b := newBinding(t)
			b.aws.Provider(t, testbed.Account, b.cluster.Issuer, "sts.amazonaws.com")
			for i := range *bindWriters {
				b.cluster.ServiceAccount(t, b.namespace, fmt.Sprintf("web-%d", i), nil)
			}
			for round := range *bindRuns {
				b.stale(t, fmt.Sprintf("role-%d", round), probability)
			}
		})
	}
}

func (b *binding) stale(t *testing.T, role string, probability float64) {
	t.Helper()
	b.aws.SetLag(0, 0)
	var before, after []string
	for i := range *bindWriters {
		if i%2 == 1 {
			before = append(before, fmt.Sprintf("%s:web-%d", b.namespace, i))
		} else {
			after = append(after, fmt.Sprintf("%s:web-%d", b.namespace, i))
		}
	}
	several := `["system:serviceaccount:` + strings.Join(before, `", "system:serviceaccount:`) + `"]` // in one statement, to leave room
	trusted := strings.Replace(statement(b.host, "BEFORE"), `"system:serviceaccount:BEFORE"`, several, 1)
	b.aws.Role(t, testbed.Account, role, `{"Version": "2012-10-17", "Statement": [`+statement("other.example.com", "shop:web")+", "+trusted+`]}`)
	b.aws.SetLag(*bindStale, probability)
	began := time.Now()
	var running sync.WaitGroup
	for i := range *bindWriters {
		running.Go(func() {
			verb := []string{"bind", "unbind"}[i%2]
			if out, err := b.irsa(t, verb, fmt.Sprintf("%s/web-%d", b.namespace, i), role, "--yes").CombinedOutput(); err != nil {
				t.Errorf("%s web-%d: %v\n%s", verb, i, err, out)
			}
		})
	}
	running.Wait()
	t.Logf("%s old with probability %v: %s", *bindStale, probability, time.Since(began).Round(time.Second))
	b.aws.SetLag(0, 0)
	policy := b.policy(t, role)
	for i := range *bindWriters {
		name := fmt.Sprintf("%s:web-%d", b.namespace, i)
		if want := slices.Contains(after, name); strings.Contains(policy, name) != want {
			t.Errorf("%s: there is %s: %v, want %v", role, name, !want, want)
		}
	}
	if !strings.Contains(policy, "other.example.com") {
		t.Errorf("%s: the statement of others is lost", role)
	}
}

// TestBindUnbindStale binds and unbinds in turn while IAM answers with old trust policies: nothing is left.
func TestBindUnbindStale(t *testing.T) {
	b := newBinding(t)
	b.aws.Provider(t, testbed.Account, b.cluster.Issuer, "sts.amazonaws.com")
	b.aws.Role(t, testbed.Account, "web", b.used())
	b.cluster.ServiceAccount(t, b.namespace, "web", nil)
	b.aws.SetLag(*bindStale, 1)
	for range *bindRuns {
		b.kubectl(t, "bind", "web", "web", "--yes").did(t, "role/web trusts the service account")
		b.kubectl(t, "unbind", "web", "--yes").did(t, "role/web no longer trusts tokens of the service account")
	}
	b.aws.SetLag(0, 0)
	if have := b.policy(t, "web"); have != b.used() {
		t.Errorf("the trust policy is\n%s\nand was\n%s", have, b.used())
	}
}
