package render

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

// verdictWords returns a verdict in words.
func verdictWords(v judge.Verdict) string {
	if v == judge.NotConfigured {
		return "not configured"
	}
	return string(v)
}

// A sign is a mark and the colour that goes with it. A word is always next to it.
type sign struct {
	mark  string
	color func(string) string
}

func (p *page) verdictSign(v judge.Verdict) sign {
	switch v {
	case judge.Works:
		return p.resultSign(check.Pass)
	case judge.Broken:
		return p.resultSign(check.Fail)
	case judge.NotConfigured:
		return p.resultSign(check.Skip)
	default:
		return p.resultSign(check.Unknown)
	}
}

func (p *page) resultSign(r check.Result) sign {
	switch r {
	case check.Pass:
		return sign{p.either("✓", "+"), p.palette.good}
	case check.Fail:
		return sign{p.either("✗", "x"), p.palette.bad}
	case check.Skip:
		return sign{p.either("–", "-"), p.palette.dim}
	default:
		return sign{"?", p.palette.warn}
	}
}

func (p *page) either(unicode, ascii string) string {
	if p.style.ASCII {
		return ascii
	}
	return unicode
}

// verdict returns a verdict with its mark, coloured.
func (p *page) verdict(v judge.Verdict) string {
	s := p.verdictSign(v)
	return dressed(s.color, s.mark+" "+p.prose(verdictWords(v)))
}

// resultWord names the state of a link of the chain.
func resultWord(r check.Result) string {
	switch r {
	case check.Pass:
		return "ok"
	case check.Fail:
		return "broken"
	case check.Skip:
		return "unused"
	default:
		return "unknown"
	}
}

// providerWords says where credentials come from.
func providerWords(p sdk.Provider) string {
	switch p {
	case sdk.WebIdentity:
		return "IRSA"
	case sdk.PodIdentity:
		return "EKS Pod Identity"
	case sdk.Static:
		return "access keys in the environment"
	case sdk.Profile:
		return "a shared config or credentials file"
	case sdk.IMDS:
		return "the node's role (IMDS)"
	case sdk.NoProvider:
		return "no credentials"
	case sdk.Failed:
		return "an error"
	case sdk.SDKDependent:
		return "depends on the SDK"
	default:
		return "unknown"
	}
}

// certaintyWords says how an identity is known.
func certaintyWords(c judge.Certainty) string {
	switch c {
	case judge.Proven:
		return "proven: STS returned this identity"
	case judge.Expected:
		return "expected: follows from everything that was read"
	default:
		return "unknown: something that it depends on could not be read"
	}
}
