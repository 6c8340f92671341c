package cmd_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

// A liveWorkload is what has a pod template.
type liveWorkload struct {
	kind     schema.GroupVersionKind
	meta     metav1.ObjectMeta
	template corev1.PodTemplateSpec
}

// workloads are those of the namespace.
func (l *live) workloads(t *testing.T) []liveWorkload {
	t.Helper()
	apps, options := l.cluster.Admin.AppsV1(), metav1.ListOptions{}
	deployments, err := apps.Deployments(l.namespace).List(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	sets, err := apps.StatefulSets(l.namespace).List(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	daemons, err := apps.DaemonSets(l.namespace).List(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	var all []liveWorkload
	kind := appsv1.SchemeGroupVersion.WithKind
	for _, one := range deployments.Items {
		all = append(all, liveWorkload{kind("Deployment"), one.ObjectMeta, one.Spec.Template})
	}
	for _, one := range sets.Items {
		all = append(all, liveWorkload{kind("StatefulSet"), one.ObjectMeta, one.Spec.Template})
	}
	for _, one := range daemons.Items {
		all = append(all, liveWorkload{kind("DaemonSet"), one.ObjectMeta, one.Spec.Template})
	}
	return all
}

// reconcile does what the controllers and a kubelet do: each workload has one running pod of its template, made through the
// API server, so that the webhook mutates it.
func (l *live) reconcile(t *testing.T) {
	t.Helper()
	pods, err := l.cluster.Admin.CoreV1().Pods(l.namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range l.workloads(t) {
		revision := revisionOf(t, w.template)
		current := false
		for _, pod := range pods.Items {
			switch {
			case pod.Annotations[workloadOf] != w.kind.Kind+"/"+w.meta.Name:
			case pod.Labels["pod-template-hash"] == revision && pod.DeletionTimestamp == nil:
				current = true
			default:
				l.remove(t, pod.Name)
			}
		}
		if !current {
			l.createPod(t, w, revision)
		}
	}
	for _, pod := range pods.Items {
		if pod.Status.Phase != corev1.PodRunning && pod.Annotations[workloadOf] == "" {
			l.start(t, &pod)
		}
	}
}

// workloadOf marks the pods that reconcile has made.
const workloadOf = "testbed/workload"

func revisionOf(t *testing.T, template corev1.PodTemplateSpec) string {
	t.Helper()
	text, err := json.Marshal(template)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))[:10]
}

func (l *live) createPod(t *testing.T, w liveWorkload, revision string) {
	t.Helper()
	l.made++
	owner := *metav1.NewControllerRef(&w.meta, w.kind)
	name := fmt.Sprintf("%s-%s-%d", w.meta.Name, revision, l.made)
	switch w.kind.Kind {
	case "Deployment":
		owner = l.replicaSet(t, w, revision)
	case "StatefulSet":
		name = w.meta.Name + "-0"
	}
	pod := &corev1.Pod{ObjectMeta: *w.template.ObjectMeta.DeepCopy(), Spec: *w.template.Spec.DeepCopy()}
	pod.Namespace, pod.Name, pod.OwnerReferences = l.namespace, name, []metav1.OwnerReference{owner}
	pod.Labels["pod-template-hash"] = revision
	if pod.Annotations == nil {
		pod.Annotations = map[string]string{}
	}
	pod.Annotations[workloadOf] = w.kind.Kind + "/" + w.meta.Name
	made, err := l.cluster.Admin.CoreV1().Pods(l.namespace).Create(t.Context(), pod, metav1.CreateOptions{})
	if err != nil {
		l.refused(t, w, err)
		return
	}
	l.start(t, made)
}

// replicaSet is the one of the template, made if it is not there.
func (l *live) replicaSet(t *testing.T, w liveWorkload, revision string) metav1.OwnerReference {
	t.Helper()
	sets, name := l.cluster.Admin.AppsV1().ReplicaSets(l.namespace), w.meta.Name+"-"+revision
	kind := appsv1.SchemeGroupVersion.WithKind("ReplicaSet")
	found, err := sets.Get(t.Context(), name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		template := *w.template.DeepCopy()
		template.Labels["pod-template-hash"] = revision
		one := int32(1)
		found, err = sets.Create(t.Context(), &appsv1.ReplicaSet{
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: template.Labels, OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(&w.meta, w.kind)}},
			Spec:       appsv1.ReplicaSetSpec{Replicas: &one, Selector: &metav1.LabelSelector{MatchLabels: template.Labels}, Template: template},
		}, metav1.CreateOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return *metav1.NewControllerRef(found, kind)
}

// refused records that a deployment's pod was not admitted, as its controllers do.
func (l *live) refused(t *testing.T, w liveWorkload, why error) {
	t.Helper()
	if w.kind.Kind != "Deployment" {
		t.Fatalf("create a pod of %s: %v", w.meta.Name, why)
	}
	apps := l.cluster.Admin.AppsV1()
	set, err := apps.ReplicaSets(l.namespace).Get(t.Context(), w.meta.Name+"-"+revisionOf(t, w.template), metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	set.Status.Conditions = []appsv1.ReplicaSetCondition{{Type: appsv1.ReplicaSetReplicaFailure, Status: corev1.ConditionTrue, Reason: "FailedCreate", Message: why.Error()}}
	if _, err := apps.ReplicaSets(l.namespace).UpdateStatus(t.Context(), set, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	deployment, err := apps.Deployments(l.namespace).Get(t.Context(), w.meta.Name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	deployment.Status.Conditions = []appsv1.DeploymentCondition{{Type: appsv1.DeploymentReplicaFailure, Status: corev1.ConditionTrue, Reason: "FailedCreate", Message: why.Error()}}
	if _, err := apps.Deployments(l.namespace).UpdateStatus(t.Context(), deployment, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// start binds a pod to the node and lets it run.
func (l *live) start(t *testing.T, pod *corev1.Pod) {
	t.Helper()
	pods := l.cluster.Admin.CoreV1().Pods(l.namespace)
	if pod.Spec.NodeName == "" {
		if err := pods.Bind(t.Context(), &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: pod.Name}, Target: corev1.ObjectReference{Kind: "Node", Name: l.node}}, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	bound, err := pods.Get(t.Context(), pod.Name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range pod.Spec.Containers {
		names = append(names, c.Name)
	}
	bound.Status = testbed.Running("10.0.0.9", names...)
	bound.Status.HostIP, bound.Status.HostIPs = hostIP, []corev1.HostIP{{IP: hostIP}}
	if _, err := pods.UpdateStatus(t.Context(), bound, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// recreate deletes the pods; those of workloads come back, those of manifests are applied again.
func (l *live) recreate(t *testing.T) {
	t.Helper()
	for _, pod := range l.pods(t) {
		l.remove(t, pod.Name)
		if pod.Annotations[workloadOf] == "" {
			l.cluster.Create(t, l.namespace, l.lonePod(t))
		}
	}
	l.reconcile(t)
}

// lonePod is the document of the base that is a pod.
func (l *live) lonePod(t *testing.T) string {
	t.Helper()
	for _, document := range strings.Split(liveFile(t, l.Base+".yaml"), "---\n") {
		if strings.Contains(document, "kind: Pod\n") {
			return document
		}
	}
	t.Fatalf("no pod in the base %s", l.Base)
	return ""
}

func (l *live) remove(t *testing.T, name string) {
	t.Helper()
	now := int64(0)
	err := l.cluster.Admin.CoreV1().Pods(l.namespace).Delete(t.Context(), name, metav1.DeleteOptions{GracePeriodSeconds: &now})
	if err != nil && !apierrors.IsNotFound(err) {
		t.Fatal(err)
	}
}

func (l *live) pods(t *testing.T) []corev1.Pod {
	t.Helper()
	list, err := l.cluster.Admin.CoreV1().Pods(l.namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return list.Items
}
