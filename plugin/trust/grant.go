package trust

import (
	"fmt"
	"slices"
)

// Grant adds the request's subject to the policy and removes nobody: to the list of a statement whose other parts match,
// by correcting what is wrong in a statement that allows nobody by it (a key, the name of the provider, a wildcard that
// matches nothing), or else in a statement of its own. The Edit has no Summary where the policy allows the request already, even if under
// a condition that is unknown here, such as one on the network: Grant does not go around it. The error wraps ErrInvalid,
// ErrIncomplete, ErrSubject or ErrDenied.
//
// What the new statement tests of a pod with EKS Pod Identity are its namespace, its service account and, where the
// request has it, the cluster's ARN; without session tags there is nothing to test, and the associations decide alone.
func (p *Policy) Grant(r Request) (Edit, error) {
	if err := p.grantable(&r); err != nil {
		return Edit{}, err
	}
	d := draft{policy: p}
	switch {
	case p.granted(&r):
		return d.edit(&r), nil
	case p.verdict(&r) == ExplicitlyDenied:
		return Edit{}, fmt.Errorf("%s: %w", p.Evaluate(r).Where, ErrDenied)
	}
	f := fixer{request: &r, keep: true}
	if err := d.extend(&r); err == nil {
		return d.edit(&r), nil
	}
	if d, err := f.corrected(p); err == nil && r.federated() && d.policy.granted(&r) && !widens(p, d.policy, &r) {
		return d.edit(&r), nil
	}
	if err := d.add(&r); err != nil {
		return Edit{}, err
	}
	if !d.policy.verdict(&r).MayAllow() {
		return Edit{}, ErrDenied
	}
	return d.edit(&r), nil
}

// granted reports whether Grant has nothing left to do: the policy allows the request, or a statement of it would if what is
// unknown here holds. That AWS does not document whether the principal "*" includes the request is not enough.
func (p *Policy) granted(r *Request) bool {
	v := p.verdict(r)
	return v == Allowed || v == Undetermined && p.serves(r)
}

// grantable says why the subject cannot be added.
func (p *Policy) grantable(r *Request) error {
	err := p.editable(r)
	if err == nil && r.tooLong() {
		return fmt.Errorf("%s: %w", clip(r.who()), ErrSubject)
	}
	return err
}

// extend adds the subject to a statement whose other parts match.
func (d *draft) extend(r *Request) error {
	s, err := d.policy.extension(r)
	if err != nil {
		return err
	}
	return d.take(s)
}

// add adds the subject to a statement whose other parts match, or a statement for this request alone.
func (d *draft) add(r *Request) error {
	if err := d.extend(r); err == nil {
		return nil
	}
	if d.policy.list() == nil && len(d.policy.statements) == 0 {
		return ErrInvalid // it has no place for a statement
	}
	return d.take(step{words{"add a statement to the trust policy", " for " + r.who()}, []change{d.policy.added(r.statement())}})
}

// extension adds the subject to the values of a statement that fails on nothing but the subject.
func (p *Policy) extension(r *Request) (step, error) {
	if !r.federated() {
		return step{}, ErrNoEdit
	}
	key := r.subjectKey
	f := fixer{request: r, keep: true}
	for i := range p.statements {
		s := &p.statements[i]
		if s.effect == deny {
			continue
		}
		c := s.onlySubject(p, r, key)
		if c == nil {
			continue
		}
		tried, err := f.value(p, s, c) // in the place of what Revoke leaves of the last subject, too
		if err != nil {
			continue
		}
		if next, err := p.apply(tried.changes); err == nil && next.serves(r) && !widens(p, next, r) {
			return tried, nil
		}
	}
	return step{}, ErrNoEdit
}

// serves reports whether some statement names the principal, and no condition of it fails.
func (p *Policy) serves(r *Request) bool {
	for i := range p.statements {
		s := &p.statements[i]
		if s.effect == allow && s.namesPrincipal(r) && p.mayApply(s, r) {
			return true
		}
	}
	return false
}

// namesPrincipal reports whether a statement is for the request's principal. One that it names is meant even if it is not settled
// whether IAM accepts such a name; "*" is where it is documented to match.
func (s *statement) namesPrincipal(r *Request) bool {
	return slices.ContainsFunc(s.principals, func(p principal) bool {
		truth := p.match(r, s.effect).truth
		return truth == True || truth == Unknown && !p.everyone
	})
}

// onlySubject is the condition on the subject in a statement that matches otherwise; nil if something else fails too.
func (s *statement) onlySubject(p *Policy, r *Request, key string) *condition {
	if j := s.matchPrincipal(r); j.truth != True || s.matchAction(ActionWebIdentity) != True {
		return nil
	}
	var found *condition
	for i := range s.conditions {
		c := &s.conditions[i]
		switch o := c.holds(r, r.context.lookup(c.lower), p.variables); {
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
	if !r.federated() {
		return r.podIdentityStatement()
	}
	issuer := r.issuer()
	subject, _ := r.context.single(r.subjectKey)
	equals := []member{newMember(issuer+":sub", subject)}
	conditions := []member{{key: "StringEquals"}}
	switch audiences := r.context.lookup(r.claim("aud")).values; {
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
		member{key: "Principal", value: *newObject(newMember(string(Federated), r.principal.ID))},
		newMember("Action", r.actions...),
		member{key: "Condition", value: *newObject(conditions...)},
	)
}

// podIdentityStatement tests the session tags where they are passed, or else the external ID where that is. Which service
// accounts get the role at all is up to the associations of the cluster.
func (r *Request) podIdentityStatement() *node {
	var equals []member
	for _, tag := range [...]string{tagClusterARN, tagNamespace, tagServiceAccount} {
		if value, ok := r.context.single(folded(requestTag + tag)); ok {
			equals = append(equals, newMember(requestTag+tag, value))
		}
	}
	if id := r.context.lookup(folded(externalID)); len(equals) == 0 && len(id.values) == 1 && !id.maybeAbsent {
		equals = append(equals, newMember(externalID, id.values[0]))
	}
	members := []member{
		newMember("Effect", "Allow"),
		{key: "Principal", value: *newObject(newMember(string(r.principal.Type), r.principal.ID))},
		newMember("Action", r.actions...),
	}
	if len(equals) > 0 {
		members = append(members, member{key: "Condition", value: *newObject(member{key: "StringEquals", value: *newObject(equals...)})})
	}
	return newObject(members...)
}

// added puts a statement after the others.
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
