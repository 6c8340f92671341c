package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa608 = Check{
	Code: IRSA608, Class: Note, Link: LinkFallback,
	Title: "the node's role is out of the pod's reach, so there is no fallback",
	Doc: Doc{
		Means: `The pod cannot reach an instance metadata service: tokens are required and the hop limit is 1, or the endpoint is
switched off, or there is none where the pod runs (Fargate, a hybrid node, a machine that is no EC2 instance). That
is how it should be for a pod that has a role of its own. It also means that nothing catches a program whose role
fails, and that one that has lived on the node's role, perhaps without anybody knowing, gets no credentials here.`,
		Example: `The same image on two nodes:

    on EC2, hop limit 2     works, by the node's role
    on Fargate              NoCredentialProviders: no valid providers in chain`,
		Fix: `There is nothing to mend if the pod has a role. If it is to have credentials and has none, give its service account a
role; do not open the node's.`,
		Verify: `Read the instance's options:

    aws ec2 describe-instances --instance-ids i-0a1b2c3d4e5f60718 --query 'Reservations[].Instances[].MetadataOptions'

A node's compute type stands in its labels:

    kubectl get node ip-10-0-23-117.us-west-2.compute.internal -o jsonpath='{.metadata.labels.eks\.amazonaws\.com/compute-type}'`,
	},
	Run: func(s *subject.Subject) Outcome {
		switch reach := s.Node.IMDS; {
		case s.Predicted:
			return skip(noNodeYet)
		case reach.State == subject.ReachUnknown:
			return unknown(reach.Gaps...)
		case reach.State == subject.Reachable && s.Pod.Spec.HostNetwork:
			return skip(IRSA606)
		case reach.State == subject.Reachable:
			return skip(IRSA607)
		case s.Relies() != subject.ReliesNot:
			return skip(IRSA613)
		default:
			return Outcome{
				Result: Fail, Where: instanceWhere(s), Have: "no way to " + nodeRoleText(s), Why: Reach(s, reach) + nodeRoleAside(s), Evidence: reach.Sources,
			}
		}
	},
}
