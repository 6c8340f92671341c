package check

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
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
		Mend: `Remove the variables from the template and leave them to the webhook:

    kubectl set env deployment/web -n shop -c app AWS_ROLE_ARN- AWS_WEB_IDENTITY_TOKEN_FILE-

If the role in the manifest is the right one, write it into the annotation at the same time. Where one container
of the pod is to have a role of its own, give it both variables and let the role trust the same service account;
then name the container in skip-containers, so that it is plain that this is meant.`,
		Sure: `Look at the template, not at the pod, in which the webhook's own variables stand too:

    kubectl get deployment web -n shop -o jsonpath='{.spec.template.spec.containers[0].env}'`,
	},
	Run: func(s *Subject) Outcome {
		return s.perContainer(func(c *Container) Outcome {
			half, isHalf := c.problem(inject.HalfSet, s.Intent.Mechanism)
			_, open := s.Account.Gap()
			switch {
			case c.Has(inject.SkippedByAnnotation):
				return pass() // the webhook has no part in it
			case s.Intent.Mechanism == inject.None, s.Intent.Mechanism == inject.WebIdentity && s.Binding.RoleARN == "" && !open:
				return skip("the service account names no role")
			case isHalf:
				return s.halfSet(c, half)
			case s.Intent.Mechanism == "" && (c.ByHand != inject.None || c.Has(inject.HalfSet)):
				return unknown(s.Intent.Gaps...)
			case s.Intent.Mechanism != inject.WebIdentity || !s.ownPair(c):
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
				return s.ownRole(c, role.Value)
			}
		})
	},
}

// problem returns what the reading of a container says of one kind and mechanism.
func (c *Container) problem(kind inject.ProblemKind, m inject.Mechanism) (inject.Problem, bool) {
	i := slices.IndexFunc(c.Problems, func(p inject.Problem) bool { return p.Kind == kind && p.Mechanism == m })
	if i < 0 {
		return inject.Problem{}, false
	}
	return c.Problems[i], true
}

// ownPair reports whether the container's pair of web identity variables is the manifest's. The webhook's
// pair never comes without its mount.
func (s *Seen) ownPair(c *Container) bool {
	if c.ByHand == inject.WebIdentity {
		return true
	}
	if c.Mechanism != inject.WebIdentity {
		return false
	}
	if s.Manifest == nil {
		return c.Has(inject.MountMissing)
	}
	spec := s.Manifest[c.Name]
	return spec != nil && setsVariable(spec.Env, "AWS_ROLE_ARN") && setsVariable(spec.Env, "AWS_WEB_IDENTITY_TOKEN_FILE")
}

func setsVariable(env []corev1.EnvVar, name string) bool {
	return slices.ContainsFunc(env, func(v corev1.EnvVar) bool { return v.Name == name })
}

// overridden reports whether the container asks for another role than the annotated one because its manifest
// says so.
func (s *Intended) overridden(c *Container) bool {
	role := c.Variables.Get("AWS_ROLE_ARN")
	return s.Intent.Mechanism == inject.WebIdentity && s.ownPair(c) && role.Known && s.Binding.RoleARN != "" && role.Value != s.Binding.RoleARN
}

// pairs are the variables that the webhook sets together.
var pairs = map[inject.Mechanism][]string{
	inject.WebIdentity: {"AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"},
	inject.PodIdentity: {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"},
}

func (s *Subject) halfSet(c *Container, p inject.Problem) Outcome {
	return Outcome{
		Result: Fail, Where: c.where("env"), Have: p.Detail, Need: strings.Join(pairs[p.Mechanism], " and ") + ", both or neither",
		Why: "the webhook adds the two variables only where the manifest sets neither",
		Fix: s.unsetPair(c, p.Mechanism),
	}
}

func (s *Subject) ownRole(c *Container, role string) Outcome {
	return Outcome{
		Result: Fail, Where: c.where("env AWS_ROLE_ARN"), Have: role, Need: s.Binding.RoleARN,
		Why:      "the manifest sets the variables itself, so the webhook added none for the role of the service account's annotation",
		Fix:      s.unsetPair(c, inject.WebIdentity),
		Evidence: []string{s.Account.Source()},
	}
}

func (s *Subject) unsetPair(c *Container, m inject.Mechanism) []change.Change {
	var names []string
	for _, name := range pairs[m] {
		if setsVariable(c.Spec.Env, name) {
			names = append(names, name)
		}
	}
	return []change.Change{change.UnsetVariables{Pod: s.podRef(), Container: c.Name, Names: names}}
}
