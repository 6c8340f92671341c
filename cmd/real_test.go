package cmd_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

// TestStory goes the way of a user: the pod works, then its role's trust names another namespace, what
// explain proposes is carried out, and the pod works again. The snapshot tells the same offline.
func TestStory(t *testing.T) {
	w := newWorld(t)
	w.kubectl(t, "whoami", "pod", "web-0").expect(t, 0, "Pod:              "+w.namespace+"/web-0\n", "Role:           "+webRole+"\n", "✓ works\n")
	w.kubectl(t, "explain", "web-0").expect(t, 0, "✓ works: pod "+w.namespace+"/web-0 gets role/web through IRSA")
	w.kubectl(t, "whoami", "pod/web-0", "--expect-role", webRole).expect(t, 0)

	w.setTrust(t, w.trust("elsewhere"))
	broken := w.kubectl(t, "explain", "pod", "web-0")
	broken.expect(t, 2, "✗ broken: pod "+w.namespace+"/web-0 will not get AWS credentials\n",
		"\nFINDING  IRSA402: the trust policy names a different service account\n",
		"  have   system:serviceaccount:elsewhere:web\n  need   system:serviceaccount:"+w.namespace+":web\n", "^",
		"proved: with this fix the verdict becomes \"works\"")
	w.kubectl(t, "whoami", "web-0", "--expect-role", webRole).expect(t, 2, "✗ broken (IRSA402)")

	file := filepath.Join(t.TempDir(), "case.yaml")
	snapshot := w.kubectl(t, "snapshot", "pod", "web-0")
	snapshot.expect(t, 0, "kind: Snapshot\n")
	if err := os.WriteFile(file, []byte(snapshot.out), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"", "json", "yaml"} {
		live := w.kubectl(t, "explain", "pod/web-0", "-o", form)
		w.proxy.Forget()
		w.aws.Forget()
		offline := w.kubectl(t, "explain", "pod/web-0", "-o", form, "--snapshot", file)
		live.out, offline.out = timeless.ReplaceAllString(live.out, ""), timeless.ReplaceAllString(offline.out, "")
		if live != offline {
			t.Errorf("-o %s: live\n%+v\noffline\n%+v", form, live, offline)
		}
		if calls := append(w.proxy.Names(), w.aws.Names()...); len(calls) > 0 {
			t.Errorf("-o %s: an answer from a file made the calls %v", form, calls)
		}
	}

	w.setTrust(t, proposed(t, w.kubectl(t, "explain", "pod/web-0", "-o", "json").out))
	w.kubectl(t, "explain", "pod", "web-0").expect(t, 0, "✓ works: ")
	w.kubectl(t, "explain", "-l", "app=web").expect(t, 0, "✓ works: ")
	w.kubectl(t, "explain", "sa/web").expect(t, 0, "✓ works: service account "+w.namespace+"/web")
}

// timeless is when the facts of an answer were read: the facts of a snapshot are older.
var timeless = regexp.MustCompile(`"?time"?: "[^"]+",?\n`)

// proposed returns the trust policy that the fix of the first finding would set, by its last command.
func proposed(t *testing.T, document string) string {
	t.Helper()
	var report judge.Report
	if err := json.Unmarshal([]byte(document), &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) == 0 || report.Findings[0].Fix == nil || len(report.Findings[0].Fix.Commands) == 0 {
		t.Fatalf("no fix in %s", document)
	}
	commands := report.Findings[0].Fix.Commands
	command := commands[len(commands)-1]
	_, policy, ok := strings.Cut(command, "aws iam update-assume-role-policy --role-name web --policy-document '")
	if !ok {
		t.Fatalf("the fix is %s", command)
	}
	return strings.TrimSuffix(policy, "'")
}

// TestNoPod asks about what has no pod: the answer is about a new one, and is the same offline.
func TestNoPod(t *testing.T) {
	w := newWorld(t)
	w.cluster.Webhook(t, func(sa *corev1.ServiceAccount, pod *corev1.Pod) *corev1.Pod {
		return inject.Predict(inject.EKS(testbed.Region), sa, pod, false)
	})
	w.cluster.ServiceAccount(t, w.namespace, "idle", map[string]string{"eks.amazonaws.com/role-arn": webRole})
	w.cluster.Create(t, w.namespace, `
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 0
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {serviceAccountName: web, containers: [{name: api, image: example.com/api:1}]}
`)
	file := filepath.Join(t.TempDir(), "case.yaml")
	for target, test := range map[string]struct {
		code  int
		parts []string
	}{
		"deploy/api": {0, []string{"✓ works: deployment " + w.namespace + "/api gets role/web through IRSA\n", "\n  it has no pod: the answer is about a new one\n"}},
		"sa/idle":    {2, []string{"✗ broken: service account " + w.namespace + "/idle", "no pod runs under it: the answer is about a new one", "IRSA402"}},
	} {
		live := w.kubectl(t, "explain", target)
		live.expect(t, test.code, test.parts...)
		snapshot := w.kubectl(t, "snapshot", target)
		snapshot.expect(t, 0)
		if err := os.WriteFile(file, []byte(snapshot.out), 0o600); err != nil {
			t.Fatal(err)
		}
		offline := w.kubectl(t, "explain", target, "--snapshot", file)
		offline.out = strings.ReplaceAll(offline.out, " --snapshot "+file, "") // commands repeat the flags
		if offline != live {
			t.Errorf("%s: live\n%+v\noffline\n%+v", target, live, offline)
		}
		w.kubectl(t, "whoami", target).expect(t, 0, "<none>: the answer is about a new one\n")
		w.kubectl(t, "explain", target, "-o", "jsonpath={.pods.total}").expect(t, test.code, "0")
	}
}

