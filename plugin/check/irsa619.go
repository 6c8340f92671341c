package check

import (
	"fmt"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa619 = Check{
	Code: IRSA619, Class: Note, Link: LinkEnvironment,
	Title: "the container ends with an error",
	Doc: Doc{
		Means: `A container that should get credentials ends with an error, once or again and again. The snapshot does not hold why: its
log does. Where everything else is right, the usual cause that has to do with credentials is an SDK that is older than
the mechanism: it does not read the variables, and reports that it finds no credentials, or goes on to the node's role.`,
		Example: `    $ kubectl get pod cluster-autoscaler-0 -n kube-system
    NAME                   READY   STATUS             RESTARTS
    cluster-autoscaler-0   0/1     CrashLoopBackOff   12
    $ kubectl logs cluster-autoscaler-0 -n kube-system --previous
    NoCredentialProviders: no valid providers in chain`,
		Fix: `Read the log. If it reports that there are no credentials, update the image to one whose SDK knows the mechanism; the EKS
User Guide lists the first version of each SDK, for IRSA ("Use IRSA with the AWS SDK") and for Pod Identity ("Use pod
identity with the AWS SDK"). If it reports AccessDenied on an operation of its own, the role's policies lack that.`,
		Verify: `    kubectl logs web-0 -n shop -c app --previous
    kubectl get pod web-0 -n shop -w`,
	},
	NeverUnknown: "where the status does not say how containers ended, nothing is known to have crashed",
	Run: func(s *subject.Subject) Outcome {
		if s.Predicted {
			return skip("the pod does not exist yet")
		}
		return perContainer(s, func(c *subject.Container) Outcome {
			run, crashed := s.Crashed(c)
			switch {
			case c.Wants == inject.None:
				return skip("the container needs no role")
			case !crashed:
				return pass(podWhere(s))
			}
			if _, _, early := s.RanBeforeAgent(c); early && c.UsesAgent() {
				return skip(IRSA712)
			}
			return containerCrashed(s, c, run)
		})
	},
}

func containerCrashed(s *subject.Subject, c *subject.Container, run subject.Run) Outcome {
	out := Outcome{Result: Fail, Where: podWhere(s) + ", status of container " + c.Name, Have: fmt.Sprintf("exit code %d", run.ExitCode), Evidence: []string{podWhere(s)}}
	if !run.Ended.IsZero() {
		out.Have += " at " + stamp(run.Ended)
	}
	if run.Restarts > 0 {
		out.Have += fmt.Sprintf(", restarted %d times", run.Restarts)
	}
	out.Need = "a container that runs"
	out.Why = out.Have + "; its log has the cause, which is not in the cluster's state: an SDK that is older than " + mechanismName(c) + " does not read what was injected"
	out.Fix = []change.Change{change.ReadLog{
		Namespace: s.Pod.Namespace, Pod: s.Pod.Name, Container: c.Name, Previous: run.Previous,
		LookFor: "if it reports missing credentials, update the SDK in the image to a version that knows " + mechanismName(c) + " (--sdk NAME@VERSION judges one)",
	}}
	return out
}

// mechanismName is what the documentation of AWS calls the way in which a container gets its role.
func mechanismName(c *subject.Container) string {
	if c.UsedMechanism() == inject.PodIdentity {
		return "EKS Pod Identity"
	}
	return "IRSA"
}
