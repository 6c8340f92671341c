package trust

import "strings"

// An outcome is an answer, and where it is Unknown, why. missing says that the key was absent.
type outcome struct {
	truth   Truth
	why     string
	missing bool
}

// Verdict answers a request as Evaluate does, without saying why.
func (p *Policy) Verdict(r Request) Verdict { return p.verdict(&r) }

func (p *Policy) verdict(r *Request) Verdict {
	return p.decide(r, func(s *statement) Truth { return p.matches(s, r) })
}

// decide makes the verdict of what the statements say, and is the only place that does: a Deny that applies wins, every
// action needs an Allow that applies, and what is unknown leaves the verdict open only where it would change it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
//
// matches answers for a statement whether its principal and its conditions match.
func (p *Policy) decide(r *Request, matches func(*statement) Truth) Verdict {
	switch {
	case p.malformed:
		return Invalid
	case r.empty():
		return Undetermined
	}
	var room [2]Truth
	allowed, denied := room[:0], False
	for range r.actions {
		allowed = append(allowed, False)
	}
	for i := range p.statements {
		s := &p.statements[i]
		matched := matches(s)
		if matched == False {
			continue
		}
		for a, action := range r.actions {
			applies := matched.and(s.matchAction(action))
			if s.noEffect {
				applies = applies.and(Unknown)
				denied, allowed[a] = denied.or(applies), allowed[a].or(applies)
				continue
			}
			if s.effect == deny {
				denied = denied.or(applies)
				continue
			}
			allowed[a] = allowed[a].or(applies)
		}
	}
	all := True
	for _, a := range allowed {
		all = all.and(a)
	}
	switch {
	case r.tooLong():
		return ImplicitlyDenied
	case denied == True:
		return ExplicitlyDenied
	case all == False:
		return ImplicitlyDenied
	case all == True && denied == False:
		return Allowed
	}
	return Undetermined
}

// matches is whether a statement's principal and its conditions match a request.
func (p *Policy) matches(s *statement, r *Request) Truth {
	all := s.matchPrincipal(r).truth
	if len(s.doubts) > 0 {
		all = all.and(Unknown)
	}
	for i := range s.conditions {
		if all == False {
			break
		}
		c := &s.conditions[i]
		all = all.and(c.holds(r, r.context.lookup(c.lower), p.variables).truth)
	}
	return all
}

// applies is whether a statement is about any action of a request, given whether the rest of it matches.
func (s *statement) applies(r *Request, matches Truth) Truth {
	some := False
	for _, action := range r.actions {
		some = some.or(s.matchAction(action))
	}
	return matches.and(some)
}

// mayApply reports whether a statement may be about a request. Any may be about the empty one.
func (p *Policy) mayApply(s *statement, r *Request) bool {
	return r.empty() || s.applies(r, p.matches(s, r)) != False
}

// matchAction is whether a statement is about an action. A text that is no action, in a policy that IAM returned, names none;
// where its wildcards fit, what IAM makes of it is unknown.
func (s *statement) matchAction(action string) Truth {
	some := False
	for i := range s.actions {
		if a := &s.actions[i].value; a.kind == text && actionMatches(a.text, action) {
			found := True
			if notAction(a.text) != "" {
				found = Unknown
			}
			some = some.or(found)
		}
	}
	if s.notAction {
		return some.not()
	}
	return some
}

func (s *statement) matchPrincipal(r *Request) outcome {
	some := outcome{truth: False}
	for i := range s.principals {
		some = some.or(s.principals[i].match(r, s.effect))
		if some.truth == True {
			break
		}
	}
	if s.notPrincipal && some.truth == False {
		return outcome{why: "AWS does not document NotPrincipal in a trust policy"}
	}
	return some
}

const everyoneUnsettled = "AWS does not document whether * in an Allow includes web identities; its API reference requires the provider"

// match compares a named principal with who calls. A name is exact, case sensitive text.
func (p *principal) match(r *Request, e effect) outcome {
	who := r.principal
	switch {
	case p.everyone && (e == deny || r.permitted):
		return outcome{truth: True}
	case p.everyone:
		return outcome{why: everyoneUnsettled}
	case p.kind == AWS && who.Type == AWS:
		return p.matchAWS(r, e)
	case p.kind != who.Type:
		return outcome{truth: False}
	case p.kind == Federated:
		return matchProvider(p.id, who.ID)
	}
	return outcome{truth: truth(p.id == who.ID)}
}

