package trust

import (
	"fmt"
	"strings"
)

// read makes a policy of the tree, after the grammar of the language:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
func (p *Policy) read() {
	if p.root.kind != object {
		p.problem(Malformed, p.root.at.start, place{}, "it is "+p.root.kind.String()+", and a policy is an object")
		return
	}
	p.repeated(&p.root)
	p.characters()
	var statements *node
	for i := range p.root.members {
		m := &p.root.members[i]
		switch m.key {
		case "Version":
			p.version(&m.value)
		case "Id":
			if m.value.kind != text {
				p.problem(Malformed, m.value.at.start, place{element: "Id"}, "it is "+m.value.kind.String()+", and must be a string")
			}
		case "Statement":
			statements = &m.value
		default:
			p.problem(Malformed, m.keyAt.start, place{}, fmt.Sprintf("a policy has no element %q", clip(m.key)))
		}
	}
	switch {
	case statements == nil:
		p.problem(Malformed, p.root.at.start, place{}, "it has no Statement")
	case statements.kind == object:
		p.statements = make([]statement, 1)
		p.statement(&p.statements[0], statements, 1)
	case statements.kind == list && len(statements.members) > 0:
		p.statements = make([]statement, len(statements.members))
		for i := range statements.members {
			p.statement(&p.statements[i], &statements.members[i].value, i+1)
		}
	case statements.kind == list:
		p.problem(Malformed, statements.at.start, place{element: "Statement"}, "it is empty")
	default:
		p.problem(Malformed, statements.at.start, place{element: "Statement"}, "it is "+statements.kind.String()+", and must be a list of objects")
	}
	p.uniqueSids()
}

func (p *Policy) problem(severity Severity, offset int32, where place, reason string) {
	p.report(Problem{Position: p.ruler.at(offset), Severity: severity, Where: where.String(), Reason: reason}, severity == Malformed && !p.returned)
}

// report adds a problem; decides says that it leaves the policy without a verdict.
func (p *Policy) report(problem Problem, decides bool) {
	problem.decides = decides
	first := decides && !p.malformed
	p.malformed = p.malformed || decides
	if first && len(p.problems) == maxProblems {
		p.problems = p.problems[:maxProblems-1] // why there is no verdict is never left out
	}
	if len(p.problems) < maxProblems {
		p.problems = append(p.problems, problem)
	}
}

// doubt reports what is malformed in a statement. Where IAM has accepted it nonetheless, what it makes of the statement is
// not documented.
func (p *Policy) doubt(s *statement, offset int32, where place, reason string) {
	p.problem(Malformed, offset, where, reason)
	if p.returned && len(s.doubts) < maxProblems {
		s.doubts = append(s.doubts, doubt{offset, where, reason})
	}
}

// characters: the set that the IAM API accepts, by its model (PolicyDocumentType). Of those below U+0020 JSON has no
// others than it.
func (p *Policy) characters() {
	if len(p.ruler.tails) == 0 {
		return
	}
	for i, r := range p.text {
		if r > 0xff {
			p.problem(Refused, int32(i), place{}, fmt.Sprintf("the character %q is not one that IAM accepts (U+0020 to U+00FF)", r))
			return
		}
	}
}

// repeated reports equal keys of one object. IAM refuses them, and most JSON readers silently keep the last,
// so that people are shown another policy than the one they wrote.
func (p *Policy) repeated(n *node) {
	if n.kind == list {
		for i := range n.members {
			p.repeated(&n.members[i].value)
		}
		return
	}
	const few = 8
	var seen map[string]bool
	if len(n.members) > few {
		seen = make(map[string]bool, len(n.members))
	}
	for i := range n.members {
		m := &n.members[i]
		again := seen[m.key]
		if seen != nil {
			seen[m.key] = true
		} else {
			for j := range i {
				again = again || n.members[j].key == m.key
			}
		}
		if again {
			p.report(Problem{
				Position: p.ruler.at(m.keyAt.start), Severity: Malformed, Where: place{}.String(),
				Reason: fmt.Sprintf("the key %q is twice in one object, and one hides the other", clip(m.key)),
			}, true)
		}
		p.repeated(&m.value)
	}
}

