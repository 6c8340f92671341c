package snapshot

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/scrub"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

func workloadMeta(o *metav1.ObjectMeta) metav1.ObjectMeta {
	meta := named(o)
	meta.GenerateName, meta.Generation, meta.DeletionTimestamp = o.GenerateName, o.Generation, o.DeletionTimestamp
	meta.OwnerReferences = keptOwners(o.OwnerReferences)
	return meta
}

func keptDeployment(o *appsv1.Deployment) *appsv1.Deployment {
	kept := &appsv1.Deployment{
		ObjectMeta: workloadMeta(&o.ObjectMeta),
		Spec:       appsv1.DeploymentSpec{Replicas: o.Spec.Replicas, Paused: o.Spec.Paused, Template: keptTemplate(&o.Spec.Template)},
		Status: appsv1.DeploymentStatus{
			ObservedGeneration: o.Status.ObservedGeneration, Replicas: o.Status.Replicas, UpdatedReplicas: o.Status.UpdatedReplicas,
		},
	}
	for _, c := range o.Status.Conditions {
		if c.Type == appsv1.DeploymentReplicaFailure {
			kept.Status.Conditions = append(kept.Status.Conditions, appsv1.DeploymentCondition{
				Type: c.Type, Status: c.Status, Reason: c.Reason, Message: refusal(c.Reason, c.Message), LastTransitionTime: c.LastTransitionTime,
			})
		}
	}
	return kept
}

func keptReplicaSet(o *appsv1.ReplicaSet) *appsv1.ReplicaSet {
	kept := &appsv1.ReplicaSet{
		ObjectMeta: workloadMeta(&o.ObjectMeta),
		Spec:       appsv1.ReplicaSetSpec{Replicas: o.Spec.Replicas, Template: keptTemplate(&o.Spec.Template)},
		Status:     appsv1.ReplicaSetStatus{Replicas: o.Status.Replicas},
	}
	for _, c := range o.Status.Conditions {
		if c.Type == appsv1.ReplicaSetReplicaFailure {
			kept.Status.Conditions = append(kept.Status.Conditions, appsv1.ReplicaSetCondition{
				Type: c.Type, Status: c.Status, Reason: c.Reason, Message: refusal(c.Reason, c.Message), LastTransitionTime: c.LastTransitionTime,
			})
		}
	}
	return kept
}

func keptStatefulSet(o *appsv1.StatefulSet) *appsv1.StatefulSet {
	kept := &appsv1.StatefulSet{
		ObjectMeta: workloadMeta(&o.ObjectMeta),
		Spec: appsv1.StatefulSetSpec{
			Replicas: o.Spec.Replicas, Template: keptTemplate(&o.Spec.Template),
			UpdateStrategy: appsv1.StatefulSetUpdateStrategy{Type: o.Spec.UpdateStrategy.Type},
		},
		Status: appsv1.StatefulSetStatus{
			ObservedGeneration: o.Status.ObservedGeneration, Replicas: o.Status.Replicas, UpdateRevision: o.Status.UpdateRevision,
		},
	}
	if rolling := o.Spec.UpdateStrategy.RollingUpdate; rolling != nil {
		kept.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: rolling.Partition}
	}
	return kept
}

func keptDaemonSet(o *appsv1.DaemonSet) *appsv1.DaemonSet {
	kept := &appsv1.DaemonSet{
		ObjectMeta: workloadMeta(&o.ObjectMeta),
		Spec: appsv1.DaemonSetSpec{
			Template:       keptTemplate(&o.Spec.Template),
			UpdateStrategy: appsv1.DaemonSetUpdateStrategy{Type: o.Spec.UpdateStrategy.Type},
		},
		Status: appsv1.DaemonSetStatus{
			ObservedGeneration: o.Status.ObservedGeneration, CurrentNumberScheduled: o.Status.CurrentNumberScheduled,
			DesiredNumberScheduled: o.Status.DesiredNumberScheduled, UpdatedNumberScheduled: o.Status.UpdatedNumberScheduled, NumberReady: o.Status.NumberReady,
		},
	}
	kept.Labels = keptLabels(o.Labels, map[string]bool{AgentLabel: true})
	keepSecurityGroupMode(o, kept)
	return kept
}

func keptJob(o *batchv1.Job) *batchv1.Job {
	kept := &batchv1.Job{
		ObjectMeta: workloadMeta(&o.ObjectMeta),
		Spec:       batchv1.JobSpec{Parallelism: o.Spec.Parallelism, Suspend: o.Spec.Suspend, Template: keptTemplate(&o.Spec.Template)},
		Status:     batchv1.JobStatus{Active: o.Status.Active, Succeeded: o.Status.Succeeded, Failed: o.Status.Failed},
	}
	for _, c := range o.Status.Conditions {
		kept.Status.Conditions = append(kept.Status.Conditions, batchv1.JobCondition{Type: c.Type, Status: c.Status})
	}
	return kept
}

func keptCronJob(o *batchv1.CronJob) *batchv1.CronJob {
	kept := &batchv1.CronJob{ObjectMeta: workloadMeta(&o.ObjectMeta), Spec: batchv1.CronJobSpec{Suspend: o.Spec.Suspend}}
	kept.Spec.JobTemplate.Spec.Template = keptTemplate(&o.Spec.JobTemplate.Spec.Template)
	if n := len(o.Status.Active); n > 0 {
		kept.Status.Active = make([]corev1.ObjectReference, n) // only how many there are is read
	}
	return kept
}

// keptEvent keeps which object an Event is about, why its pods are refused and when.
func keptEvent(o *corev1.Event) *corev1.Event {
	meta := named(&o.ObjectMeta)
	meta.CreationTimestamp = o.CreationTimestamp
	kept := &corev1.Event{
		ObjectMeta: meta, Reason: o.Reason, Message: refusal(o.Reason, o.Message), LastTimestamp: o.LastTimestamp, EventTime: o.EventTime,
		InvolvedObject: corev1.ObjectReference{Kind: o.InvolvedObject.Kind, Namespace: o.InvolvedObject.Namespace, Name: o.InvolvedObject.Name},
	}
	if o.Series != nil {
		kept.Series = &corev1.EventSeries{LastObservedTime: o.Series.LastObservedTime}
	}
	return kept
}

// refusal is what is kept of the message of a condition or an Event: what the API server says about a pod that it refuses.
func refusal(reason, message string) string {
	if reason != workload.FailedCreate {
		return ""
	}
	return shortened(message)
}

// longestMessage is how many characters are kept of what the API server says about a pod that it refuses: it may list
// everything that is wrong with a pod.
const longestMessage = 1000

func shortened(message string) string {
	message = scrub.Text(message)
	runes := []rune(message)
	if len(runes) <= longestMessage {
		return message
	}
	return string(runes[:longestMessage-1]) + "…"
}
