package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

var irsa608 = Check{
	Code: IRSA608, Class: Note, Link: LinkFallback,
	Title: "the node's role is not reachable from the pod",
	Doc: Doc{
		Means: `The pod cannot reach an instance metadata service: tokens are required and the hop limit is 1, the endpoint is
disabled, or there is no such service where the pod runs (Fargate, a hybrid node, a machine outside EC2). This is the
recommended state for a pod that has its own role. A program whose role fails then gets an error and not the node's
role. A program that used the node's role before gets no credentials here.`,
		Example: `The same image on two nodes:

    on EC2, hop limit 2     works, with the node's role
    on Fargate              NoCredentialProviders: no valid providers in chain`,
		Fix: `If the pod has a role, nothing is needed. If it needs credentials and has no role, give its service account a role. Do
not open the node's role to pods.

    kubectl irsa bind web arn:aws:iam::111122223333:role/web -n shop`,
		Verify: `Read the options of the instance:

    aws ec2 describe-instances --instance-ids i-0a1b2c3d4e5f60718 --query 'Reservations[].Instances[].MetadataOptions'

Read the compute type in the labels of the node:

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
				Result: Fail, Where: instanceWhere(s), Have: nodeRoleText(s), Why: Reach(s, reach), Evidence: reach.Sources,
			}
		}
	},
}
