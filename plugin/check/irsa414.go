package check

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

var irsa414 = Check{
	Code: IRSA414, Class: Note, Link: LinkTrust, Gap: true,
	Title: "it is unknown whether the trust policy allows the service account",
	Doc: Doc{
		Means: `Everything that can be checked matches, but one condition depends on something that only STS knows: the
source address or the VPC endpoint of the call, or the session name that the SDK generates. Or an Allow statement
has "*" as its principal, and AWS does not document whether this includes web identities. The pod works if the
condition is met.`,
		Example: `    "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}`,
		Fix: `Find out where the pod's calls come from: the address of the NAT gateway, or the VPC endpoint for STS (then
aws:SourceIp is missing and aws:SourceVpce is present). If the condition tests the session name, set
AWS_ROLE_SESSION_NAME. If the principal is "*", name the OIDC provider with Federated.`,
		Verify: `CloudTrail records what STS received, for successful and failed calls: sourceIPAddress, vpcEndpointId,
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

// settled says how to decide a part of a statement for which it is unknown whether it matches.
func settled(j *subject.RoleJudgement, part trust.Part) string {
	const events = "; the AssumeRoleWithWebIdentity events in CloudTrail show what STS received"
	switch key := part.Key; {
	case key == "" && part.Have == "*":
		return "set the provider as the principal of the statement: {\"Federated\": \"" + j.ProviderARN + "\"}"
	case key == "" && !strings.HasPrefix(part.Have, "arn:"):
		return "correct " + part.Where + " to a value that IAM documents, and update the policy"
	case key == "":
		return "use the provider's ARN as IAM lists it (`aws iam list-open-id-connect-providers`)"
	case key == "sts:rolesessionname":
		return "set AWS_ROLE_SESSION_NAME in the container to a value that the condition allows" + events
	case key == "aws:requestedregion":
		return "set AWS_REGION and AWS_STS_REGIONAL_ENDPOINTS=regional in the container, so that the region of the call is fixed"
	case key == "aws:useragent":
		return "compare the condition with the user agent of the SDK" + events
	case strings.HasPrefix(key, "aws:resource"):
		return "compare the condition with the tags and the organization of the role (`aws iam list-role-tags`, `aws organizations describe-organization`)"
	case networkKeys[key]:
		return "compare the condition with the source of the pod's calls: the address of the NAT gateway, or the VPC endpoint" + events
	default:
		return "rewrite the condition on " + key + " in a form that AWS documents"
	}
}

// networkKeys are about the source of a call.
var networkKeys = map[string]bool{
	"aws:sourceip": true, "aws:vpcsourceip": true, "aws:sourcevpc": true, "aws:sourcevpce": true, "aws:sourcevpcarn": true,
	"aws:vpceaccount": true, "aws:vpceorgid": true, "aws:vpceorgpaths": true,
}
