package check

import (
	"fmt"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa102 = Check{
	Code: IRSA102, Class: Note, Link: LinkAccount,
	Title: "the pod has no IAM role configured",
	Doc: Doc{
		Means: `The pod's service account has no role annotation and no EKS Pod Identity association, so the webhook does
not mutate the pod. Nothing indicates that a role was intended: there is no misspelled annotation, and no role's
trust policy names the service account. An SDK in the pod uses the node's role if the pod can reach the instance
metadata service. Otherwise it finds no credentials.

Most pods in a cluster do not call AWS, so this is a note.`,
		Example: `    $ kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations}'
    $ aws eks list-pod-identity-associations --cluster-name prod --namespace shop --service-account web
    {
        "associations": []
    }

If the pod calls AWS, its log shows one of these errors:

    Unable to locate credentials. You can configure credentials by running "aws configure".
    User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0a1b2c3d4e5f60718 is not authorized to perform: s3:ListBucket`,
		Fix: `If the pod does not call AWS, there is nothing to do. If it does, bind its service account to a role with
IRSA:

    kubectl irsa bind shop/web arn:aws:iam::111122223333:role/web

or with EKS Pod Identity, where one trust policy works for all clusters:

    aws eks create-pod-identity-association --cluster-name prod --namespace shop --service-account web \
        --role-arn arn:aws:iam::111122223333:role/web

Then restart the workload:

    kubectl rollout restart deployment/web -n shop`,
		Verify: `Check which AWS identity the pod gets:

    kubectl irsa whoami pod/web-0 -n shop

A webhook other than the EKS one can also read a ConfigMap named pod-identity-webhook, which binds service accounts
without an annotation. kOps uses it.`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutUnbound(s, IRSA102, byHand(nothingBinds)) },
}

func nothingBinds(s *subject.Subject) Outcome {
	out := Outcome{
		Result: Fail, Where: accountWhere(s), Have: "no annotation " + s.RoleKey() + ", no Pod Identity association",
		Why:      "without an annotation or an association, the webhook does not mutate the service account's pods",
		Advice:   "if the pod needs a role, annotate its service account with the role's ARN or create a Pod Identity association",
		Evidence: []string{s.Account.Source(), s.Associations.Source()},
	}
	if token := ownToken(s); token != "" {
		out.Why += "; " + token
	}
	if len(s.Namesakes()) > 0 {
		boundElsewhere(s, &out)
	}
	if names := s.BoundInNamespace(); len(names) > 0 {
		out.Why += "; this namespace has service accounts with a role: " + someOf(names)
		if out.Fix == nil {
			out.Advice += ", or use a service account that has a role"
		}
	}
	return out
}

// boundElsewhere names the association of a service account with the same name in another namespace: an association is
// for one namespace, and the pod may be installed in the wrong one.
func boundElsewhere(s *subject.Subject, out *Outcome) {
	namesakes := s.Namesakes()
	var namespaces []string
	for _, a := range namesakes {
		namespaces = append(namespaces, a.Namespace)
	}
	out.Why += "; a service account with the same name has an association in another namespace: " + someOf(namespaces)
	out.Advice = "if the pod needs that role, create an association for namespace " + s.Pod.Namespace + ", or run the pod in namespace " + namespaces[0]
	one := namesakes[0]
	cluster := s.Snapshot.Cluster().Name
	if len(namesakes) > 1 || one.RoleArn == "" || cluster == "" || s.Predicted {
		return
	}
	out.Rather = "run the pod in namespace " + one.Namespace
	out.Fix = append([]change.Change{change.CreateAssociation{
		Cluster: cluster, Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, RoleArn: one.RoleArn,
	}}, recreate(s)...)
}

// someOf is the start of a list of names.
func someOf(names []string) string {
	const most = 3
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}