// matchProvider compares the ARN of an OIDC provider with the one that is needed, which may be partial.
func matchProvider(have, need string) outcome {
	if have == need && !partial(need) {
		host, _, _ := strings.Cut(providerIssuer(need), "/")
		if strings.Contains(host, ":") {
			return outcome{why: "it is not settled whether an issuer can have a port; AWS documents that it should not"}
		}
		return outcome{truth: True}
	}
	prefix, issuer, ok := strings.Cut(have, oidcProvider)
	wantPrefix, wantIssuer, wantOK := strings.Cut(need, oidcProvider)
	if !ok || !wantOK || wantPrefix != "" && prefix != wantPrefix {
		return outcome{truth: False}
	}
	host, path, _ := strings.Cut(issuer, "/")
	wantHost, wantPath, _ := strings.Cut(wantIssuer, "/")
	switch {
	case wantIssuer == "":
		return outcome{why: issuerUnknown}
	case issuer == wantIssuer:
		return outcome{why: accountUnknown}
	case path == wantPath && len(issuer) == len(wantIssuer) && strings.EqualFold(host, wantHost):
		return outcome{why: "only the letter case of the hostname differs; AWS documents the URL as case-sensitive, but hostnames are not"}
	}
	return outcome{truth: False}
}

// matchAWS: an account that is named in an Allow decides by its own policies who may assume the role.
func (p *principal) matchAWS(r *Request, e effect) outcome {
	id := r.principal.ID
	if p.id == id {
		return outcome{truth: True}
	}
	_, account := partitionAndAccount(id)
	_, named := partitionAndAccount(p.id)
	wholeAccount := account != "" && (p.id == account || named == account && strings.HasSuffix(p.id, ":root"))
	switch {
	case !wholeAccount:
		return outcome{truth: False}
	case e == deny || r.permitted:
		return outcome{truth: True}
	}
	return outcome{why: "the policies of account " + account + " decide"}
}

// holds evaluates one condition, of whose key v is what is known. Documented behaviour is in
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and, for
// several values, reference_policies_multi-value-conditions.html there. What these leave open is Unknown.
func (c *condition) holds(r *Request, v value, variables bool) outcome {
	if c.several {
		return outcome{why: "the key is there twice in different letter case, and AWS does not document which one IAM keeps"}
	}
	if c.op.family == nullFamily {
		return c.isNull(v)
	}
	if !v.present() {
		return c.absent()
	}
	present := c.presentValue(r, v, variables)
	if !v.maybeAbsent {
		return present
	}
	absent := c.absent()
	if absent.truth == present.truth {
		return present
	}
	switch {
	case v.unknown && v.twins != "" && present.truth != Unknown:
		return outcome{why: v.twins}
	case v.unknown:
		return outcome{why: v.why()}
	}
	return outcome{why: "the request possibly does not have the key"}
}

func (c *condition) absent() outcome {
	op := c.op
	o := outcome{missing: true}
	switch {
	case op.quantifier == forAnyValue && op.ifExists:
		o.why = "AWS does not document whether IfExists or ForAnyValue decides for a missing key"
	case op.quantifier == forAnyValue:
		o.truth = False
	case op.quantifier == forAllValues, op.ifExists:
		o.truth = True
	case op.negated && len(c.values) == 0:
		o.why = "AWS does not document a condition without values"
	default:
		o.truth = truth(op.negated)
	}
	return o
}

func (c *condition) isNull(v value) outcome {
	switch c.op.quantifier {
	case forAllValues:
		return outcome{truth: True}
	case forAnyValue:
		return outcome{truth: False}
	}
	if len(c.values) == 0 {
		return outcome{why: "AWS does not document a condition without values"}
	}
	want, ok := parseBool(c.values[0].text)
	for _, other := range c.values {
		same, known := parseBool(other.text)
		if !known {
			return outcome{why: "Null accepts true or false"}
		}
		ok = ok && same == want
	}
	switch {
	case !ok:
		return outcome{why: "AWS does not document Null with both true and false"}
	case v.maybeAbsent:
		return outcome{why: v.why()}
	case v.present() && !v.unknown && emptySet(v.values):
		return outcome{why: "AWS does not document whether Null treats an empty value as a missing key"}
	}
	return outcome{truth: truth(want != v.present()), missing: !v.present()}
}

