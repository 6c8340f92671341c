package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa605 = Check{
	Code: IRSA605, Class: Note, Link: LinkFallback,
	Title: "if the role fails, some SDKs fall back to the node's role without an error",
	Doc: Doc{
		Means: `The container gets its role, and it can also reach the node's metadata service. If the role fails later (STS is not
reachable, the trust policy changes, the token expires), some SDKs report an error. Others use the node's role without
an error, and a few keep it until the process ends. The program then gets AccessDenied for a role that it should not
use, or works with the wrong permissions.`,
		Example: `The error of a program that uses the node's role. The session is named after the instance:

    AccessDenied: User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0a1b2c3d4e5f60718 is not authorized to perform: s3:GetObject`,
		Fix: `Block the metadata service for pods: require IMDSv2 tokens and set a hop limit of 1 in the launch template of the node
group (IRSA607), or use a network policy. To disable it for SDKs only:

    kubectl set env deployment/web -n shop -c app AWS_EC2_METADATA_DISABLED=true`,
		Verify: `Print the identity in the container:

    kubectl exec web-0 -n shop -c app -- aws sts get-caller-identity

The AWS CLI is one of the programs that report an error. For Java and others, read the program's log, or search
CloudTrail for calls of the node's role with the instance ID as session name.`,
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
// does not fall back: it never had the role.
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
		Have: "would use the node's role " + role + ": " + sdkWords(s, silent),
		Why:  "after an error these SDKs continue with the metadata service, which returns the node's role",
	}
	if len(raising) > 0 {
		out.Need = "an error, as with " + sdkWords(s, raising)
	}
	return out
}
