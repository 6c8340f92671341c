package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa712 = Check{
	Code: IRSA712, Class: Note, Link: LinkPodIdentity,
	Title: "the container ran before the Pod Identity agent of its node was ready",
	Doc: Doc{
		Means: `The Pod Identity agent is a pod of each node. On a node that was just added, the scheduler starts other pods beside it,
and one whose container asks for credentials before the agent is ready gets no answer. SDKs try for some seconds, then
report an error or go on to the node's role. A container that restarts gets its credentials later; a Job that counts
its failures may have none left.`,
		Example: `    node    created            11:40:50
    job     container ran      11:41:08 to 11:41:11, exit code 1
    agent   ready              11:41:31`,
		Fix: `Run the Job again: the agent is ready now. So that it does not come back, let the Job try again (spec.backoffLimit, with
restartPolicy OnFailure), or let an init container wait for the agent:

    until curl -s -o /dev/null http://169.254.170.23/; do sleep 1; done`,
		Verify: `    kubectl get pods -n kube-system -l app.kubernetes.io/name=eks-pod-identity-agent -o wide
    kubectl get pod report-7xk2p -n batch -o jsonpath='{.status.containerStatuses[*].state}'`,
	},
	Run: func(s *subject.Subject) Outcome {
		switch {
		case s.Predicted:
			return skip("the pod does not exist yet")
		case !s.UsesAgent():
			return skip("the pod was not given Pod Identity")
		case s.Node.Platform == subject.PlatformAuto:
			return skip("the agent is built into nodes of EKS Auto Mode")
		case s.Node.Name == "":
			return skip("the pod is not on a node yet")
		}
		agents := s.Snapshot.Agents(s.Node.Name)
		if !agents.Known() {
			return gap(agents)
		}
		return perContainer(s, func(c *subject.Container) Outcome {
			run, ready, early := s.RanBeforeAgent(c)
			switch {
			case !c.UsesAgent():
				return skip("the container was not given Pod Identity")
			case !early:
				return pass(agents.Source())
			}
			return Outcome{
				Result: Fail, Where: podWhere(s) + ", container " + c.Name,
				Have:     "ran from " + stamp(run.Started) + " to " + stamp(run.Ended),
				Need:     "an agent that is ready; that of node " + s.Node.Name + " was ready at " + stamp(ready),
				Why:      "container " + c.Name + " ran from " + stamp(run.Started) + " to " + stamp(run.Ended) + ", and the agent that serves credentials on its node was ready only at " + stamp(ready),
				Advice:   againAfterAgent(run),
				Evidence: []string{agents.Source()},
			}
		})
	},
}

func againAfterAgent(run subject.Run) string {
	if run.Previous {
		return "nothing: the container was restarted, and the agent is ready now"
	}
	return "run it again: the agent is ready now; a Job that may fail and try again (backoffLimit) outlasts the start of a node"
}
