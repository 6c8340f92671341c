package check

import (
	"fmt"
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

var irsa412 = Check{
	Code: IRSA412, Class: Risk, Link: LinkTrust,
	Title: "the trust policy does not test the token's audience",
	Doc: Doc{
		Means: `A statement allows the service account with any audience, and the OIDC provider has more client IDs than
the audience of the pod's token. If the pod sends a token for another audience to another service (a vault, a
registry), that service can exchange the token at STS for the role. A condition on the audience limits the role to
tokens for STS. If the provider has no other client ID, STS rejects other audiences, and nothing is reported.`,
		Example: `Only the subject is tested:

    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web"}}`,
		Fix: `Add the audience to every statement that allows sts:AssumeRoleWithWebIdentity:

    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud": "sts.amazonaws.com",
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:shop:web"}}

The value is the audience of the pod's projected token: sts.amazonaws.com, unless an annotation of the service
account changes it. It is the same in China.`,
		Verify: `Compare the audience of the pod's token with the client IDs of the provider:

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
			provider, known := j.Provider.Get()
			switch {
			case j.Provider.Absent():
				return skip(withoutProvider(s, j))
			case !known:
				return gap(j.Provider)
			case !slices.ContainsFunc(provider.ClientIDList, func(id string) bool { return id != j.Audience }):
				return pass(j.Role.Source(), j.Provider.Source()) // STS accepts no other audience from this provider
			}
			key := trust.TrimScheme(issuerURL(s)) + ":aud"
			return Outcome{
				Result: Fail, Where: trustWhere(j) + ", " + statements(untested), Have: "no condition on " + key, Need: "StringEquals " + key + " " + j.Audience,
				Why:      "a party that receives a token for another client ID of the provider (" + few(others(provider.ClientIDList, j.Audience)) + ") can assume the role with it",
				Advice:   "add the condition next to the one on the subject",
				Evidence: []string{j.Role.Source(), j.Provider.Source()},
			}
		})
	},
}

// others are the texts without one.
func others(texts []string, without string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return text == without })
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
