package cmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

// A binding is a cluster and an account of its own in which nothing is bound: a namespace, a webhook, a node, and the
// role web, which a service account of the same cluster, pay/api, and three other clusters have.
type binding struct {
	*world
	node string
	host string // the issuer without its scheme
}

func newBinding(t *testing.T) *binding {
	t.Helper()
	b := newBindingWithout(t)
	b.webhook(t)
	return b
}

// together are the worlds of tests whose subtests run side by side, by namespace, by the name of the test: the API server has one
// webhook at a time.
var together sync.Map

// webhookForAll runs one webhook for all bindings of a test and its subtests.
func webhookForAll(t *testing.T) {
	t.Helper()
	var worlds sync.Map
	together.Store(t.Name(), &worlds)
	t.Cleanup(func() { together.Delete(t.Name()) })
	bed.ControlPlane(t).Webhook(t, func(account *corev1.ServiceAccount, pod *corev1.Pod) *corev1.Pod {
		if b, ok := worlds.Load(pod.Namespace); ok {
			return b.(*binding).mutated(t, account, pod)
		}
		return nil
	})
}

// webhook runs the webhook, which sees associations as they are.
func (b *binding) webhook(t *testing.T) {
	t.Helper()
	test, _, _ := strings.Cut(t.Name(), "/")
	if worlds, ok := together.Load(test); ok {
		worlds.(*sync.Map).Store(b.namespace, b)
		return
	}
	b.cluster.Webhook(t, func(account *corev1.ServiceAccount, pod *corev1.Pod) *corev1.Pod {
		if pod.Namespace != b.namespace {
			return nil
		}
		return b.mutated(t, account, pod)
	})
}

// mutated is a pod as the webhook makes it.
func (b *binding) mutated(t *testing.T, account *corev1.ServiceAccount, pod *corev1.Pod) *corev1.Pod {
	return inject.Predict(inject.EKS(testbed.Region), account, pod, b.associated(t, pod.Spec.ServiceAccountName))
}

func (b *binding) associated(t *testing.T, account string) bool {
	list, err := b.aws.EKS(testbed.Account).ListPodIdentityAssociations(t.Context(), associationsOf("prod", b.namespace, account))
	if err != nil {
		t.Errorf("associations of %s: %v", account, err)
		return false
	}
	return len(list.Associations) > 0
}

// edgePolicy is the ARN of a managed policy of the account.
const edgePolicy = "arn:aws:iam::111122223333:policy/edge"

// newBindingWithout is the same without a webhook.
func newBindingWithout(t *testing.T) *binding {
	t.Helper()
	b := &binding{world: &world{cluster: bed.ControlPlane(t), aws: bed.AWS(t)}}
	b.proxy = b.cluster.Proxy(t)
	b.namespace = b.cluster.Namespace(t)
	b.host = strings.TrimPrefix(b.cluster.Issuer, "https://")
	b.node = "ip-172-31-7-7.us-west-2.compute.internal-" + b.namespace
	b.cluster.Node(t, b.node, "aws:///us-west-2a/"+instanceID, nil)
	b.aws.SetCluster(testbed.Cluster{Name: "prod", Issuer: b.cluster.Issuer})
	b.aws.Role(t, testbed.Account, "node", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	b.aws.InstanceProfile(t, testbed.Account, "node", "node")
	b.aws.Instance(t, testbed.Instance{ID: instanceID, PrivateIP: hostIP, ProfileARN: nodeProfile, HTTPTokens: "required", HopLimit: 1})
	name, nothing := "edge", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}`
	if _, err := b.aws.IAM(testbed.Account).CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: &name, PolicyDocument: &nothing}); err != nil {
		t.Fatal(err)
	}
	b.as(t, b.cluster.AdminUser())
	return b
}

// statement lets a service account in by an issuer.
func statement(host, subject string) string {
	return `{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/` + host +
		`"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"` + host + `:sub": "system:serviceaccount:` + subject +
		`", "` + host + `:aud": "sts.amazonaws.com"}}}`
}

// others is a policy as others have left it: three other clusters, in a form that is nobody's usual one.
const others = "{\n\t\"Version\": \"2012-10-17\",\n\t\"Statement\": [\n\t\t%A,\n\t\t%B,\n\t\t%C\n\t]\n}"

func (b *binding) others() string {
	text := others
	for _, name := range []string{"A", "B", "C"} {
		text = strings.Replace(text, "%"+name, statement("oidc.eks.us-west-2.amazonaws.com/id/OTHER"+name, "shop:web"), 1)
	}
	return text
}

// used is a policy that lets in the service account api of the namespace.
func (b *binding) used() string {
	return `{"Version": "2012-10-17", "Statement": [` + statement(b.host, b.namespace+":api") + `]}`
}

// plain is a pod of a deployment as nobody has changed it.
func (b *binding) plain(name, account, deployment string) *corev1.Pod {
	yes := true
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: b.namespace, Labels: map[string]string{"app": deployment, "pod-template-hash": "5d4f"},
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: deployment + "-5d4f", UID: "0c0ffee0", Controller: &yes}}},
		Spec:   corev1.PodSpec{ServiceAccountName: account, NodeName: b.node, Containers: []corev1.Container{{Name: "app", Image: "example.com/app:1"}}},
		Status: testbed.Running("10.0.0.9", "app"),
	}
	pod.Status.HostIP, pod.Status.HostIPs = hostIP, []corev1.HostIP{{IP: hostIP}}
	return pod
}

