package cmd_test

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

// A live is one case in a namespace and an account of its own.
type live struct {
	*liveCase
	*binding
	out  atomic.Bool // the webhook does not answer
	made int         // pods

	tokens map[string]string // by pod and file
}

// TestLive breaks bindings of a real API server one way at a time, and holds each verdict against the decision of STS about the
// pod's own token. Then it runs the commands that the answer prints, recreates what they make a controller recreate, and
// demands that STS says yes and explain says works.
func TestLive(t *testing.T) {
	var worlds sync.Map // by namespace
	cluster := bed.ControlPlane(t)
	webhook := cluster.Webhook(t, func(account *corev1.ServiceAccount, pod *corev1.Pod) *corev1.Pod {
		l, ok := worlds.Load(pod.Namespace)
		if !ok || l.(*live).out.Load() {
			return nil
		}
		return inject.Predict(inject.EKS(testbed.Region), account, pod, l.(*live).associated(t, pod.Spec.ServiceAccountName))
	})
	webhook.Exclude(t, "eks.amazonaws.com/skip-pod-identity-webhook", "example.com/no-webhook")
	all := readLiveCases(t)
	t.Run("together", func(t *testing.T) {
		for _, c := range all {
			if !c.Alone {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.hold(t, &worlds)
				})
			}
		}
	})
	for _, c := range all {
		if c.Alone {
			t.Run(c.name, func(t *testing.T) { c.hold(t, &worlds) })
		}
	}
}

// hold compares the verdict with STS, and then does what the answer says, in each of the ways that it offers.
func (c *liveCase) hold(t *testing.T, worlds *sync.Map) {
	l := newLive(t, c, worlds)
	if c.Pending != "" {
		for name, said := range l.ask(t) {
			if said != c.Want.STS {
				t.Errorf("container %s: STS says %q, want %q", name, said, c.Want.STS)
			}
		}
		t.Skip("pending: " + c.Pending)
	}
	report := l.explain(t)
	l.compare(t, report)
	if report.Verdict == judge.Broken {
		l.fix(t, report)
		if bindCommand(report) != "" {
			l = newLive(t, c, worlds)
			l.run(t, bindCommand(l.explain(t))+" --yes") // as a person answers the question
			l.fixed(t)
		}
	}
	if t.Failed() {
		t.Logf("explain:\n%s", l.kubectl(t, l.arguments()...).out)
	}
}

// newLive makes the case's world, as it is when somebody calls for help.
func newLive(t *testing.T, c *liveCase, worlds *sync.Map) *live {
	t.Helper()
	b := newBindingWithout(t)
	b.plainly(t)
	names := strings.NewReplacer("$NAMESPACE", b.namespace, "$ISSUER", b.cluster.Issuer, "$HOST", b.host)
	l := &live{liveCase: c.in(t, names), binding: b, tokens: map[string]string{}}
	b.aws.Publish(b.cluster.Issuer, b.cluster.Keys)
	b.aws.Provider(t, testbed.Account, b.cluster.Issuer, "sts.amazonaws.com")
	b.aws.Role(t, testbed.Account, "web", names.Replace(liveFile(t, "trust.json")))
	worlds.Store(b.namespace, l)
	for _, document := range strings.Split(liveFile(t, l.Base+".yaml"), "---\n") {
		if !strings.Contains(document, "kind: Pod\n") {
			b.cluster.Create(t, b.namespace, document)
		}
	}
	for _, s := range l.Before {
		l.step(t, s)
	}
	if l.Base == "pod" {
		b.cluster.Create(t, b.namespace, l.lonePod(t))
	}
	l.reconcile(t)
	if l.Written {
		l.ask(t)
	}
	for _, s := range l.After {
		l.step(t, s)
	}
	return l
}

// fix runs what is printed below the findings, in its order, each command once.
func (l *live) fix(t *testing.T, report judge.Report) {
	t.Helper()
	var commands []string
	for _, f := range breaking(report) {
		if f.Fix == nil {
			continue
		}
		if l.As != "" && !strings.Contains(f.Fix.Summary, "with AWS credentials of account "+l.As) {
			t.Errorf("%s: the fix is not with credentials of account %s: %s", f.Code, l.As, f.Fix.Summary)
		}
		steps := f.Fix.Commands
		if bindCommand(report) != "" {
			steps = steps[1:]
		}
		for _, one := range steps {
			if !slices.Contains(commands, one) {
				commands = append(commands, one)
			}
		}
	}
	if l.ByHand != "" {
		if len(commands) > 0 {
			t.Errorf("to be done by hand (%s), and there are the commands\n%s", l.ByHand, strings.Join(commands, "\n"))
		}
		return
	}
	if len(commands) == 0 && !l.Recreate {
		t.Error("no command is printed, and byHand says no reason")
		return
	}
	if l.NotRun != "" {
		return
	}
	for _, one := range commands {
		l.run(t, one)
	}
	if l.Recreate {
		l.recreate(t)
	}
	l.fixed(t)
}

