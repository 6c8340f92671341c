package cmd_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

var bindMoments = flag.Int("bind.moments", 4, "at how many moments TestBindMoments interrupts each of bind and unbind")

// A moment interrupts a program at one of its requests, and may keep the answer from it.
type moment struct {
	nth    int  // of the requests that count
	writes bool // only those that write count
	made   bool // the request is carried out
	answer bool // and answered; otherwise the connection is cut
	signal os.Signal

	mu      sync.Mutex
	process *os.Process
	seen    int
	at      time.Time // when the signal was sent
	on      string
}

func (m *moment) effect(_ context.Context, c testbed.Call, next func() (*http.Response, error)) (*http.Response, error) {
	m.mu.Lock()
	if !m.writes || writes(c) {
		m.seen++
	}
	now := m.seen == m.nth && m.at.IsZero()
	m.mu.Unlock()
	if !now {
		return next()
	}
	var response *http.Response
	var err error
	if m.made {
		response, err = next()
	}
	m.mu.Lock()
	m.at, m.on = time.Now(), c.Name()
	err = errors.Join(err, m.process.Signal(m.signal))
	m.mu.Unlock()
	switch {
	case err != nil:
		return nil, err
	case m.answer && !m.made:
		return next()
	case m.answer:
		return response, nil
	case response != nil:
		_ = response.Body.Close() // nobody reads it
	}
	return testbed.Reset()(context.Background(), c, nil)
}

// run runs a command until the moment, and returns what it says and how long it took to end.
func (m *moment) run(t *testing.T, b *binding, args []string) (said string, code int, took time.Duration) {
	t.Helper()
	fault := testbed.Fault{On: "*", Match: func(c testbed.Call) bool { return c.User != "" }, Effect: m.effect}
	b.aws.Inject(fault)
	b.proxy.Inject(fault)
	command := b.irsa(t, args...)
	var errOut bytes.Buffer
	command.Stderr = &errOut
	m.mu.Lock()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	m.process = command.Process
	m.mu.Unlock()
	err := command.Wait()
	ended := time.Now()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	b.aws.Heal()
	b.proxy.Heal()
	if m.at.IsZero() {
		return errOut.String(), command.ProcessState.ExitCode(), 0
	}
	return errOut.String(), command.ProcessState.ExitCode(), ended.Sub(m.at)
}

// A fate is a change, by a part of its summary, and whether it is made.
type fate struct {
	summary string
	made    bool
}

// bindFates are what became of the changes of bindAll.
func (b *binding) bindFates(t *testing.T) []fate {
	t.Helper()
	attached, err := b.aws.IAM(testbed.Account).ListAttachedRolePolicies(t.Context(), &iam.ListAttachedRolePoliciesInput{RoleName: aws.String("web")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.cluster.Admin.CoreV1().ServiceAccounts(b.namespace).Get(t.Context(), "web", metav1.GetOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		t.Fatal(err)
	}
	return []fate{
		{changes[0].summary, strings.Contains(fmt.Sprint(b.providers(t)), "sts.amazonaws.com")},
		{changes[1].summary, strings.Contains(b.policy(t, "web"), b.namespace+":web")},
		{changes[2].summary, len(attached.AttachedPolicies) > 0},
		{changes[3].summary, err == nil},
	}
}

// unbindAll is a command that takes back all that it can.
var unbindAll = []string{"unbind", "web", "web", "--delete-provider", "--yes"}

// bound is a world in which unbindAll has everything to do.
func bound(t *testing.T) *binding {
	t.Helper()
	b := newBinding(t)
	b.aws.Provider(t, testbed.Account, b.cluster.Issuer, "sts.amazonaws.com")
	b.aws.Role(t, testbed.Account, "web", `{"Version": "2012-10-17", "Statement": [`+statement("other.example.com", "shop:web")+", "+statement(b.host, b.namespace+":web")+`]}`)
	b.cluster.ServiceAccount(t, b.namespace, "web", nil)
	b.own(t, "web", "kubectl-edit", webRole)
	return b
}

func (b *binding) unbindFates(t *testing.T) []fate {
	t.Helper()
	return []fate{
		{"annotation", len(b.serviceAccount(t).Annotations) == 0},
		{"remove statement", !strings.Contains(b.policy(t, "web"), b.namespace+":web")},
		{"delete the OIDC provider", len(b.providers(t)) == 0},
	}
}

// TestBindMoments interrupts bind and unbind at some of their requests: what they say about each change is what became of it.
func TestBindMoments(t *testing.T) {
	webhookForAll(t)
	for name, c := range map[string]struct {
		world  func(*testing.T) *binding
		args   []string
		fates  func(*binding, *testing.T) []fate
		calls  int // about as many requests does it make
		writes int
	}{
		"bind":   {unfinished, bindAll, (*binding).bindFates, 42, len(changes)},
		"unbind": {bound, unbindAll, (*binding).unbindFates, 38, 3},
	} {
		var moments []*moment
		for i := range *bindMoments {
			nth := 1 + i*c.calls / *bindMoments + rand.N(max(1, c.calls / *bindMoments))
			moments = append(moments, &moment{nth: nth})
		}
		for i := range max(c.writes, *bindMoments*c.writes/10) {
			moments = append(moments, &moment{nth: i%c.writes + 1, writes: true})
		}
		for i, m := range moments {
			m.made, m.answer, m.signal = i%4 != 3, i%4 < 2, []os.Signal{os.Interrupt, syscall.SIGTERM}[i%2]
			t.Run(fmt.Sprintf("%s at %d, write %v, made %v, answered %v", name, m.nth, m.writes, m.made, m.answer), func(t *testing.T) {
				t.Parallel()
				b := c.world(t)
				said, code, took := m.run(t, b, c.args)
				t.Logf("%s: exit code %d %s after the signal\n%s", m.on, code, took.Round(time.Millisecond), said)
				told(t, said, code, m, c.fates(b, t))
				b.kubectl(t, c.args...).did(t) // it continues
			})
		}
	}
}

// told compares what a program said with what became of its changes.
func told(t *testing.T, said string, code int, m *moment, fates []fate) {
	t.Helper()
	if m.at.IsZero() {
		if code != 0 {
			t.Errorf("exit code %d without an interrupt", code)
		}
		return
	}
	if code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	lines := strings.Split(said, "\n")
	has := func(prefix, summary string) bool {
		return slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, prefix) && strings.Contains(line, summary) })
	}
	for _, f := range fates {
		switch {
		case has("unknown: ", f.summary):
		case has("done: ", f.summary):
			if !f.made {
				t.Errorf("%q is not made", f.summary)
			}
		case has("not done: ", f.summary), has("nothing was changed", ""), said == "":
			if f.made {
				t.Errorf("%q is made", f.summary)
			}
		default:
			t.Errorf("nothing is said about %q", f.summary)
		}
	}
}
