package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa605 = Check{
	Code: IRSA605, Class: Note, Link: LinkFallback,
	Title: "if the role fails, some SDKs fall back to the node's role without a word",
	Doc: Doc{
		Means: `The container has its role, and can reach the node's metadata service as well. If the role fails some day (STS out
of reach when the program starts, an edited trust policy, a token that was not renewed), the SDKs part: some raise
an error, the others silently take the node's role, and a few of them keep it until the process ends. What one then
sees is an AccessDenied for a role that nobody chose, or, if the node may do much, nothing at all.`,
		Example: `The error of a program that has fallen back; the session is named after the instance:

    User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0a1b2c3d4e5f60718 is not authorized to perform: s3:GetObject`,
		Fix: `Close the way to the node's role for pods: tokens required and a hop limit of 1 in the node group's launch
template (IRSA607), or a network policy. For the SDKs alone this will do:

    kubectl set env deployment/web -n shop -c app AWS_EC2_METADATA_DISABLED=true`,
		Verify: `Look who the program is now:

    kubectl exec web-0 -n shop -c app -- aws sts get-caller-identity

The AWS CLI is one of those that raise an error; for Java and others read the program's own log, or CloudTrail for
calls of the node's role with its instance id as session name.`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			if c.Wants != inject.WebIdentity && c.Wants != inject.PodIdentity {
				return skip(notAsked)
			}
			e := c.Environment
			switch {
			case c.Wants == inject.WebIdentity && e.WebIdentity == sdk.None, c.Wants == inject.PodIdentity && e.Container == sdk.None:
				return skip(whyNotInjected(s))
			case c.Provider == sdk.SDKDependent && s.EitherWay(c) == "":
				return skip(IRSA604)
			case c.Provider != sdk.Uncertain && len(withTheRole(c)) == 0:
				return skip("no SDK has the role")
			case e.IMDS == sdk.DisabledByEnv:
				return skip(IRSA609)
			case e.IMDS == sdk.Unreachable:
				return skip(IRSA608)
			case e.IMDS == sdk.NoRole:
				return skip("the node has no role")
			case s.Predicted:
				return skip(noNodeYet)
			case e.IMDS != sdk.Reachable:
				return unknown(imdsGaps(s, c)...)
			}
			return fallsBack(s, c)
		})
	},
}

// withTheRole are the SDKs that have the role, or may have it. One that is too old for it, or does not accept the agent's address,
// does not fall back: it never had it.
func withTheRole(c *subject.Container) []sdk.Name {
	var names []sdk.Name
	for _, o := range c.Outcomes {
		if o.Fallback != "" || o.Provider == sdk.Uncertain || o.Provider == sdk.SDKDependent {
			names = append(names, o.SDK)
		}
	}
	return names
}

// fallsBack returns which SDKs use the node's role if the role fails.
func fallsBack(s *subject.Subject, c *subject.Container) Outcome {
	e := c.Environment
	if c.Wants == inject.WebIdentity {
		e.WebIdentity = sdk.Denied
	} else {
		e.Container = sdk.Denied
	}
	_, names := byProvider(sdk.Evaluate(e, withTheRole(c)...))
	silent, raising := names[sdk.IMDS], names[sdk.Failed]
	if len(silent) == 0 {
		return pass()
	}
	role, _ := s.Node.Role.Get()
	out := Outcome{
		Result: Fail, Where: where(c, "credential chain"),
		Have: "would take the node's role " + role + ": " + sdkWords(s, silent),
		Why:  "where the role fails, these go on and take the node's role " + role + ": " + sdkWords(s, silent),
	}
	if len(raising) > 0 {
		out.Need = "an error, as of " + sdkWords(s, raising)
		out.Why += "; these raise an error: " + sdkWords(s, raising)
	}
	return out
}
