package trust

import (
	"fmt"
	"slices"
	"strings"
)

// maxSteps is how many parts one fix may mend.
const maxSteps = 8

// Fix finds the smallest edit of the text that lets exactly this request in: the parts of the nearest statement
// that do not match are mended one by one, and if that would let in anybody else, or cannot be done, the subject is
// added to another statement that fits otherwise, or a statement for it alone is added. The result was evaluated: what
// does not flip the verdict is not offered.
//
// A value that names another subject is replaced only if it is the only one and a near miss: not a subject at all,
// the same name in another namespace, namespace and name exchanged, or two letters off; and only if it is not among
// existing, the subjects that are known to exist. Otherwise the subject is added beside it. A wildcard that is taken
// literally serves nobody and is replaced by the subject; Repair makes it the pattern that it was perhaps meant to be.
//
// There is no fix for a policy that allows the request, that IAM would not accept or that is beyond the largest
// quota; for a subject that no service account can have; where the answer is unknown; and where a condition on
// time, region, tags or address fails, because who wrote it meant it.
func (p *Policy) Fix(r Request, existing ...Subject) (Edit, bool) {
	if !p.fixable(&r) {
		return Edit{}, false
	}
	m := mender{request: &r, existing: existing}
	if next, summary, ok := m.chain(p); ok && !widens(p, next, &r) {
		return next.edit(summary, &r), true
	}
	if d := p.Evaluate(r); d.Cause == CauseCircumstance {
		return Edit{}, false
	}
	next, summary, ok := m.addition(p)
	if !ok || widens(p, next, &r) {
		return Edit{}, false
	}
	return next.edit(summary, &r), true
}

// Repair is the edit that makes the nearest statement say what its author seems to have meant, even if that lets in
// others beside this request's subject: the others that the statement lists, or those that its pattern covers. It
// is to be shown beside Fix, and never to be made unasked. ok is false where Fix does the same, and where it would
// let in the whole cluster.
func (p *Policy) Repair(r Request, existing ...Subject) (Edit, bool) {
	if !p.fixable(&r) {
		return Edit{}, false
	}
	m := mender{request: &r, existing: existing, asMeant: true}
	next, summary, ok := m.chain(p)
	if !ok || !widens(p, next, &r) || next.Exposure(r).Any && !p.Exposure(r).Any {
		return Edit{}, false
	}
	return next.edit(summary, &r), true
}

func (p *Policy) fixable(r *Request) bool {
	if p.malformed || size(p.text) > QuotaMaximum || r.tooLong() || !r.wellFormed() {
		return false
	}
	v := p.verdict(r)
	return v == ImplicitlyDenied || v == ExplicitlyDenied
}

// wellFormed: the request names one service account, so that an edit can name it.
func (r *Request) wellFormed() bool {
	if r.issuer() != "" {
		subject, _ := r.Context.single(r.claim("sub"))
		_, ok := ParseSubject(subject)
		return ok && !strings.ContainsAny(r.Principal.ID, "*?$\"\\ \t\r\n")
	}
	return r.Principal == Principal{Service, PodIdentityService}
}

// A mender edits a policy towards one request.
type mender struct {
	request  *Request
	existing []Subject
	asMeant  bool
}

// chain mends part after part until the policy allows the request.
func (m *mender) chain(p *Policy) (next *Policy, summary string, ok bool) {
	var summaries []string
	for range maxSteps {
		d := p.Evaluate(*m.request)
		if d.Verdict.MayAllow() {
			return p, strings.Join(summaries, "; "), len(summaries) > 0
		}
		changes, summary, ok := m.mend(p, &d)
		if !ok {
			return nil, "", false
		}
		next, ok := p.apply(changes...)
		if !ok || next.text == p.text {
			return nil, "", false
		}
		p = next
		summaries = append(summaries, summary)
	}
	return nil, "", false
}

