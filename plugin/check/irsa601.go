package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
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
		Mend: `Take the keys out of the workload's template, or out of the Secret or ConfigMap that envFrom reads:

    kubectl set env statefulset/backup -n backup -c app AWS_ACCESS_KEY_ID- AWS_SECRET_ACCESS_KEY-

A Helm chart often has a value for it (existingSecret, useSecret). Deactivate the keys in IAM afterwards; they were
in the environment of a pod.`,
		Sure: `Ask from inside. A user's ARN means the keys, an assumed-role ARN the role:

    kubectl exec backup-0 -n backup -c app -- aws sts get-caller-identity`,
	},
	Run: func(s *Subject) Outcome {
		return s.perContainer(func(c *Container) Outcome {
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
			beaten := s.beaten(c, func(e *sdk.Environment) { e.Static = c.Environment.Static })
			half := c.Environment.Static == sdk.IDOnly
			if len(beaten.certain) == 0 || half && len(beaten.certain) < len(s.sdks()) {
				return pass() // that half a pair stops some SDKs, of which the image may have none, is IRSA604's to say
			}
			out := Outcome{
				Result: Fail, Where: c.where("env AWS_ACCESS_KEY_ID"), Have: c.Variables.describe("AWS_ACCESS_KEY_ID"),
				Need: "no access keys in the environment",
				Why:  "access keys in the environment come before the role for " + beaten.words(s.sdks()),
			}
			if half {
				out.Why = "AWS_ACCESS_KEY_ID without AWS_SECRET_ACCESS_KEY is an error for " + beaten.words(s.sdks())
			}
			out.Fix = s.unset(c, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
			if out.Fix == nil {
				out.Advice = "take AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY out of " + c.Variables.Get("AWS_ACCESS_KEY_ID").From + ", then make the pod anew"
			}
			return out
		})
	},
}

// describe says what a variable is set to, or where its value comes from.
func (v Variables) describe(name string) string {
	variable := v.Get(name)
	switch {
	case variable.Known && variable.Value != snapshot.Redacted:
		return name + "=" + variable.Value
	case variable.From == "env":
		return name + ", set in the pod's own env"
	default:
		return name + " from " + variable.From
	}
}

// unset is the plan that takes variables out of the container's own env; nil where the first of them does not
// stand there, or where the pod is only predicted.
func (s *Subject) unset(c *Container, names ...string) []change.Change {
	if s.Predicted {
		return nil
	}
	var there []string
	for _, name := range names {
		for _, v := range c.Spec.Env {
			if v.Name == name && !slices.Contains(there, name) {
				there = append(there, name)
			}
		}
	}
	if !slices.Contains(there, names[0]) {
		return nil
	}
	return []change.Change{change.UnsetVariables{Pod: s.podRef(), Container: c.Name, Names: there}}
}
