package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa205 = Check{
	Code: IRSA205, Class: Breaks, Link: LinkInjection,
	Title: "the manifest sets a credentials variable, so the webhook injects none",
	Doc: Doc{
		Means: `The webhook injects AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE as a pair, and only if the container's
env has neither. Here the manifest sets one or both. If it sets one, the pair is incomplete: some SDKs fail, others
use the node's role. If it sets both with a role other than the annotated one, the container requests that role. The
same is true for AWS_CONTAINER_CREDENTIALS_FULL_URI and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE of EKS Pod Identity.

Only env counts. The webhook does not read envFrom, and its variables take precedence over envFrom.`,
		Example: `    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      template:
        spec:
          serviceAccountName: web          # annotated with role web
          containers:
          - name: app
            image: web
            env:
            - name: AWS_ROLE_ARN           # so the webhook adds no AWS_WEB_IDENTITY_TOKEN_FILE
              value: arn:aws:iam::111122223333:role/web`,
		Fix: `Remove the variables from the pod template, so that the webhook injects its own:

    kubectl set env deployment/web -n shop -c app AWS_ROLE_ARN- AWS_WEB_IDENTITY_TOKEN_FILE-

If the role in the manifest is the right one, set it in the annotation at the same time. If one container needs a
different role, set both variables in that container, add the service account to that role's trust policy, and name
the container in skip-containers to show that this is intended.`,
		Verify: `Check the template. The pod also has the variables that the webhook injected:

    kubectl get deployment web -n shop -o jsonpath='{.spec.template.spec.containers[0].env}'`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			half, isHalf := c.Problem(inject.HalfSet, s.Intent.Mechanism)
			_, open := s.Account.Gap()
			switch {
			case c.Has(inject.SkippedByAnnotation):
				return pass() // the webhook does not mutate it
			case s.Intent.Mechanism == inject.None, s.Intent.Mechanism == inject.WebIdentity && s.Binding.RoleARN == "" && !open:
				return skip("the service account names no role")
			case isHalf && assumed(s):
				return unknown(s.Intent.Gaps...)
			case isHalf:
				return halfSet(s, c, half)
			case s.Intent.Mechanism == "" && (c.ByHand != inject.None || c.Has(inject.HalfSet)):
				return unknown(s.Intent.Gaps...)
			case s.Intent.Mechanism != inject.WebIdentity || !s.OwnPair(c):
				return pass()
			case inject.CheckRoleARN(s.Binding.RoleARN) != "":
				return skip(IRSA106)
			case s.Binding.RoleARN == "":
				return unknown(s.Intent.Gaps...)
			}
			role := c.Variables.Get("AWS_ROLE_ARN")
			switch {
			case !role.Known:
				return unknown(fact.Gap{What: "the value of AWS_ROLE_ARN in container " + c.Name, Reason: role.Why})
			case role.Value == s.Binding.RoleARN:
				return pass()
			default:
				return ownRole(s, c, role.Value)
			}
		})
	},
}

func halfSet(s *subject.Subject, c *subject.Container, p inject.Problem) Outcome {
	return Outcome{
		Result: Fail, Where: where(c, "env"), Have: p.Detail, Need: strings.Join(pairs[p.Mechanism], " and ") + ", both or neither",
		Why: "the webhook injects the two variables only if the manifest sets neither",
		Fix: unsetPair(s, c, p.Mechanism), Advice: addedAtAdmission(s, c.Name, "the variable"),
	}
}

func ownRole(s *subject.Subject, c *subject.Container, role string) Outcome {
	return Outcome{
		Result: Fail, Where: where(c, "env AWS_ROLE_ARN"), Have: role, Need: s.Binding.RoleARN,
		Why:      "the manifest sets the variables, so the webhook injects none for the annotated role",
		Fix:      unsetPair(s, c, inject.WebIdentity),
		Advice:   addedAtAdmission(s, c.Name, "AWS_ROLE_ARN"),
		Evidence: []string{s.Account.Source()},
	}
}
