package check

import (
	"fmt"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa619 = Check{
	Code: IRSA619, Class: Note, Link: LinkEnvironment,
	Title: "the container exits with an error",
	Doc: Doc{
		Means: `A container that should get credentials exited with an error, once or repeatedly. The cause is in its log, which the
snapshot does not contain. If everything else is correct, a common cause is an SDK that is older than the mechanism:
it ignores the injected variables, and then reports that it finds no credentials or uses the node's role.`,
		Example: `    $ kubectl get pod cluster-autoscaler-0 -n kube-system
    NAME                   READY   STATUS             RESTARTS
    cluster-autoscaler-0   0/1     CrashLoopBackOff   12
    $ kubectl logs cluster-autoscaler-0 -n kube-system --previous
    NoCredentialProviders: no valid providers in chain`,
		Fix: `Read the log. If it reports missing credentials, update the image to an SDK that supports the mechanism. The EKS User
Guide lists the first version of each SDK, for IRSA ("Use IRSA with the AWS SDK") and for Pod Identity ("Use pod
identity with the AWS SDK"). If it reports AccessDenied for an AWS action, add this action to the role's policies.`,
		Verify: `    kubectl logs web-0 -n shop -c app --previous
    kubectl get pod web-0 -n shop -w`,
	},
	NeverUnknown: "if the status does not show how containers ended, none of them has crashed as far as is known",
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
	out.Need = "no error"
	out.Why = "the log of the container has the cause: for example, an SDK that is older than " + mechanismName(c) + " ignores the injected settings"
	out.Fix = []change.Change{change.ReadLog{
		Namespace: s.Pod.Namespace, Pod: s.Pod.Name, Container: c.Name, Previous: run.Previous,
		LookFor: "if it reports missing credentials, update the SDK in the image to a version that supports " + mechanismName(c) + " (--sdk NAME@VERSION checks a version)",
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
