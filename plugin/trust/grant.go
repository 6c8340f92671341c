package trust

import (
	"errors"
	"fmt"
	"slices"
)

// Why Grant and Revoke make no edit.
var (
	// ErrInvalid: IAM would not accept the policy as it is.
	ErrInvalid = errors.New("the trust policy is not one that IAM would accept")
	// ErrSubject: no service account can be called so, or STS does not take a subject of that length.
	ErrSubject = errors.New("the subject is not that of a service account")
	// ErrDenied: a Deny of the policy matches, and Grant does not touch it.
	ErrDenied = errors.New("a Deny of the trust policy matches")
	// ErrPattern: the subject is admitted by a pattern, or by a statement that tests no subject, so that it
	// cannot be taken out without others.
	ErrPattern = errors.New("the subject is admitted together with others")
)

// Grant adds the request's subject to the policy and takes nobody out: to the list of a statement that fits in all
// but the subject, or else in a statement of its own. The Edit has no Summary where the policy allows the request
// already, be it under a condition that cannot be judged from here, such as a network's: Grant does not go around
// it. The error wraps ErrInvalid, ErrSubject or ErrDenied.
func (p *Policy) Grant(r Request) (Edit, error) {
	switch v := p.verdict(&r); {
	case p.malformed:
		return Edit{}, ErrInvalid
	case r.tooLong() || !r.wellFormed():
		return Edit{}, fmt.Errorf("%s: %w", clip(r.whom()), ErrSubject)
	case size(p.text) > QuotaMaximum:
		return Edit{}, fmt.Errorf("it has %d characters, more than %d: %w", size(p.text), QuotaMaximum, ErrInvalid)
	case v == Allowed || v == Undetermined && p.serves(&r):
		return p.edit("", &r), nil
	case v == ExplicitlyDenied:
		d := p.Evaluate(r)
		return Edit{}, fmt.Errorf("%s: %w", d.Where, ErrDenied)
	}
	if next, summary, ok := p.extended(&r); ok {
		return next.edit(summary, &r), nil
	}
	next, ok := p.apply(p.added(r.statement()))
	if !ok {
		return Edit{}, ErrInvalid
	}
	if !next.verdict(&r).MayAllow() {
		return Edit{}, ErrDenied
	}
	return next.edit("add a statement for "+r.whom(), &r), nil
}

// extended adds the subject to the values of a statement that fails on nothing but the subject.
func (p *Policy) extended(r *Request) (*Policy, string, bool) {
	issuer := folded(r.issuer())
	if issuer == "" {
		return nil, "", false
	}
	subject, _ := r.Context.single(issuer + ":sub")
	l := layoutOf(p.text, &p.root)
	for i := range p.statements {
		s := &p.statements[i]
		if s.effect == deny {
			continue
		}
		c := s.onlySubject(p, r, issuer+":sub")
		if c == nil {
			continue
		}
		added := l.enlisted(p.text, c.node, subject)
		if len(c.values) == 1 && c.values[0].text == "" {
			added = change{c.values[0].at, quoted(subject)} // what Revoke leaves of the last subject
		}
		next, ok := p.apply(added)
		if ok && next.serves(r) && !widens(p, next, r) {
			return next, fmt.Sprintf("in statement %d add %s", s.number, subject), true
		}
	}
	return nil, "", false
}

// serves reports whether a statement names the principal and no condition of it fails.
func (p *Policy) serves(r *Request) bool {
	for i := range p.statements {
		s := &p.statements[i]
		if s.effect == allow && s.matchPrincipal(r).truth == True && p.mayApply(s, r) {
			return true
		}
	}
	return false
}

// onlySubject is the condition on the subject in a statement that matches otherwise; nil if something else fails too.
func (s *statement) onlySubject(p *Policy, r *Request, key string) *condition {
	if j := s.matchPrincipal(r); j.truth != True || !s.matchAction(ActionWebIdentity) {
		return nil
	}
	var found *condition
	for i := range s.conditions {
		c := &s.conditions[i]
		switch o := c.holds(r, r.Context.lookup(c.lower), p.variables); {
		case o.truth != False:
		case found == nil && c.lower == key && !c.op.negated && c.op.takesVariables() && c.op.family != arn:
			found = c
		default:
			return nil
		}
	}
	return found
}

// statement is a statement that allows this request and no other subject.
func (r *Request) statement() *node {
	issuer := r.issuer()
	if issuer == "" {
		return r.podIdentityStatement()
	}
	lower := folded(issuer)
	subject, _ := r.Context.single(lower + ":sub")
	equals := []member{newMember(issuer+":sub", subject)}
	conditions := []member{{key: "StringEquals"}}
	switch audiences := r.Context.lookup(lower + ":aud").Values; {
	case len(audiences) == 1:
		equals = append([]member{newMember(issuer+":aud", audiences[0])}, equals...)
	case len(audiences) > 1:
		audience := audiences[0]
		if slices.Contains(audiences, DefaultAudience) {
			audience = DefaultAudience
		}
		conditions = append(conditions, member{key: "ForAnyValue:StringEquals", value: *newObject(newMember(issuer+":aud", audience))})
	}
	conditions[0].value = *newObject(equals...)
	return newObject(
		newMember("Effect", "Allow"),
		member{key: "Principal", value: *newObject(newMember(string(Federated), r.Principal.ID))},
		newMember("Action", r.Actions...),
		member{key: "Condition", value: *newObject(conditions...)},
	)
}

// podIdentityStatement tests the session tags where they are passed. Which service accounts get the role at all is
// up to the associations of the cluster.
func (r *Request) podIdentityStatement() *node {
	var equals []member
	for _, tag := range [...]string{TagClusterARN, TagNamespace, TagServiceAccount} {
		if value, ok := r.Context.single(folded(requestTag + tag)); ok {
			equals = append(equals, newMember(requestTag+tag, value))
		}
	}
	members := []member{
		newMember("Effect", "Allow"),
		{key: "Principal", value: *newObject(newMember(string(r.Principal.Type), r.Principal.ID))},
		newMember("Action", r.Actions...),
	}
	if len(equals) > 0 {
		members = append(members, member{key: "Condition", value: *newObject(member{key: "StringEquals", value: *newObject(equals...)})})
	}
	return newObject(members...)
}

// added puts a statement behind the others.
func (p *Policy) added(s *node) change {
	l := layoutOf(p.text, &p.root)
	if all := p.list(); all != nil {
		return l.appended(p.text, all, func(indent string) string { return l.render(s, indent) })
	}
	// A single statement becomes a list of two.
	only := p.statements[0].node
	indent := indentAt(p.text, only.at.start)
	return change{only.at, "[" + p.text[only.at.start:only.at.end] + "," + l.comma + l.render(s, indent) + "]"}
}
