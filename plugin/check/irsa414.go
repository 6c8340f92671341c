package check

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

var irsa414 = Check{
	Code: IRSA414, Class: Note, Link: LinkTrust, Gap: true,
	Title: "whether the trust policy allows it depends on what cannot be known from here",
	Doc: Doc{
		Means: `Everything that can be seen fits, and one condition is about something that only STS sees: the address or the VPC
endpoint that the call comes through, or the session name that the SDK makes up. Or an Allow names "*" as its
principal, of which AWS's documents do not say whether it allows web identities. The pod works if the condition holds
for it, and does not if it does not.`,
		Example: `    "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}`,
		Fix: `Find out where the pods' calls come from: the address of the NAT gateway, or the VPC endpoint for STS (through which
aws:SourceIp is absent, and aws:SourceVpce is there). Set AWS_ROLE_SESSION_NAME where the session name is tested. Name
the OIDC provider under Federated where the principal is "*".`,
		Verify: `CloudTrail has what STS saw, for calls that worked and for those that did not: sourceIPAddress, vpcEndpointId,
requestParameters.roleSessionName:

    aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=AssumeRoleWithWebIdentity`,
	},
	Run: func(s *subject.Subject) Outcome { return trustOutcome(s, IRSA414, undecidable) },
}

func undecidable(s *subject.Subject, j *subject.RoleJudgement) Outcome {
	var advice []string
	for _, statement := range j.Decision.Trace {
		for _, part := range statement.Parts {
			if statement.Result != trust.Unknown || part.Result != trust.Unknown {
				continue
			}
			if text := settled(j, part); !slices.Contains(advice, text) {
				advice = append(advice, text)
			}
		}
	}
	out := refusal(s, j, "", strings.Join(advice, "; "))
	out.Why = strings.Join(j.Decision.Conditions, "; ")
	return out
}

// settled says what settles a part of a statement of which it is unknown whether it matches.
func settled(j *subject.RoleJudgement, part trust.Part) string {
	const events = "; CloudTrail's AssumeRoleWithWebIdentity events show what STS saw"
	switch key := part.Key; {
	case key == "" && part.Have == "*":
		return "name the provider as the principal of the statement: {\"Federated\": \"" + j.ProviderARN + "\"}"
	case key == "" && !strings.HasPrefix(part.Have, "arn:"):
		return "correct " + part.Where + ", to what IAM documents, and write the policy back"
	case key == "":
		return "write the provider's ARN as IAM lists it (`aws iam list-open-id-connect-providers`)"
	case key == "sts:rolesessionname":
		return "set AWS_ROLE_SESSION_NAME in the container to a name that the condition allows" + events
	case key == "aws:requestedregion":
		return "set AWS_REGION and AWS_STS_REGIONAL_ENDPOINTS=regional in the container, so that the region of the call is known"
	case key == "aws:useragent":
		return "compare the condition with what the SDK sends as its user agent" + events
	case strings.HasPrefix(key, "aws:resource"):
		return "compare the condition with the role's own tags and organization (`aws iam list-role-tags`, `aws organizations describe-organization`)"
	case networkKeys[key]:
		return "compare the condition with where the pod's calls come from: the address of the NAT gateway, or the VPC endpoint" + events
	default:
		return "write the condition on " + key + " in a form whose meaning AWS documents"
	}
}

// networkKeys are about where a call comes from.
var networkKeys = map[string]bool{
	"aws:sourceip": true, "aws:vpcsourceip": true, "aws:sourcevpc": true, "aws:sourcevpce": true, "aws:sourcevpcarn": true,
	"aws:vpceaccount": true, "aws:vpceorgid": true, "aws:vpceorgpaths": true,
}
