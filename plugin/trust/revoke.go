package trust

import (
	"fmt"
	"slices"
	"strings"
)

// Revoke takes exactly the request's subject out: the value where it stands among others, the whole statement where
// nothing else is left in it. The rest stays byte for byte. IAM does not take a policy without a statement, so the
// last one stays and gets the empty text for a subject, which no token has; Grant puts a subject in its place again.
// The Edit has no Summary where the policy does not let the subject in. The error wraps ErrInvalid, ErrSubject or
// ErrPattern, where others are admitted by the same words.
func (p *Policy) Revoke(r Request) (Edit, error) {
	if p.malformed {
		return Edit{}, ErrInvalid
	}
	if !r.wellFormed() {
		return Edit{}, fmt.Errorf("%s: %w", clip(r.whom()), ErrSubject)
	}
	if size(p.text) > QuotaMaximum {
		return Edit{}, fmt.Errorf("it has %d characters, more than %d: %w", size(p.text), QuotaMaximum, ErrInvalid)
	}
	next := p
	var summaries []string
	// Each round takes out one value or statement, so there are at most as many as the policy has places.
	for next.verdict(&r).MayAllow() {
		change, summary, err := next.withdrawal(&r)
		if err != nil {
			return Edit{}, err
		}
		after, ok := next.apply(change)
		if !ok || len(after.text) >= len(next.text) {
			return Edit{}, ErrInvalid
		}
		next = after
		summaries = append(summaries, summary)
	}
	return next.edit(strings.Join(summaries, "; "), &r), nil
}

// withdrawal is the next thing to take out: from the first Allow that applies.
func (p *Policy) withdrawal(r *Request) (change, string, error) {
	for i := range p.statements {
		s := &p.statements[i]
		if s.effect == deny || !p.mayApply(s, r) {
			continue
		}
		if r.issuer() == "" {
			return p.withdrawPodIdentity(s, r)
		}
		lower := r.claim("sub")
		subject, _ := r.Context.single(lower)
		for j := range s.conditions {
			c := &s.conditions[j]
			at := slices.IndexFunc(c.values, func(v operand) bool { return c.names(&v, subject) })
			if c.lower != lower || c.op.negated || at < 0 {
				continue
			}
			if len(c.values) > 1 {
				return layoutOf(p.text, &p.root).separated(p.text, c.node, at), fmt.Sprintf("in statement %d take out %s", s.number, subject), nil
			}
			return p.withoutStatement(s, c, subject)
		}
		return change{}, "", fmt.Errorf("statement %d: %w", s.number, ErrPattern)
	}
	return change{}, "", ErrPattern
}

// names reports whether a value stands for this subject alone.
func (c *condition) names(v *operand, subject string) bool {
	switch c.op.family {
	case stringEquals, stringLike:
		return v.text == subject
	case stringEqualsIgnoreCase:
		return strings.EqualFold(v.text, subject)
	}
	return false
}

// withdrawPodIdentity takes a statement out that tests both tags for exactly this service account.
func (p *Policy) withdrawPodIdentity(s *statement, r *Request) (change, string, error) {
	var last *condition
	for _, tag := range [...]string{TagNamespace, TagServiceAccount} {
		lower := folded(requestTag + tag)
		value, ok := r.Context.single(lower)
		at := slices.IndexFunc(s.conditions, func(c condition) bool {
			return ok && c.lower == lower && !c.op.negated && len(c.values) == 1 && c.names(&c.values[0], value)
		})
		if at < 0 {
			return change{}, "", fmt.Errorf("statement %d: %w", s.number, ErrPattern)
		}
		last = &s.conditions[at]
	}
	return p.withoutStatement(s, last, r.whom())
}

// withoutStatement takes out a statement in which c is all that names the subject.
func (p *Policy) withoutStatement(s *statement, c *condition, subject string) (change, string, error) {
	all := p.list()
	if all == nil || len(all.members) == 1 {
		return change{c.values[0].at, `""`}, fmt.Sprintf("in statement %d, the last, empty the subject in place of %s", s.number, subject), nil
	}
	return removed(all, s.number-1), fmt.Sprintf("take out statement %d, which trusts nothing but %s", s.number, subject), nil
}
