package cmd_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

// changes are the writes of bindAll, each with what the plan calls it.
var changes = []struct{ on, summary string }{
	{"iam:AddClientIDToOpenIDConnectProvider", "add sts.amazonaws.com to the client IDs"},
	{"iam:UpdateAssumeRolePolicy", "add system:serviceaccount:"}, // the slowest: it is written and watched again and again
	{"iam:AttachRolePolicy", "attach"},
	{"kubernetes:create", "create service account"},
}

// madeAndLost makes a change, and loses the answer.
func madeAndLost() testbed.Effect {
	return func(ctx context.Context, c testbed.Call, next func() (*http.Response, error)) (*http.Response, error) {
		if response, err := next(); err == nil {
			_ = response.Body.Close() // nobody reads it
		}
		return testbed.Reset()(ctx, c, next)
	}
}

// madeAndHung makes a change, and never answers.
func madeAndHung() testbed.Effect {
	return func(ctx context.Context, c testbed.Call, next func() (*http.Response, error)) (*http.Response, error) {
		if response, err := next(); err == nil {
			_ = response.Body.Close() // nobody reads it
		}
		return testbed.Hung()(ctx, c, next)
	}
}

// TestBindLostAnswers loses the answer of each change in turn, also of the SDK's own attempts, or does not answer in time: what was made
// is found, and bind goes on.
func TestBindLostAnswers(t *testing.T) {
	webhookForAll(t)
	for name, effect := range map[string]testbed.Effect{"lost": madeAndLost(), "hung": madeAndHung()} {
		for _, change := range changes {
			t.Run(name+" "+strings.ReplaceAll(change.on, ":", " "), func(t *testing.T) {
				t.Parallel()
				b := unfinished(t)
				fault := testbed.Fault{On: change.on, Effect: effect}
				b.aws.Inject(fault)
				b.proxy.Inject(fault)
				b.kubectl(t, append(slices.Clone(bindAll), "--request-timeout=4s")...).did(t, "serviceaccount/web created", "role/web trusts the service account")
				b.aws.Heal()
				b.proxy.Heal()
				b.pod(t, "web-0", "web")
				b.works(t, "web-0")
			})
		}
	}
}

// TestBindLostElsewhere does the same for the changes that another world needs.
func TestBindLostElsewhere(t *testing.T) {
	webhookForAll(t)
	for on, args := range map[string][]string{
		"iam:CreateOpenIDConnectProvider":  {"bind", "web", "new", "--create-role", "--yes", "--restart"},
		"iam:CreateRole":                   {"bind", "web", "new", "--create-role", "--yes", "--restart"},
		"kubernetes:patch":                 {"bind", "web", "web", "--yes", "--restart"},
		"eks:CreatePodIdentityAssociation": {"bind", "web", "web", "--pod-identity", "--yes"},
		"iam:DeleteOpenIDConnectProvider":  {"unbind", "web", "web", "--delete-provider", "--yes"},
		"kubernetes:delete":                {"bind", "web", "web", "--yes", "--restart"},
	} {
		t.Run(strings.ReplaceAll(on, ":", " "), func(t *testing.T) {
			t.Parallel()
			b := newBinding(t)
			if args[0] == "unbind" {
				b.aws.Provider(t, testbed.Account, b.cluster.Issuer, "sts.amazonaws.com")
			}
			b.aws.Role(t, testbed.Account, "web", `{"Version": "2012-10-17", "Statement": [`+statement("other.example.com", b.namespace+":web")+`]}`)
			b.cluster.ServiceAccount(t, b.namespace, "web", nil)
			b.workload(t)
			b.agent(t)
			fault := testbed.Fault{On: on, Effect: madeAndLost()}
			b.aws.Inject(fault)
			b.proxy.Inject(fault)
			b.kubectl(t, args...).did(t)
		})
	}
}

