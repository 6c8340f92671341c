package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa303 = Check{
	Code: IRSA303, Class: Breaks, Link: LinkRole,
	Title: "the role is for a node or an AWS service and does not trust an OIDC provider",
	Doc: Doc{
		Means: `The service account names a role with another purpose: the role of the pod's node, or a role whose trust
policy names only AWS services (EC2, EKS, Lambda, EKS Pod Identity …). A pod with IRSA calls STS with a web identity
token, which matches only an OIDC provider in the trust policy. STS answers AccessDenied.`,
		Example: `The service account has the role of the node group:

    $ kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations.eks\.amazonaws\.com/role-arn}'
    arn:aws:iam::111122223333:role/eks-node

The trust policy of that role:

    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}

The error in the pod's log:

    An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity`,
		Fix: `Create a role for the workload, with the permissions that it needs and a trust policy for its service
account. Then annotate the service account with that role:

    kubectl irsa bind shop/web arn:aws:iam::111122223333:role/web

Do not add a statement for pods to the node's role: it would give them all permissions of the kubelet and the
network plugin. If a role was only created with the wrong trusted entity, add a statement for the OIDC provider. If
a role is for EKS Pod Identity, use it with an association instead of the annotation.`,
		Verify: `Read who can assume the role:

    aws iam get-role --role-name eks-node --query Role.AssumeRolePolicyDocument

Read which role the node has:

    aws ec2 describe-instances --instance-ids i-0a1b2c3d4e5f60718 --query 'Reservations[].Instances[].IamInstanceProfile.Arn'`,
	},
	Run: func(s *subject.Subject) Outcome { return trustOutcome(s, IRSA303, notFederated) },
}

func notFederated(s *subject.Subject, j *subject.RoleJudgement) Outcome {
	whose := forOthers(s, j)
	var have []string
	for _, p := range j.Policy.Principals() {
		have = append(have, strings.TrimSpace(string(p.Type)+" "+p.ID))
	}
	out := Outcome{
		Result: Fail, Where: trustWhere(j), Have: few(have), Need: "Federated " + j.ProviderARN,
		Why:      "it is " + whose + "; its trust policy names no OIDC provider, and a web identity token matches nothing else",
		Advice:   "create a role for the workload with a trust policy for " + s.TokenSubject() + ", and annotate the service account with it",
		Evidence: []string{j.Role.Source()},
	}
	if len(have) == 0 {
		out.Have = "no principal with an Allow"
	}
	if j.ProviderARN == "" {
		out.Need = "Federated with the OIDC provider of the cluster's issuer"
	}
	if node, known := s.Node.Role.Get(); known && node == j.ARN.String() {
		return out // no pod should get the permissions of the node
	}
	out.Fix = trustFix(s, j)
	if fit := s.AssociationFit(j); fit.Made {
		byAssociation(s, j, fit, &out)
	}
	return out
}

// byAssociation offers an association for a role that is for EKS Pod Identity, where that is possible.
func byAssociation(s *subject.Subject, j *subject.RoleJudgement, fit subject.AssociationFit, out *Outcome) {
	out.Why = "it is a role for EKS Pod Identity; its trust policy names no OIDC provider, and a web identity token matches nothing else"
	up, known := fit.Agent.Get()
	switch {
	case fit.Impossible != subject.Possible:
		out.Why += "; EKS Pod Identity does not work here: " + Impossible(fit.Impossible)
	case known && up && fit.Cluster != "" && !s.Predicted:
		associate := change.CreateAssociation{Cluster: fit.Cluster, Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, RoleArn: j.ARN.String()}
		out.Fix = append([]change.Change{associate}, recreate(s)...)
	case len(out.Fix) == 1:
		out.Advice = "or use the role with EKS Pod Identity if the agent runs on the node:"
		out.Look = []string{"kubectl", "irsa", "bind", s.Pod.Namespace + "/" + s.AccountName, j.ARN.String(), "--pod-identity"}
	}
}
