package judge

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A lacking workload should have pods and has none; pod is the one that its template would make.
type lacking struct {
	target workload.Target
	pod    *corev1.Pod
}

// podless returns the workloads of a namespace (of all of them if it is empty) that should have pods and have none, in the
// snapshot's order. A workload that another of them controls, such as the ReplicaSet of a Deployment, is answered with that one.
// Where the pods of a namespace were not all read, only those count whose controller recorded that their pods are refused.
func podless(s *snapshot.Snapshot, namespace string, selector labels.Selector) []lacking {
	owners := map[workload.Target]bool{}
	for _, pod := range snapshot.ObjectsOf[*corev1.Pod](s) {
		owners[workload.Group(pod)] = true
		for _, owner := range pod.OwnerReferences {
			owners[workload.Target{Kind: owner.Kind, Namespace: pod.Namespace, Name: owner.Name}] = true
		}
	}
	var found []lacking
	for _, object := range s.Document().Kubernetes {
		kind, template := workload.Template(object)
		if template == nil || kind == "Pod" || namespace != "" && object.GetNamespace() != namespace || !selector.Matches(labels.Set(template.Labels)) {
			continue
		}
		target := workload.Target{Kind: kind, Namespace: object.GetNamespace(), Name: object.GetName()}
		if workload.Wants(object) == 0 || owners[target] || controlled(s, object) || !recorded(s, kind, object) {
			continue
		}
		found = append(found, lacking{target, workload.NewPod(object, kind, template)})
	}
	return found
}

// controlled reports whether another workload of the snapshot controls this one.
func controlled(s *snapshot.Snapshot, object metav1.Object) bool {
	owner := metav1.GetControllerOfNoCopy(object)
	if owner == nil {
		return false
	}
	_, ok := s.Object(owner.Kind, object.GetNamespace(), owner.Name)
	return ok
}

// recorded reports whether it shows that a workload has no pods: its own status counts none, and all pods of its namespace were
// read or its controller recorded that they are refused. A CronJob has none most of the time, and only the latter shows.
func recorded(s *snapshot.Snapshot, kind string, object metav1.Object) bool {
	if !workload.HasNone(object) {
		return false
	}
	if kind != "CronJob" && snapshot.ListOf[*corev1.Pod](s, object.GetNamespace()).Known() {
		return true
	}
	_, byCondition := workload.RefusedByCondition(object)
	_, byEvents := workload.RefusedByEvents(kind, object.GetNamespace(), object.GetName(), snapshot.ObjectsOf[*corev1.Event](s))
	return byCondition || byEvents
}