// TestBindCutOff resets each change before it is made: that it was not made is read, and said.
func TestBindCutOff(t *testing.T) {
	webhookForAll(t)
	for _, i := range []int{0, 3} { // in AWS and in the cluster
		change := changes[i]
		t.Run(strings.ReplaceAll(change.on, ":", " "), func(t *testing.T) {
			t.Parallel()
			b := unfinished(t)
			fault := testbed.Fault{On: change.on, Effect: testbed.Reset()}
			b.aws.Inject(fault)
			b.proxy.Inject(fault)
			r := b.kubectl(t, bindAll...)
			if i == 0 {
				r.stopped(t, "nothing was changed")
			} else {
				r.stopped(t, "done: "+changes[0].summary, "not done: "+change.summary, "to continue, run the same command again: kubectl irsa bind web web")
			}
			if strings.Contains(r.errOut, "unknown") {
				t.Errorf("the outcome was read, and is told as unknown:\n%s", r.errOut)
			}
		})
	}
}

// TestBindUnknown loses the answer, and reading back fails as well: the outcome is unknown, and never told as another.
func TestBindUnknown(t *testing.T) {
	webhookForAll(t)
	for _, c := range []struct{ on, read, summary string }{
		{"iam:AddClientIDToOpenIDConnectProvider", "iam:GetOpenIDConnectProvider", "add sts.amazonaws.com to the client IDs"},
		{"kubernetes:create", "kubernetes:get", "create service account"},
	} {
		t.Run(strings.ReplaceAll(c.on, ":", " "), func(t *testing.T) {
			t.Parallel()
			b := unfinished(t)
			var mu sync.Mutex
			sent := false
			write := func(ctx context.Context, call testbed.Call, next func() (*http.Response, error)) (*http.Response, error) {
				mu.Lock()
				sent = true
				mu.Unlock()
				return madeAndLost()(ctx, call, next)
			}
			after := func(testbed.Call) bool {
				mu.Lock()
				defer mu.Unlock()
				return sent
			}
			for _, fault := range []testbed.Fault{{On: c.on, Effect: write}, {On: c.read, Match: after, Effect: testbed.Denied()}} {
				b.aws.Inject(fault)
				b.proxy.Inject(fault)
			}
			r := b.kubectl(t, bindAll...)
			r.stopped(t, "unknown: "+c.summary, "the change was sent, there was no answer, and reading it back failed", "to continue, run the same command again: kubectl irsa bind web web")
			for _, wrong := range []string{"nothing was changed", "not done: " + c.summary, "done: " + c.summary} {
				if strings.Contains(r.errOut, wrong) {
					t.Errorf("%q is not known:\n%s", wrong, r.errOut)
				}
			}
			b.aws.Heal()
			b.proxy.Heal()
			b.kubectl(t, bindAll...).did(t)
		})
	}
}

// TestBindInterrupted interrupts the program when a change is made and not answered yet: it is told as done.
func TestBindInterrupted(t *testing.T) {
	for with, change := range map[os.Signal]int{os.Interrupt: 1, syscall.SIGTERM: 0} {
		change := changes[change]
		t.Run(with.String(), func(t *testing.T) {
			b := unfinished(t)
			i := &interrupter{signal: with}
			fault := testbed.Fault{On: change.on, Effect: i.effect}
			b.aws.Inject(fault)
			b.proxy.Inject(fault)
			command := b.irsa(t, bindAll...)
			var errOut bytes.Buffer
			command.Stderr = &errOut
			i.mu.Lock()
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			i.process = command.Process
			i.mu.Unlock()
			_ = command.Wait() // the exit code says it
			if code := command.ProcessState.ExitCode(); code != 130 {
				t.Errorf("exit code %d, want 130", code)
			}
			said := errOut.String()
			if !strings.Contains(said, "done: "+change.summary) || strings.Contains(said, "not done: "+change.summary) || strings.Contains(said, "nothing was changed") {
				t.Errorf("the change was made, and the program says\n%s", said)
			}
		})
	}
}

// An interrupter sends a signal to a process when a change is made, and never answers.
type interrupter struct {
	mu      sync.Mutex
	process *os.Process
	signal  os.Signal
}

func (i *interrupter) effect(ctx context.Context, _ testbed.Call, next func() (*http.Response, error)) (*http.Response, error) {
	response, err := next()
	if err != nil {
		return nil, err
	}
	_ = response.Body.Close() // nobody reads it
	i.mu.Lock()
	defer i.mu.Unlock()
	if err := i.process.Signal(i.signal); err != nil {
		return nil, err
	}
	<-ctx.Done()
	return nil, ctx.Err()
}
