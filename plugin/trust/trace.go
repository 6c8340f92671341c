package trust

import (
	"cmp"
	"fmt"
	"slices"
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
		if has := s.matchAction(action); has != truth(s.effect == allow) {
			t.Parts = append(t.Parts, p.actionPart(s, r, action, has))
		}
	}
	for _, d := range s.doubts {
		matches = matches.and(Unknown)
		t.Parts = append(t.Parts, Part{
			Position: p.ruler.at(d.offset), Where: d.where.String(), Differ: -1, shape: partDoubt,
			Reason: d.reason + "; IAM accepted it, and AWS does not document its meaning",
		})
	}
	if !slices.ContainsFunc(t.Parts, func(part Part) bool { return part.shape == partAction }) {
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
	if s.effect == deny {
		for i := range t.Parts { // what a Deny would have to have is not asked: it should not match
			t.Parts[i].Need, t.Parts[i].Differ = "", -1
		}
	}
	t.Result = s.applies(r, matches)
	return t, matches
}

func (p *Policy) principalPart(s *statement, r *Request, o outcome) Part {
	part := Part{
		Result: o.truth, Have: "nobody", Need: r.principal.ID,
		Differ: -1, Reason: o.why, shape: partPrincipal,
	}
	best := -1
	for i := range s.principals {
		if best < 0 || closer(s.principals[i].id, s.principals[best].id, r.principal.ID) {
			best = i
		}
	}
	where := place{statement: s.number, element: "Principal"}
	offset := s.node.at.start
	if s.principal != nil {
		offset = s.principal.at.start
		if s.principal.kind == text {
			part.Have, part.Need = quoted(clip(s.principal.text)), string(r.principal.Type)+" "+r.principal.ID
		}
	}
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
	if part.Have == part.Need && best >= 0 && o.truth == False {
		part.Have, part.Need = string(s.principals[best].kind)+" "+part.Have, string(r.principal.Type)+" "+part.Need
	}
	switch {
	case o.truth == Unknown:
		part.Need = ""
	case o.truth == False && best >= 0 && s.principals[best].kind == Federated && wild(s.principals[best].id):
		part.Reason = "principals do not support wildcards: * and ? match nothing"
	}
	if part.Cause == CauseNoWebIdentity {
		part.Reason = "a web identity token matches only its OIDC provider under Federated"
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
		Position: p.ruler.at(s.node.at.start), Where: place{statement: s.number, element: cmp.Or(s.actionName, "Action")}.String(),
		Result: result, Have: "no action", Need: action, Differ: -1, shape: partAction,
	}
	if s.action != nil {
		part.Position = p.ruler.at(s.action.at.start)
	}
	if result == Unknown {
		part.Reason = "it is not an action; IAM accepted it, and AWS does not document its meaning"
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
	part.values = part.Have
	if result == Unknown {
		part.Need = ""
	}
	if result != False {
		return part
	}
	part.Cause = CauseNoWebIdentity
	if !r.federated() {
		part.Cause = CausePodIdentity
	}
	if s.notAction {
		part.Reason = "NotAction allows everything except what it names"
		part.Have, part.Need = s.actionName+" "+part.Have, "one that does not name "+action
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
		shape: shapeOf(c.lower, r.lower), Key: c.lower,
	}
	known := v.present() && !v.unknown
	if known {
		part.Need = strings.Join(v.values, ", ")
	}
	best := c.shown(p, r, v, o)
	part.Have = "no value"
	if best >= 0 {
		part.Have = printed(c.values[best].text)
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
	if o.why == "" {
		part.Reason = c.why(s.effect, v, o)
	}
	part.missing = o.missing
	if o.truth != False {
		if o.truth == Unknown {
			part.Need = ""
		}
		return part
	}
	part.Cause = c.cause(r, part.shape, v.present())
	switch {
	case part.Cause == CauseMalformedKey || part.Cause == CauseOtherIssuer:
		part.Position, part.Have, part.Need = p.ruler.at(c.keyAt.start), c.key, c.meantKey(r.issuer())
		part.Differ = differFolded(part.Have, part.Need)
		if part.Cause == CauseOtherIssuer && s.testsClaim(r, c) {
			part.Need, part.Differ = "a separate statement for each OIDC provider", -1
			part.Reason = "a token has one issuer, and all conditions of a statement must be met: a statement with the keys of two issuers never matches"
		}
	case known:
		if len(v.values) == 1 && len(c.values) > 0 && c.op.takesVariables() && !c.op.negated {
			part.Differ = c.differ(&c.values[best], part.Need)
		}
		part.Need = c.needed(part.Need)
	case c.op.family == nullFamily:
		part.Need = c.needed("")
	}
	if part.Cause == CauseLiteralWildcard {
		part.Reason = c.name + " does not support wildcards; with StringLike this value matches"
	}
	return part
}

// testsClaim reports whether a statement tests the same claim as a condition, of the request's own issuer: then the condition is
// meant for another one, and is no mistyped key.
func (s *statement) testsClaim(r *Request, of *condition) bool {
	claim := of.lower[strings.LastIndex(of.lower, ":")+1:]
	return r.lower != "" && slices.ContainsFunc(s.conditions, func(c condition) bool { return c.lower == r.lower+":"+claim })
}

// shown is the index of the value to look at: the nearest, or of a negated operator the one that matches; -1 if there is
// none.
func (c *condition) shown(p *Policy, r *Request, v value, o outcome) int {
	if c.op.negated && o.truth == False && !v.unknown {
		for i := range c.values {
			for _, value := range v.values {
				if c.compare(r, &c.values[i], value, p.variables).truth == True {
					return i
				}
			}
		}
	}
	return c.nearestValue(strings.Join(v.values, ", "))
}

// printed is a value as it is shown, where it may be empty.
func printed(s string) string {
	if s == "" {
		return `""`
	}
	return s
}

// needed is what a condition that fails would have to test for, where request is the request's value.
func (c *condition) needed(request string) string {
	switch {
	case c.op.family == nullFamily && c.op.quantifier == plain:
		want, _ := parseBool(c.values[0].text)
		return strconv.FormatBool(!want)
	case c.op.family == nullFamily:
		return ""
	case c.op.negated:
		return "no value that matches " + printed(request)
	case c.op.family == ipAddress:
		return "a range with " + printed(request)
	}
	wording := needs[c.op.relation]
	if c.op.family == date {
		wording = needsOfDates[c.op.relation]
	}
	return fmt.Sprintf(wording, printed(request))
}

// What a value has to be for a request's value to be in the relation to it.
var (
	needs = map[relation]string{
		equal: "%s", less: "more than %s", lessEqual: "at least %s", greater: "less than %s", greaterEqual: "at most %s",
	}
	needsOfDates = map[relation]string{
		equal: "%s", less: "a time after %s", lessEqual: "%s or later", greater: "a time before %s", greaterEqual: "%s or earlier",
	}
)

// why is the mechanism of a condition's answer, where it is not plain from the texts. v is what is known of its key.
func (c *condition) why(e effect, v value, o outcome) string {
	has := "the request does not have this key"
	if v.present() {
		has = "the request has this key"
	}
	switch {
	case o.truth == Unknown:
		return ""
	case c.op.family == nullFamily && c.op.quantifier != plain:
		return "Null with " + c.name[:strings.IndexByte(c.name, ':')] + " does not test the request"
	case c.op.family == nullFamily:
		return has
	case o.missing && o.truth == True && c.op.negated && e == deny:
		return has + ", and a negated condition on a missing key is met"
	case o.missing:
		return has
	case v.unknown:
		return ""
	}
	values := strings.Join(v.values, ", ")
	switch {
	case o.truth == True && e == deny && c.op.negated:
		return "the request has " + printed(values) + ", and the negated condition is met for all values except these"
	case o.truth == True && e == deny:
		return "the request has " + printed(values)
	case o.truth == True:
		return ""
	case c.op.negated:
		return "the operator is negated: the request's value must not be one of these"
	case c.op.wildcards() && slices.ContainsFunc(c.values, func(v operand) bool { return wild(v.text) }):
		return c.name + " supports wildcards, but no value matches the request"
	case slices.ContainsFunc(c.values, func(v operand) bool { return v.parts != nil }):
		return "with its variables replaced, no value equals the request's value"
	case c.op.family == stringEqualsIgnoreCase:
		return c.name + " ignores letter case, but no value equals the request's value"
	}
	return ""
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
		if v.parts == nil && wild(v.text) && Like(v.text, value) {
			return true
		}
	}
	return false
}
