package trust

import (
	"slices"
	"strings"
)

// An Exposure is whom a policy lets in beside one subject, as far as its text tells.
type Exposure struct {
	// Any: some statement tests no subject, so that every service account of the cluster is let in.
	Any bool
	// Patterns are the patterns for the subject.
	Patterns []Pattern
	// Exact are the subjects that are named in full.
	Exact []string
	// AudienceUntested are the statements, from 1, that do not test the token's audience.
	AudienceUntested []int
}

// A Pattern stands for more than one subject.
type Pattern struct {
	Statement int    // from 1
	Text      string // "system:serviceaccount:payments:*"
	// AnyNamespace: its wildcard reaches over the namespace, as that of "system:serviceaccount:pay*" does.
	AnyNamespace bool
}

// Open reports whether the policy lets in more than the subjects that it names.
func (e Exposure) Open() bool { return e.Any || len(e.Patterns) > 0 }

// Exposure looks at every Allow that can let the request's kind in: the same principal and actions, whoever the
// subject is. Statements for other providers do not count.
func (p *Policy) Exposure(r Request) Exposure {
	var e Exposure
	if p.malformed {
		return e
	}
	base := r.anySubject()
	keys := r.subjectKeys()
	audience := r.claim("aud")
	for i := range p.statements {
		s := &p.statements[i]
		if s.effect == deny || !p.mayApply(s, &base) {
			continue
		}
		tested, audienceTested := 0, r.issuer() == ""
		for j := range s.conditions {
			c := &s.conditions[j]
			switch {
			case c.op.negated || c.op.family == nullFamily:
			case c.lower == audience && !c.matchesAnything():
				audienceTested = true
			case slices.Contains(keys, c.lower):
				tested++
				e.values(s, c)
			}
		}
		e.Any = e.Any || tested < len(keys)
		if !audienceTested {
			e.AudienceUntested = append(e.AudienceUntested, s.number)
		}
	}
	if base.Context.put(audience, Value{Values: []string{"an audience that nothing names"}}); p.verdict(&base) == ExplicitlyDenied {
		e.AudienceUntested = nil // a Deny tests it for all
	}
	return e
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

// anyNamespace: no part of the pattern says which namespace it is. A part between two colons does, wherever it stands,
// because names hold no colon: the namespace is the only one of a subject that is no word of its own.
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

// subjectKeys are the keys, in lower case, that tell one service account from another.
func (r *Request) subjectKeys() []string {
	if r.issuer() != "" {
		return []string{r.claim("sub")}
	}
	return []string{folded(requestTag + TagNamespace), folded(requestTag + TagServiceAccount)}
}

// anySubject is the request with its subject left open. Where the tags of Pod Identity are not passed, they stay
// absent.
func (r *Request) anySubject() Request {
	base := r.clone()
	for _, key := range r.subjectKeys() {
		if r.Context.lookup(key).present() {
			base.Context.SetUnknown(key, false, "any subject")
		}
	}
	base.longest = 0 // whether a subject is too long is a matter of each
	return base
}
