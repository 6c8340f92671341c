package collect_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

var webLabels = map[string]string{"app": "web"}

func template() corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: webLabels},
		Spec: corev1.PodSpec{
			ServiceAccountName: "web", RestartPolicy: corev1.RestartPolicyAlways, Containers: []corev1.Container{{Name: "app", Image: "example.com/app:1"}},
		},
	}
}

// controlledBy makes a pod that an owner controls, as its controller would; the API server's clock has whole seconds.
func (w *world) controlledBy(t *testing.T, name string, owner metav1.Object, kind schema.GroupVersionKind) {
	t.Helper()
	pod := w.plain(name, "web")
	pod.Labels = webLabels
	pod.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(owner, kind)}
	w.cluster.Pod(t, pod)
}

// TestWorkloads holds which pods belong to a workload: those that it controls, and not all that its selector finds.
func TestWorkloads(t *testing.T) {
	w := newWorld(t)
	selector := &metav1.LabelSelector{MatchLabels: webLabels}
	stray := w.plain("stray", "web")
	stray.Labels = webLabels
	w.cluster.Pod(t, stray)
	apps, batch := w.cluster.Admin.AppsV1(), w.cluster.Admin.BatchV1()
	meta := func(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Name: name, Namespace: w.namespace} }
	made := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var options metav1.CreateOptions

	deployment, err := apps.Deployments(w.namespace).Create(t.Context(), &appsv1.Deployment{ObjectMeta: meta("web"), Spec: appsv1.DeploymentSpec{Selector: selector, Template: template()}}, options)
	made(err)
	set := &appsv1.ReplicaSet{ObjectMeta: meta("web-abc"), Spec: appsv1.ReplicaSetSpec{Selector: selector, Template: template()}}
	set.Labels = webLabels
	set.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(deployment, appsv1.SchemeGroupVersion.WithKind("Deployment"))}
	set, err = apps.ReplicaSets(w.namespace).Create(t.Context(), set, options)
	made(err)
	w.controlledBy(t, "web-abc-1", set, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"))
	stateful, err := apps.StatefulSets(w.namespace).Create(t.Context(), &appsv1.StatefulSet{ObjectMeta: meta("db"), Spec: appsv1.StatefulSetSpec{Selector: selector, Template: template()}}, options)
	made(err)
	w.controlledBy(t, "db-0", stateful, appsv1.SchemeGroupVersion.WithKind("StatefulSet"))
	daemon, err := apps.DaemonSets(w.namespace).Create(t.Context(), &appsv1.DaemonSet{ObjectMeta: meta("agent"), Spec: appsv1.DaemonSetSpec{Selector: selector, Template: template()}}, options)
	made(err)
	w.controlledBy(t, "agent-1", daemon, appsv1.SchemeGroupVersion.WithKind("DaemonSet"))
	jobTemplate := template()
	jobTemplate.Spec.RestartPolicy = corev1.RestartPolicyNever
	cron, err := batch.CronJobs(w.namespace).Create(t.Context(), &batchv1.CronJob{ObjectMeta: meta("nightly"), Spec: batchv1.CronJobSpec{
		Schedule: "0 0 * * *", JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: jobTemplate}},
	}}, options)
	made(err)
	job := &batchv1.Job{ObjectMeta: meta("nightly-1"), Spec: batchv1.JobSpec{Template: jobTemplate}}
	job.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(cron, batchv1.SchemeGroupVersion.WithKind("CronJob"))}
	job, err = batch.Jobs(w.namespace).Create(t.Context(), job, options)
	made(err)
	ofJob := w.plain("nightly-1-x", "web")
	ofJob.Labels = job.Spec.Selector.MatchLabels
	ofJob.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(job, batchv1.SchemeGroupVersion.WithKind("Job"))}
	w.cluster.Pod(t, ofJob)
	idle, err := apps.Deployments(w.namespace).Create(t.Context(), &appsv1.Deployment{ObjectMeta: meta("idle"), Spec: appsv1.DeploymentSpec{Selector: selector, Template: template()}}, options)
	made(err)
	w.account(t, "unused", webRole)

	all := []string{"agent-1", "db-0", "nightly-1-x", "stray", "web-0", "web-abc-1"}
	for target, want := range map[string][]string{
		"Deployment/web": {"web-abc-1"}, "ReplicaSet/web-abc": {"web-abc-1"}, "StatefulSet/db": {"db-0"}, "DaemonSet/agent": {"agent-1"},
		"Job/nightly-1": {"nightly-1-x"}, "CronJob/nightly": {"nightly-1-x"}, "ServiceAccount/web": all,
		"Deployment/" + idle.Name: nil, "ServiceAccount/unused": nil,
	} {
		t.Run(target, func(t *testing.T) {
			s := w.collect(t, w.request(target))
			if got := podsIn(s); !slices.Equal(got, want) {
				t.Errorf("pods %v, want %v", got, want)
			}
			for _, name := range want {
				if !s.Pod(w.namespace, name).Known() {
					t.Errorf("pod %s is not in the snapshot", name)
				}
			}
			if !s.Role(webRole).Known() {
				t.Errorf("role %v", s.Role(webRole).State())
			}
		})
	}
	t.Run("without the right to list replica sets", func(t *testing.T) {
		w.proxy.Inject(testbed.Fault{On: "kubernetes:list", Effect: testbed.Denied(), Match: func(c testbed.Call) bool { return strings.Contains(c.Path, "/replicasets") }})
		if pods := podsIn(w.collect(t, w.request("Deployment/web"))); len(pods) != 0 {
			t.Errorf("pods %v: their own labels do not name the deployment", pods)
		}
	})
}