// bindCommand is the one command that stands before the steps of a fix; empty where none does.
func bindCommand(report judge.Report) string {
	for _, f := range breaking(report) {
		if f.Fix != nil && len(f.Fix.Commands) > 1 && strings.HasPrefix(f.Fix.Commands[0], "kubectl irsa bind ") {
			return f.Fix.Commands[0]
		}
	}
	return ""
}

// run runs a command as it is printed, in a shell, and lets the controllers do what follows from it.
func (l *live) run(t *testing.T, command string) {
	t.Helper()
	// What is empty in the test bed's environment is not set for a user, and the AWS CLI tells that apart.
	const unset = "for name in $(env | sed -n 's/^\\(AWS_[A-Z_]*\\)=$/\\1/p'); do unset $name; done\n"
	if l.As != "" {
		env := l.env
		l.env = append(slices.Clone(env), l.aws.EnvOf(l.As)...)
		defer func() { l.env = env }()
	}
	r := l.exec(t, "sh", "-e", "-c", unset+command)
	if r.code != 0 {
		t.Errorf("%s\nexit code %d\n%s\n%s", command, r.code, r.out, r.errOut)
	}
	l.reconcile(t)
}

// fixed holds that the pod works, in the eyes of both.
func (l *live) fixed(t *testing.T) {
	t.Helper()
	after := l.explain(t)
	if after.Verdict != judge.Works {
		t.Errorf("after the fix the verdict is %s %+v", after.Verdict, after.Findings)
	}
	for name, said := range l.ask(t) {
		if said != yes {
			t.Errorf("container %s: after the fix STS says %q", name, said)
		}
	}
}

func (l *live) arguments() []string {
	target := l.Target
	if target == "" {
		target = l.Base + "/web"
	}
	return append([]string{"explain", target}, l.Flags...)
}

func (l *live) explain(t *testing.T) judge.Report {
	t.Helper()
	r := l.kubectl(t, append(l.arguments(), "-o", "json")...)
	var report judge.Report
	if err := json.Unmarshal([]byte(r.out), &report); err != nil {
		t.Fatalf("exit code %d: %v\n%s\n%s", r.code, err, r.out, r.errOut)
	}
	return report
}

// compare holds the report against what is wanted, and against STS.
func (l *live) compare(t *testing.T, report judge.Report) {
	t.Helper()
	var codes []check.Code
	for _, f := range breaking(report) {
		codes = append(codes, f.Code)
	}
	if report.Verdict != l.Want.Verdict || !slices.Equal(codes, l.Want.Codes) {
		t.Errorf("verdict %s %v, want %s %v", report.Verdict, codes, l.Want.Verdict, l.Want.Codes)
	}
	for _, c := range report.Containers {
		if want := l.Want.Provider[c.Name]; want != "" && c.Identity.Provider != want {
			t.Errorf("container %s: provider %s, want %s", c.Name, c.Identity.Provider, want)
		}
	}
	for name, said := range l.ask(t) {
		if said != l.Want.STS {
			t.Errorf("container %s: STS says %q, want %q", name, said, l.Want.STS)
		}
		switch {
		case report.Verdict == judge.Works && said != yes:
			t.Errorf("container %s: verdict works, and STS says %q", name, said)
		case report.Verdict == judge.Broken && said == yes && l.Want.Provider[name] == "":
			t.Errorf("container %s: verdict broken %v, and STS says yes", name, codes)
		}
	}
}

// ask takes the tokens of all containers of the pods to STS.
func (l *live) ask(t *testing.T) map[string]string {
	t.Helper()
	pods := l.pods(t)
	if len(pods) == 0 {
		return map[string]string{"": "no pod"}
	}
	said := map[string]string{}
	for _, pod := range pods {
		for _, c := range pod.Spec.Containers {
			said[c.Name] = l.exchange(t, &pod, c.Name)
		}
	}
	return said
}

func breaking(report judge.Report) []judge.Finding {
	var found []judge.Finding
	for _, f := range report.Findings {
		if f.Class == check.Breaks {
			found = append(found, f)
		}
	}
	return found
}
