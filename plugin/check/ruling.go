package check

import "github.com/kubectl-irsa/kubectl-irsa/plugin/fact"

// A ruling is a classification that several codes share, where the codes that do not speak may have
// different things to say.
type ruling struct {
	verdictOf // the code that speaks, if one does
	// others is what the rest says; a skip that names the code that speaks if it is the zero value.
	others Outcome
	// open are those that have an answer of their own: mostly that they cannot be told.
	open map[string]Outcome
}

// allSay is the ruling that all codes answer alike.
func allSay(out Outcome) ruling { return ruling{others: out} }

// of returns what the ruling says to one code.
func (r ruling) of(code string) Outcome {
	if out, ok := r.open[code]; ok {
		return out
	}
	if r.code == code || r.others.Result == "" {
		return r.verdictOf.of(code)
	}
	return r.others
}

// gapsOf is the fact's gap, as a list.
func gapsOf[T any](f fact.Fact[T]) []fact.Gap {
	if g, ok := f.Gap(); ok {
		return []fact.Gap{g}
	}
	return nil
}