func (p *Policy) version(n *node) {
	switch {
	case n.kind == text && n.text == "2012-10-17":
		p.variables = true
	case n.kind == text && n.text == "2008-10-17":
	default:
		p.noVersion = true
		p.problem(Malformed, n.at.start, place{element: "Version"}, fmt.Sprintf("%s is not a version: the versions are 2012-10-17 and 2008-10-17", clip(p.text[n.at.start:n.at.end])))
	}
}

func (p *Policy) statement(s *statement, n *node, number int) {
	s.number, s.node = number, n
	where := func(element string) place { return place{statement: number, element: element} }
	if n.kind != object {
		p.problem(Malformed, n.at.start, where(""), "it is "+n.kind.String()+", and must be an object")
		return
	}
	effects := 0
	for i := range n.members {
		m := &n.members[i]
		v := &m.value
		switch m.key {
		case "Sid":
			if v.kind != text {
				p.problem(Malformed, v.at.start, where("Sid"), "it is "+v.kind.String()+", and must be a string")
				continue
			}
			s.sid = v.text
			if !alphanumeric(v.text) {
				p.problem(Refused, v.at.start, where("Sid"), "a Sid can have only the letters A to Z, a to z and digits")
			}
		case "Effect":
			effects++
			switch {
			case v.kind == text && v.text == "Allow":
				s.effect = allow
			case v.kind == text && v.text == "Deny":
				s.effect = deny
			default:
				s.noEffect = true
				p.doubt(s, v.at.start, where("Effect"), "it must be \"Allow\" or \"Deny\"; the letter case counts")
			}
		case "Principal":
			s.principal = v
			p.principal(s, v, where("Principal"))
		case "Action", "NotAction":
			if s.action != nil {
				p.doubt(s, m.keyAt.start, where(m.key), "Action and NotAction exclude each other")
				continue
			}
			s.action, s.actionName, s.notAction = v, m.key, m.key == "NotAction"
			p.actions(s, i, where(m.key))
		case "Condition":
			s.condition = v
			p.conditions(s, v, where("Condition"))
		case "NotPrincipal", "Resource", "NotResource":
			s.notPrincipal = s.notPrincipal || m.key == "NotPrincipal"
			p.doubt(s, m.keyAt.start, where(m.key), "a trust policy cannot have the element "+m.key)
		default:
			p.doubt(s, m.keyAt.start, where(""), fmt.Sprintf("a statement has no element %q", clip(m.key)))
		}
	}
	if effects == 0 {
		s.noEffect = true
		p.doubt(s, n.at.start, where(""), "it has no Effect")
	}
	for _, missing := range [...]struct {
		name string
		is   bool
	}{{"Principal", s.principal == nil}, {"Action", s.action == nil}} {
		if missing.is {
			p.problem(Malformed, n.at.start, where(""), "it has no "+missing.name)
		}
	}
}

