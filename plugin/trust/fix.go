package trust

import (
	"fmt"
	"slices"
	"strings"
)

// maxSteps is how many parts one fix may edit.
const maxSteps = 8

// Fix finds the smallest edit of the text that allows exactly this request: the parts of the nearest statement that do
// not match are edited one by one; if that would allow anybody else, or cannot be done, the subject is added to another
// statement whose other parts match, or a statement for it alone is added. The result was evaluated: what does not
// change the verdict is not offered. Nor is one that drops what a policy tests of session tags where they are disabled:
// it would be open to every association.
//
// A value that names another subject is replaced only if it is the only one and a near miss: not a subject at all, the
// same name in another namespace, namespace and name exchanged, or two letters off; and only if it is not among
// existing, the subjects that are known to exist. Otherwise the subject is added beside it. A wildcard that is compared
// literally matches nobody and is replaced by the subject; Repair makes it the pattern that it was perhaps meant to be.
//
// A statement that tests the claims of several providers at once, which no token meets, is split into one for each: it is
// the one edit that may allow others, those that the statement names, and its Summary names them.
//
// The Edit has no Summary where the policy allows the request already, or may. The error wraps ErrInvalid, also beyond
// the largest quota, ErrIncomplete, ErrSubject or ErrNoEdit, the last also where a condition on time, region, tags or
// address fails, because it was written on purpose.
func (p *Policy) Fix(r Request, existing ...Subject) (Edit, error) {
	if err := p.grantable(&r); err != nil {
		return Edit{}, err
	}
	d := draft{policy: p}
	if p.verdict(&r).MayAllow() {
		return d.edit(&r), nil
	}
	f := fixer{request: &r, existing: existing}
	if d, err := f.separated(p); err == nil {
		edit := d.edit(&r)
		edit.Widens = true
		return edit, nil
	}
	if d, err := f.corrected(p); err == nil && !widens(p, d.policy, &r) {
		return d.edit(&r), nil
	}
	if d := p.Evaluate(r); d.Cause == CauseCircumstance || d.WantsSessionTags() {
		return Edit{}, ErrNoEdit
	}
	d, err := f.extended(p)
	if err != nil {
		return Edit{}, err
	}
	if widens(p, d.policy, &r) {
		return Edit{}, ErrNoEdit
	}
	return d.edit(&r), nil
}

// Repair is the edit that makes the nearest statement say what its author seems to have meant, even if that allows
// others beside this request's subject: the others that the statement lists, or those that match its pattern. Show it
// beside Fix, and never make it unasked. The Edit and the error are as those of Fix; the error wraps ErrNoEdit also where
// Fix does the same, and where the edit would allow the whole cluster.
func (p *Policy) Repair(r Request, existing ...Subject) (Edit, error) {
	if err := p.grantable(&r); err != nil {
		return Edit{}, err
	}
	d := draft{policy: p}
	if p.verdict(&r).MayAllow() {
		return d.edit(&r), nil
	}
	f := fixer{request: &r, existing: existing, asMeant: true}
	d, err := f.corrected(p)
	if err != nil {
		return Edit{}, err
	}
	if !widens(p, d.policy, &r) || d.policy.Exposure(r).Any && !p.Exposure(r).Any {
		return Edit{}, ErrNoEdit
	}
	return d.edit(&r), nil
}

// A fixer edits a policy towards one request.
type fixer struct {
	request  *Request
	existing []Subject
	asMeant  bool
	keep     bool // no subject is replaced, and no Deny is edited
}

// corrected edits part after part of the nearest statement until the policy allows the request.
func (f *fixer) corrected(p *Policy) (draft, error) {
	d := draft{policy: p}
	for range maxSteps {
		decision := d.policy.Evaluate(*f.request)
		if decision.Verdict.MayAllow() {
			return d, nil
		}
		s, err := f.correction(d.policy, &decision)
		if err != nil {
			return draft{}, err
		}
		if err := d.take(s); err != nil {
			return draft{}, err
		}
	}
	return draft{}, ErrNoEdit
}

