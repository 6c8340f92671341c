package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

var irsa208 = Check{
	Code: IRSA208, Class: Breaks, Link: LinkInjection,
	Title: "the volume at the token's path holds another token, or none",
	Doc: Doc{
		Means: `The webhook looks for its volume and its mount by name only. If the manifest has a volume aws-iam-token of its own,
the webhook keeps that, whatever is in it: a Secret, an emptyDir, a projected token for another audience. The
container then reads something that STS does not take. For EKS Pod Identity the same holds of the volume
eks-pod-identity-token and the audience pods.eks.amazonaws.com.

Another audience is reported only where it is not accepted: one that the OIDC provider has among its client IDs
and that the trust policy allows is as good as any.`,
		Example: `    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      template:
        spec:
          serviceAccountName: web
          containers:
          - name: app
            image: web
            volumeMounts: [{name: aws-iam-token, mountPath: /var/run/secrets/eks.amazonaws.com/serviceaccount, readOnly: true}]
          volumes:
          - name: aws-iam-token
            projected: {sources: [{serviceAccountToken: {audience: vault, path: token}}]}`,
		Fix: `Take volume and mount out of the template; the webhook adds its own. If the program needs the other token as well,
give that volume another name and path.

Where the audience was changed by the annotation eks.amazonaws.com/audience after the pod was made, make the pod
anew.`,
		Verify: `    kubectl get pod web-0 -n shop -o jsonpath='{.spec.volumes[?(@.name=="aws-iam-token")]}'

The audience stands in the token too. This prints the claims, not the signature:

    kubectl exec web-0 -n shop -c app -- sh -c 'cut -d. -f2 < $AWS_WEB_IDENTITY_TOKEN_FILE | base64 -d'`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			m := c.UsedMechanism()
			p, other := c.Problem(inject.NotTheToken, m)
			switch {
			case m == inject.None:
				return skip("nothing asks for a role")
			case c.Has(inject.HalfSet), s.Overridden(c):
				return skip(IRSA205)
			case other:
				return wrongVolume(s, c, m, p.Detail, audienceFor(s, m), "the webhook keeps a volume of that name as it is, so what the container reads is not its token")
			case c.Has(inject.VolumeMissing), c.Has(inject.MountMissing), !c.ReadsVolume():
				return skip(IRSA207)
			}
			if !projects(s, c) {
				return unknown(fact.Gap{What: "what volume " + c.Volume + " holds at " + c.TokenFile, Reason: "only projected tokens are seen"})
			}
			if m == inject.PodIdentity {
				return agentAudience(s, c)
			}
			return stsAudience(s, c)
		})
	},
}

// audienceFor is the audience that a token needs.
func audienceFor(s *subject.Subject, m inject.Mechanism) string {
	if m == inject.PodIdentity {
		return inject.PodIdentityAudience
	}
	return s.IntendedAudience()
}

// projects reports whether a service account token is projected into the volume that the container's token
// path leads to.
func projects(s *subject.Subject, c *subject.Container) bool {
	for _, v := range s.Pod.Spec.Volumes {
		if v.Name != c.Volume || v.Projected == nil {
			continue
		}
		for _, source := range v.Projected.Sources {
			if source.ServiceAccountToken != nil {
				return true
			}
		}
	}
	return false
}

// agentAudience judges the audience of a token for the Pod Identity agent, which takes one only.
func agentAudience(s *subject.Subject, c *subject.Container) Outcome {
	if c.Audience == inject.PodIdentityAudience {
		return pass()
	}
	return wrongVolume(s, c, inject.PodIdentity, "audience "+s.AudienceOf(c.Container), inject.PodIdentityAudience, "EKS issues credentials for tokens of the one audience only")
}

// stsAudience judges the audience of a token for STS, where it is not the intended one: by the provider's
// client IDs and by whether the trust policy allows the one and not the other.
func stsAudience(s *subject.Subject, c *subject.Container) Outcome {
	have, want := s.AudienceOf(c.Container), s.IntendedAudience()
	if (s.Binding.RoleARN == "" || c.Has(inject.SkippedByAnnotation)) && !s.ForAPIServer(have) {
		return skip("nothing says which audience is meant: role and provider are judged for the token's")
	}
	if have == want {
		return pass()
	}
	role, _ := c.Variables.Known("AWS_ROLE_ARN")
	if role == "" || role == snapshot.Redacted || inject.CheckRoleARN(role) != "" {
		return skip("the role is not known")
	}
	actual, meant := s.Judged(role, have), s.Judged(role, want)
	provider, known := actual.Provider.Get()
	switch {
	case known && !slices.Contains(provider.ClientIDList, have) && s.ForAPIServer(have) && s.OwnPair(c):
		return apiToken(s, c, have)
	case known && !slices.Contains(provider.ClientIDList, have):
		return wrongVolume(s, c, inject.WebIdentity, "audience "+have, want, "the audience is not among the client IDs of the OIDC provider, so STS does not take the token")
	case actual.Decision != nil && refuses(actual.Decision) && !refuses(meant.Decision) && s.ForAPIServer(have) && s.OwnPair(c):
		return apiToken(s, c, have)
	case actual.Decision != nil && refuses(actual.Decision) && !refuses(meant.Decision):
		return wrongVolume(s, c, inject.WebIdentity, "audience "+have, want, "the role's trust policy allows tokens of the one audience, not of the other")
	}
	gaps := append(fact.GapsOf(actual.Provider), fact.GapsOf(actual.Role)...)
	if len(gaps) > 0 {
		return unknown(gaps...)
	}
	return pass(actual.Role.Source())
}

func refuses(d *trust.Decision) bool {
	return d != nil && !d.Verdict.MayAllow()
}

func wrongVolume(s *subject.Subject, c *subject.Container, m inject.Mechanism, have, audience, why string) Outcome {
	out := Outcome{
		Result: Fail, Where: podWhere(s) + ", volume " + c.Volume, Have: have, Need: "audience " + audience, Why: why,
		Advice: "take the volume " + c.Volume + " and its mounts out of the manifest, and leave them to the webhook",
	}
	if !s.Bound() {
		out.Advice = "project a service account token with audience " + audience + " there, or annotate the service account and leave the volume to the webhook"
		return out
	}
	out.Fix = withoutVolume(s, c, m, c.Volume)
	return out
}
