package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa617 = Check{
	Code: IRSA617, Class: Breaks, Link: LinkEnvironment,
	Title: "AWS_ROLE_SESSION_NAME has a form that STS refuses",
	Doc: Doc{
		Means: `An SDK names the session that STS opens for a web identity. It makes a name up, unless AWS_ROLE_SESSION_NAME is set; then
it sends that value as it is. STS takes 2 to 64 characters: letters, digits and _ + = , . @ - and refuses everything else
with a ValidationError, before it looks at the token. A slash or a colon between namespace and pod does it, a reference
that nothing expands, or the name of a pod that is too long. EKS Pod Identity chooses the name itself and is not affected.`,
		Example: `    env:
    - name: AWS_ROLE_SESSION_NAME
      value: $(POD_NAMESPACE)/$(POD_NAME)

    ValidationError: 1 validation error detected: Value 'shop/web-0' at 'roleSessionName' failed to satisfy constraint:
    Member must satisfy regular expression pattern: [\w+=,.@-]*`,
		Fix: `Remove the variable, or write a name that STS takes. The token's subject already tells namespace and service account:

    kubectl set env deployment/web -n shop -c app AWS_ROLE_SESSION_NAME-`,
		Verify: `See what the container has, and who it is then; the name is the last part of the ARN:

    kubectl exec web-0 -n shop -c app -- printenv AWS_ROLE_SESSION_NAME
    kubectl exec web-0 -n shop -c app -- aws sts get-caller-identity`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perBound(s, func(c *subject.Container) Outcome {
			if !c.AsksSTS() {
				return skip(whyNotInjected(s))
			}
			if gaps := c.Variables.Gaps(subject.SessionName); len(gaps) > 0 {
				return unknown(gaps...)
			}
			fault := c.SessionNameFault()
			if fault == "" {
				return pass()
			}
			return Outcome{
				Result: Fail, Where: where(c, "env "+subject.SessionName), Have: c.Variables.Get(subject.SessionName).Value,
				Need: "2 to 64 letters, digits and _ + = , . @ -",
				Why:  "STS answers ValidationError: " + fault,
				Fix:  unset(s, c, subject.SessionName),
				Advice: "remove " + subject.SessionName + " from " + c.Variables.Get(subject.SessionName).From +
					", or set it to a name that STS takes; then recreate the pod",
			}
		}, inject.WebIdentity)
	},
}