// extended adds the subject to a statement whose other parts match, or a statement for this request alone, and then
// edits every Deny that matches.
func (f *fixer) extended(p *Policy) (draft, error) {
	d := draft{policy: p}
	if p.verdict(f.request) == ImplicitlyDenied {
		if err := d.add(f.request); err != nil {
			return draft{}, err
		}
	}
	for range maxSteps {
		decision := d.policy.Evaluate(*f.request)
		switch {
		case decision.Verdict.MayAllow():
			return d, nil
		case decision.Verdict != ExplicitlyDenied:
			return draft{}, ErrNoEdit
		}
		s, err := f.exception(d.policy, &decision)
		if err != nil {
			return draft{}, err
		}
		if err := d.take(s); err != nil {
			return draft{}, err
		}
	}
	return draft{}, ErrNoEdit
}

// correction edits the part that a decision names.
func (f *fixer) correction(p *Policy, d *Decision) (step, error) {
	if d.Verdict == ExplicitlyDenied {
		return f.exception(p, d)
	}
	if d.Statement == 0 || d.part.shape == partDoubt {
		return step{}, ErrNoEdit
	}
	s := &p.statements[d.Statement-1]
	switch d.part.shape {
	case partPrincipal:
		return f.principal(p, s)
	case partAction:
		return f.action(p, s, d.Need)
	}
	c := &s.conditions[d.part.condition]
	switch d.Cause {
	case CauseMalformedKey, CauseOtherIssuer:
		return f.key(s, c, d)
	case CauseAbsentKey:
		if s.servesOthers(f.request) {
			return step{}, ErrNoEdit // the condition may be what the others are told by
		}
		return s.dropping(c), nil
	case CauseLiteralWildcard:
		if f.asMeant {
			return f.asPattern(p, s, c)
		}
		return f.value(p, s, c)
	case CauseSubject, CauseAudience:
		return f.value(p, s, c)
	case CausePodIdentity:
		if d.WantsSessionTags() {
			return step{}, ErrNoEdit
		}
		made, err := f.tag(p, s, c)
		if err == nil && opensTags(p, s, made.changes, f.request) {
			return step{}, ErrNoEdit
		}
		return made, err
	}
	return step{}, ErrNoEdit
}

// tag corrects a condition of a statement for Pod Identity.
func (f *fixer) tag(p *Policy, s *statement, c *condition) (step, error) {
	if f.request.context.lookup(c.lower).present() {
		return f.value(p, s, c)
	}
	if tag, ok := strings.CutPrefix(c.lower, "aws:principaltag/"); ok {
		key := requestTag + tag
		lower := folded(key)
		if f.request.context.lookup(lower).present() && s.sibling(c, lower) == nil {
			return step{words{fmt.Sprintf("change the condition key in statement %d", s.number), " to " + key}, []change{{c.keyAt, quoted(key)}}}, nil
		}
	}
	return s.dropping(c), nil
}

// principal corrects a name that was meant for this provider. Another provider that is well formed is for another
// cluster, and stays.
func (f *fixer) principal(p *Policy, s *statement) (step, error) {
	need := f.request.principal
	for i := range s.principals {
		named := &s.principals[i]
		switch {
		case named.kind != need.Type:
		case need.Type == Federated && f.request.meant(named.id):
			return step{words{fmt.Sprintf("replace the principal %s in statement %d", named.id, s.number), " with " + need.ID + " (principals do not support wildcards)"}, []change{{named.at, quoted(need.ID)}}}, nil
		case misnamed(named.id, need):
			return step{words{fmt.Sprintf("change the principal in statement %d", s.number), " to " + need.ID}, []change{{named.at, quoted(need.ID)}}}, nil
		case f.request.dead(named.id) && p.deadFor(f.request) == s.number:
			return step{words{fmt.Sprintf("replace the provider of %s in statement %d", providerIssuer(named.id), s.number), " with " + need.ID + " (the old provider does not exist in the role's account)"}, []change{{named.at, quoted(need.ID)}}}, nil
		}
		if named.kind != need.Type && named.id == need.ID && len(s.principals) == 1 {
			return step{words{fmt.Sprintf("name the provider under %s in statement %d", need.Type, s.number), ""}, []change{{named.keyAt, quoted(string(need.Type))}}}, nil
		}
	}
	return step{}, ErrNoEdit
}

