package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

var irsa706 = Check{
	Code: IRSA706, Class: Breaks, Link: LinkPodIdentity,
	Title: "the pod uses EKS Pod Identity, but its service account has no association",
	Doc: Doc{
		Means: `The containers have the variables and the token of EKS Pod Identity, so their SDKs call the agent, and the agent calls
EKS. The service account no longer has an association, and EKS returns an error. Credentials that the pod already has
expire within hours. Deleting an association does not change existing pods: they keep the injected variables until
they are recreated.`,
		Example: `    aws eks list-pod-identity-associations --cluster-name prod --namespace shop --service-account web
    {"associations": []}

    kubectl get pod web-0 -n shop -o jsonpath='{.spec.containers[*].env[*].name}'
    AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`,
		Fix: `If the association was deleted by mistake, create it again. You do not have to recreate the pod:

    aws eks create-pod-identity-association --cluster-name prod --namespace shop --service-account web --role-arn arn:aws:iam::111122223333:role/web

If the workload now uses IRSA, restart it, and the new pods get the annotated role:

    kubectl rollout restart statefulset/web -n shop`,
		Verify: `List the associations of the service account, and the deletions in CloudTrail:

    aws eks list-pod-identity-associations --cluster-name prod --namespace shop --service-account web
    aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=DeletePodIdentityAssociation`,
	},
	Run: func(s *subject.Subject) Outcome {
		switch {
		case !s.UsesAgent():
			return skip("the pod does not use Pod Identity")
		case !s.Associations.Known():
			return gap(s.Associations)
		case !s.AssociationGone():
			return pass(s.Associations.Source())
		case s.Predicted:
			return skip("the pod does not exist yet")
		}
		out := Outcome{
			Result: Fail, Where: accountWhere(s), Have: "no Pod Identity association", Need: "the association that the pod was created with",
			Why:      "the containers request credentials from the agent, and EKS has no role for this service account",
			Advice:   "create the association again (" + Here + "), without recreating the pod; if the pod should have no role, recreate it",
			Evidence: []string{s.Associations.Source()},
		}
		var byHand []change.Change
		for _, c := range s.Containers {
			if !c.UsesAgent() || c.Mechanism != inject.PodIdentity && c.Environment.WebIdentity != sdk.None {
				continue // with a web identity as well, the agent is not what the container was given
			}
			out.Containers = append(out.Containers, c.Name)
			if c.Mechanism != inject.PodIdentity {
				byHand = append(byHand, unset(s, c, subject.FullURI, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")...)
			}
		}
		switch {
		case len(out.Containers) == 0:
			return skip(IRSA707)
		case s.Binding.RoleARN != "" && len(byHand) > 0:
			out.Fix = byHand
			return out
		case s.Binding.RoleARN != "":
			out.Fix = recreate(s)
			return out
		}
		if role, cluster := roleForAssociation(s), s.Snapshot.Cluster().Name; role != "" && cluster != "" {
			out.Fix = []change.Change{change.CreateAssociation{Cluster: cluster, Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, RoleArn: role}}
			return out
		}
		out.Look = []string{"kubectl", "irsa", "bind", s.Pod.Namespace + "/" + s.AccountName, "ROLE", "--pod-identity"}
		return out
	},
}

// roleForAssociation returns the one role whose trust policy allows EKS Pod Identity for this service account
// and for no other one of its namespace; empty where there is none, or more than one.
func roleForAssociation(s *subject.Subject) string {
	found := ""
	for _, role := range s.Snapshot.SeenRoles() {
		policy, err := trust.ParseReturned([]byte(role.AssumeRolePolicyDocument))
		if err != nil || !admits(s, policy, role, s.AccountName) || admits(s, policy, role, s.AccountName+"-other") {
			continue
		}
		if found != "" {
			return ""
		}
		found = role.Arn
	}
	return found
}

func admits(s *subject.Subject, policy *trust.Policy, role snapshot.Role, account string) bool {
	arn, _ := snapshot.ParseARN(role.Arn)
	return policy.Verdict(trust.PodIdentity(trust.PodIdentityRequest{
		ClusterARN: s.ClusterARN(arn.Partition), ClusterName: s.Snapshot.Cluster().Name, Account: s.ClusterAccount(), Region: s.Snapshot.Cluster().Region,
		Namespace: s.Pod.Namespace, ServiceAccount: account, PodName: s.Pod.Name, PodUID: string(s.Pod.UID),
		RoleARN: role.Arn, Time: s.Snapshot.TakenAt(),
	})) == trust.Allowed
}
