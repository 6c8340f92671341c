package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/subject"

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
	return Outcome{
		Result: Fail, Where: accountWhere(s), Have: "no annotation " + s.RoleKey() + ", no Pod Identity association",
		Why:      "without either of them the webhook leaves the service account's pods alone",
		Advice:   "if the pod is to have a role, annotate its service account with the role's ARN or create a Pod Identity association",
		Evidence: []string{s.Account.Source(), s.Associations.Source()},
	}
}