// emptySet is what the documents call a null data set.
func emptySet(values []string) bool {
	for _, v := range values {
		if v != "" {
			return false
		}
	}
	return true
}

func (c *condition) presentValue(r *Request, v value, variables bool) outcome {
	op := c.op
	if len(c.values) == 0 {
		if op.quantifier != plain || op.ifExists || !op.negated {
			return outcome{truth: False}
		}
		return outcome{why: "AWS does not document a condition without values"}
	}
	if v.unknown {
		if op.family == stringLike && c.matchesAnything() || variables && c.isTwin(&r.context, v) {
			return outcome{truth: truth(!op.negated)}
		}
		return outcome{why: v.why()}
	}
	switch op.quantifier {
	case forAllValues:
		if emptySet(v.values) {
			return outcome{truth: True}
		}
		all := outcome{truth: True}
		for _, value := range v.values {
			all = all.and(c.one(r, value, variables))
		}
		return all
	case forAnyValue:
		some := outcome{truth: False}
		if emptySet(v.values) {
			return some
		}
		for _, value := range v.values {
			some = some.or(c.one(r, value, variables))
		}
		return some
	}
	if len(v.values) != 1 {
		return outcome{why: "AWS does not document how an operator without ForAllValues or ForAnyValue compares several values"}
	}
	return c.one(r, v.values[0], variables)
}

func (o outcome) and(p outcome) outcome {
	switch {
	case o.truth == False || p.truth == True:
		return o
	case p.truth == False || o.truth == True:
		return p
	}
	return o
}

func (o outcome) or(p outcome) outcome {
	switch {
	case o.truth == True || p.truth == False:
		return o
	case p.truth == True || o.truth == False:
		return p
	}
	return o
}

// isTwin: the condition compares a key with the variable of another one that has the same value.
func (c *condition) isTwin(all *context, v value) bool {
	return v.twins != "" && c.op.takesVariables() && len(c.values) == 1 && len(c.values[0].parts) == 1 && all.lookup(c.values[0].parts[0].key).twins == v.twins
}

// matchesAnything: a value of nothing but stars.
func (c *condition) matchesAnything() bool {
	for _, v := range c.values {
		if v.kind == text && v.parts == nil && v.text != "" && strings.Trim(v.text, "*") == "" {
			return true
		}
	}
	return false
}

// one compares a single value of the request with all of the policy's: one has to be equal, or, negated, none.
func (c *condition) one(r *Request, value string, variables bool) outcome {
	some := outcome{truth: False}
	for i := range c.values {
		some = some.or(c.compare(r, &c.values[i], value, variables))
		if some.truth == True {
			break
		}
	}
	if c.op.negated {
		some.truth = some.truth.not()
	}
	return some
}

const mismatch = "the operator and the value have different types, and AWS does not document the result"

func (c *condition) compare(r *Request, policy *operand, value string, variables bool) outcome {
	switch c.op.family {
	case stringEquals, stringEqualsIgnoreCase, stringLike:
		if policy.kind != text || isTyped(c.lower) {
			return outcome{why: mismatch}
		}
	case arn:
		if policy.kind != text {
			return outcome{why: mismatch}
		}
	default:
		if policy.kind == boolean && c.op.family != boolFamily || policy.kind == number && c.op.family == boolFamily {
			return outcome{why: mismatch}
		}
		t, ok := compareTyped(c.op, policy.text, value)
		switch {
		case !ok:
			return outcome{why: mismatch}
		case t == Unknown && c.op.family == binary:
			return outcome{why: "AWS does not document whether two spellings of the same base64 bytes are equal"}
		case t == Unknown:
			return outcome{why: "AWS does not document the range of an IPv6 address without a prefix length"}
		}
		return outcome{truth: t}
	}
	if policy.parts != nil {
		return c.op.compareParts(r.context.expand(policy.parts), value)
	}
	switch c.op.family {
	case stringEquals:
		return outcome{truth: truth(policy.text == value)}
	case stringEqualsIgnoreCase:
		return outcome{truth: truth(strings.EqualFold(policy.text, value))}
	case stringLike:
		if !variables && wild(policy.text) && strings.Contains(policy.text, "${") {
			return likeOldVersion(policy.text, value)
		}
		return outcome{truth: truth(Like(policy.text, value))}
	}
	return c.op.compareARN(appendTokens(nil, policy.text, true), []rune(value))
}