// addition adds the subject to a statement that fits otherwise, or a statement for this request alone, and then sees to
// every Deny.
func (m *mender) addition(p *Policy) (next *Policy, summary string, ok bool) {
	var summaries []string
	if d := p.Evaluate(*m.request); d.Verdict == ImplicitlyDenied {
		wider, summary, ok := p.extended(m.request)
		if !ok {
			wider, ok = p.apply(p.added(m.request.statement()))
			summary = "add a statement for " + m.request.whom()
		}
		if !ok {
			return nil, "", false
		}
		p = wider
		summaries = append(summaries, summary)
	}
	for range maxSteps {
		d := p.Evaluate(*m.request)
		if d.Verdict != ExplicitlyDenied {
			return p, strings.Join(summaries, "; "), d.Verdict.MayAllow() && len(summaries) > 0
		}
		changes, summary, ok := m.mendDeny(p, &d)
		if !ok {
			return nil, "", false
		}
		if p, ok = p.apply(changes...); !ok {
			return nil, "", false
		}
		summaries = append(summaries, summary)
	}
	return nil, "", false
}

// whom is the request's subject, in words.
func (r *Request) whom() string {
	if r.issuer() != "" {
		if subject, ok := r.Context.single(r.claim("sub")); ok {
			return subject
		}
	}
	namespace, known := r.Context.single(folded(requestTag + TagNamespace))
	name, knownToo := r.Context.single(folded(requestTag + TagServiceAccount))
	if known && knownToo {
		return r.Principal.ID + " and service account " + namespace + "/" + name
	}
	return r.Principal.ID
}

func (m *mender) mend(p *Policy, d *Decision) (changes []change, summary string, ok bool) {
	if d.Verdict == ExplicitlyDenied {
		return m.mendDeny(p, d)
	}
	if d.Statement == 0 {
		return nil, "", false
	}
	s := &p.statements[d.Statement-1]
	switch d.part.shape {
	case partPrincipal:
		return m.mendPrincipal(s)
	case partAction:
		return m.mendAction(p, s, d.Need)
	}
	c := &s.conditions[d.part.condition]
	switch d.Cause {
	case CauseMalformedKey, CauseOtherIssuer:
		return m.mendKey(s, c, d)
	case CauseAbsentKey:
		return []change{s.without(c)}, fmt.Sprintf("in statement %d drop the condition on %s, which such a request never carries", s.number, c.key), true
	case CauseLiteralWildcard:
		if m.asMeant {
			return m.asPattern(p, s, c)
		}
		return m.mendValue(p, s, c)
	case CauseSubject, CauseAudience:
		return m.mendValue(p, s, c)
	case CausePodIdentity:
		changes, summary, ok := m.mendTag(p, s, c)
		return changes, summary, ok && !opensTags(p, s, changes, m.request)
	}
	return nil, "", false
}

// mendTag gets a condition of a statement for Pod Identity right.
func (m *mender) mendTag(p *Policy, s *statement, c *condition) ([]change, string, bool) {
	if m.request.Context.lookup(c.lower).present() {
		return m.mendValue(p, s, c)
	}
	if tag, ok := strings.CutPrefix(c.lower, "aws:principaltag/"); ok {
		key := requestTag + tag
		lower := folded(key)
		if m.request.Context.lookup(lower).present() && s.sibling(c, lower) == nil {
			return []change{{c.keyAt, quoted(key)}}, fmt.Sprintf("in statement %d correct the key to %s", s.number, key), true
		}
	}
	return []change{s.without(c)}, fmt.Sprintf("in statement %d drop the condition on %s, which such a request never carries", s.number, c.key), true
}

