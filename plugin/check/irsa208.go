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
	Title: "the volume at the token path does not contain the right token",
	Doc: Doc{
		Means: `The webhook identifies its volume and its mount by name. If the manifest has its own volume named
aws-iam-token, the webhook keeps it, whatever it contains: a Secret, an emptyDir, or a projected token with another
audience. The container then reads something that STS does not accept. The same is true for the volume
eks-pod-identity-token and the audience pods.eks.amazonaws.com of EKS Pod Identity.

Another audience is reported only if it is not accepted. An audience that is a client ID of the OIDC provider and
that the trust policy allows works too.`,
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
		Fix: `Remove the volume and its mounts from the pod template; the webhook then injects its own. If the program
needs the other token too, use a different volume name and path for it.

If the annotation eks.amazonaws.com/audience changed after the pod was created, restart the workload:

    kubectl rollout restart deployment/web -n shop`,
		Verify: `    kubectl get pod web-0 -n shop -o jsonpath='{.spec.volumes[?(@.name=="aws-iam-token")]}'

The token also contains its audience. This prints the claims without the signature:

    kubectl exec web-0 -n shop -c app -- sh -c 'cut -d. -f2 < $AWS_WEB_IDENTITY_TOKEN_FILE | base64 -d'`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			m := c.UsedMechanism()
			p, other := c.Problem(inject.NotTheToken, m)
			switch {
			case m == inject.None:
				return skip("the container requests no role")
			case c.Has(inject.HalfSet), s.Overridden(c):
				return skip(IRSA205)
			case other:
				return wrongVolume(s, c, m, p.Detail, audienceFor(s, m), "the webhook keeps an existing volume with this name, so the container does not read the webhook's token")
			case c.Has(inject.VolumeMissing), c.Has(inject.MountMissing), !c.ReadsVolume():
				return skip(IRSA207)
			}
			if !projects(s, c) {
				return unknown(fact.Gap{What: "what volume " + c.Volume + " holds at " + c.TokenFile, Reason: "only projected tokens are known"})
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

// agentAudience judges the audience of a token for the Pod Identity agent, which accepts only one.
func agentAudience(s *subject.Subject, c *subject.Container) Outcome {
	if c.Audience == inject.PodIdentityAudience {
		return pass()
	}
	return wrongVolume(s, c, inject.PodIdentity, "audience "+s.AudienceOf(c.Container), inject.PodIdentityAudience, "EKS accepts only tokens with this audience")
}

// stsAudience judges the audience of a token for STS, where it is not the intended one: by the provider's
// client IDs, and by whether the trust policy allows only the intended one.
func stsAudience(s *subject.Subject, c *subject.Container) Outcome {
	have, want := s.AudienceOf(c.Container), s.IntendedAudience()
	if (s.Binding.RoleARN == "" || c.Has(inject.SkippedByAnnotation)) && !s.ForAPIServer(have) {
		return skip("no setting names an audience; role and provider are checked with the audience of the token")
	}
	if have == want {
		return pass()
	}
	role, _ := c.Variables.Known("AWS_ROLE_ARN")
	if role == "" || role == snapshot.Redacted || inject.CheckRoleARN(role) != "" {
		return skip("the role is unknown")
	}
	actual, meant := s.Judged(role, have), s.Judged(role, want)
	provider, known := actual.Provider.Get()
	switch {
	case known && !slices.Contains(provider.ClientIDList, have) && s.ForAPIServer(have) && s.OwnPair(c):
		return apiToken(s, c, have)
	case known && !slices.Contains(provider.ClientIDList, have):
		return wrongVolume(s, c, inject.WebIdentity, "audience "+have, want, "the audience is not a client ID of the OIDC provider, so STS rejects the token")
	case actual.Decision != nil && refuses(actual.Decision) && !refuses(meant.Decision) && s.ForAPIServer(have) && s.OwnPair(c):
		return apiToken(s, c, have)
	case actual.Decision != nil && refuses(actual.Decision) && !refuses(meant.Decision):
		return wrongVolume(s, c, inject.WebIdentity, "audience "+have, want, "the role's trust policy does not allow tokens with this audience")
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
		Advice: "remove volume " + c.Volume + " and its mounts from the manifest; the webhook injects its own",
	}
	if !s.Bound() {
		out.Advice = "project a service account token with audience " + audience + " there, or annotate the service account and let the webhook inject the volume"
		return out
	}
	out.Fix = withoutVolume(s, c, m, c.Volume)
	return out
}