// deadFor is the number of the one statement that names the request's subject and no provider but dead ones; 0 where there
// is none, or several, of which it is unknown which is the former one of this cluster.
func (p *Policy) deadFor(r *Request) int {
	subject, found := r.subject(), 0
	for i := range p.statements {
		s := &p.statements[i]
		dead := len(s.principals) > 0 && s.effect == allow && !slices.ContainsFunc(s.principals, func(p principal) bool { return !r.dead(p.id) })
		named := slices.ContainsFunc(s.conditions, func(c condition) bool {
			return strings.HasSuffix(c.lower, ":sub") && slices.ContainsFunc(c.values, func(v operand) bool { return v.text == subject })
		})
		if !dead || !named {
			continue
		}
		if found != 0 {
			return 0
		}
		found = s.number
	}
	return found
}

// misnamed reports whether have is a slip for need and nothing of its own.
func misnamed(have string, need Principal) bool {
	if need.Type == Service {
		return strings.HasPrefix(have, "pod") || strings.HasPrefix(have, "eks-auth.")
	}
	issuer := strings.TrimSpace(have)
	if _, after, ok := strings.Cut(issuer, oidcProvider); ok {
		issuer = after
	}
	issuer, _ = trimAnyScheme(issuer)
	issuer, want := folded(strings.Trim(issuer, "/")), folded(strings.Trim(providerIssuer(need.ID), "/"))
	host, path, _ := strings.Cut(issuer, "/")
	wantHost, wantPath, _ := strings.Cut(want, "/")
	return issuer == want || path == wantPath && (path != "" || sameLabels(host, wantHost))
}

func (f *fixer) action(p *Policy, s *statement, need string) (step, error) {
	if s.action == nil || s.notAction || len(s.principals) != 1 || s.principals[0].everyone {
		return step{}, ErrNoEdit
	}
	// A federated principal can call no other action than this, except those that accompany it.
	if len(s.actions) == 1 && need == ActionWebIdentity && !strings.EqualFold(s.actions[0].value.text, actionTagSession) {
		return step{words{fmt.Sprintf("change the action in statement %d", s.number), " to " + need}, []change{{s.actions[0].value.at, quoted(need)}}}, nil
	}
	l := layoutOf(p.text, &p.root)
	return step{words{fmt.Sprintf("add %s to statement %d", need, s.number), ""}, []change{l.joined(p.text, s.action, need)}}, nil
}

// key gives a condition its right key, or drops it where the right one is beside it.
func (f *fixer) key(s *statement, c *condition, d *Decision) (step, error) {
	if d.Cause == CauseOtherIssuer {
		for i := range s.principals {
			if id := s.principals[i].id; id != f.request.principal.ID && !f.request.dead(id) {
				return step{}, ErrNoEdit // it is for two clusters: each needs a statement of its own
			}
		}
	}
	key := c.meantKey(f.request.issuer())
	lower := folded(key)
	if twin := s.sibling(c, lower); twin != nil {
		// Subject and audience swapped: both keys change places.
		if twinKey := twin.meantKey(f.request.issuer()); folded(twinKey) == c.lower && c.lower != lower {
			return step{
				words{fmt.Sprintf("swap the keys of subject and audience in statement %d", s.number), ""},
				[]change{{c.keyAt, quoted(key)}, {twin.keyAt, quoted(twinKey)}},
			}, nil
		}
		return step{words{fmt.Sprintf("remove %s from statement %d", c.key, s.number), " (the right key is already there)"}, []change{s.without(c)}}, nil
	}
	return step{words{fmt.Sprintf("change the condition key in statement %d", s.number), " to " + key}, []change{{c.keyAt, quoted(key)}}}, nil
}