// mendPrincipal corrects a name that was meant for this provider. Another provider that is well formed serves
// another cluster, and stays.
func (m *mender) mendPrincipal(s *statement) ([]change, string, bool) {
	need := m.request.Principal
	for i := range s.principals {
		named := &s.principals[i]
		switch {
		case named.kind == need.Type && misnamed(named.id, need):
			return []change{{named.at, quoted(need.ID)}}, fmt.Sprintf("in statement %d correct the principal to %s", s.number, need.ID), true
		case named.kind != need.Type && named.id == need.ID && len(s.principals) == 1:
			return []change{{named.keyAt, quoted(string(need.Type))}}, fmt.Sprintf("in statement %d name the provider under %s", s.number, need.Type), true
		}
	}
	return nil, "", false
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

func (m *mender) mendAction(p *Policy, s *statement, need string) ([]change, string, bool) {
	if s.notAction || len(s.principals) != 1 || s.principals[0].everyone {
		return nil, "", false
	}
	l := layoutOf(p.text, &p.root)
	// Under a federated principal no other action than this can do anything, except those that accompany it.
	if len(s.actions) == 1 && need == ActionWebIdentity && !strings.EqualFold(s.actions[0].text, ActionTagSession) {
		return []change{{s.actions[0].at, quoted(need)}}, fmt.Sprintf("in statement %d allow %s", s.number, need), true
	}
	return []change{l.joined(p.text, s.action, need)}, fmt.Sprintf("in statement %d add %s", s.number, need), true
}

// mendKey gives a condition its right key, or drops it where the right one stands beside it.
func (m *mender) mendKey(s *statement, c *condition, d *Decision) ([]change, string, bool) {
	if d.Cause == CauseOtherIssuer {
		for i := range s.principals {
			if s.principals[i].id != m.request.Principal.ID {
				return nil, "", false // it serves two clusters: each needs a statement of its own
			}
		}
	}
	key := c.meantKey(m.request.issuer())
	lower := folded(key)
	if twin := s.sibling(c, lower); twin != nil {
		// Subject and audience swapped: both keys change places.
		if twinKey := twin.meantKey(m.request.issuer()); folded(twinKey) == c.lower && c.lower != lower {
			return []change{{c.keyAt, quoted(key)}, {twin.keyAt, quoted(twinKey)}},
				fmt.Sprintf("in statement %d swap the keys of subject and audience", s.number), true
		}
		return []change{s.without(c)}, fmt.Sprintf("in statement %d drop %s, beside which the right key stands", s.number, c.key), true
	}
	return []change{{c.keyAt, quoted(key)}}, fmt.Sprintf("in statement %d correct the key to %s", s.number, key), true
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

// without takes a condition out, and its operator or the whole element if nothing is left of them.
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

// mendValue brings the request's value among a condition's.
func (m *mender) mendValue(p *Policy, s *statement, c *condition) ([]change, string, bool) {
	need, ok := m.request.Context.single(c.lower)
	if !ok || c.op.negated || !c.op.takesVariables() || wild(need) || strings.Contains(need, "${") {
		return nil, "", false
	}
	where := fmt.Sprintf("in statement %d, %s, ", s.number, c.name)
	for i := range c.values {
		v := &c.values[i]
		dead := !c.op.wildcards() && wild(v.text) && like(v.text, need)
		if dead || len(c.values) == 1 && m.replaceable(v.text, need) {
			return []change{{v.at, quoted(need)}}, fmt.Sprintf("%sreplace %s by %s", where, v.text, need), true
		}
	}
	return []change{layoutOf(p.text, &p.root).joined(p.text, c.node, need)}, where + "add " + need, true
}

// replaceable reports whether have is a slip for need, and not a value of its own. Of the tags of Pod Identity that
// cannot be told: their values are short.
func (m *mender) replaceable(have, need string) bool {
	if m.request.issuer() == "" {
		return false
	}
	want, ok := ParseSubject(need)
	if !ok {
		return slip(have, need)
	}
	for _, subject := range m.existing {
		if subject.String() == have {
			return false
		}
	}
	got, ok := ParseSubject(have)
	if !ok {
		return !wild(have) && !strings.Contains(have, "${")
	}
	swapped := got == Subject{want.Name, want.Namespace}
	return got.Name == want.Name || swapped || distanceWithin(have, need, 2)
}

// slip: another value of a key that is no subject was meant to be need: an audience with a scheme or another
// domain, a letter too many.
func slip(have, need string) bool {
	bare, _ := trimAnyScheme(have)
	bare = strings.TrimRight(bare, "/")
	return strings.EqualFold(bare, need) || strings.EqualFold(bare, need+".cn") || distanceWithin(bare, need, 3) || have == ""
}

// distanceWithin reports whether at most k letters have to be changed, added or taken to make b of a.
func distanceWithin(a, b string, k int) bool {
	if len(a) > len(b)+k || len(b) > len(a)+k {
		return false
	}
	previous, current := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range len(a) {
		current[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			current[j+1] = min(previous[j]+cost, previous[j+1]+1, current[j]+1)
		}
		previous, current = current, previous
	}
	return previous[len(b)] <= k
}

// asPattern moves a key to StringLike, where its wildcards mean something.
func (m *mender) asPattern(p *Policy, s *statement, c *condition) ([]change, string, bool) {
	name := "StringLike"
	if i := strings.Index(c.name, "StringEquals"); i >= 0 {
		name = c.name[:i] + "StringLike" + strings.TrimPrefix(c.name[i+len("StringEquals"):], "IgnoreCase")
	}
	summary := fmt.Sprintf("in statement %d move %s to %s", s.number, c.key, name)
	l := layoutOf(p.text, &p.root)
	operator := &s.condition.members[c.operatorIndex]
	target := slices.IndexFunc(s.condition.members, func(m member) bool { return strings.EqualFold(m.key, name) })
	switch {
	case target >= 0:
		if slices.ContainsFunc(s.condition.members[target].value.members, func(m member) bool { return strings.EqualFold(m.key, c.key) }) {
			return nil, "", false
		}
		to := &s.condition.members[target].value
		moved := l.appended(p.text, to, func(string) string { return quoted(c.key) + l.colon + p.text[c.node.at.start:c.node.at.end] })
		return []change{s.without(c), moved}, summary, true
	case len(operator.value.members) == 1:
		return []change{{operator.keyAt, quoted(name)}}, summary, true
	}
	added := l.appended(p.text, s.condition, func(indent string) string {
		return quoted(name) + l.colon + l.render(newObject(member{key: c.key, value: *c.node}), indent)
	})
	return []change{s.without(c), added}, summary, true
}

// mendDeny takes this subject, and only this one, out of a Deny.
func (m *mender) mendDeny(p *Policy, d *Decision) ([]change, string, bool) {
	issuer := m.request.issuer()
	if issuer == "" {
		return nil, "", false
	}
	lower := m.request.claim("sub")
	subject, _ := m.request.Context.single(lower)
	s := &p.statements[d.Statement-1]
	l := layoutOf(p.text, &p.root)
	for i := range s.conditions {
		c := &s.conditions[i]
		if c.lower != lower || !c.op.takesVariables() || c.op.family == arn {
			continue
		}
		if c.op.negated {
			return []change{l.joined(p.text, c.node, subject)}, fmt.Sprintf("in statement %d, which denies, add %s to the exceptions", s.number, subject), true
		}
		named := slices.IndexFunc(c.values, func(v operand) bool { return v.text == subject })
		switch {
		case named < 0:
		case len(c.values) > 1:
			return []change{removed(c.node, named)}, fmt.Sprintf("in statement %d, which denies, take out %s", s.number, subject), true
		case len(s.conditions) == 1 && len(p.statements) > 1 && p.list() != nil:
			return []change{removed(p.list(), s.number-1)}, fmt.Sprintf("take out statement %d, which denies nothing but %s", s.number, subject), true
		}
	}
	exception := newMember(issuer+":sub", subject)
	summary := fmt.Sprintf("in statement %d, which denies, make an exception of %s", s.number, subject)
	if s.condition == nil {
		added := l.appended(p.text, s.node, func(indent string) string {
			return quoted("Condition") + l.colon + l.render(newObject(member{key: "StringNotEquals", value: *newObject(exception)}), indent)
		})
		return []change{added}, summary, true
	}
	target := slices.IndexFunc(s.condition.members, func(m member) bool { return m.key == "StringNotEquals" })
	if target >= 0 {
		to := &s.condition.members[target].value
		return []change{l.appended(p.text, to, func(string) string { return quoted(exception.key) + l.colon + quoted(subject) })}, summary, true
	}
	added := l.appended(p.text, s.condition, func(indent string) string {
		return quoted("StringNotEquals") + l.colon + l.render(newObject(exception), indent)
	})
	return []change{added}, summary, true
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
