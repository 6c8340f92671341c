package check

import (
	"fmt"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

var irsa412 = Check{
	Code: IRSA412, Class: Risk, Link: LinkTrust,
	Title: "the trust policy does not test the token's audience",
	Doc: Doc{
		Means: `A statement lets the service account in whatever its token was made for. A token that the pod gives to another
service (a vault, a registry), made for that one's audience, could then be turned in at STS for the role by whoever
received it, if that audience is among the client IDs of the OIDC provider. With a condition on the audience only
tokens that were made for STS count.`,
		Example: `The subject alone is tested:

    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web"}}`,
		Fix: `Add the audience beside the subject, in every statement that allows sts:AssumeRoleWithWebIdentity:

    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud": "sts.amazonaws.com",
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web"}}

The value has to be the audience of the pod's projected token, sts.amazonaws.com unless the service account is
annotated with another one; in China it is the same.`,
		Verify: `Read the audience that the pod's token has, and those that the provider takes:

    kubectl get pod web-0 -n shop -o jsonpath='{.spec.volumes[?(@.name=="aws-iam-token")].projected.sources[*].serviceAccountToken.audience}'
    aws iam get-open-id-connect-provider --query ClientIDList --open-id-connect-provider-arn arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE`,
	},
	Run: func(s *subject.Subject) Outcome {
		return eachFederation(s, func(j *subject.RoleJudgement) Outcome {
			if out := trustUnread(s, j); out.Result != "" {
				return out
			}
			untested := j.Policy.Exposure(j.Request).AudienceUntested
			if len(untested) == 0 {
				return pass(j.Role.Source())
			}
			key := trust.TrimScheme(issuerURL(s)) + ":aud"
			return Outcome{
				Result: Fail, Where: trustWhere(j) + ", " + statements(untested), Have: "no condition on " + key, Need: "StringEquals " + key + " " + j.Audience,
				Why:      "a token that was made for another of the provider's audiences, and given to somebody else, gets the role too",
				Advice:   "add the condition beside that on the subject",
				Evidence: []string{j.Role.Source()},
			}
		})
	},
}

// statements names statements by their numbers.
func statements(numbers []int) string {
	if len(numbers) == 1 {
		return fmt.Sprintf("statement %d", numbers[0])
	}
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = fmt.Sprint(n)
	}
	return "statements " + few(texts)
}
