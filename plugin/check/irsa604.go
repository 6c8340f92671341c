package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa604 = Check{
	Code: IRSA604, Class: Note, Link: LinkEnvironment,
	Title: "what the container gets depends on its SDK",
	Doc: Doc{
		Means: `Each SDK has a credential chain of its own: they look at the same sources in another order, and where one source
fails some stop with an error while others go on to the next. In this container that makes a difference, so that two
programs in the same image may be two identities. The finding lists who gets what.`,
		Example: `STS refuses the role, and the node lets pods reach its metadata service:

    error        go-v2, go-v1, python, js-v3, dotnet, ruby, rust
    imds         java-v2, java-v1, js-v2, php, cpp, kotlin, swift

A Java program works, with the node's role; a Python script beside it fails.`,
		Fix: `Mend the finding that makes them differ (a refused role, keys in the environment, a profile). If you know the SDK,
say so, and the answer is about that one alone:

    kubectl irsa explain web-0 -n shop --sdk java-v2`,
		Verify: `Ask each program by its own SDK; the AWS CLI only answers for Python. The session's name tells the source: an
instance id (i-0a1b2c3d4e5f60718) is the node's role.`,
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
				Why:    "each SDK asks the sources of credentials in an order of its own, and goes on or stops where one fails: " + whoGetsWhat(s, c),
				Advice: "say which SDKs the image uses with --sdk, and the answer is about these only",
			}
			if refusing := refusesAgent(s, c); len(refusing) > 0 {
				out.Why = agentRefused(c, refusing) + ": " + whoGetsWhat(s, c)
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