func alphanumeric(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// uniqueSids: IAM does not save a Sid twice, but no evaluation looks at it.
func (p *Policy) uniqueSids() {
	if len(p.statements) < 2 {
		return
	}
	seen := make(map[string]bool, len(p.statements))
	for i := range p.statements {
		s := &p.statements[i]
		if s.sid == "" {
			continue
		}
		if seen[s.sid] {
			p.problem(Refused, s.node.at.start, place{statement: s.number, element: "Sid"}, fmt.Sprintf("another statement has the same Sid %q", clip(s.sid)))
		}
		seen[s.sid] = true
	}
}

func (p *Policy) principal(s *statement, n *node, where place) {
	switch {
	case n.kind == text && n.text == "*":
		s.principals = []principal{{id: "*", at: n.at, everyone: true}}
		return
	case n.kind == text:
		p.problem(Malformed, n.at.start, where, "a string other than \"*\"; it must be an object such as {\"Federated\": …}")
		return
	case n.kind != object:
		p.problem(Malformed, n.at.start, where, "it is "+n.kind.String()+", and must be \"*\" or an object")
		return
	}
	for i := range n.members {
		m := &n.members[i]
		kind := PrincipalType(m.key)
		switch kind {
		case Federated, Service, AWS:
		case CanonicalUser:
			p.problem(Refused, m.keyAt.start, where, "CanonicalUser is for Amazon S3 only")
		default:
			p.problem(Malformed, m.keyAt.start, where, fmt.Sprintf("%q is not a type of principal: the types are AWS, Federated and Service", clip(m.key)))
			continue
		}
		inside := place{statement: s.number, element: where.element, detail: m.key}
		ids := p.strings(n, i, inside)
		for j := range ids {
			id := &ids[j].value
			if id.kind != text {
				continue
			}
			p.principalID(kind, id, inside)
			s.principals = append(s.principals, principal{kind, id.text, id.at, m.keyAt, kind == AWS && id.text == "*"})
		}
	}
}

func (p *Policy) principalID(kind PrincipalType, id *node, where place) {
	switch {
	case kind == AWS && id.text == "*":
	case wild(id.text):
		p.problem(Malformed, id.at.start, where, "a wildcard; a principal must be named in full")
	case kind == AWS && strings.Contains(id.text, oidcProvider):
		p.problem(Refused, id.at.start, where, "an OIDC provider must be under Federated")
	case kind == Federated && !strings.HasPrefix(id.text, "arn:") && !federatedServices[id.text]:
		p.problem(Refused, id.at.start, where, "it is not the ARN of a provider")
	}
}

// federatedServices are the identity providers that IAM knows by name.
var federatedServices = map[string]bool{
	"cognito-identity.amazonaws.com": true,
	"accounts.google.com":            true,
	"graph.facebook.com":             true,
	"www.amazon.com":                 true,
}

// strings are the values of the i-th member of n, which is a string or a list of strings. Other values are reported and
// have to be skipped.
func (p *Policy) strings(n *node, i int, where place) []member {
	v := &n.members[i].value
	switch v.kind {
	case text:
		return n.members[i : i+1]
	case list:
		for j := range v.members {
			if e := &v.members[j].value; e.kind != text {
				p.problem(Malformed, e.at.start, where, e.kind.String()+" in a list of strings")
			}
		}
		return v.members
	}
	p.problem(Malformed, v.at.start, where, "it is "+v.kind.String()+", and must be a string or a list of strings")
	return nil
}

// stsActions are what IAM accepts in a trust policy:
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
var stsActions = [...]string{
	actionAssumeRole, ActionWebIdentity, "sts:AssumeRoleWithSAML", actionTagSession,
	"sts:SetSourceIdentity", "sts:SetContext",
}

func (p *Policy) actions(s *statement, i int, where place) {
	s.actions = p.strings(s.node, i, where)
	for j := range s.actions {
		a := &s.actions[j].value
		if a.kind != text {
			continue
		}
		switch reason := notAction(a.text); {
		case a.text == "*":
			p.problem(Refused, a.at.start, where, "AssumeRole policy may only specify STS AssumeRole actions")
		case reason != "":
			p.problem(Malformed, a.at.start, where, fmt.Sprintf("%q is not an action: %s", clip(a.text), reason))
		case !anyActionMatches(a.text):
			p.problem(Refused, a.at.start, where, "AssumeRole policy may only specify STS AssumeRole actions")
		}
	}
}

// notAction is why a text is not an action; empty where it is one.
func notAction(s string) string {
	service, name, ok := strings.Cut(s, ":")
	switch {
	case s == "*":
		return ""
	case !ok || service == "" || name == "":
		return "it must start with the service, as in sts:AssumeRole"
	case strings.ContainsAny(s, " \t\r\n"):
		return "it contains a blank"
	case !serviceName(service):
		return "the name of a service can have only letters, digits and hyphens, and no wildcard"
	}
	return ""
}

// serviceName: wildcards are documented in the part of an action behind the colon only, and the service before it is a
// namespace: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
func serviceName(s string) bool { return alphanumeric(strings.ReplaceAll(s, "-", "")) }

func anyActionMatches(pattern string) bool {
	for _, action := range stsActions {
		if actionMatches(pattern, action) {
			return true
		}
	}
	return false
}

func (p *Policy) conditions(s *statement, n *node, where place) {
	if n.kind != object {
		p.doubt(s, n.at.start, where, "it is "+n.kind.String()+", and must be an object of operators")
		return
	}
	total := 0
	for i := range n.members {
		total += len(n.members[i].value.members)
	}
	s.conditions = make([]condition, 0, total)
	for i := range n.members {
		m := &n.members[i]
		op, exact, ok := parseOperator(m.key)
		inside := place{statement: s.number, element: m.key}
		switch {
		case !ok:
			p.doubt(s, m.keyAt.start, inside, fmt.Sprintf("there is no operator %q", clip(m.key)))
			continue
		case !exact:
			p.problem(Noted, m.keyAt.start, inside, "its letter case is not the documented one; it is read as that operator")
		}
		if m.value.kind != object {
			p.doubt(s, m.value.at.start, inside, "it is "+m.value.kind.String()+", and must be an object of keys")
			continue
		}
		first := len(s.conditions)
		for j := range m.value.members {
			k := &m.value.members[j]
			c := condition{
				name: m.key, op: op, key: k.key, lower: folded(k.key), keyAt: k.keyAt,
				node: &k.value, operatorIndex: i, keyIndex: j,
			}
			if p.operands(s, &c, &k.value, place{statement: s.number, element: m.key, detail: k.key}) {
				s.conditions = append(s.conditions, c)
			}
		}
		markTwins(s.conditions[first:])
	}
}

// markTwins finds keys of one operator that differ in the case of letters only: which of them IAM keeps is not
// documented.
func markTwins(conditions []condition) {
	if len(conditions) < 2 {
		return
	}
	if len(conditions) <= 8 {
		for i := range conditions {
			for j := range conditions {
				if i != j && conditions[i].lower == conditions[j].lower {
					conditions[i].several = true
				}
			}
		}
		return
	}
	count := make(map[string]int, len(conditions))
	for i := range conditions {
		count[conditions[i].lower]++
	}
	for i := range conditions {
		conditions[i].several = count[conditions[i].lower] > 1
	}
}

func (p *Policy) operands(s *statement, c *condition, n *node, where place) bool {
	if n.kind != list {
		v, ok := p.operand(s, c, n, where)
		c.values = []operand{v}
		return ok
	}
	c.values = make([]operand, 0, len(n.members))
	for i := range n.members {
		v, ok := p.operand(s, c, &n.members[i].value, where)
		if !ok {
			return false
		}
		c.values = append(c.values, v)
	}
	return true
}

func (p *Policy) operand(s *statement, c *condition, n *node, where place) (operand, bool) {
	v := operand{text: n.text, kind: n.kind, at: n.at}
	switch n.kind {
	case text:
	case number, boolean:
		return v, true
	default:
		p.doubt(s, n.at.start, where, n.kind.String()+" instead of a value")
		return v, false
	}
	if !strings.Contains(n.text, "${") {
		return v, true
	}
	if p.noVersion && p.returned && c.op.takesVariables() {
		p.doubt(s, n.at.start, where, "the Version decides whether it contains a variable")
		return v, false
	}
	if !p.variables || !c.op.takesVariables() {
		return v, true
	}
	parts, problem := segments(n.text)
	if problem != "" {
		p.doubt(s, n.at.start, where, problem)
		return v, false
	}
	v.parts = parts
	return v, true
}
