package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa602 = Check{
	Code: IRSA602, Class: Note, Link: LinkEnvironment, Gap: true,
	Title: "access keys may come from a Secret or ConfigMap that was not read",
	Doc: Doc{
		Means: `The container takes its environment, or a part of it, from a Secret or a ConfigMap whose keys could not be listed.
If AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are among them, they win over the role (IRSA601). So the answer is
"works, unless": everything that was read is right, and this was not read.`,
		Example: `A whole Secret as environment, and a user who may not read it:

    envFrom:
    - secretRef: {name: web-env}

    secrets "web-env" is forbidden: User "dev" cannot get resource "secrets" in namespace "shop"`,
		Fix: `Have somebody look who may read it. To let the command look itself, allow it that one object; it asks for the
metadata only, and the values stay in the API server, but RBAC knows no right to the metadata alone:

    kubectl create role web-env-reader -n shop --verb=get --resource=secrets --resource-name=web-env
    kubectl create rolebinding web-env-reader -n shop --role=web-env-reader --user=dev`,
		Verify: `List the names of the keys, not their values:

    kubectl get secret web-env -n shop -o go-template='{{range $k, $v := .data}}{{$k}}{{"\n"}}{{end}}'

or ask the container which variables it has:

    kubectl exec web-0 -n shop -c app -- sh -c 'env | cut -d= -f1 | grep ^AWS_'`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			switch {
			case c.Environment.Static != sdk.Maybe:
				return pass()
			case c.Wants == "":
				return unknown(s.Intent.Gaps...)
			case c.Wants == inject.None:
				return skip(notAsked)
			}
			beaten := beaten(s, c, func(e *sdk.Environment) { e.Static = sdk.Maybe })
			if len(beaten.open) == 0 {
				return pass()
			}
			var reasons []string
			for _, g := range c.Variables.Gaps("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY") {
				reasons = append(reasons, g.Reason)
			}
			have := strings.Join(reasons, "; ")
			return Outcome{
				Result: Fail, Where: where(c, "environment"), Have: have, Need: "to know whether AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set",
				Why:    have + "; access keys in it would come before the role for " + sdkWords(s, beaten.open),
				Advice: "ask somebody who may read it for the names of its keys, or let the command look itself",
			}
		})
	},
}