// servesOthers reports whether a statement names anybody beside the request's own principal who may call.
func (s *statement) servesOthers(r *Request) bool {
	return slices.ContainsFunc(s.principals, func(p principal) bool {
		return !(p.kind == r.principal.Type && p.id == r.principal.ID) && !r.dead(p.id)
	})
}

// sibling is the condition under the same operator that has a key.
func (s *statement) sibling(c *condition, lower string) *condition {
	for i := range s.conditions {
		if other := &s.conditions[i]; other != c && other.operatorIndex == c.operatorIndex && other.lower == lower {
			return other
		}
	}
	return nil
}

// dropping removes a condition on a key that such a request never carries.
func (s *statement) dropping(c *condition) step {
	return step{
		words{fmt.Sprintf("remove the condition on %s from statement %d", c.key, s.number), " (the request never has this key)"},
		[]change{s.without(c)},
	}
}

// without removes a condition, and its operator or the whole element if nothing is left of them.
func (s *statement) without(c *condition) change {
	operator := &s.condition.members[c.operatorIndex].value
	switch {
	case len(operator.members) > 1:
		return removed(operator, c.keyIndex)
	case len(s.condition.members) > 1:
		return removed(s.condition, c.operatorIndex)
	}
	return removed(s.node, slices.IndexFunc(s.node.members, func(m member) bool { return m.key == "Condition" }))
}

// value adds the request's value to those of a condition, or puts it in the place of one that was meant to be it.
func (f *fixer) value(p *Policy, s *statement, c *condition) (step, error) {
	need, ok := f.request.context.single(c.lower)
	if !ok || c.op.negated || !c.op.takesVariables() || wild(need) || strings.Contains(need, "${") {
		return step{}, ErrNoEdit
	}
	isSubject := f.request.federated() && c.lower == f.request.subjectKey
	for i := range c.values {
		v := &c.values[i]
		dead := !c.op.wildcards() && wild(v.text) && Like(v.text, need)
		if dead || len(c.values) == 1 && f.replaceable(v.text, need) {
			return step{words{fmt.Sprintf("change %s in statement %d", printed(v.text), s.number), " to " + need}, []change{{v.at, quoted(need)}}}, nil
		}
	}
	if f.keep && !isSubject {
		return step{}, ErrNoEdit // the others of the statement have the other value
	}
	if l := layoutOf(p.text, &p.root); isSubject {
		return step{words{fmt.Sprintf("add %s to statement %d", need, s.number), ""}, []change{l.enlisted(p.text, c.node, need)}}, nil
	}
	return step{words{fmt.Sprintf("add %s to %s in statement %d", need, c.name, s.number), ""}, []change{layoutOf(p.text, &p.root).joined(p.text, c.node, need)}}, nil
}

// replaceable reports whether have is a slip for need, and not a value of its own. Of the tags of Pod Identity that is
// unknown: their values are short.
func (f *fixer) replaceable(have, need string) bool {
	if !f.request.federated() {
		return false
	}
	want, ok := ParseSubject(need)
	if !ok {
		return slip(have, need)
	}
	for _, subject := range f.existing {
		if subject.String() == have {
			return false
		}
	}
	got, ok := ParseSubject(have)
	switch {
	case !ok:
		return !wild(have) && !strings.Contains(have, "${")
	case f.keep:
		return false
	}
	swapped := got == Subject{want.Name, want.Namespace}
	return got.Name == want.Name || swapped || Near(have, need, 2)
}

// slip: another value of a key that is no subject was meant to be need: an audience with a scheme or another domain, a
// letter too many.
func slip(have, need string) bool {
	bare, _ := trimAnyScheme(have)
	bare = strings.TrimRight(bare, "/")
	return strings.EqualFold(bare, need) || strings.EqualFold(bare, need+".cn") || Near(bare, need, 3) || have == ""
}