// TestNewestFirst holds that a workload is answered by its newest pod, and that one that is being deleted comes last.
func TestNewestFirst(t *testing.T) {
	w := newWorld(t)
	w.cluster.Pod(t, w.plain("web-1", "web"))
	going := w.plain("web-2", "web")
	going.Finalizers = []string{"example.com/wait"}
	made := w.cluster.Pod(t, going)
	now := int64(0)
	if err := w.cluster.Admin.CoreV1().Pods(w.namespace).Delete(t.Context(), made.Name, metav1.DeleteOptions{GracePeriodSeconds: &now}); err != nil {
		t.Fatal(err)
	}
	s := w.collect(t, w.request("ServiceAccount/web"))
	if pods := podsIn(s); !slices.Equal(pods, []string{"web-0", "web-1", "web-2"}) {
		t.Errorf("pods %v", pods)
	}
	pods := snapshot.ObjectsOf[*corev1.Pod](s)
	slices.SortFunc(pods, workload.NewestFirst)
	if last := pods[len(pods)-1].Name; last != "web-2" {
		t.Errorf("%s is the last, want web-2", last)
	}
	report, err := judge.Diagnose(s, workload.Target{Kind: "ServiceAccount", Namespace: w.namespace, Name: "web"}, judge.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if report.Pod != pods[0].Name {
		t.Errorf("pod %s answers, want %s", report.Pod, pods[0].Name)
	}
}

// TestScope holds the cost and the completeness of a whole namespace: lists instead of single reads, each role once.
func TestScope(t *testing.T) {
	w := newWorld(t)
	w.account(t, "api", "")
	w.account(t, "default", "")
	role := w.aws.Role(t, testbed.Account, "api", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	prodCluster := testbed.Cluster{Name: "prod", Account: testbed.Account, Region: testbed.Region}
	w.aws.Association(t, prodCluster, w.namespace, "api", role)
	w.aws.Association(t, prodCluster, "elsewhere", "other", role)
	for i := range 20 {
		w.injected(t, fmt.Sprintf("many-%02d", i), "web", inject.WebIdentity)
	}
	w.injected(t, "api-0", "api", inject.PodIdentity)
	w.cluster.Pod(t, w.plain("idle-0", "default"))
	w.forget()
	s := w.collect(t, w.request())
	if pods := podsIn(s); len(pods) != 23 {
		t.Errorf("%d pods, want 23", len(pods))
	}
	for name, most := range map[string]int{
		"iam:GetRole": 2, "iam:GetOpenIDConnectProvider": 1, "iam:GetInstanceProfile": 1, "ec2:DescribeInstances": 1, "iam:ListRoles": 1,
		"eks:ListPodIdentityAssociations": 1, "eks:DescribePodIdentityAssociation": 1, "sts:GetCallerIdentity": 0,
	} {
		if n := countOf(w.names(), name); n > most {
			t.Errorf("%s was called %d times, want at most %d", name, n, most)
		}
	}
	if n := len(w.proxy.Names()); n > 12 { // of which three look for the agent, and two for workloads without pods
		t.Errorf("%d requests to Kubernetes: %v", n, w.proxy.Names())
	}
	for what, known := range map[string]bool{
		"pods": snapshot.ListOf[*corev1.Pod](s, w.namespace).Known(), "service accounts": s.ServiceAccounts(w.namespace).Known(),
		"policies": s.NetworkPolicies(w.namespace).Known(), "webhooks": s.MutatingWebhooks().Known(), "roles": s.Roles().Known(),
		"web's associations": s.Associations(w.namespace, "web").Known(), "api's": s.Associations(w.namespace, "api").Known(),
	} {
		if !known {
			t.Errorf("%s are not known", what)
		}
	}
	for what, known := range map[string]bool{
		"pods": snapshot.ListOf[*corev1.Pod](s, "elsewhere").Known(), "service accounts": s.ServiceAccounts("elsewhere").Known(),
		"associations": s.Associations("elsewhere", "other").Known(),
	} {
		if known {
			t.Errorf("%s elsewhere are known, and were not read", what)
		}
	}
	for _, name := range podsIn(s) {
		if _, err := judge.Diagnose(s, workload.Target{Kind: "Pod", Namespace: w.namespace, Name: name}, judge.Options{}); err != nil {
			t.Error(err)
		}
	}
}

// TestSelector holds that -l narrows, and that then not all pods are known.
func TestSelector(t *testing.T) {
	w := newWorld(t)
	pod := w.plain("chosen", "web")
	pod.Labels = webLabels
	w.cluster.Pod(t, pod)
	r := w.request()
	r.Selector = "app=web"
	s := w.collect(t, r)
	if pods := podsIn(s); !slices.Equal(pods, []string{"chosen"}) {
		t.Errorf("pods %v", pods)
	}
	if snapshot.ListOf[*corev1.Pod](s, w.namespace).Known() {
		t.Error("all pods are known, and some were read")
	}
	r.Selector = "app=none"
	if pods := podsIn(w.collect(t, r)); len(pods) != 0 {
		t.Errorf("pods %v", pods)
	}
	r.Selector = "=="
	if _, err := collect.Collect(t.Context(), w.reader, nil, r); err == nil {
		t.Error("a selector that is none: want an error")
	}
}

// TestEverything holds that all there is can be asked for, over all namespaces.
func TestEverything(t *testing.T) {
	w := newWorld(t)
	far := w.aws.Provider(t, testbed.Account, "https://example.com/far", "sts.amazonaws.com")
	r := w.request()
	r.AllNamespaces, r.Everything = true, true
	s := w.collect(t, r)
	if !snapshot.ListOf[*corev1.Pod](s, "").Known() || !s.ServiceAccounts("").Known() || !snapshot.ListOf[*corev1.Node](s, "").Known() {
		t.Errorf("not asked: %+v", s.Document().NotAsked)
	}
	if list, ok := s.OpenIDConnectProviders().Get(); !ok || len(list) != 2 || !s.OpenIDConnectProvider(far).Known() {
		t.Errorf("providers %v, %v", list, ok)
	}
	if !s.OpenIDConnectProvider("arn:aws:iam::111122223333:oidc-provider/none").Absent() || !s.Role("arn:aws:iam::111122223333:role/none").Absent() {
		t.Error("what is not among all does not exist")
	}
	if !s.Associations("any", "thing").Known() {
		t.Errorf("associations of any service account: %v", s.Associations("any", "thing").State())
	}
}

// TestWide holds that the roles' policies are read where they are asked for.
func TestWide(t *testing.T) {
	w := newWorld(t)
	r := w.request("Pod/web-0")
	r.Wide = true
	s := w.collect(t, r)
	role, ok := s.Role(webRole).Get()
	if !ok || role.AttachedManagedPolicies == nil || len(*role.AttachedManagedPolicies) != 0 || role.RolePolicyList == nil || len(*role.RolePolicyList) != 0 {
		t.Errorf("role %+v, %v; want two empty lists", role, ok)
	}
	w.aws.Inject(testbed.Fault{On: "iam:ListRolePolicies", Effect: testbed.Denied()})
	s = w.collect(t, r)
	if role, _ := s.Role(webRole).Get(); role.AttachedManagedPolicies == nil || role.RolePolicyList != nil {
		t.Errorf("role %+v; want one list", role)
	}
}

// TestCollectManifests holds that what is about to be applied can be asked about, with and without a cluster.
func TestCollectManifests(t *testing.T) {
	w := newWorld(t)
	manifests := []snapshot.Object{
		&appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "new"}, Spec: appsv1.DeploymentSpec{Template: template()}},
		&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "other", Namespace: "far", Annotations: map[string]string{roleAnnotation: webRole}}},
		&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "c"}, Data: map[string]string{"k": "hunter2"}},
	}
	r := collect.Request{Namespace: w.namespace, Cluster: prod, Manifests: manifests, TakenAt: time.Unix(0, 0)}

	s := w.collect(t, r)
	if pods := podsIn(s); len(pods) != 0 {
		t.Errorf("pods %v: what the manifests would make does not exist", pods)
	}
	if far, ok := s.ServiceAccount("far", "other").Get(); !ok || far.Annotations[roleAnnotation] != webRole {
		t.Errorf("service account %v, %v; want the manifest's", far, ok)
	}
	if !s.ServiceAccount(w.namespace, "web").Known() || !s.ServiceAccount("far", "other").Known() || !s.Role(webRole).Known() || !s.MutatingWebhooks().Known() {
		t.Errorf("not found %+v, unreadable %+v", s.Document().NotFound, s.Document().Unreadable)
	}
	if d, ok := snapshot.ObjectOf[*appsv1.Deployment](s, w.namespace, "new").Get(); !ok || d.Namespace != w.namespace {
		t.Errorf("deployment %v, %v", d, ok)
	}
	if manifests[0].GetNamespace() != "" {
		t.Error("the caller's manifest was changed")
	}

	w.forget()
	s, err := collect.Collect(t.Context(), nil, accountReader(t, aws.Options{}), r)
	if err != nil {
		t.Fatal(err)
	}
	if pods := podsIn(s); len(pods) != 0 || !s.ServiceAccount("far", "other").Known() {
		t.Errorf("pods %v, service account %v", pods, s.ServiceAccount("far", "other").State())
	}
	if n := len(w.proxy.Names()); n != 0 {
		t.Errorf("%d requests to a cluster that is none", n)
	}
	if gap, ok := s.ServiceAccount(w.namespace, "web").Gap(); !ok || gap.Reason != "no cluster was read" {
		t.Errorf("gap %+v, %v", gap, ok)
	}
	if issuer, _ := s.Issuer().Get(); issuer != w.cluster.Issuer || !s.Role(webRole).Known() {
		t.Errorf("issuer %q out of EKS, role %v", issuer, s.Role(webRole).State())
	}

	if s, err := collect.Collect(t.Context(), nil, nil, r); err != nil || s.Document().AWS != nil {
		t.Errorf("with nothing but manifests: %v", err)
	}
	r.Manifests = nil
	if _, err := collect.Collect(t.Context(), nil, nil, r); err == nil {
		t.Error("with nothing at all: want an error")
	}
}