// TestRefused holds that what may not be read is not known, with the reason, and ends no command.
func TestRefused(t *testing.T) {
	w := newWorld(t)
	w.aws.Inject(testbed.Fault{On: "iam:GetRole", Effect: testbed.Denied()})
	w.kubectl(t, "explain", "web-0").expect(t, 3, "? undetermined: ", "iam:GetRole of role/web was denied", "NEXT")
	w.kubectl(t, "whoami", "web-0").expect(t, 0, "? undetermined\n")
	w.kubectl(t, "whoami", "web-0", "--expect-role", webRole).expect(t, 3)
	w.kubectl(t, "explain", "web-0", "--no-aws").expect(t, 3, "nothing was read from AWS")
}

// TestCommandErrors holds that a command that cannot answer says in one line what and where.
func TestCommandErrors(t *testing.T) {
	w := newWorld(t)
	w.kubectl(t, "whoami", "pod", "nosuch").fails(t, `pods "nosuch"`, w.namespace, "not found")
	w.kubectl(t, "explain", "deploy/nosuch").fails(t, `deployments "nosuch"`, "not found")
	w.kubectl(t, "explain", "sa/nosuch").fails(t, `serviceaccounts "nosuch"`, "not found")
	w.kubectl(t, "snapshot", "nosuch").fails(t, `pods "nosuch"`)
	w.kubectl(t, "whoami", "web-0", "--token", "expired", "--kubeconfig", anonymous(t, w)).fails(t, "web-0", "nauthorized")
	w.kubectl(t, "whoami", "web-0", "--aws-profile", "nosuch").fails(t, `AWS profile "nosuch"`)

	w.as(t, w.cluster.User(t, "guest-"+w.namespace))
	w.kubectl(t, "whoami", "web-0").fails(t, "pods/web-0", "forbidden", "guest")
}

// TestTargetsTyped holds that targets are found as headlines print them, that a missing one does not hide the others, and that
// names of the cluster are suggested for one that is mistyped: with requests that a right one does not cost.
func TestTargetsTyped(t *testing.T) {
	w := newWorld(t)
	answered := w.kubectl(t, "whoami", "web-0")
	calls := len(w.proxy.Names())
	w.proxy.Forget()
	if again := w.kubectl(t, "whoami", w.namespace+"/web-0", "-n", w.namespace); again != answered {
		t.Errorf("NAMESPACE/NAME is answered by %+v, the name by %+v", again, answered)
	}
	if now := len(w.proxy.Names()); now != calls {
		t.Errorf("%d requests, %d for the name alone", now, calls)
	}
	part := w.kubectl(t, "whoami", "pod/web-0", "pod/wbe-0", "pod/nosuch")
	if part.code != 1 || part.out != answered.out {
		t.Errorf("exit code %d and output %q, want 1 and the answer about the pod that there is", part.code, part.out)
	}
	if want := "error: pods \"wbe-0\" in namespace \"" + w.namespace + "\": not found: did you mean \"web-0\"?\nerror: pods \"nosuch\""; !strings.HasPrefix(part.errOut, want) {
		t.Errorf("standard error is %q, want %q", part.errOut, want)
	}
	wrong := w.kubectl(t, "whoami", "web-0", "--eks-cluster", "prdo")
	if want := "warning: --eks-cluster prdo: ResourceNotFoundException: No cluster found for name: prdo: did you mean \"prod\"?\n"; wrong.code != 0 || wrong.errOut != want {
		t.Errorf("exit code %d, standard error %q, want 0 and %q", wrong.code, wrong.errOut, want)
	}
	w.kubectl(t, "bind", "pod/web-0", "web", "--dry-run=client").expect(t, 0, "service account "+w.namespace+"/web is bound to role/web\n", "pod web-0 runs under service account "+w.namespace+"/web\n")
	w.kubectl(t, "unbind", "deploy/nosuch", "--dry-run=client").fails(t, `deployments "nosuch" in namespace "`+w.namespace+`": not found`)
	w.kubectl(t, "whoami", "web-0", "-n", w.namespace+"x").fails(t, "there is no namespace", "did you mean \""+w.namespace+"\"?")
	w.kubectl(t, "whoami", "sa/wbe").fails(t, "did you mean \"web\"?")
}

// anonymous writes a kubeconfig without credentials.
func anonymous(t *testing.T, w *world) string {
	t.Helper()
	text, err := os.ReadFile(w.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(line, "client-certificate-data") && !strings.Contains(line, "client-key-data") {
			kept = append(kept, line)
		}
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(path, []byte(strings.Join(kept, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestLiveCompletion holds that kubectl's own completion reaches the plugin through the shim.
func TestLiveCompletion(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	shim := w.kubectl(t, "completion")
	shim.expect(t, 0)
	if err := os.WriteFile(filepath.Join(dir, "kubectl_complete-irsa"), []byte(shim.out), 0o700); err != nil {
		t.Fatal(err)
	}
	w.before(dir)
	for typed, want := range map[string]string{"web": "web-0\n", "po/": "po/web-0\n", "sa/we": "sa/web\n"} {
		if got := w.exec(t, w.cluster.Kubectl(), "__complete", "irsa", "whoami", typed); got.code != 0 || !strings.HasPrefix(got.out, want) {
			t.Errorf("%s<TAB> offers %q (exit code %d, %s), want %q", typed, got.out, got.code, got.errOut, want)
		}
	}
	if got := w.exec(t, w.cluster.Kubectl(), "__complete", "irsa", "whoami", "-n", w.namespace); !strings.HasPrefix(got.out, w.namespace+"\n") {
		t.Errorf("-n %s<TAB> offers %q", w.namespace, got.out)
	}
}
