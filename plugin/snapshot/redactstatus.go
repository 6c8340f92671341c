package snapshot

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/scrub"
)

func redactPodStatus(status *corev1.PodStatus) {
	conditions := make([]corev1.PodCondition, len(status.Conditions))
	for i, c := range status.Conditions {
		conditions[i] = corev1.PodCondition{Type: c.Type, Status: c.Status, LastTransitionTime: c.LastTransitionTime}
	}
	*status = corev1.PodStatus{
		Phase: status.Phase, Conditions: conditions, StartTime: status.StartTime,
		HostIP: status.HostIP, HostIPs: status.HostIPs, PodIP: status.PodIP, PodIPs: status.PodIPs,
		InitContainerStatuses: containerStatuses(status.InitContainerStatuses), ContainerStatuses: containerStatuses(status.ContainerStatuses),
	}
}

// containerStatuses keeps when containers ran and how they ended, without messages: the program writes the termination message.
func containerStatuses(list []corev1.ContainerStatus) []corev1.ContainerStatus {
	var kept []corev1.ContainerStatus
	for _, c := range list {
		kept = append(kept, corev1.ContainerStatus{
			Name: c.Name, Ready: c.Ready, RestartCount: c.RestartCount, State: containerState(c.State), LastTerminationState: containerState(c.LastTerminationState),
		})
	}
	return kept
}

func containerState(s corev1.ContainerState) corev1.ContainerState {
	if s.Waiting != nil {
		s.Waiting = &corev1.ContainerStateWaiting{Reason: s.Waiting.Reason}
	}
	if t := s.Terminated; t != nil {
		s.Terminated = &corev1.ContainerStateTerminated{ExitCode: t.ExitCode, Signal: t.Signal, Reason: t.Reason, StartedAt: t.StartedAt, FinishedAt: t.FinishedAt}
	}
	return s
}

// refusals and setRefusals keep the condition that says why no pod is created.
func refusals(list []appsv1.DeploymentCondition) []appsv1.DeploymentCondition {
	list = slices.DeleteFunc(list, func(c appsv1.DeploymentCondition) bool { return c.Type != appsv1.DeploymentReplicaFailure })
	for i := range list {
		list[i].Message = shortened(list[i].Message)
	}
	return list
}

func setRefusals(list []appsv1.ReplicaSetCondition) []appsv1.ReplicaSetCondition {
	list = slices.DeleteFunc(list, func(c appsv1.ReplicaSetCondition) bool { return c.Type != appsv1.ReplicaSetReplicaFailure })
	for i := range list {
		list[i].Message = shortened(list[i].Message)
	}
	return list
}

// redactEvent keeps which object an Event is about, what it says and when.
func redactEvent(e *corev1.Event) {
	*e = corev1.Event{
		TypeMeta: e.TypeMeta, ObjectMeta: e.ObjectMeta, Type: e.Type, Reason: e.Reason, Message: shortened(e.Message),
		InvolvedObject: corev1.ObjectReference{Kind: e.InvolvedObject.Kind, Namespace: e.InvolvedObject.Namespace, Name: e.InvolvedObject.Name},
		FirstTimestamp: e.FirstTimestamp, LastTimestamp: e.LastTimestamp, EventTime: e.EventTime, Series: e.Series, Count: e.Count,
	}
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
