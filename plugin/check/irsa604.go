package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
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
		Mend: `Mend the finding that makes them differ (a refused role, keys in the environment, a profile). If you know the SDK,
say so, and the answer is about that one alone:

    kubectl irsa explain web-0 -n shop --sdk java-v2`,
		Sure: `Ask each program by its own SDK; the AWS CLI only answers for Python. The session's name tells the source: an
instance id (i-0a1b2c3d4e5f60718) is the node's role.`,
	},
	Run: func(s *Subject) Outcome {
		return s.perContainer(func(c *Container) Outcome {
			switch {
			case c.Provider == sdk.Uncertain && c.Wants == inject.None:
				return skip(notAsked)
			case c.Provider == sdk.Uncertain:
				return unknown(c.uncertainty()...)
			case c.Provider != sdk.SDKDependent:
				return pass()
			case !c.getsSomething():
				return skip("no SDK finds credentials")
			}
			return Outcome{
				Result: Fail, Where: c.where("credential chain"), Have: s.whoGetsWhat(c), Need: "one identity for every SDK",
				Why:    "each SDK asks the sources of credentials in an order of its own, and goes on or stops where one fails: " + s.whoGetsWhat(c),
				Advice: "say which SDKs the image uses with --sdk, and the answer is about these only",
			}
		})
	},
}

// getsSomething reports whether some SDK certainly finds credentials.
func (c *Container) getsSomething() bool {
	for _, o := range c.Outcomes {
		switch o.Provider {
		case sdk.NoProvider, sdk.Failed, sdk.Uncertain:
		default:
			return true
		}
	}
	return false
}

// uncertainty says why it is not known what the container gets.
func (c *Container) uncertainty() []fact.Gap {
	if len(c.Gaps) > 0 {
		return c.Gaps
	}
	for _, o := range c.Outcomes {
		if o.Provider == sdk.Uncertain {
			return []fact.Gap{{What: "what " + string(o.SDK) + " takes in container " + c.Name, Reason: o.Note}}
		}
	}
	return nil
}

func (s *Subject) whoGetsWhat(c *Container) string {
	providers, names := byProvider(c.Outcomes)
	parts := make([]string, len(providers))
	for i, p := range providers {
		what := string(p)
		if role := s.roleOf(c, p); role != "" {
			what += " (" + role + ")"
		}
		if p == sdk.SDKDependent || p == sdk.Uncertain {
			what += " (" + c.notes(p) + ")"
		}
		parts[i] = what + ": " + s.sdkWords(names[p])
	}
	return strings.Join(parts, "; ")
}

// notes are what the outcomes of a provider depend on.
func (c *Container) notes(p sdk.Provider) string {
	var notes []string
	for _, o := range c.Outcomes {
		if o.Provider == p && o.Note != "" {
			notes = appendNew(notes, []string{o.Note})
		}
	}
	return strings.Join(notes, "; ")
}
