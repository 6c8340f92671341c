package workload

import (
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Rollout is how a workload replaces its pods after its template has changed.
type Rollout struct {
	// Paused says that it replaces none until it is resumed; `kubectl rollout restart` refuses it then.
	Paused bool
	// OnDelete says that it makes a pod of the new template only in the place of one that is deleted.
	OnDelete bool
	// Partition is the ordinal below which a StatefulSet keeps its pods at the earlier template, also in the place of one
	// that is deleted.
	Partition int32
}

// RolloutOf returns how a workload replaces its pods.
// https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies
func RolloutOf(object any) Rollout {
	switch o := object.(type) {
	case *appsv1.Deployment:
		return Rollout{Paused: o.Spec.Paused}
	case *appsv1.DaemonSet:
		return Rollout{OnDelete: o.Spec.UpdateStrategy.Type == appsv1.OnDeleteDaemonSetStrategyType}
	case *appsv1.StatefulSet:
		rollout := Rollout{OnDelete: o.Spec.UpdateStrategy.Type == appsv1.OnDeleteStatefulSetStrategyType}
		if rolling := o.Spec.UpdateStrategy.RollingUpdate; rolling != nil && rolling.Partition != nil && !rollout.OnDelete {
			rollout.Partition = *rolling.Partition
		}
		return rollout
	default:
		return Rollout{}
	}
}

// Keeps reports whether a change of the template does not reach the pod, named after its ordinal.
func (r Rollout) Keeps(pod string) bool {
	ordinal, err := strconv.Atoi(pod[strings.LastIndex(pod, "-")+1:])
	return err == nil && int64(ordinal) < int64(r.Partition)
}

// A Revision is which template of a workload a pod was made from.
type Revision int

// The revisions.
const (
	RevisionUnknown Revision = iota
	CurrentRevision          // the one that the workload has
	EarlierRevision          // another one
)

// RevisionOf returns whether a workload's pod was made from the template that the workload has now, as far as the workload's
// status tells.
func RevisionOf(object any, pod *corev1.Pod) Revision {
	switch o := object.(type) {
	case *appsv1.StatefulSet:
		have, want := pod.Labels[appsv1.ControllerRevisionHashLabelKey], o.Status.UpdateRevision
		switch {
		case have == "" || want == "" || o.Status.ObservedGeneration < o.Generation:
			return RevisionUnknown
		case have == want:
			return CurrentRevision
		default:
			return EarlierRevision
		}
	case *appsv1.Deployment:
		return wholly(o.ObjectMeta, o.Status.ObservedGeneration, o.Status.Replicas, o.Status.UpdatedReplicas)
	case *appsv1.DaemonSet:
		return wholly(o.ObjectMeta, o.Status.ObservedGeneration, o.Status.CurrentNumberScheduled, o.Status.UpdatedNumberScheduled)
	default:
		return RevisionUnknown
	}
}

// wholly is the revision of each of a workload's pods, where all of them are of its present template.
func wholly(meta metav1.ObjectMeta, observed int64, all, updated int32) Revision {
	if meta.Generation > 0 && observed >= meta.Generation && all > 0 && all == updated {
		return CurrentRevision
	}
	return RevisionUnknown
}