// compareARN: what is no ARN matches none, and what a negated operator makes of it is not documented.
func (o operator) compareARN(pattern, value []rune) outcome {
	if o.negated && !(arnParts(pattern) && arnParts(value)) {
		return outcome{why: "AWS does not document how a negated ARN operator compares a text with fewer than the six parts of an ARN"}
	}
	return outcome{truth: truth(arnLike(pattern, value))}
}

// typedKeys have a type of their own; how a string operator compares them is not documented.
var typedKeys = map[string]bool{
	"aws:sourceip": true, "aws:vpcsourceip": true,
	"aws:securetransport": true, "aws:viaawsservice": true, "aws:principalisawsservice": true,
	"aws:multifactorauthpresent": true, "sts:roleauthorizedbyidp": true,
	"aws:currenttime": true, "aws:epochtime": true, "aws:tokenissuetime": true,
	"aws:multifactorauthage": true, "sts:durationseconds": true,
}

func isTyped(key string) bool {
	return (strings.HasPrefix(key, "aws:") || strings.HasPrefix(key, "sts:")) && typedKeys[key]
}

func (o operator) compareParts(policy reading, value string) outcome {
	switch {
	case policy.unknown != "":
		return outcome{why: policy.unknown}
	case policy.several && o.negated:
		return outcome{why: "AWS does not document how a negated operator compares a variable whose key has several values"}
	case policy.absent, policy.several:
		return outcome{truth: False}
	}
	runes := []rune(value)
	switch o.family {
	case stringLike:
		return policy.settle(likeTokens(policy.literal, runes), func() bool { return likeTokens(policy.wild, runes) })
	case arn:
		literal := o.compareARN(policy.literal, runes)
		if literal.truth == Unknown {
			return literal
		}
		return policy.settle(literal.truth == True, func() bool { return arnLike(policy.wild, runes) })
	case stringEqualsIgnoreCase:
		return outcome{truth: truth(strings.EqualFold(plainText(policy.literal), value))}
	}
	return outcome{truth: truth(plainText(policy.literal) == value)}
}

func (policy reading) settle(literal bool, wild func() bool) outcome {
	if policy.doubt && wild() != literal {
		return outcome{why: "AWS does not document whether * and ? in the value of a variable are wildcards"}
	}
	return outcome{truth: truth(literal)}
}

func plainText(tokens []rune) string {
	var b strings.Builder
	for _, r := range tokens {
		switch r {
		case anyRun:
			r = '*'
		case anyOne:
			r = '?'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// likeOldVersion: in 2008-10-17 ${*} is text, and whether its * is a wildcard all the same is not documented.
// The answer is one that every reading gives.
func likeOldVersion(pattern, value string) outcome {
	wildcards := Like(pattern, value)
	runes := []rune(value)
	var text, special []rune
	for rest := pattern; rest != ""; {
		before, after, found := strings.Cut(rest, "${")
		text, special = appendTokens(text, before, true), appendTokens(special, before, true)
		if !found {
			break
		}
		inside, tail, closed := strings.Cut(after, "}")
		if !closed {
			text, special = appendTokens(text, "${"+after, true), appendTokens(special, "${"+after, true)
			break
		}
		text = appendTokens(text, "${"+inside+"}", false)
		if inside == "*" || inside == "?" {
			special = appendTokens(special, inside, false)
		} else {
			special = appendTokens(special, "${"+inside+"}", false)
		}
		rest = tail
	}
	if likeTokens(text, runes) != wildcards || likeTokens(special, runes) != wildcards {
		return outcome{why: "AWS does not document whether the * in ${*} is a wildcard in version 2008-10-17"}
	}
	return outcome{truth: truth(wildcards)}
}
