package workload

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Wants returns how many pods a workload should have now: none where it is scaled to zero, suspended, finished or being
// deleted, and for an object that creates no pods. A CronJob counts as one, since its next Job creates some.
func Wants(object metav1.Object) int32 {
	if object.GetDeletionTimestamp() != nil {
		return 0
	}
	switch o := object.(type) {
	case *appsv1.Deployment:
		return orOne(o.Spec.Replicas)
	case *appsv1.ReplicaSet:
		return orOne(o.Spec.Replicas)
	case *corev1.ReplicationController:
		return orOne(o.Spec.Replicas)
	case *appsv1.StatefulSet:
		return orOne(o.Spec.Replicas)
	case *appsv1.DaemonSet:
		return o.Status.DesiredNumberScheduled
	case *batchv1.Job:
		if isTrue(o.Spec.Suspend) || finished(o) {
			return 0
		}
		return orOne(o.Spec.Parallelism)
	case *batchv1.CronJob:
		if isTrue(o.Spec.Suspend) {
			return 0
		}
		return 1
	default:
		return 0
	}
}

// HasNone reports whether a workload has no pods by its own status, in which its controller counts them. A CronJob counts none.
func HasNone(object metav1.Object) bool {
	switch o := object.(type) {
	case *appsv1.Deployment:
		return o.Status.Replicas == 0
	case *appsv1.ReplicaSet:
		return o.Status.Replicas == 0
	case *corev1.ReplicationController:
		return o.Status.Replicas == 0
	case *appsv1.StatefulSet:
		return o.Status.Replicas == 0
	case *appsv1.DaemonSet:
		return o.Status.CurrentNumberScheduled == 0
	case *batchv1.Job:
		return o.Status.Active == 0 && o.Status.Succeeded == 0 && o.Status.Failed == 0
	case *batchv1.CronJob:
		return len(o.Status.Active) == 0
	default:
		return false
	}
}

// orOne is a count that is one where it is not set, as the API server has it.
func orOne(count *int32) int32 {
	if count == nil {
		return 1
	}
	return *count
}

func isTrue(b *bool) bool { return b != nil && *b }

// finished reports whether a Job creates no more pods.
func finished(job *batchv1.Job) bool {
	return slices.ContainsFunc(job.Status.Conditions, func(c batchv1.JobCondition) bool {
		switch c.Type {
		case batchv1.JobComplete, batchv1.JobFailed, batchv1.JobSuccessCriteriaMet, batchv1.JobFailureTarget:
			return c.Status == corev1.ConditionTrue
		}
		return false
	})
}