// asPattern moves a key to StringLike, where its wildcards mean something.
func (f *fixer) asPattern(p *Policy, s *statement, c *condition) (step, error) {
	name := "StringLike"
	if i := strings.Index(c.name, "StringEquals"); i >= 0 {
		name = c.name[:i] + "StringLike" + strings.TrimPrefix(c.name[i+len("StringEquals"):], "IgnoreCase")
	}
	moves := words{fmt.Sprintf("move %s to %s in statement %d", c.key, name, s.number), ""}
	l := layoutOf(p.text, &p.root)
	operator := &s.condition.members[c.operatorIndex]
	target := slices.IndexFunc(s.condition.members, func(m member) bool { return strings.EqualFold(m.key, name) })
	switch {
	case target >= 0:
		to := &s.condition.members[target].value
		if slices.ContainsFunc(to.members, func(m member) bool { return strings.EqualFold(m.key, c.key) }) {
			return step{}, ErrNoEdit
		}
		moved := l.appended(p.text, to, func(string) string { return quoted(c.key) + l.colon + p.text[c.node.at.start:c.node.at.end] })
		return step{moves, []change{s.without(c), moved}}, nil
	case len(operator.value.members) == 1:
		return step{moves, []change{{operator.keyAt, quoted(name)}}}, nil
	}
	added := l.appended(p.text, s.condition, func(indent string) string {
		return quoted(name) + l.colon + l.render(newObject(member{key: c.key, value: *c.node}), indent)
	})
	return step{moves, []change{s.without(c), added}}, nil
}

// exception excepts this subject, and only this one, from the Deny that a decision names.
func (f *fixer) exception(p *Policy, d *Decision) (step, error) {
	if !f.request.federated() || f.keep {
		return step{}, ErrNoEdit
	}
	lower := f.request.subjectKey
	subject, _ := f.request.context.single(lower)
	s := &p.statements[d.Statement-1]
	l := layoutOf(p.text, &p.root)
	for i := range s.conditions {
		c := &s.conditions[i]
		if c.lower != lower || !c.op.takesVariables() || c.op.family == arn {
			continue
		}
		if c.op.negated {
			return step{
				words{fmt.Sprintf("add %s to the exceptions of the Deny in statement %d", subject, s.number), ""},
				[]change{l.joined(p.text, c.node, subject)},
			}, nil
		}
		named := slices.IndexFunc(c.values, func(v operand) bool { return v.text == subject })
		switch {
		case named < 0:
		case len(c.values) > 1:
			return step{words{fmt.Sprintf("remove %s from the Deny in statement %d", subject, s.number), ""}, []change{removed(c.node, named)}}, nil
		case len(s.conditions) == 1 && len(p.statements) > 1 && p.list() != nil:
			return step{
				words{fmt.Sprintf("remove statement %d", s.number), ", which denies only " + subject},
				[]change{removed(p.list(), s.number-1)},
			}, nil
		}
	}
	added := s.testing(p.text, l, "StringNotEquals", newMember(f.request.issuer()+":sub", subject))
	return step{words{fmt.Sprintf("exclude %s from the Deny in statement %d", subject, s.number), ""}, []change{added}}, nil
}

// testing puts a key and its value under an operator, which is made where it is missing.
func (s *statement) testing(src string, l layout, name string, tested member) change {
	if s.condition == nil {
		return l.appended(src, s.node, func(indent string) string {
			return quoted("Condition") + l.colon + l.render(newObject(member{key: name, value: *newObject(tested)}), indent)
		})
	}
	if target := slices.IndexFunc(s.condition.members, func(m member) bool { return m.key == name }); target >= 0 {
		to := &s.condition.members[target].value
		return l.appended(src, to, func(indent string) string { return quoted(tested.key) + l.colon + l.render(&tested.value, indent) })
	}
	return l.appended(src, s.condition, func(indent string) string {
		return quoted(name) + l.colon + l.render(newObject(tested), indent)
	})
}

// list is the Statement element where it is a list.
func (p *Policy) list() *node {
	for i := range p.root.members {
		if m := &p.root.members[i]; m.key == "Statement" && m.value.kind == list {
			return &m.value
		}
	}
	return nil
}
