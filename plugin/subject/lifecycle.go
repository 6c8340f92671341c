package subject

import (
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Ended reports whether the pod has ended: none of its containers runs any more, and none will.
func (s *Seen) Ended() bool {
	return !s.Predicted && (s.Pod.Status.Phase == corev1.PodSucceeded || s.Pod.Status.Phase == corev1.PodFailed)
}

// A Run is one run of a container, which has ended.
type Run struct {
	Started, Ended time.Time
	ExitCode       int32
	Reason         string
	Restarts       int32
	// Previous says that another run follows or followed, so that its log is the previous one.
	Previous bool
}

// lastRun returns the last run of a container that ended; ok is false where none did, or that is unknown.
func (s *Seen) lastRun(name string) (run Run, status corev1.ContainerStatus, ok bool) {
	status = s.statuses[name]
	t, previous := status.State.Terminated, false
	if t == nil {
		t, previous = status.LastTerminationState.Terminated, true
	}
	if t == nil {
		return Run{}, status, false
	}
	return Run{t.StartedAt.Time, t.FinishedAt.Time, t.ExitCode, t.Reason, status.RestartCount, previous}, status, true
}

// statusesOf are the statuses of a pod's containers by name; there may be very many.
func statusesOf(pod *corev1.Pod) map[string]corev1.ContainerStatus {
	byName := make(map[string]corev1.ContainerStatus, len(pod.Status.ContainerStatuses))
	for _, list := range [][]corev1.ContainerStatus{pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses} {
		for _, c := range list {
			byName[c.Name] = c
		}
	}
	return byName
}

// Crashed returns the run with which a container ended by an error, where it goes on to do so: it waits in CrashLoopBackOff,
// was restarted and is not ready, or the pod has ended with it.
func (s *Seen) Crashed(c *Container) (Run, bool) {
	run, status, ok := s.lastRun(c.Name)
	if !ok || run.ExitCode == 0 || s.Predicted {
		return Run{}, false
	}
	waits := status.State.Waiting != nil && status.State.Waiting.Reason == "CrashLoopBackOff"
	return run, waits || s.Ended() || run.Restarts > 0 && !status.Ready
}

// RanBeforeAgent returns the run of a container that the Pod Identity agent of its node could not serve, and when that agent
// was ready: the run began before, and had ended by then or ended with an error.
func (s *Seen) RanBeforeAgent(c *Container) (run Run, ready time.Time, ok bool) {
	run, _, ok = s.lastRun(c.Name)
	if !ok || run.Started.IsZero() || run.Ended.IsZero() {
		return Run{}, time.Time{}, false
	}
	ready, ok = s.agentReadySince(run)
	if !ok || !run.Started.Before(ready) || run.ExitCode == 0 && !run.Ended.Before(ready) {
		return Run{}, time.Time{}, false
	}
	return run, ready, true
}

// firstOnNode is how long after its node the node's first agent is created, at most.
const firstOnNode = 10 * time.Minute

// settles is how long after its start the agent is ready, at most: a later time is that of another change.
const settles = 5 * time.Minute

// agentReadySince returns since when the agent on the pod's node is ready, where that is the first time after a run began: the
// agent's pod was there already, or it is the first one of its node, and it was never restarted. Where an earlier agent may
// have served the run, nothing is known.
func (s *Seen) agentReadySince(run Run) (time.Time, bool) {
	agents, _ := s.Snapshot.Agents(s.Node.Name).Get()
	if len(agents) != 1 {
		return time.Time{}, false
	}
	agent := agents[0]
	node, seen := s.Node.Node.Get()
	created := agent.CreationTimestamp.Time
	first := seen && !node.CreationTimestamp.IsZero() && created.Before(node.CreationTimestamp.Add(firstOnNode))
	if created.IsZero() || created.After(run.Started) && !first {
		return time.Time{}, false
	}
	var since time.Time
	for _, c := range agent.Status.Conditions {
		if c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue {
			since = c.LastTransitionTime.Time
		}
	}
	for _, c := range agent.Status.ContainerStatuses {
		if c.RestartCount > 0 {
			return time.Time{}, false
		}
		if r := c.State.Running; r != nil && since.After(r.StartedAt.Add(settles)) {
			since = r.StartedAt.Time
		}
	}
	return since, !since.IsZero()
}
