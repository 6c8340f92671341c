package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa617 = Check{
	Code: IRSA617, Class: Breaks, Link: LinkEnvironment,
	Title: "STS does not accept the value of AWS_ROLE_SESSION_NAME",
	Doc: Doc{
		Means: `An SDK names the session that STS opens for a web identity. If AWS_ROLE_SESSION_NAME is set, the SDK sends its value
unchanged; if not, it generates a name. STS accepts 2 to 64 characters: letters, digits and _ + = , . @ - and returns
a ValidationError for anything else, before it reads the token. Common causes are a slash or a colon between namespace
and pod, a reference that is not expanded, and a long pod name. EKS Pod Identity is not affected: it chooses the
session name itself.`,
		Example: `    env:
    - name: AWS_ROLE_SESSION_NAME
      value: $(POD_NAMESPACE)/$(POD_NAME)

    ValidationError: 1 validation error detected: Value 'shop/web-0' at 'roleSessionName' failed to satisfy constraint:
    Member must satisfy regular expression pattern: [\w+=,.@-]*`,
		Fix: `Remove the variable, or set a name that STS accepts. The token's subject already identifies namespace and service
account:

    kubectl set env deployment/web -n shop -c app AWS_ROLE_SESSION_NAME-`,
		Verify: `Print the variable and the identity. The session name is the last part of the ARN:

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
				Why:  "STS returns a ValidationError: " + fault,
				Fix:  unset(s, c, subject.SessionName),
				Advice: "remove " + subject.SessionName + " from " + c.Variables.Get(subject.SessionName).From +
					", or set a name that STS accepts; then recreate the pod",
			}
		}, inject.WebIdentity)
	},
}
