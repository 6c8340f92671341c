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
		Means: `A statement allows the service account whatever its token was made for, and the OIDC provider has more client IDs
than the audience of the pod's token. A token that the pod gives to another service (a vault, a registry), made for
that one's audience, could then be exchanged at STS for the role by whoever received it. With a condition on the
audience only tokens that were made for STS count. Where the provider has no other client ID, STS refuses all other
audiences itself, and nothing is reported.`,
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
			provider, known := j.Provider.Get()
			switch {
			case j.Provider.Absent():
				return skip(withoutProvider(s, j))
			case !known:
				return gap(j.Provider)
			case !slices.ContainsFunc(provider.ClientIDList, func(id string) bool { return id != j.Audience }):
				return pass(j.Role.Source(), j.Provider.Source()) // STS takes no other audience from this provider
			}
			key := trust.TrimScheme(issuerURL(s)) + ":aud"
			return Outcome{
				Result: Fail, Where: trustWhere(j) + ", " + statements(untested), Have: "no condition on " + key, Need: "StringEquals " + key + " " + j.Audience,
				Why:      "a token that was made for another of the provider's client IDs (" + few(others(provider.ClientIDList, j.Audience)) + "), and given to somebody else, also gets the role",
				Advice:   "add the condition beside that on the subject",
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
