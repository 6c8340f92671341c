package trust

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// trace evaluates a statement and keeps the answer of each part. matches is whether its principal and its conditions
// match.
func (p *Policy) trace(s *statement, r *Request) (t StatementTrace, matches Truth) {
	t = StatementTrace{
		Position: p.ruler.at(s.node.at.start), Statement: s.number, Sid: s.sid, Effect: s.effect.String(),
		Parts: make([]Part, 0, 1+len(r.actions)+len(s.conditions)),
	}
	who := s.matchPrincipal(r)
	matches = who.truth
	t.Parts = append(t.Parts, p.principalPart(s, r, who))
	// Of an Allow the actions are shown that it lacks, of a Deny those that it has; one where there are none.
	for _, action := range r.actions {
		if has := s.matchAction(action); has == (s.effect == deny) {
			t.Parts = append(t.Parts, p.actionPart(s, r, action, truth(has)))
		}
	}
	if len(t.Parts) == 1 {
		t.Parts = append(t.Parts, p.actionPart(s, r, r.actions[0], truth(s.effect != deny)))
	}
	for i := range s.conditions {
		c := &s.conditions[i]
		v := r.context.lookup(c.lower)
		o := c.holds(r, v, p.variables)
		matches = matches.and(o.truth)
		part := p.conditionPart(s, c, r, v, o)
		part.condition = i
		t.Parts = append(t.Parts, part)
	}
	t.Result = s.applies(r, matches)
	return t, matches
}

func (p *Policy) principalPart(s *statement, r *Request, o outcome) Part {
	part := Part{
		Result: o.truth, Need: r.principal.ID,
		Differ: -1, Reason: o.why, shape: partPrincipal,
	}
	best := -1
	for i := range s.principals {
		if best < 0 || closer(s.principals[i].id, s.principals[best].id, r.principal.ID) {
			best = i
		}
	}
	where := place{statement: s.number, element: "Principal"}
	offset := s.principal.at.start
	if best >= 0 {
		named := s.principals[best]
		part.Have, offset = named.id, named.at.start
		where.detail = string(named.kind)
		if named.kind == r.principal.Type && o.truth == False {
			part.Differ = differ(named.id, r.principal.ID)
		}
	}
	part.Position, part.Where, part.values = p.ruler.at(offset), where.String(), part.Have
	if o.truth == False {
		part.Cause = s.principalCause(r)
	}
	if part.Cause == CauseNoWebIdentity {
		part.Reason = "a web identity matches nothing but its OIDC provider, named under Federated"
	}
	return part
}

// principalCause distinguishes a statement for another provider from one that is for no web identity at all.
func (s *statement) principalCause(r *Request) Cause {
	if !r.federated() {
		return CausePodIdentity
	}
	for i := range s.principals {
		named := &s.principals[i]
		if named.kind == Federated && !strings.Contains(named.id, ":saml-provider/") {
			return CauseOtherProvider
		}
	}
	return CauseNoWebIdentity
}

func closer(candidate, best, to string) bool { return similarity(candidate, to) > similarity(best, to) }

func (p *Policy) actionPart(s *statement, r *Request, action string, result Truth) Part {
	part := Part{
		Position: p.ruler.at(s.action.at.start), Where: place{statement: s.number, element: s.actionName}.String(),
		Result: result, Need: action, Differ: -1, shape: partAction,
	}
	best := -1
	for i := range s.actions {
		if actionMatches(s.actions[i].value.text, action) {
			best = i
			break
		}
		if best < 0 || closer(s.actions[i].value.text, s.actions[best].value.text, action) {
			best = i
		}
	}
	if best >= 0 {
		part.Have, part.Position = s.actions[best].value.text, p.ruler.at(s.actions[best].value.at.start)
	}
	if result != False {
		return part
	}
	part.Cause = CauseNoWebIdentity
	if !r.federated() {
		part.Cause = CausePodIdentity
	}
	if s.notAction {
		part.Reason = "NotAction allows everything but what it names"
		return part
	}
	if best >= 0 {
		have := strings.ToLower(part.Have)
		if at := parting(have, strings.ToLower(action)); !startsWild(have[at:]) {
			part.Differ = utf8.RuneCountInString(have[:at])
		}
	}
	return part
}

