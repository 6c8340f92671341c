package collect

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// A nap is a question whose answer takes a while. Two of one name and different lengths are different questions.
type nap struct {
	seen  *seen
	name  string
	takes time.Duration
}

type seen struct{ asked, under, most atomic.Int32 }

func (q nap) find(_ context.Context, c *collector) string {
	return request(c, func() string {
		q.seen.asked.Add(1)
		now := q.seen.under.Add(1)
		for most := q.seen.most.Load(); now > most && !q.seen.most.CompareAndSwap(most, now); most = q.seen.most.Load() {
		}
		time.Sleep(q.takes) // of the bubble's own clock
		q.seen.under.Add(-1)
		return q.name
	})
}

// A snore has the same fields as a nap, and is another question.
type snore nap

func (q snore) find(ctx context.Context, c *collector) int { return len(nap(q).find(ctx, c)) }

// TestFlight holds that a question is asked once however many ask it, that not too many requests are under way, and
// that what depends on an answer starts with it and not with the slowest.
func TestFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &collector{flight: newFlight()}
		ctx, saw := t.Context(), &seen{}
		start := time.Now()
		var chained time.Duration
		slow := begin(ctx, c, nap{saw, "slow", time.Hour})
		second, third := nap{saw, "second", time.Second}, nap{saw, "third", time.Second}
		c.flight.start(func() {
			ask(ctx, c, second)
			ask(ctx, c, third)
			chained = time.Since(start)
		})
		for range 5 {
			begin(ctx, c, nap{saw, "slow", time.Hour})
			c.flight.start(func() {
				if got := ask(ctx, c, second); got != "second" {
					t.Errorf("got %q", got)
				}
			})
		}
		c.flight.wait()
		if chained != 2*time.Second || saw.asked.Load() != 3 {
			t.Errorf("the chain took %v, and %d were asked; want 2s and 3", chained, saw.asked.Load())
		}
		if got := slow.wait(); got != "slow" || time.Since(start) != time.Hour {
			t.Errorf("got %q after %v, want the answer to the one that was begun", got, time.Since(start))
		}
		if got := ask(ctx, c, snore(second)); got != len("second") || saw.asked.Load() != 4 {
			t.Errorf("got %d, %d were asked; want the answer to a question of its own", got, saw.asked.Load())
		}
		for i := range 10 * parallel {
			begin(ctx, c, nap{saw, fmt.Sprint(i), time.Second})
		}
		c.flight.wait()
		if saw.most.Load() != parallel {
			t.Errorf("%d at once, want %d", saw.most.Load(), parallel)
		}
	})
}

func TestLooksLike(t *testing.T) {
	const issuer = "https://oidc.eks.us-west-2.amazonaws.com/id/ABC"
	for _, test := range []struct {
		provider string
		want     bool
	}{
		{"oidc.eks.us-west-2.amazonaws.com/id/ABC", true},
		{"oidc.eks.us-west-2.amazonaws.com/id/ABC/", true},
		{"OIDC.eks.us-west-2.amazonaws.com/id/abc", true},
		{"oidc-eks.us-west-2.api.aws/id/ABC", true},
		{"http://oidc.eks.us-west-2.amazonaws.com/id/ABC", true},
		{"oidc.eks.us-west-2.amazonaws.com/id/DEF", false},
		{"example.com", false},
		{"", false},
	} {
		if got := looksLike("arn:aws:iam::111122223333:oidc-provider/"+test.provider, issuer); got != test.want {
			t.Errorf("%s: %v, want %v", test.provider, got, test.want)
		}
	}
	if looksLike("arn:aws:iam::111122223333:oidc-provider/other.example.com", "https://example.com") {
		t.Error("an issuer without a path looks like another host")
	}
}

func TestNoBoundary(t *testing.T) {
	yes := true
	host := func(path string) corev1.PodSpec {
		return corev1.PodSpec{Volumes: []corev1.Volume{{VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: path}}}}}
	}
	for _, test := range []struct {
		spec corev1.PodSpec
		want bool
	}{
		{corev1.PodSpec{}, false},
		{corev1.PodSpec{HostNetwork: true}, false},
		{corev1.PodSpec{HostPID: true}, true},
		{corev1.PodSpec{Containers: []corev1.Container{{SecurityContext: &corev1.SecurityContext{Privileged: &yes}}}}, true},
		{host("/"), true}, {host("/var/"), true}, {host("/var/lib/kubelet"), true},
		{host("/var/lib/kubelet/plugins"), false}, {host("/var/log"), false}, {host("/var/lib/kube"), false}, {host(""), true},
	} {
		if got := noBoundary(&corev1.Pod{Spec: test.spec}); got != test.want {
			t.Errorf("%+v: %v, want %v", test.spec, got, test.want)
		}
	}
}

func TestRoleIn(t *testing.T) {
	const arn = "arn:aws:iam::111122223333:role/team/web"
	for text, want := range map[string]string{
		arn: arn, " " + arn + "\n": arn, `"` + arn + `"`: arn, "": "", "web": "", "arn:aws:iam::${ACCOUNT}:role/web": "",
		"arn:aws:sts::111122223333:assumed-role/web/s": "", "arn:aws:iam::111122223333:user/web": "", "arn:aws:iam::1:role/web": "",
	} {
		if got := roleIn(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
