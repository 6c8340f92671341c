package check

import (
	"fmt"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa102 = Check{
	Code: IRSA102, Class: Note, Link: LinkAccount,
	Title: "nothing gives the pod a role",
	Doc: Doc{
		Means: `The pod's service account has neither a role annotation nor an EKS Pod Identity association, and nothing was
found that looks as if it was meant to have one: no misspelled annotation, no role whose trust policy names
it. The webhook leaves such pods alone. If an SDK in the pod asks for credentials, it goes down its chain to
the node's role, where the pod can reach the instance metadata service, or finds nothing.

For most pods of a cluster that is as it should be, so this is a note.`,
		Example: `    $ kubectl get serviceaccount web -n shop -o jsonpath='{.metadata.annotations}'
    $ aws eks list-pod-identity-associations --cluster-name prod --namespace shop --service-account web
    {
        "associations": []
    }`,
		Fix: `If the pod needs no AWS, there is nothing to do. If it does, bind its service account to a role:

    kubectl irsa bind web arn:aws:iam::111122223333:role/web -n shop

or, with EKS Pod Identity, which needs no trust policy for each cluster:

    aws eks create-pod-identity-association --cluster-name prod --namespace shop --service-account web \
        --role-arn arn:aws:iam::111122223333:role/web

and then make the pods anew.`,
		Verify: `See what the pod can be in AWS as it stands:

    kubectl irsa whoami pod/web-0 -n shop

A webhook that is not EKS's own may also read a ConfigMap named pod-identity-webhook, which binds service
accounts without an annotation; kOps does so.`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutUnbound(s, IRSA102, byHand(nothingBinds)) },
}

func nothingBinds(s *subject.Subject) Outcome {
	out := Outcome{
		Result: Fail, Where: accountWhere(s), Have: "no annotation " + s.RoleKey() + ", no Pod Identity association",
		Why:      "without either of them the webhook leaves the service account's pods alone",
		Advice:   "if the pod is to have a role, annotate its service account with the role's ARN or create a Pod Identity association",
		Evidence: []string{s.Account.Source(), s.Associations.Source()},
	}
	if token := ownToken(s); token != "" {
		out.Why += "; " + token
	}
	if len(s.Namesakes()) > 0 {
		boundElsewhere(s, &out)
	}
	if names := s.BoundInNamespace(); len(names) > 0 {
		out.Why += "; bound in this namespace: service account " + someOf(names)
		if out.Fix == nil {
			out.Advice += ", or run the pod under a service account that is bound"
		}
	}
	return out
}

// boundElsewhere names the association of a service account that has the same name in another namespace: an association is
// for one namespace, and the pod may be installed in the wrong one.
func boundElsewhere(s *subject.Subject, out *Outcome) {
	namesakes := s.Namesakes()
	var namespaces []string
	for _, a := range namesakes {
		namespaces = append(namespaces, a.Namespace)
	}
	out.Why += "; a service account of the same name is associated in another namespace, " + someOf(namespaces)
	out.Advice = "if the pod should have that role, create an association for namespace " + s.Pod.Namespace + ", or run it in namespace " + namespaces[0]
	one := namesakes[0]
	cluster := s.Snapshot.Cluster().Name
	if len(namesakes) > 1 || one.RoleArn == "" || cluster == "" || s.Predicted {
		return
	}
	out.Rather = "run it in namespace " + one.Namespace
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
