package cmd_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

const (
	webRole     = "arn:aws:iam::111122223333:role/web"
	nodeProfile = "arn:aws:iam::111122223333:instance-profile/node"
	instanceID  = "i-07777777777777777"
	hostIP      = "172.31.7.7"
	// clusterARN is what `aws eks update-kubeconfig` calls the context: the program learns the cluster's name,
	// region and account from it.
	clusterARN = "arn:aws:eks:us-west-2:111122223333:cluster/prod"
)

// A world is a cluster and an account in which the pod web-0 works, and kubectl with the plugin in its PATH.
type world struct {
	cluster    *testbed.ControlPlane
	proxy      *testbed.Proxy
	aws        *testbed.AWS
	namespace  string
	kubeconfig string
	env        []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{cluster: bed.ControlPlane(t), aws: bed.AWS(t)}
	w.proxy = w.cluster.Proxy(t)
	w.namespace = w.cluster.Namespace(t)
	node := "ip-172-31-7-7.us-west-2.compute.internal-" + w.namespace
	w.cluster.Node(t, node, "aws:///us-west-2a/"+instanceID, nil)

	w.aws.SetCluster(testbed.Cluster{Name: "prod", Issuer: w.cluster.Issuer})
	w.aws.Provider(t, testbed.Account, w.cluster.Issuer, "sts.amazonaws.com")
	w.aws.Role(t, testbed.Account, "web", w.trust(w.namespace))
	w.aws.Role(t, testbed.Account, "node", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	w.aws.InstanceProfile(t, testbed.Account, "node", "node")
	w.aws.Instance(t, testbed.Instance{ID: instanceID, PrivateIP: hostIP, ProfileARN: nodeProfile, HTTPTokens: "required", HopLimit: 1})

	sa := w.cluster.ServiceAccount(t, w.namespace, "web", map[string]string{"eks.amazonaws.com/role-arn": webRole})
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "web-0", Namespace: w.namespace, Labels: map[string]string{"app": "web"}},
		Spec: corev1.PodSpec{
			ServiceAccountName: "web", NodeName: node,
			Containers: []corev1.Container{{Name: "app", Image: "example.com/app:1"}},
		},
		Status: testbed.Running("10.0.0.9", "app"),
	}
	pod.Status.HostIP, pod.Status.HostIPs = hostIP, []corev1.HostIP{{IP: hostIP}}
	w.cluster.Pod(t, inject.Predict(inject.EKS(testbed.Region), sa, pod, false))

	w.as(t, w.cluster.AdminUser())
	return w
}

// as lets kubectl run as a user from now on.
func (w *world) as(t *testing.T, user testbed.User) {
	t.Helper()
	binary, err := exec.LookPath("kubectl-irsa")
	if err != nil {
		t.Fatal(err)
	}
	w.kubeconfig = user.Kubeconfig(t, w.proxy.URL, clusterARN, w.namespace)
	w.env = append(os.Environ(), w.cluster.KubectlEnv(w.kubeconfig, filepath.Dir(binary))...)
	w.env = append(w.env, w.aws.Env()...)
	w.env = append(w.env, "LC_ALL=C.UTF-8", "HOME="+t.TempDir())
}

// before lets programs be found in a folder before all others.
func (w *world) before(dir string) {
	for i, entry := range w.env {
		if path, ok := strings.CutPrefix(entry, "PATH="); ok {
			w.env[i] = "PATH=" + dir + string(os.PathListSeparator) + path
		}
	}
}

// trust is a policy that lets in the service account web of a namespace.
func (w *world) trust(namespace string) string {
	host := strings.TrimPrefix(w.cluster.Issuer, "https://")
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/` + host +
		`"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"` + host + `:sub":"system:serviceaccount:` + namespace + `:web","` +
		host + `:aud":"sts.amazonaws.com"}}}]}`
}

func (w *world) setTrust(t *testing.T, document string) {
	t.Helper()
	w.setTrustOf(t, "web", document)
}

func (w *world) setTrustOf(t *testing.T, name, document string) {
	t.Helper()
	_, err := w.aws.IAM(testbed.Account).UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: &name, PolicyDocument: &document})
	if err != nil {
		t.Fatal(err)
	}
}

// A run is what a command came to.
type run struct {
	out, errOut string
	code        int
}

// kubectl runs `kubectl irsa …` as a user would.
func (w *world) kubectl(t *testing.T, args ...string) run {
	t.Helper()
	return w.exec(t, w.cluster.Kubectl(), append([]string{"irsa"}, args...)...)
}

// exec runs a program. What it prints for programs is held to its schema.
func (w *world) exec(t *testing.T, program string, args ...string) run {
	t.Helper()
	command := exec.CommandContext(t.Context(), program, args...)
	var out, errOut bytes.Buffer
	command.Stdout, command.Stderr, command.Env = &out, &errOut, w.env
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if err := newSchemas(t).conforms(args, out.String()); err != nil {
		t.Errorf("%s: %v", args, err)
	}
	return run{out.String(), errOut.String(), command.ProcessState.ExitCode()}
}

// expect holds the exit code and that standard error is silent.
func (r run) expect(t *testing.T, code int, parts ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, want %d", r.code, code)
	}
	if r.errOut != "" {
		t.Errorf("standard error: %s", r.errOut)
	}
	for _, part := range parts {
		if !strings.Contains(r.out, part) {
			t.Errorf("%q is not in the output", part)
		}
	}
	if t.Failed() {
		t.Logf("output:\n%s", r.out)
	}
}

// fails holds that the command failed with one line that holds the parts, and said nothing else.
func (r run) fails(t *testing.T, parts ...string) {
	t.Helper()
	if r.code != 1 || r.out != "" {
		t.Errorf("exit code %d, standard output %q, want 1 and nothing", r.code, r.out)
	}
	if !strings.HasPrefix(r.errOut, "error: ") || strings.Count(r.errOut, "\n") != 1 {
		t.Errorf("standard error is %q, want one line", r.errOut)
	}
	for _, part := range parts {
		if !strings.Contains(r.errOut, part) {
			t.Errorf("standard error is %q, want %q in it", r.errOut, part)
		}
	}
}
