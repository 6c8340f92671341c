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
		Means: `EKS Pod Identity needs its agent on the pod's node, and the agent runs only on Linux nodes of EC2. Fargate cannot run
the agent, Windows nodes are not supported, and a local cluster on Outposts has no Pod Identity. The service account
has an association, but no agent returns its credentials. IRSA works on Fargate and on Windows.`,
		Example: `A pod on Fargate whose service account has an association:

    spec:
      nodeName: fargate-ip-10-0-12-34.us-west-2.compute.internal`,
		Fix: `Use IRSA: annotate the service account, allow the cluster's OIDC provider in the role's trust policy, delete the
association and restart the workload. As long as the association exists, the webhook does not read the annotation.

    kubectl irsa bind web arn:aws:iam::111122223333:role/web -n shop
    aws eks delete-pod-identity-association --cluster-name prod --association-id a-0123456789abcdefg
    kubectl rollout restart deployment/web -n shop

Or run the workload on Linux nodes of EC2.`,
		Verify: `Read the labels of the node, and the cluster's Outposts configuration:

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
		Why:    "the Pod Identity agent does not run there, and without the agent the pod gets no credentials",
		Advice: "use IRSA for this service account, or run the pod on a Linux node of EC2",
	}
	if s.IssuerFault.Missing() { // nor does IRSA work there
		out.Need, out.Advice = "an EKS cluster in a region", issuerMissingAdvice(s)
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
