package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa712 = Check{
	Code: IRSA712, Class: Note, Link: LinkPodIdentity,
	Title: "the container ran before the Pod Identity agent on its node was ready",
	Doc: Doc{
		Means: `Every node has its own pod of the Pod Identity agent. On a new node, the scheduler starts other pods at the same time
as the agent. A container that requests credentials before the agent is ready gets no response. SDKs retry for some
seconds, then report an error or continue with the node's role. A container that restarts gets its credentials later;
a Job can reach its backoffLimit before that.`,
		Example: `    node    created            11:40:50
    job     container ran      11:41:08 to 11:41:11, exit code 1
    agent   ready              11:41:31

    Get "http://169.254.170.23/v1/credentials": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
		Fix: `Run the Job again: the agent is ready now. To prevent this on other new nodes, allow retries of the Job
(spec.backoffLimit, with restartPolicy OnFailure), or add an init container that waits for the agent:

    until curl -s -o /dev/null http://169.254.170.23/; do sleep 1; done`,
		Verify: `    kubectl get pods -n kube-system -l app.kubernetes.io/name=eks-pod-identity-agent -o wide
    kubectl get pod report-7xk2p -n batch -o jsonpath='{.status.containerStatuses[*].state}'`,
	},
	Run: func(s *subject.Subject) Outcome {
		switch {
		case s.Predicted:
			return skip("the pod does not exist yet")
		case !s.UsesAgent():
			return skip("the pod does not use Pod Identity")
		case s.Node.Platform == subject.PlatformAuto:
			return skip("EKS Auto Mode nodes have a built-in agent")
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
				return skip("the container does not use Pod Identity")
			case !early:
				return pass(agents.Source())
			}
			return Outcome{
				Result: Fail, Where: podWhere(s) + ", container " + c.Name,
				Have:     "ran from " + stamp(run.Started) + " to " + stamp(run.Ended),
				Need:     "a ready agent: the agent on node " + s.Node.Name + " was ready at " + stamp(ready),
				Why:      "SDKs get their credentials from the agent on the node, and nothing answers until the agent is ready",
				Advice:   againAfterAgent(run),
				Evidence: []string{agents.Source()},
			}
		})
	},
}

func againAfterAgent(run subject.Run) string {
	if run.Previous {
		return "no action needed: the container was restarted, and the agent is ready now"
	}
	return "run it again: the agent is ready now; a Job with retries (backoffLimit) also works on a new node"
}
