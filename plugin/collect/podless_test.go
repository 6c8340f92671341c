package collect_test

import (
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// refusedWorkloads makes workloads whose pods the API server refuses, as their controllers record it, and some that have no
// pods on purpose.
func (w *world) refusedWorkloads(t *testing.T) {
	t.Helper()
	apps := w.cluster.Admin.AppsV1()
	selector := &metav1.LabelSelector{MatchLabels: webLabels}
	made := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	meta := func(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Name: name, Namespace: w.namespace} }
	none := int32(0)
	deployment, err := apps.Deployments(w.namespace).Create(t.Context(), &appsv1.Deployment{ObjectMeta: meta("refused"), Spec: appsv1.DeploymentSpec{Selector: selector, Template: template()}}, metav1.CreateOptions{})
	made(err)
	deployment.Status.Conditions = []appsv1.DeploymentCondition{{Type: appsv1.DeploymentReplicaFailure, Status: corev1.ConditionTrue, Reason: workload.FailedCreate, Message: "exceeded quota: pods, requested: pods=1"}}
	_, err = apps.Deployments(w.namespace).UpdateStatus(t.Context(), deployment, metav1.UpdateOptions{})
	made(err)
	_, err = apps.Deployments(w.namespace).Create(t.Context(), &appsv1.Deployment{ObjectMeta: meta("zero"), Spec: appsv1.DeploymentSpec{Replicas: &none, Selector: selector, Template: template()}}, metav1.CreateOptions{})
	made(err)
	_, err = apps.StatefulSets(w.namespace).Create(t.Context(), &appsv1.StatefulSet{ObjectMeta: meta("db"), Spec: appsv1.StatefulSetSpec{Selector: selector, Template: template()}}, metav1.CreateOptions{})
	made(err)
	for _, about := range []corev1.ObjectReference{{Kind: "StatefulSet", Name: "db"}, {Kind: "ReplicaSet", Name: "refused-5d4"}, {Kind: "StatefulSet", Name: "deleted"}} {
		about.Namespace = w.namespace
		_, err = w.cluster.Admin.CoreV1().Events(w.namespace).Create(t.Context(), &corev1.Event{
			ObjectMeta: meta(about.Name + ".1"), InvolvedObject: about, Type: corev1.EventTypeWarning, Reason: workload.FailedCreate,
			Message: "create Pod db-0 in StatefulSet db failed error: exceeded quota: pods, requested: pods=1",
		}, metav1.CreateOptions{})
		made(err)
	}
}

// TestPodless holds that workloads without pods are found in a namespace, with what two more lists cost, and alone.
func TestPodless(t *testing.T) {
	w := newWorld(t)
	w.refusedWorkloads(t)
	broken := func(r collect.Request) []string {
		t.Helper()
		s := w.collect(t, r)
		var found []string
		selector, err := labels.Parse(r.Selector)
		if err != nil {
			t.Fatal(err)
		}
		for _, report := range judge.DiagnoseAll(s, w.namespace, selector, judge.Options{}) {
			for _, f := range report.Findings {
				if f.Code == check.IRSA218 {
					found = append(found, report.Target.Kind+"/"+report.Target.Name)
				}
			}
		}
		slices.Sort(found)
		return found
	}
	w.forget()
	if got := broken(w.request()); !slices.Equal(got, []string{"Deployment/refused", "StatefulSet/db"}) {
		t.Errorf("of the namespace %v", got)
	}
	if n := countOf(w.proxy.Names(), "list deployments") + countOf(w.proxy.Names(), "list events"); n > 2 {
		t.Errorf("%d lists: %v", n, w.proxy.Names())
	}
	for _, target := range []string{"Deployment/refused", "StatefulSet/db"} {
		if got := broken(w.request(target)); !slices.Equal(got, []string{target}) {
			t.Errorf("%s alone: %v", target, got)
		}
	}
	selected := w.request()
	selected.Selector = "app=other"
	if got := broken(selected); len(got) != 0 {
		t.Errorf("of other labels: %v", got)
	}
	w.proxy.Inject(testbed.Fault{On: "kubernetes:list", Effect: testbed.Denied(), Match: func(c testbed.Call) bool { return resourceOf(c.Path) == "events" }})
	s := w.collect(t, w.request("StatefulSet/db"))
	report, err := judge.Diagnose(s, workload.Target{Kind: "StatefulSet", Namespace: w.namespace, Name: "db"}, judge.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range report.Checks {
		if c.Code == check.IRSA218 && c.Result != check.Unknown {
			t.Errorf("without the right to list Events: %s", c.Result)
		}
	}
}