// workload makes the deployment web with a pod that was made before anything was bound.
func (b *binding) workload(t *testing.T) {
	t.Helper()
	const name = "web"
	labels := map[string]string{"app": name}
	_, err := b.cluster.Admin.AppsV1().Deployments(b.namespace).Create(t.Context(), &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{ServiceAccountName: name, Containers: []corev1.Container{{Name: "app", Image: "example.com/app:1"}}},
			},
		},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b.cluster.Pod(t, b.plain(name+"-0", name, name))
}

// renew recreates a pod as a controller would; the webhook sees what binds its service account now.
func (b *binding) renew(t *testing.T, name, account string) {
	t.Helper()
	pods := b.cluster.Admin.CoreV1().Pods(b.namespace)
	now := int64(0)
	if err := pods.Delete(t.Context(), name, metav1.DeleteOptions{GracePeriodSeconds: &now}); err != nil {
		t.Fatal(err)
	}
	b.pod(t, name, account)
}

func (b *binding) pod(t *testing.T, name, account string) {
	t.Helper()
	b.cluster.Pod(t, b.plain(name, account, account))
}

// serviceAccount is the service account web as it is.
func (b *binding) serviceAccount(t *testing.T) *corev1.ServiceAccount {
	t.Helper()
	sa, err := b.cluster.Admin.CoreV1().ServiceAccounts(b.namespace).Get(t.Context(), "web", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return sa
}

// shape is a service account without what every write changes.
func shape(t *testing.T, sa *corev1.ServiceAccount) string {
	t.Helper()
	sa = sa.DeepCopy()
	sa.ResourceVersion, sa.ManagedFields = "", nil
	text, err := json.Marshal(sa)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// policy is the trust policy of a role, byte for byte as it is stored.
func (b *binding) policy(t *testing.T, name string) string {
	t.Helper()
	found, err := b.aws.IAM(testbed.Account).GetRole(t.Context(), &iam.GetRoleInput{RoleName: &name})
	if err != nil {
		t.Fatal(err)
	}
	document, err := snapshot.DecodePolicy(aws.ToString(found.Role.AssumeRolePolicyDocument))
	if err != nil {
		t.Fatal(err)
	}
	return string(document)
}

// providers are the ARNs of the account's OIDC providers with their client IDs.
func (b *binding) providers(t *testing.T) map[string][]string {
	t.Helper()
	client := b.aws.IAM(testbed.Account)
	list, err := client.ListOpenIDConnectProviders(t.Context(), &iam.ListOpenIDConnectProvidersInput{})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, one := range list.OpenIDConnectProviderList {
		provider, err := client.GetOpenIDConnectProvider(t.Context(), &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: one.Arn})
		if err != nil {
			t.Fatal(err)
		}
		found[*one.Arn] = provider.ClientIDList
	}
	return found
}

// works holds that explain says so of a pod.
func (b *binding) works(t *testing.T, pod string) {
	t.Helper()
	if r := b.kubectl(t, "explain", "pod", pod, "-o", "jsonpath={.verdict}"); r.code != 0 || r.out != "works" {
		t.Errorf("explain pod %s: exit code %d, verdict %s", pod, r.code, r.out)
		t.Log(b.kubectl(t, "explain", "pod", pod).out)
	}
}

// did holds the exit code 0 and the parts of what was said.
func (r run) did(t *testing.T, parts ...string) {
	t.Helper()
	if r.code != 0 {
		t.Fatalf("exit code %d\n%s\n%s", r.code, r.out, r.errOut)
	}
	for _, part := range parts {
		if !strings.Contains(r.out+r.errOut, part) {
			t.Errorf("%q is not in\n%s\n%s", part, r.out, r.errOut)
		}
	}
}

// stopped holds the exit code 1 and the parts of what was said.
func (r run) stopped(t *testing.T, parts ...string) {
	t.Helper()
	if r.code != 1 {
		t.Fatalf("exit code %d, want 1\n%s\n%s", r.code, r.out, r.errOut)
	}
	for _, part := range parts {
		if !strings.Contains(r.errOut, part) {
			t.Errorf("%q is not in\n%s", part, r.errOut)
		}
	}
}

// writes reports whether a call changes something.
func writes(c testbed.Call) bool {
	switch c.Service {
	case "kubernetes":
		return c.Operation == "create" || c.Operation == "patch" || c.Operation == "update" || c.Operation == "delete"
	default:
		for _, prefix := range []string{"Create", "Update", "Add", "Attach", "Delete", "Put", "Remove"} {
			if strings.HasPrefix(c.Operation, prefix) {
				return true
			}
		}
		return false
	}
}

// written are the names of the calls that changed something, in order.
func (b *binding) written() []string {
	var names []string
	for _, c := range append(b.aws.Calls(), b.proxy.Calls()...) {
		if writes(c) {
			names = append(names, c.Name())
		}
	}
	return names
}

// A killer ends a process right after its n-th write has been made.
type killer struct {
	mu      sync.Mutex
	process *os.Process
	left    int
	killed  bool
}

func (k *killer) effect(ctx context.Context, _ testbed.Call, next func() (*http.Response, error)) (*http.Response, error) {
	response, err := next()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.left--; k.left != 0 || k.process == nil {
		return response, err
	}
	k.killed = true
	if err := k.process.Kill(); err != nil {
		return nil, err
	}
	<-ctx.Done() // the answer reaches nobody
	return nil, ctx.Err()
}

// irsa prepares the program itself, without kubectl before it, so that it can be killed.
func (b *binding) irsa(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	binary, err := exec.LookPath("kubectl-irsa")
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), filepath.Clean(binary), args...)
	command.Env = b.env
	return command
}

