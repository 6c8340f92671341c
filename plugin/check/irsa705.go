package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa705 = Check{
	Code: IRSA705, Class: Breaks, Link: LinkPodIdentity,
	Title: "EKS Pod Identity does not work where the pod runs",
	Doc: Doc{
		Means: `EKS Pod Identity needs its agent on the pod's node, and the agent runs on Linux nodes of EC2 only. On Fargate there is
no place for it, Windows nodes are not supported, and a local cluster on Outposts has no Pod Identity at all. The
association is there, and nobody serves it. On Fargate and on Windows IRSA does work.`,
		Example: `A workload that moved to a Fargate profile and took its association along:

    spec:
      nodeName: fargate-ip-10-0-12-34.us-west-2.compute.internal`,
		Fix: `Use IRSA: annotate the service account, give the role a trust policy for the cluster's OIDC provider, delete the
association (as long as it is there, the webhook does not look at the annotation), and restart the workload:

    kubectl irsa bind web arn:aws:iam::111122223333:role/web -n shop
    aws eks delete-pod-identity-association --cluster-name prod --association-id a-0123456789abcdefg
    kubectl rollout restart deployment/web -n shop

Or let the workload run on Linux nodes of EC2.`,
		Verify: `Look what kind of node it is:

    kubectl get node fargate-ip-10-0-12-34.us-west-2.compute.internal -o jsonpath='{.metadata.labels}'
    aws eks describe-cluster --name prod --query cluster.outpostConfig`,
	},
	Run: func(s *subject.Subject) Outcome {
		j := s.PodIdentity
		switch {
		case j == nil && s.Intent.Mechanism == "":
			return unknown(s.Intent.Gaps...)
		case j == nil:
			return skip(notPodIdentity)
		case j.Impossible != subject.Possible:
			return podIdentityImpossibleHere(s)
		}
		if up, known := j.Agent.Get(); known && up {
			return pass(j.Agent.Source())
		}
		if s.Node.Platform == subject.PlatformUnknown && !s.Node.Node.Known() {
			return unknown(fact.GapOf(s.Node.Node))
		}
		if cluster := s.Snapshot.EKSCluster(); !cluster.Known() && !cluster.Absent() {
			return gap(cluster)
		}
		return pass(s.Node.Node.Source())
	},
}

func podIdentityImpossibleHere(s *subject.Subject) Outcome {
	out := Outcome{
		Result: Fail, Where: podWhere(s), Have: Impossible(s.PodIdentity.Impossible), Need: "a Linux node of EC2",
		Why:    "the Pod Identity agent does not run there, and without it nobody gives the pod credentials",
		Advice: "use IRSA for this service account, or let the pod run on a Linux node of EC2",
	}
	if s.IssuerFault.Missing() { // nor does IRSA work there
		out.Need, out.Advice = "a cluster of EKS in a region", issuerMissingAdvice(s)
		return out
	}
	association, cluster := s.Intent.Association, s.Snapshot.Cluster().Name
	if association == nil || association.AssociationID == "" || cluster == "" || s.Binding.RoleARN == "" || inject.CheckRoleARN(s.Binding.RoleARN) != "" {
		return out
	}
	remove := change.DeleteAssociation{Cluster: cluster, AssociationID: association.AssociationID, Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName}
	out.Fix = append([]change.Change{remove}, recreate(s)...)
	return out
}
