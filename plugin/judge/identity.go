package judge

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// containerReport is a container's part of the report.
func containerReport(s *subject.Subject, c *subject.Container, d decider) ContainerReport {
	if _, refused := s.Refused(); refused { // what a container would get is nothing that it gets
		return ContainerReport{Name: c.Name, Type: string(c.Type), Verdict: verdict(s, c, d), Identity: Identity{Provider: sdk.NoProvider, Certainty: Expected}}
	}
	out := ContainerReport{
		Name: c.Name, Type: string(c.Type), Verdict: verdict(s, c, d),
		Identity: Identity{Provider: c.Provider, RoleArn: s.RoleOf(c, c.Provider), Certainty: Expected, SessionName: sessionName(s, c)},
		Injected: injected(c),
	}
	out.Settings = settings(c, out.Injected)
	if c.Provider == sdk.PodIdentity && s.PodIdentity != nil && s.PodIdentity.Target != nil {
		out.Identity.AssumedFrom = s.PodIdentity.RoleARN
	}
	if c.Provider == sdk.Uncertain {
		out.Identity.Certainty = UnknownCertainty
	}
	if role := s.EitherWay(c); role != "" {
		out.Identity.RoleArn = role
	}
	fallback := map[sdk.Provider][]sdk.Name{}
	for _, o := range c.Outcomes {
		if c.Provider == sdk.SDKDependent || c.Provider == sdk.Uncertain && o.Provider != sdk.Uncertain || o.Provider == sdk.SDKDependent {
			if out.BySDK == nil {
				out.BySDK = map[sdk.Name]SDKIdentity{}
			}
			out.BySDK[o.SDK] = SDKIdentity{Provider: o.Provider, RoleArn: s.RoleOf(c, o.Provider), Error: o.Error, Note: o.Note}
		}
		if o.Fallback != "" {
			fallback[o.Fallback] = append(fallback[o.Fallback], o.SDK)
		}
	}
	if len(fallback) > 0 {
		out.Fallback = fallback
	}
	return out
}

// sessionName is the name that the container's session has in CloudTrail, where that is known before
// the call: AWS_ROLE_SESSION_NAME for web identity, the instance's id for the node's role.
func sessionName(s *subject.Subject, c *subject.Container) string {
	switch c.Provider {
	case sdk.WebIdentity:
		name, _ := c.Variables.Known("AWS_ROLE_SESSION_NAME")
		return name
	case sdk.IMDS:
		return s.Node.InstanceID
	default:
		return ""
	}
}

// injected shows the settings that give the container its role; none is nil.
func injected(c *subject.Container) *Injected {
	if c.Mechanism == inject.None && c.ByHand == inject.None && len(c.Env) == 0 {
		return nil
	}
	out := &Injected{Env: map[string]string{}, Volume: c.Volume, MountPath: c.MountPath, Audience: c.Audience, ExpirationSeconds: c.ExpirationSeconds}
	for _, v := range c.Env {
		if !v.Referenced {
			out.Env[v.Name] = v.Value
		}
	}
	return out
}
