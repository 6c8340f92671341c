package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa414 = Check{
	Code: IRSA414, Class: Note, Link: LinkTrust, Gap: true,
	Title: "whether the trust policy allows it depends on what cannot be known from here",
	Doc: Doc{
		Means: `Everything that can be seen fits, and one condition is about something that only STS sees: the address or the VPC
endpoint that the call comes through, or the session name that the SDK makes up. Or an Allow names "*" as its
principal, of which AWS's documents do not say whether it lets a web identity in. The pod works if the condition holds
for it, and does not if it does not.`,
		Example: `    "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}`,
		Fix: `Find out where the pods' calls come from: the address of the NAT gateway, or the VPC endpoint for STS (through which
aws:SourceIp is absent, and aws:SourceVpce is there). Set AWS_ROLE_SESSION_NAME where the session name is tested.`,
		Verify: `CloudTrail has what STS saw, for calls that worked and for those that did not: sourceIPAddress, vpcEndpointId,
requestParameters.roleSessionName:

    aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=AssumeRoleWithWebIdentity`,
	},
	Run: func(s *subject.Subject) Outcome { return trustOutcome(s, IRSA414, undecidable) },
}

func undecidable(s *subject.Subject, j *subject.RoleJudgement) Outcome {
	out := refusal(s, j, "", "hold the condition against where the pod's calls come from, and how; CloudTrail's AssumeRoleWithWebIdentity events show what STS saw")
	out.Why = strings.Join(j.Decision.Conditions, "; ")
	return out
}
