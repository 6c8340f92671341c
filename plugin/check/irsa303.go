package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa303 = Check{
	Code: IRSA303, Class: Breaks, Link: LinkRole,
	Title: "the role is the node's or a service's, and no web identity can take it as it is",
	Doc: Doc{
		Means: `The service account names a role that was made for somebody else: the role of the pod's node, or one whose
trust policy names AWS services only (EC2, EKS, Lambda, EKS Pod Identity …). A pod with IRSA is a web identity, which
matches nothing but its OIDC provider. STS answers AccessDenied.`,
		Example: `An annotation with the role of the node group:

    kubectl annotate serviceaccount web -n shop eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/eks-node

and that role's trust policy:

    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}`,
		Fix: `Give the workload a role of its own, with the permissions that it needs and a trust policy for its service
account, and annotate the service account with that one. To open the node's role to pods by another statement
would give them everything that the kubelet and the network plugin may do. A role that was only created with
the wrong kind of trusted entity can get a statement for the OIDC provider. A role for EKS Pod Identity is used
through an association, not through the annotation.`,
		Verify: `Read whom the role trusts:

    aws iam get-role --role-name eks-node --query Role.AssumeRolePolicyDocument

and which role the node has:

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
		Why:      "it is " + whose + ": its trust policy names no OIDC provider, and a web identity matches nothing else",
		Advice:   "give the workload a role of its own, with a trust policy for " + s.TokenSubject() + ", and annotate the service account with it",
		Evidence: []string{j.Role.Source()},
	}
	if len(have) == 0 {
		out.Have = "no principal that is allowed anything"
	}
	if j.ProviderARN == "" {
		out.Need = "Federated, with the OIDC provider of the cluster's issuer"
	}
	if node, known := s.Node.Role.Get(); known && node == j.ARN.String() {
		return out // no pod should get what the node may do
	}
	out.Fix = trustFix(s, j)
	if fit := s.AssociationFit(j); fit.Made {
		byAssociation(s, j, fit, &out)
	}
	return out
}

// byAssociation offers an association for a role that was made for EKS Pod Identity, where that is possible.
func byAssociation(s *subject.Subject, j *subject.RoleJudgement, fit subject.AssociationFit, out *Outcome) {
	out.Why = "it is a role for EKS Pod Identity: its trust policy names no OIDC provider, and a web identity matches nothing else"
	up, known := fit.Agent.Get()
	switch {
	case fit.Impossible != subject.Possible:
		out.Why += "; EKS Pod Identity does not work here: " + Impossible(fit.Impossible)
	case known && up && fit.Cluster != "" && !s.Predicted:
		associate := change.CreateAssociation{Cluster: fit.Cluster, Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, RoleArn: j.ARN.String()}
		out.Fix = append([]change.Change{associate}, recreate(s)...)
	case len(out.Fix) == 1:
		out.Advice = "or leave the role as it is, and where the EKS Pod Identity agent runs"
		out.Look = []string{"kubectl", "irsa", "bind", s.Pod.Namespace + "/" + s.AccountName, j.ARN.String(), "--pod-identity"}
	}
}