func (p *Policy) conditionPart(s *statement, c *condition, r *Request, v value, o outcome) Part {
	part := Part{
		Position: p.ruler.at(c.keyAt.start), Where: place{statement: s.number, element: c.name, detail: c.key}.String(),
		Result: o.truth, Differ: -1, Reason: o.why,
		shape: shapeOf(c.lower, r.lower),
	}
	known := v.present() && !v.unknown
	if known {
		part.Need = strings.Join(v.values, ", ")
	}
	best := c.nearestValue(part.Need)
	if best >= 0 {
		part.Have = c.values[best].text
		if known {
			part.Position = p.ruler.at(c.values[best].at.start)
		}
	}
	if o.truth == Unknown {
		all := make([]string, len(c.values))
		for i := range c.values {
			all[i] = c.values[i].text
		}
		part.values = clip(strings.Join(all, ", "))
	}
	if o.missing && o.why == "" {
		part.Reason = "the request does not carry this key"
		if o.truth == True && c.op.negated && s.effect == deny {
			part.Reason = "the request does not carry this key, and a negated operator holds for an absent key"
		}
	}
	if o.truth != False {
		return part
	}
	part.Cause = c.cause(r, part.shape, v.present())
	switch {
	case part.Cause == CauseMalformedKey || part.Cause == CauseOtherIssuer:
		part.Position, part.Have, part.Need = p.ruler.at(c.keyAt.start), c.key, c.meantKey(r.issuer())
		part.Differ = differFolded(part.Have, part.Need)
	case c.op.family == nullFamily && c.op.quantifier == plain:
		part.Need = strconv.FormatBool(!v.present())
		if v.present() {
			part.Reason = "the request carries this key"
		}
	case c.op.negated && known:
		part.Reason = "the operator is negated: the request's value may not be among these"
	case known && len(v.values) == 1 && len(c.values) > 0 && c.op.takesVariables():
		part.Differ = c.differ(&c.values[best], part.Need)
	}
	if part.Cause == CauseLiteralWildcard {
		part.Reason = c.name + " takes * and ? literally; under StringLike this value would match"
	}
	return part
}

// differ is the index of the character at which a value and the request's part; -1 where that is a wildcard or a
// variable, after which the two cannot be compared.
func (c *condition) differ(v *operand, need string) int {
	have := v.text
	if c.op.family == stringEqualsIgnoreCase {
		have, need = strings.ToLower(have), strings.ToLower(need)
	}
	at := parting(have, need)
	if c.op.wildcards() && startsWild(have[at:]) || v.parts != nil && strings.HasPrefix(have[at:], "${") {
		return -1
	}
	return utf8.RuneCountInString(have[:at])
}

func startsWild(s string) bool { return s != "" && wild(s[:1]) }

// meantKey is the key that a malformed or a foreign one was meant to be.
func (c *condition) meantKey(issuer string) string {
	switch {
	case c.anyValue(looksLikeSubject):
		return issuer + ":sub"
	case c.anyValue(looksLikeAudience):
		return issuer + ":aud"
	}
	if colon := strings.LastIndexByte(c.lower, ':'); strings.Contains(c.lower[colon+1:], "au") {
		return issuer + ":aud"
	}
	return issuer + ":sub"
}

// nearestValue is the index of the value that resembles need most, -1 if there is none.
func (c *condition) nearestValue(need string) int {
	if len(c.values) == 1 {
		return 0
	}
	best, most := -1, -1
	for i := range c.values {
		if similar := similarity(c.values[i].text, need); similar > most {
			best, most = i, similar
		}
	}
	return best
}

// cause is why a condition keeps an Allow from matching.
func (c *condition) cause(r *Request, shape keyShape, present bool) Cause {
	if !r.federated() {
		return CausePodIdentity
	}
	switch shape {
	case subjectKey:
		switch {
		case c.anyValue(looksLikeAudience) && !c.anyValue(looksLikeSubject):
			return CauseMalformedKey
		case !present:
			return CauseAbsentKey
		case c.literalWildcard(r):
			return CauseLiteralWildcard
		}
		return CauseSubject
	case audienceKey:
		switch {
		case c.anyValue(looksLikeSubject):
			return CauseMalformedKey
		case !present:
			return CauseAbsentKey
		case c.literalWildcard(r):
			return CauseLiteralWildcard
		}
		return CauseAudience
	case malformedKey:
		return CauseMalformedKey
	case foreignKey:
		return CauseOtherIssuer
	}
	if present {
		return CauseCircumstance
	}
	return CauseAbsentKey
}

func (c *condition) anyValue(is func(string) bool) bool {
	for i := range c.values {
		if is(c.values[i].text) {
			return true
		}
	}
	return false
}

// literalWildcard: read as a pattern, one of the values would match.
func (c *condition) literalWildcard(r *Request) bool {
	if c.op.family != stringEquals && c.op.family != stringEqualsIgnoreCase || c.op.negated {
		return false
	}
	value, ok := r.context.single(c.lower)
	if !ok {
		return false
	}
	for i := range c.values {
		v := &c.values[i]
		if v.parts == nil && wild(v.text) && like(v.text, value) {
			return true
		}
	}
	return false
}
