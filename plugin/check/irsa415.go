package check

import (
	"fmt"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

var irsa415 = Check{
	Code: IRSA415, Class: Breaks, Link: LinkTrust,
	Title: "the token's subject is longer than STS accepts",
	Doc: Doc{
		Means: `STS accepts subjects of up to 255 characters. Kubernetes allows 63 characters for a namespace and 253 for
the name of a service account, so system:serviceaccount:NAMESPACE:NAME can have 339. No setting in IAM can allow
such a token.`,
		Example: `An operator generated the name of the service account:

    $ kubectl get pod web-0 -n shop -o jsonpath='{.spec.serviceAccountName}' | wc -c
    240`,
		Fix: `Use a service account with a shorter name, and name it in the trust policy. EKS Pod Identity does not send
the subject and does not have this limit.`,
		Verify: `Count the characters of the subject:

    kubectl get pod web-0 -n shop -o jsonpath='system:serviceaccount:{.metadata.namespace}:{.spec.serviceAccountName}' | wc -c`,
	},
	Run: func(s *subject.Subject) Outcome { return trustOutcome(s, IRSA415, longSubject) },
}

func longSubject(s *subject.Subject, j *subject.RoleJudgement) Outcome {
	return Outcome{
		Result: Fail, Where: accountWhere(s) + ", subject of its tokens", Have: fmt.Sprintf("%d characters", len([]rune(s.TokenSubject()))),
		Need:   fmt.Sprintf("at most %d", trust.MaxSubject),
		Why:    "STS rejects a longer subject, whatever the trust policy of role " + j.ARN.RoleName() + " allows",
		Advice: "use a service account with a shorter name, and name it in the trust policy",
	}
}
