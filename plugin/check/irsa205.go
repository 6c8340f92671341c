package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa205 = Check{
	Code: IRSA205, Class: Breaks, Link: LinkInjection,
	Title: "the manifest sets a credentials variable itself, so the webhook set none",
	Doc: Doc{
		Means: `The webhook adds AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE as a pair, and only where the container's env has
neither. The manifest sets one or both. With one of them the pair stays half: the role without the token, or the
token without the role, and what an SDK makes of that differs from SDK to SDK, from an error at once to the
node's role. With both, and another role than the annotated one, the container asks for that other role. For EKS
Pod Identity the same holds of AWS_CONTAINER_CREDENTIALS_FULL_URI and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE.

Only env counts. What comes by envFrom the webhook does not see, and its own pair wins over it.`,
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
            - name: AWS_ROLE_ARN           # and so no AWS_WEB_IDENTITY_TOKEN_FILE is added
              value: arn:aws:iam::111122223333:role/web`,
		Fix: `Remove the variables from the template and leave them to the webhook:

    kubectl set env deployment/web -n shop -c app AWS_ROLE_ARN- AWS_WEB_IDENTITY_TOKEN_FILE-

If the role in the manifest is the right one, write it into the annotation at the same time. Where one container
of the pod is to have a role of its own, give it both variables and let the role trust the same service account;
then name the container in skip-containers, so that it is plain that this is meant.`,
		Verify: `Look at the template, not at the pod, in which the webhook's own variables stand too:

    kubectl get deployment web -n shop -o jsonpath='{.spec.template.spec.containers[0].env}'`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			half, isHalf := c.Problem(inject.HalfSet, s.Intent.Mechanism)
			_, open := s.Account.Gap()
			switch {
			case c.Has(inject.SkippedByAnnotation):
				return pass() // the webhook has no part in it
			case s.Intent.Mechanism == inject.None, s.Intent.Mechanism == inject.WebIdentity && s.Binding.RoleARN == "" && !open:
				return skip("the service account names no role")
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
		Why: "the webhook adds the two variables only where the manifest sets neither",
		Fix: unsetPair(s, c, p.Mechanism), Advice: addedAtAdmission(s, c.Name, "the variable"),
	}
}

func ownRole(s *subject.Subject, c *subject.Container, role string) Outcome {
	return Outcome{
		Result: Fail, Where: where(c, "env AWS_ROLE_ARN"), Have: role, Need: s.Binding.RoleARN,
		Why:      "the manifest sets the variables itself, so the webhook added none for the role of the service account's annotation",
		Fix:      unsetPair(s, c, inject.WebIdentity),
		Advice:   addedAtAdmission(s, c.Name, "AWS_ROLE_ARN"),
		Evidence: []string{s.Account.Source()},
	}
}
