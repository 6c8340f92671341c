package trust

import (
	"slices"
	"strings"
)

// An Exposure is who a policy allows beside one subject, as far as its text shows.
type Exposure struct {
	// Any: some statement tests no subject, so that it allows every service account of the cluster.
	Any bool
	// Patterns are the patterns for the subject.
	Patterns []Pattern
	// Exact are the subjects that are named in full.
	Exact []string
	// AudienceUntested are the statements, from 1, that do not test the token's audience.
	AudienceUntested []int
}

// A Pattern is a value that more than one subject matches.
type Pattern struct {
	Statement int    // from 1
	Text      string // "system:serviceaccount:payments:*"
	// AnyNamespace: its wildcard covers the namespace, as that of "system:serviceaccount:pay*" does.
	AnyNamespace bool
}

// Open reports whether the policy allows more than the subjects that it names.
func (e Exposure) Open() bool { return e.Any || len(e.Patterns) > 0 }

// Exposure looks at every Allow that may allow the request's kind: the same principal and actions, for any subject.
// Statements for other providers do not count. The text shows nothing of an Invalid policy.
func (p *Policy) Exposure(r Request) Exposure {
	var e Exposure
	if p.malformed {
		return e
	}
	base := r.anySubject()
	for i := range p.statements {
		s := &p.statements[i]
		if s.effect == deny || !p.mayApply(s, &base) {
			continue
		}
		tested, audienceTested := 0, !r.federated()
		for j := range s.conditions {
			c := &s.conditions[j]
			switch {
			case c.op.negated || c.op.family == nullFamily:
			case r.isClaim(c.lower, ":aud") && !c.matchesAnything():
				audienceTested = true
			case r.testsSubject(c):
				tested++
				e.values(s, c)
			}
		}
		e.Any = e.Any || tested < len(r.subjectKeys())
		if !audienceTested {
			e.AudienceUntested = append(e.AudienceUntested, s.number)
		}
	}
	if base.context.set(r.claim("aud"), "an audience that nothing names"); p.verdict(&base) == ExplicitlyDenied {
		e.AudienceUntested = nil // a Deny tests it for all
	}
	return e
}

// testsSubject reports whether a condition is on one of the subject's keys.
func (r *Request) testsSubject(c *condition) bool {
	return r.isClaim(c.lower, ":sub") || !r.federated() && slices.Contains(r.subjectKeys(), c.lower)
}

// isClaim reports whether a key is that claim, with its colon, of the request's token: of any issuer where the request's
// is unknown.
func (r *Request) isClaim(lower, claim string) bool {
	issuer, ok := strings.CutSuffix(lower, claim)
	return ok && r.federated() && (r.lower == "" || issuer == r.lower)
}

func (e *Exposure) values(s *statement, c *condition) {
	for i := range c.values {
		v := &c.values[i]
		if v.parts == nil && !(c.op.wildcards() && wild(v.text)) {
			e.Exact = append(e.Exact, v.text)
			continue
		}
		e.Patterns = append(e.Patterns, Pattern{s.number, v.text, anyNamespace(v.text)})
	}
}

// anyNamespace: no part of the pattern says which namespace it is. A part between two colons does, at any place,
// because names hold no colon: the namespace is the only one of a subject that is no fixed word.
func anyNamespace(pattern string) bool {
	fixed := pattern[:max(0, strings.IndexAny(pattern, "*?$"))]
	if rest, ok := strings.CutPrefix(fixed, subjectPrefix); ok && strings.Contains(rest, ":") {
		return false
	}
	if strings.Contains(pattern, "${") {
		return true
	}
	for literal := range strings.FieldsFuncSeq(pattern, func(r rune) bool { return r == '*' || r == '?' }) {
		parts := strings.Split(literal, ":")
		for i := 1; i < len(parts)-1; i++ {
			if parts[i] != "serviceaccount" {
				return false
			}
		}
	}
	return true
}
