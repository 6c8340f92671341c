package trust

import (
	"fmt"
	"slices"
	"strings"
)

// Revoke removes exactly the request's subject: the value where it is one of several, the whole statement where nothing
// else is left in it. The rest stays byte for byte. IAM accepts no policy without a statement, so the last one stays and
// gets the empty text for a subject, which no token has; Grant puts a subject in its place again. The Edit has no
// Summary where the policy does not allow the subject. The error wraps ErrInvalid, ErrIncomplete, ErrSubject or
// ErrPattern, the last where the same words allow others.
func (p *Policy) Revoke(r Request) (Edit, error) {
	if err := p.editable(&r); err != nil {
		return Edit{}, err
	}
	d := draft{policy: p}
	// Each round removes one value or statement, so there are at most as many as the policy has places.
	for d.policy.verdict(&r).MayAllow() {
		s, err := d.policy.removal(&r)
		if err != nil {
			return Edit{}, err
		}
		before := len(d.policy.text)
		if err := d.take(s); err != nil || len(d.policy.text) >= before {
			return Edit{}, ErrInvalid
		}
	}
	return d.edit(&r), nil
}

// removal is the next thing to remove: from the first Allow that applies.
func (p *Policy) removal(r *Request) (step, error) {
	for i := range p.statements {
		s := &p.statements[i]
		if s.effect == deny || !p.mayApply(s, r) {
			continue
		}
		if !r.federated() {
			return p.removalOfTags(s, r)
		}
		lower := r.subjectKey
		subject, _ := r.context.single(lower)
		for j := range s.conditions {
			c := &s.conditions[j]
			at := slices.IndexFunc(c.values, func(v operand) bool { return c.names(&v, subject) })
			if c.lower != lower || c.op.negated || at < 0 {
				continue
			}
			if len(c.values) > 1 {
				removed := layoutOf(p.text, &p.root).separated(p.text, c.node, at)
				return step{words{fmt.Sprintf("remove %s from statement %d", subject, s.number), ""}, []change{removed}}, nil
			}
			return p.withoutStatement(s, c, subject), nil
		}
		return step{}, fmt.Errorf("statement %d: %w", s.number, ErrPattern)
	}
	return step{}, ErrPattern
}

// names reports whether a value is this subject alone.
func (c *condition) names(v *operand, subject string) bool {
	switch c.op.family {
	case stringEquals, stringLike, arn:
		return v.text == subject
	case stringEqualsIgnoreCase:
		return strings.EqualFold(v.text, subject)
	}
	return false
}

// removalOfTags removes a statement for Pod Identity that tests both tags for exactly this service account, and its cluster:
// without that the service accounts of the same name in other clusters would lose the role.
func (p *Policy) removalOfTags(s *statement, r *Request) (step, error) {
	if cluster, known := r.context.single(folded(requestTag + tagClusterARN)); known &&
		s.naming(folded(requestTag+tagClusterARN), cluster) == nil && s.naming("aws:sourcearn", cluster) == nil {
		return step{}, fmt.Errorf("statement %d: %w", s.number, ErrPattern)
	}
	var last *condition
	for _, lower := range r.subjectKeys() {
		value, ok := r.context.single(lower)
		if last = s.naming(lower, value); !ok || last == nil {
			return step{}, fmt.Errorf("statement %d: %w", s.number, ErrPattern)
		}
	}
	return p.withoutStatement(s, last, r.who()), nil
}

// naming is the condition in which a key must have this value and no other; nil where there is none.
func (s *statement) naming(lower, value string) *condition {
	for i := range s.conditions {
		if c := &s.conditions[i]; c.lower == lower && !c.op.negated && len(c.values) == 1 && c.names(&c.values[0], value) {
			return c
		}
	}
	return nil
}

// withoutStatement removes a statement in which c is all that names the subject.
func (p *Policy) withoutStatement(s *statement, c *condition, subject string) step {
	all := p.list()
	if all == nil || len(all.members) == 1 {
		return step{
			words{fmt.Sprintf("replace %s in statement %d", subject, s.number), " with an empty subject (a trust policy needs a statement)"},
			[]change{{c.values[0].at, `""`}},
		}
	}
	return step{
		words{fmt.Sprintf("remove statement %d", s.number), ", which trusts only " + subject},
		[]change{removed(all, s.number-1)},
	}
}
