package workload

import (
	"regexp"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// FailedCreate is the reason under which the controllers record that the API server refused a pod: those of Deployments,
// ReplicaSets and ReplicationControllers in the condition ReplicaFailure (pkg/controller/replicaset/replica_set_utils.go,
// pkg/controller/deployment/progress.go of Kubernetes), and all of them in Events (pkg/controller/controller_utils.go,
// pkg/controller/statefulset/stateful_pod_control.go, pkg/controller/cronjob/cronjob_controllerv2.go).
const FailedCreate = "FailedCreate"

// A Refused is what a controller recorded when the API server refused a pod.
type Refused struct {
	Message string
	At      time.Time
}

// RefusedByCondition returns what the condition ReplicaFailure of a workload records; ok is false where there is none.
func RefusedByCondition(object metav1.Object) (r Refused, ok bool) {
	switch o := object.(type) {
	case *appsv1.Deployment:
		for _, c := range o.Status.Conditions {
			if c.Type == appsv1.DeploymentReplicaFailure && c.Status == corev1.ConditionTrue && c.Reason == FailedCreate {
				return Refused{refusal(c.Message), c.LastTransitionTime.Time}, true
			}
		}
	case *appsv1.ReplicaSet:
		for _, c := range o.Status.Conditions {
			if c.Type == appsv1.ReplicaSetReplicaFailure && c.Status == corev1.ConditionTrue && c.Reason == FailedCreate {
				return Refused{refusal(c.Message), c.LastTransitionTime.Time}, true
			}
		}
	}
	return Refused{}, false
}

// HasRefusalCondition reports whether the controller of a kind records in a condition that its pods are refused. The others
// have nothing but Events.
func HasRefusalCondition(kind string) bool { return kind == "Deployment" || kind == "ReplicaSet" }

// RefusedByEvents returns what the newest Event with the reason FailedCreate about a workload records; ok is false where there
// is none. Those about the Jobs of a CronJob count as its own: they are named after it, with a number.
func RefusedByEvents(kind, namespace, name string, events []*corev1.Event) (r Refused, ok bool) {
	for _, e := range events {
		if e.Reason != FailedCreate || e.InvolvedObject.Namespace != namespace || !isAbout(e.InvolvedObject, kind, name) {
			continue
		}
		if at := EventTime(e); !ok || at.After(r.At) {
			r, ok = Refused{refusal(e.Message), at}, true
		}
	}
	return r, ok
}

func isAbout(object corev1.ObjectReference, kind, name string) bool {
	if object.Kind == kind && object.Name == name {
		return true
	}
	number, named := strings.CutPrefix(object.Name, name)
	return kind == "CronJob" && object.Kind == "Job" && named && jobNumber.MatchString(number)
}

// jobNumber is what a CronJob's controller appends to its name (getJobName in pkg/controller/cronjob/cronjob_controllerv2.go).
var jobNumber = regexp.MustCompile(`^-[0-9]+$`)

// EventTime is when an Event was seen last.
func EventTime(e *corev1.Event) time.Time {
	switch {
	case e.Series != nil:
		return e.Series.LastObservedTime.Time
	case !e.LastTimestamp.IsZero():
		return e.LastTimestamp.Time
	case !e.EventTime.IsZero():
		return e.EventTime.Time
	default:
		return e.CreationTimestamp.Time
	}
}

// ownWords are what controllers write before the API server's message, and what client-go writes before an Event that stands
// for several (tools/record/events_cache.go).
var ownWords = regexp.MustCompile(`^(\(combined from similar events\): )?(Error creating(?: job)?: |create Pod \S+ in StatefulSet \S+ failed error: )?`)

// refusal is the API server's own message.
func refusal(message string) string { return message[len(ownWords.FindString(message)):] }
