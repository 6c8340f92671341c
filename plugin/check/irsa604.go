package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa604 = Check{
	Code: IRSA604, Class: Note, Link: LinkEnvironment,
	Title: "the container's credentials depend on its SDK",
	Doc: Doc{
		Means: `Each SDK has its own credential chain: the SDKs read the same sources in different orders. When a source fails, some
SDKs stop with an error and others continue with the next source. In this container the results differ, so two
programs in the same image can have different identities.`,
		Example: `STS refuses the role, and the pod can reach the node's metadata service. A Java program works with the node's role,
and a Python script in the same container fails:

    an error         go-v2, go-v1, python, js-v3, dotnet, ruby, rust
    the node's role  java-v2, java-v1, js-v2, php, cpp, kotlin, swift`,
		Fix: `Fix the finding that causes the difference, such as a refused role, keys in the environment or a profile. If you know
the SDK of the image, name it, and the answer is about that SDK:

    kubectl irsa explain web-0 -n shop --sdk java-v2`,
		Verify: `Print the identity of each program with its own SDK. The AWS CLI shows the result for Python only. A session that is
named after an instance is the node's role:

    arn:aws:sts::111122223333:assumed-role/eks-node/i-0a1b2c3d4e5f60718`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			switch {
			case c.Provider == sdk.Uncertain && c.Wants == inject.None:
				return skip(notAsked)
			case c.Provider == sdk.Uncertain:
				return unknown(c.Uncertainty()...)
			case c.Provider != sdk.SDKDependent:
				return pass()
			case !getsSomething(c):
				return skip("no SDK finds credentials")
			case s.EitherWay(c) != "":
				return skip(IRSA707)
			}
			out := Outcome{
				Result: Fail, Where: where(c, "credential chain"), Have: whoGetsWhat(s, c), Need: "one identity for every SDK",
				Why:    "each SDK has its own credential chain, and stops or continues when a source fails",
				Advice: "name the SDKs of the image with --sdk, and the answer is about these only",
			}
			if refusing := refusesAgent(s, c); len(refusing) > 0 {
				out.Why = agentRefused(c, refusing)
				if change := acceptAgent(c); change != "" {
					out.Advice += "; " + change + " makes Java accept the address"
				}
			}
			return out
		})
	},
}

// getsSomething reports whether some SDK certainly finds credentials.
func getsSomething(c *subject.Container) bool {
	for _, o := range c.Outcomes {
		switch o.Provider {
		case sdk.NoProvider, sdk.Failed, sdk.Uncertain:
		default:
			return true
		}
	}
	return false
}
