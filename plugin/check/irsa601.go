package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa601 = Check{
	Code: IRSA601, Class: Breaks, Link: LinkEnvironment,
	Title: "access keys in the environment take precedence over the role",
	Doc: Doc{
		Means: `The container has AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in its environment. Nearly every SDK reads these
variables first and then does not use the injected role, so the pod acts as the owner of the keys. Only .NET 3 reads
the web identity before the keys. Nothing fails until the keys are revoked or do not have a permission that the role
has. If AWS_ACCESS_KEY_ID is set alone, Python fails with an error and all other SDKs ignore it.`,
		Example: `Keys of an IAM user that are older than the role:

    env:
    - name: AWS_ACCESS_KEY_ID
      valueFrom: {secretKeyRef: {name: backup-user, key: access-key-id}}
    - name: AWS_SECRET_ACCESS_KEY
      valueFrom: {secretKeyRef: {name: backup-user, key: secret-access-key}}
    - name: AWS_ROLE_ARN
      value: arn:aws:iam::111122223333:role/backup

    AccessDenied: User: arn:aws:iam::111122223333:user/backup is not authorized to perform: s3:PutObject`,
		Fix: `Remove the keys from the workload's template, or from the Secret or ConfigMap that envFrom names:

    kubectl set env statefulset/backup -n backup -c app AWS_ACCESS_KEY_ID- AWS_SECRET_ACCESS_KEY-

A Helm chart often has a value for this (existingSecret, useSecret). Then deactivate the keys in IAM, because they
were in the environment of a pod.`,
		Verify: `Print the identity in the container. The ARN of a user means the keys, the ARN of an assumed role means the role:

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
				Why:  "SDKs read access keys in the environment before the role: " + beaten.words(s.SDKs()),
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

// keysAdvice names the source of keys that no edit of the template removes.
func keysAdvice(s *subject.Subject, c *subject.Container) string {
	if subject.SetsVariable(c.Spec.Env, "AWS_ACCESS_KEY_ID") {
		return addedAtAdmission(s, c.Name, "AWS_ACCESS_KEY_ID")
	}
	return "remove AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from " + c.Variables.Get("AWS_ACCESS_KEY_ID").From + ", then recreate the pod"
}