// controller makes the pod of a deployment anew once its template says so, as the controllers of a real cluster would.
func (b *binding) controller(t *testing.T, name string) {
	t.Helper()
	var done sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(func() { cancel(); done.Wait() })
	watch, err := b.cluster.Admin.AppsV1().Deployments(b.namespace).Watch(ctx, metav1.ListOptions{FieldSelector: "metadata.name=" + name})
	if err != nil {
		t.Fatal(err)
	}
	done.Go(func() {
		for event := range watch.ResultChan() {
			d, ok := event.Object.(*appsv1.Deployment)
			if ok && d.Spec.Template.Annotations["kubectl.kubernetes.io/restartedAt"] != "" {
				b.renew(t, name+"-0", name)
				return
			}
		}
	})
}

// own gives an annotation of a service account to a field manager.
func (b *binding) own(t *testing.T, name, manager, value string) {
	t.Helper()
	patch, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "ServiceAccount",
		"metadata": map[string]any{"name": name, "annotations": map[string]string{"eks.amazonaws.com/role-arn": value}}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.cluster.Admin.CoreV1().ServiceAccounts(b.namespace).Patch(t.Context(), name, types.ApplyPatchType, patch, metav1.PatchOptions{FieldManager: manager})
	if err != nil {
		t.Fatal(err)
	}
}

// before does something before a call is answered as usual.
func (b *binding) before(do func() error) testbed.Effect {
	return func(_ context.Context, _ testbed.Call, next func() (*http.Response, error)) (*http.Response, error) {
		if err := do(); err != nil {
			return nil, err
		}
		return next()
	}
}

// agent runs the Pod Identity agent on the node.
func (b *binding) agent(t *testing.T) {
	t.Helper()
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "agent-" + b.namespace, Namespace: snapshot.AgentNamespace, Labels: map[string]string{snapshot.AgentLabel: snapshot.AgentName}},
		Spec:       corev1.PodSpec{NodeName: b.node, HostNetwork: true, Containers: []corev1.Container{{Name: "agent", Image: "example.com/agent:1"}}},
		Status:     testbed.Running(hostIP, "agent"),
	}
	core := b.cluster.Admin.CoreV1()
	// The namespace is the API server's own; its service account a controller would make.
	_, err := core.ServiceAccounts(snapshot.AgentNamespace).Create(t.Context(), &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		t.Fatal(err)
	}
	b.cluster.Pod(t, pod)
	t.Cleanup(func() {
		now := int64(0)
		if err := core.Pods(snapshot.AgentNamespace).Delete(context.Background(), pod.Name, metav1.DeleteOptions{GracePeriodSeconds: &now}); err != nil {
			t.Errorf("delete pods/%s: %v", pod.Name, err)
		}
	})
}

// compact is a policy without white space between its parts.
func compact(t *testing.T, document string) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Compact(&out, []byte(document)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
