package check

import (
	"fmt"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

var irsa415 = Check{
	Code: IRSA415, Class: Breaks, Link: LinkTrust,
	Title: "the subject is longer than STS takes",
	Doc: Doc{
		Means: `STS takes subjects of up to 255 characters. Kubernetes allows a namespace of 63 and a service account's name of 253, so
that system:serviceaccount:NAMESPACE:NAME can have 339. Nothing in IAM can let such a token in.`,
		Example: `A name that an operator put together:

    $ kubectl get pod web-0 -n shop -o jsonpath='{.spec.serviceAccountName}' | wc -c
    240`,
		Fix: `Run the pod under a service account with a shorter name, and name that one in the trust policy. EKS Pod Identity does
not send the subject and has no such limit.`,
		Verify: `Count the characters of the subject:

    kubectl get pod web-0 -n shop -o jsonpath='system:serviceaccount:{.metadata.namespace}:{.spec.serviceAccountName}' | wc -c`,
	},
	Run: func(s *subject.Subject) Outcome { return trustOutcome(s, IRSA415, longSubject) },
}

func longSubject(s *subject.Subject, j *subject.RoleJudgement) Outcome {
	return Outcome{
		Result: Fail, Where: accountWhere(s) + ", subject of its tokens", Have: fmt.Sprintf("%d characters", len([]rune(s.TokenSubject()))),
		Need:   fmt.Sprintf("at most %d", trust.MaxSubject),
		Why:    "STS takes no longer subject, whatever role " + j.ARN.RoleName() + " says",
		Advice: "run the pod under a service account with a shorter name, and let the role trust that one",
	}
}
