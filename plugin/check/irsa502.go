package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa502 = Check{
	Code: IRSA502, Class: Breaks, Link: LinkProvider,
	Title: "the OIDC provider's client IDs do not include the token's audience",
	Doc: Doc{
		Means: `An IAM OIDC provider has a list of client IDs: the audiences that it accepts. The audience of the pod's token must be
in this list, character by character. On EKS the audience is sts.amazonaws.com in every partition, China included,
unless an annotation of the service account sets another one. STS checks the list before it reads the trust policy.`,
		Example: `    InvalidIdentityToken: Incorrect token audience

    $ aws iam get-open-id-connect-provider --query ClientIDList --open-id-connect-provider-arn arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE
    ["sts.amazon.com"]`,
		Fix: `Add the audience to the client IDs. The existing client IDs can stay:

    aws iam add-client-id-to-open-id-connect-provider --client-id sts.amazonaws.com --open-id-connect-provider-arn arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE

A projected token without an audience is a token for the API server. Do not add the API server's audience to the
client IDs: every pod has such a token. Set "audience: sts.amazonaws.com" in the projection instead.`,
		Verify: `Read the audience of the pod's token:

    kubectl get pod web-0 -n shop -o jsonpath='{.spec.volumes[*].projected.sources[*].serviceAccountToken.audience}'`,
	},
	Run: func(s *subject.Subject) Outcome {
		return eachFederation(s, func(j *subject.RoleJudgement) Outcome {
			provider, known := j.Provider.Get()
			switch {
			case j.Malformed != "":
				return skip(IRSA106)
			case j.Provider.Absent():
				return skip(withoutProvider(s, j))
			case !known:
				return gap(j.Provider)
			case slices.Contains(provider.ClientIDList, j.Audience):
				return pass(j.Provider.Source())
			case s.ForAPIServer(j.Audience):
				return apiAudience(s, j)
			}
			have := few(provider.ClientIDList)
			if have == "" {
				have = "none"
			}
			return Outcome{
				Result: Fail, Where: "OIDC provider " + j.ProviderARN + ", client IDs", Have: have, Need: j.Audience,
				Why:      "STS accepts a token only if its audience is one of the provider's client IDs, and checks this before the trust policy",
				Fix:      []change.Change{change.AddClientID{Arn: j.ProviderARN, ClientID: j.Audience}},
				Evidence: []string{j.Provider.Source()},
			}
		})
	},
}
