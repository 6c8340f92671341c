package cmd_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

const otherIssuer = "https://oidc.eks.us-west-2.amazonaws.com/id/0000000000000000000000000000BEEF"

// TestAnotherCluster holds that every command that reads ends with one line that names both clusters and the flag that is
// wrong, where that leads to another cluster than the context, and that nothing is written.
func TestAnotherCluster(t *testing.T) {
	w := newWorld(t)
	other := w.aws.SetCluster(testbed.Cluster{Name: "other", Issuer: otherIssuer})
	w.aws.Association(t, other, w.namespace, "web", webRole)
	w.forget()
	for _, args := range [][]string{
		{"explain", "web-0"}, {"explain"}, {"whoami", "pod/web-0"}, {"snapshot", "web-0"},
		{"bind", "web", "web", "--yes"}, {"bind", "web", webRole, "--pod-identity", "--yes"}, {"unbind", "web", "--yes"},
	} {
		w.kubectl(t, append(args, "--eks-cluster", "other")...).fails(t, other.ARN(), otherIssuer, w.cluster.Issuer, "--eks-cluster", "--context")
	}
	w.kubectl(t, "explain", "web-0", "--aws-region", "eu-west-1").fails(t, w.cluster.Issuer, "us-west-2", "eu-west-1", "leave out --aws-region")
	w.kubeconfig = w.cluster.AdminUser().Kubeconfig(t, w.proxy.URL, other.ARN(), w.namespace)
	w.kubectl(t, "explain", "web-0", "--kubeconfig", w.kubeconfig).fails(t, otherIssuer, w.cluster.Issuer, "context", "--eks-cluster")
	if calls := slices.DeleteFunc(append(w.aws.Calls(), w.proxy.Calls()...), func(c testbed.Call) bool { return !writes(c) }); len(calls) > 0 {
		t.Errorf("written: %v", calls)
	}
	w.kubectl(t, "explain", "web-0", "--eks-cluster", "prod").expect(t, 0, "✓ works: ")
}

func (w *world) forget() {
	w.aws.Forget()
	w.proxy.Forget()
}

// TestUnknownCluster holds that there is no plan where nothing tells whether the EKS cluster is the one that was read; and that a
// tunnel to the API server is no reason for that.
func TestUnknownCluster(t *testing.T) {
	b := newBindingWithout(t)
	b.aws.Role(t, testbed.Account, "web", b.used())
	b.cluster.ServiceAccount(t, b.namespace, "web", nil)
	b.proxy.Inject(testbed.Fault{On: "kubernetes:get", Effect: testbed.Denied(), Match: func(c testbed.Call) bool { return strings.Contains(c.Path, "openid-configuration") }})
	b.kubectl(t, "bind", "web", "web", "--dry-run=client").fails(t, "whether EKS cluster "+clusterARN+" is the cluster that was read is unknown")

	ca := b.caOf(t)
	b.aws.SetCluster(testbed.Cluster{Name: "prod", Issuer: b.cluster.Issuer, Fields: map[string]any{
		"endpoint": "https://0123456789ABCDEF.gr7.us-west-2.eks.amazonaws.com", "certificateAuthority": map[string]string{"data": ca},
	}})
	if r := b.kubectl(t, "bind", "web", "web", "--dry-run=client"); r.code != 0 || strings.Contains(r.errOut, "is unknown") {
		t.Errorf("exit code %d, %s", r.code, r.errOut)
	}
}

// caOf is the CA of the API server as the kubeconfig has it.
func (w *world) caOf(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(w.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "certificate-authority-data: ")
	ca, _, _ := strings.Cut(rest, "\n")
	return ca
}

// TestAnotherAccount holds that explain names AWS credentials of another account than the cluster's, and that there is no plan with
// them.
func TestAnotherAccount(t *testing.T) {
	w := newWorld(t)
	const elsewhere = "444455556666"
	w.aws.Role(t, elsewhere, "web", w.trust(w.namespace))
	w.aws.Provider(t, elsewhere, w.cluster.Issuer, "sts.amazonaws.com")
	w.env = append(w.env, w.aws.EnvOf(elsewhere)...)
	const told = "the cluster is in account 111122223333, but these AWS credentials are of account " + elsewhere
	r := w.kubectl(t, "explain", "web-0", "-o", "json")
	if !strings.Contains(r.out, told) {
		t.Errorf("%q is not in %s", told, r.out)
	}
	w.kubectl(t, "bind", "web", "arn:aws:iam::"+elsewhere+":role/web", "--force-conflicts", "--dry-run=client").fails(t, elsewhere, testbed.Account, "--cross-account")
}

// TestCoordinates holds that what a live answer prints to be run acts on the same cluster and account: copied into a shell
// whose kubeconfig has another current context, and another AWS profile.
func TestCoordinates(t *testing.T) {
	w := newWorld(t)
	w.setTrust(t, w.trust("elsewhere"))
	const hostile = "it's $(prod); `id`"
	kubeconfig := w.cluster.AdminUser().Kubeconfig(t, w.proxy.URL, hostile, w.namespace)
	where := []string{"--kubeconfig", kubeconfig, "--context", hostile, "--eks-cluster", "prod", "--aws-region", "us-west-2", "--aws-profile", "ops"}
	config := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(config, []byte("[profile ops]\nregion = eu-west-1\naws_access_key_id = "+accessKey(w)+"\naws_secret_access_key = secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.env = append(w.env, "AWS_CONFIG_FILE="+config)
	cluster := ` --context 'it'"'"'s $(prod); ` + "`id`' --kubeconfig " + kubeconfig
	plugin := cluster + " --eks-cluster prod --aws-profile ops --aws-region us-west-2"
	flags := map[string]string{"kubectl irsa": plugin, "kubectl": cluster, "aws iam": " --profile ops", "aws eks": " --profile ops --region us-west-2"}

	lines := func(args ...string) (found int) {
		r := w.kubectl(t, append(args, where...)...)
		for line := range strings.Lines(r.out + r.errOut) {
			line = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(line), "Explain:"), "#"))
			for _, program := range []string{"kubectl irsa", "kubectl", "aws iam", "aws eks"} {
				if !strings.HasPrefix(line, program+" ") {
					continue
				}
				if found++; !strings.HasSuffix(line, flags[program]) {
					t.Errorf("%v printed\n%s\nwithout\n%s", args, line, flags[program])
				}
				break
			}
		}
		return found
	}
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{"explain", "web-0"}, 2},
		{[]string{"whoami", "web-0"}, 1},
		{[]string{"whoami", "sa/web"}, 1},
		{[]string{"bind", "web", "web", "-o", "aws-cli"}, 1},
		{[]string{"bind", "web", "web", "-o", "kubectl"}, 0},
		{[]string{"bind", "web", "web", "-o", "terraform"}, 0},
	} {
		if found := lines(c.args...); found < c.want {
			t.Errorf("%v printed %d commands, want at least %d", c.args, found, c.want)
		}
	}
	// In the middle of a sentence too.
	r := w.kubectl(t, append([]string{"bind", "web", webRole, "--pod-identity", "--dry-run=client"}, where...)...)
	r.stopped(t, "create-addon --cluster-name prod --addon-name eks-pod-identity-agent --profile ops --region us-west-2")
}

// accessKey is the key id with which the world's AWS account is read.
func accessKey(w *world) string {
	for _, entry := range slices.Backward(w.env) {
		if id, ok := strings.CutPrefix(entry, "AWS_ACCESS_KEY_ID="); ok {
			return id
		}
	}
	return ""
}