// TestManyNodes holds that instances are asked for many at a time, and that those of no address are found by the nodes' word.
func TestManyNodes(t *testing.T) {
	w := newWorld(t)
	for i := range 20 {
		name, id := fmt.Sprintf("node-%02d-%s", i, w.namespace), fmt.Sprintf("i-0%016x", i)
		w.cluster.Node(t, name, "aws:///us-west-2a/"+id, nil)
		pod := w.plain(fmt.Sprintf("spread-%02d", i), "web")
		pod.Spec.NodeName = name
		address := fmt.Sprintf("172.31.9.%d", i+10)
		pod.Status.HostIP, pod.Status.HostIPs = address, []corev1.HostIP{{IP: address}}
		if i == 0 {
			pod.Status.HostIP, pod.Status.HostIPs = "", nil
		}
		w.cluster.Pod(t, pod)
		if i != 1 {
			w.aws.Instance(t, testbed.Instance{ID: id, PrivateIP: address, ProfileARN: nodeProfile})
		}
	}
	w.forget()
	s := w.collect(t, w.request())
	for i := range 20 {
		f := s.Instance(fmt.Sprintf("i-0%016x", i))
		if gap, ok := f.Gap(); i == 1 && (!ok || !strings.Contains(gap.Reason, "not among the instances")) || i != 1 && !f.Known() {
			t.Errorf("instance %d: state %v, %v", i, f.State(), gap)
		}
	}
	if n := countOf(w.aws.Names(), "ec2:DescribeInstances"); n != 2 {
		t.Errorf("%d calls of DescribeInstances, want one by address and one by id", n)
	}
	for _, call := range w.proxy.Calls() {
		if strings.Contains(call.Path, "/nodes/") {
			t.Errorf("a node was read by itself: %s", call.Path)
		}
	}
}
