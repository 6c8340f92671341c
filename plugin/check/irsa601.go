package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa601 = Check{
	Code: IRSA601, Class: Breaks, Link: LinkEnvironment,
	Title: "access keys in the environment win over the role",
	Doc: Doc{
		Means: `The container has AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in its environment. Nearly every SDK looks there
first and then stops looking, so the role that was injected is never asked for, and the pod acts as whoever the
keys belong to. Only .NET 3 asks for a web identity before it looks at the keys. Nothing fails until the keys are
revoked or turn out to lack a permission that the role has. AWS_ACCESS_KEY_ID alone is passed over by all SDKs but
Python's, which ends with an error.`,
		Example: `Keys of an IAM user, left from before the role:

    env:
    - name: AWS_ACCESS_KEY_ID
      valueFrom: {secretKeyRef: {name: backup-user, key: access-key-id}}
    - name: AWS_SECRET_ACCESS_KEY
      valueFrom: {secretKeyRef: {name: backup-user, key: secret-access-key}}
    - name: AWS_ROLE_ARN
      value: arn:aws:iam::111122223333:role/backup`,
		Fix: `Take the keys out of the workload's template, or out of the Secret or ConfigMap that envFrom reads:

    kubectl set env statefulset/backup -n backup -c app AWS_ACCESS_KEY_ID- AWS_SECRET_ACCESS_KEY-

A Helm chart often has a value for it (existingSecret, useSecret). Deactivate the keys in IAM afterwards; they were
in the environment of a pod.`,
		Verify: `Ask from inside. A user's ARN means the keys, an assumed-role ARN the role:

    kubectl exec backup-0 -n backup -c app -- aws sts get-caller-identity`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			switch {
			case c.Environment.Static == sdk.None:
				return pass()
			case c.Wants == "":
				return unknown(s.Intent.Gaps...)
			case c.Wants == inject.None:
				return skip(notAsked)
			case c.Environment.Static == sdk.Maybe:
				return skip(IRSA602)
			}
			beaten := beaten(s, c, func(e *sdk.Environment) { e.Static = c.Environment.Static })
			half := c.Environment.Static == sdk.IDOnly
			if len(beaten.certain) == 0 || half && len(beaten.certain) < len(s.SDKs()) {
				return pass() // that half a pair stops some SDKs, of which the image may have none, is reported by IRSA604
			}
			out := Outcome{
				Result: Fail, Where: where(c, "env AWS_ACCESS_KEY_ID"), Have: Describe(c.Variables, "AWS_ACCESS_KEY_ID"),
				Need: "no access keys in the environment",
				Why:  "access keys in the environment come before the role for " + beaten.words(s.SDKs()),
			}
			if half {
				out.Why = "AWS_ACCESS_KEY_ID without AWS_SECRET_ACCESS_KEY is an error for " + beaten.words(s.SDKs())
			}
			out.Fix = unset(s, c, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
			if out.Fix == nil {
				out.Advice = keysAdvice(s, c)
			}
			return out
		})
	},
}

// keysAdvice says where the keys come from that no edit of the template removes.
func keysAdvice(s *subject.Subject, c *subject.Container) string {
	if subject.SetsVariable(c.Spec.Env, "AWS_ACCESS_KEY_ID") {
		return addedAtAdmission(s, c.Name, "AWS_ACCESS_KEY_ID")
	}
	return "remove AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from " + c.Variables.Get("AWS_ACCESS_KEY_ID").From + ", then recreate the pod"
}
