package collect_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

var bed testbed.Bed

func TestMain(m *testing.M) { os.Exit(bed.Main(m)) }

const (
	roleAnnotation = "eks.amazonaws.com/role-arn"
	webRole        = "arn:aws:iam::111122223333:role/web"
	nodeProfile    = "arn:aws:iam::111122223333:instance-profile/node"
	hostIP         = "172.31.7.7"
)

// A world is a cluster and an AWS account in which the pod web-0 of the service account web works with IRSA.
type world struct {
	cluster   *testbed.ControlPlane
	proxy     *testbed.Proxy
	aws       *testbed.AWS
	namespace string
	node      string
	instance  string
	reader    *kube.Reader
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{cluster: bed.ControlPlane(t), aws: bed.AWS(t)}
	w.proxy = w.cluster.Proxy(t)
	w.namespace = w.cluster.Namespace(t)
	w.instance = "i-0" + strings.Repeat("7", 16)
	w.node = "ip-172-31-7-7.us-west-2.compute.internal-" + w.namespace
	w.cluster.Node(t, w.node, "aws:///us-west-2a/"+w.instance, nil)

	w.aws.SetEnv(t)
	w.aws.SetCluster(testbed.Cluster{Name: "prod", Issuer: w.cluster.Issuer})
	w.aws.Provider(t, testbed.Account, w.cluster.Issuer, "sts.amazonaws.com")
	w.aws.Role(t, testbed.Account, "web", w.trust("web"))
	w.aws.Role(t, testbed.Account, "node", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	w.aws.InstanceProfile(t, testbed.Account, "node", "node")
	w.aws.Instance(t, testbed.Instance{ID: w.instance, PrivateIP: hostIP, ProfileARN: nodeProfile, HTTPTokens: "required", HopLimit: 1})

	w.account(t, "web", webRole)
	w.injected(t, "web-0", "web", inject.WebIdentity)
	w.reader = w.readAs(t, w.cluster.AdminUser())
	return w
}

func (w *world) trust(serviceAccount string) string {
	host := strings.TrimPrefix(w.cluster.Issuer, "https://")
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/` + host +
		`"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"` + host + `:sub":"system:serviceaccount:` + w.namespace + `:` + serviceAccount +
		`","` + host + `:aud":"sts.amazonaws.com"}}}]}`
}

func (w *world) account(t *testing.T, name, role string) {
	t.Helper()
	var annotations map[string]string
	if role != "" {
		annotations = map[string]string{roleAnnotation: role}
	}
	w.cluster.ServiceAccount(t, w.namespace, name, annotations)
}

// plain is a pod as nobody has changed it.
func (w *world) plain(name, serviceAccount string) *corev1.Pod {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: w.namespace},
		Spec: corev1.PodSpec{
			ServiceAccountName: serviceAccount, NodeName: w.node,
			Containers: []corev1.Container{{Name: "app", Image: "example.com/app:1"}},
		},
		Status: testbed.Running("10.0.0.9", "app"),
	}
	pod.Status.HostIP, pod.Status.HostIPs = hostIP, []corev1.HostIP{{IP: hostIP}}
	return pod
}

// injected makes a pod as the webhook would.
func (w *world) injected(t *testing.T, name, serviceAccount string, mechanism inject.Mechanism) {
	t.Helper()
	sa := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: serviceAccount, Namespace: w.namespace, Annotations: map[string]string{roleAnnotation: webRole}}}
	w.cluster.Pod(t, inject.Predict(inject.EKS(testbed.Region), sa, w.plain(name, serviceAccount), mechanism == inject.PodIdentity))
}

func (w *world) readAs(t *testing.T, user testbed.User) *kube.Reader {
	t.Helper()
	reader, err := kube.New(user.REST(w.proxy.URL))
	if err != nil {
		t.Fatal(err)
	}
	return reader
}

func accountReader(t *testing.T, o aws.Options) *aws.Reader {
	t.Helper()
	reader, err := aws.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return reader
}

var prod = kube.Identity{Name: "prod", Region: testbed.Region, Account: testbed.Account}

func (w *world) request(targets ...string) collect.Request {
	r := collect.Request{Namespace: w.namespace, Cluster: prod, TakenAt: time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)}
	for _, target := range targets {
		kind, name, _ := strings.Cut(target, "/")
		r.Targets = append(r.Targets, workload.Target{Kind: kind, Namespace: w.namespace, Name: name})
	}
	return r
}

// collect answers a request, and fails the test if that fails.
func (w *world) collect(t *testing.T, r collect.Request) *snapshot.Snapshot {
	t.Helper()
	s, err := collect.Collect(t.Context(), w.reader, accountReader(t, aws.Options{}), r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// podsIn are the names of the pods in a snapshot, sorted.
func podsIn(s *snapshot.Snapshot) []string {
	var names []string
	for _, pod := range snapshot.ObjectsOf[*corev1.Pod](s) {
		names = append(names, pod.Name)
	}
	slices.Sort(names)
	return names
}

// forget empties the logs, so that only what follows is counted.
func (w *world) forget() {
	w.proxy.Forget()
	w.aws.Forget()
}

func (w *world) names() []string { return append(w.proxy.Names(), w.aws.Names()...) }
