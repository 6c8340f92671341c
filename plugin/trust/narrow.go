package trust

import (
	"fmt"
	"slices"
	"strings"
)

// Narrow names subjects in full in place of every pattern, and in every statement that tests no subject: the request's own,
// those of keep, and those that a statement names already. All others lose what the policy allows them now. The Edit has no
// Summary where there is nothing to narrow. The error wraps ErrInvalid, ErrIncomplete, ErrSubject or ErrNoEdit, the last where
// a statement is also for others than the request's provider, or would still allow more.
func (p *Policy) Narrow(r Request, keep ...Subject) (Edit, error) {
	if err := p.grantable(&r); err != nil {
		return Edit{}, err
	}
	d := draft{policy: p}
	if !r.federated() {
		return Edit{}, ErrNoEdit
	}
	subjects := []string{r.subject()}
	for _, s := range keep {
		if !slices.Contains(subjects, s.String()) {
			subjects = append(subjects, s.String())
		}
	}
	base := r.anySubject()
	for i := range p.statements {
		s := &d.policy.statements[i]
		if s.effect == deny || !d.policy.mayApply(s, &base) {
			continue
		}
		made, err := d.policy.narrowed(s, &r, subjects)
		if err != nil {
			return Edit{}, err
		}
		if made.place == "" {
			continue
		}
		if err := d.take(made); err != nil {
			return Edit{}, err
		}
	}
	if d.policy.Exposure(r).Open() || d.policy.verdict(&r) != p.verdict(&r) || widens(p, d.policy, &r) {
		return Edit{}, ErrNoEdit
	}
	return d.edit(&r), nil
}

// narrowed is the step that names subjects in one statement.
func (p *Policy) narrowed(s *statement, r *Request, subjects []string) (step, error) {
	if len(s.principals) != 1 {
		return step{}, ErrNoEdit
	}
	l := layoutOf(p.text, &p.root)
	tested := false
	for i := range s.conditions {
		c := &s.conditions[i]
		if c.lower != r.subjectKey || c.op.negated || c.op.family == nullFamily {
			continue
		}
		tested = true
		named, patterns := slices.Clone(subjects), []string(nil)
		for j := range c.values {
			switch v := &c.values[j]; {
			case v.parts != nil || c.op.wildcards() && wild(v.text):
				patterns = append(patterns, v.text)
			case !slices.Contains(named, v.text):
				named = append(named, v.text)
			}
		}
		if len(patterns) == 0 {
			continue
		}
		value := newMember("", named...).value
		return step{
			words{fmt.Sprintf("replace %s in statement %d", clip(strings.Join(patterns, ", ")), s.number), " with " + clip(strings.Join(named, ", "))},
			[]change{{c.node.at, l.render(&value, "")}},
		}, nil
	}
	if tested {
		return step{}, nil
	}
	added := s.testing(p.text, l, "StringEquals", newMember(r.issuer()+":sub", subjects...))
	return step{words{fmt.Sprintf("test the subject in statement %d", s.number), ": " + clip(strings.Join(subjects, ", "))}, []change{added}}, nil
}
