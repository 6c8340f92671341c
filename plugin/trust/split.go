package trust

import (
	"fmt"
	"slices"
	"strings"
)

// separated splits the nearest statement into one for each of the providers that it names. A token has one issuer, so a
// statement that tests the claims of several allows nobody.
func (f *fixer) separated(p *Policy) (draft, error) {
	d := draft{policy: p}
	decision := p.Evaluate(*f.request)
	if decision.Cause != CauseOtherIssuer || decision.Statement == 0 {
		return draft{}, ErrNoEdit
	}
	made, own, err := f.split(p, &p.statements[decision.Statement-1])
	if err != nil {
		return draft{}, err
	}
	if err := d.take(made); err != nil {
		return draft{}, err
	}
	if !d.policy.verdict(f.request).MayAllow() || f.allowsUnnamed(p, d.policy, own) {
		return draft{}, ErrNoEdit
	}
	return d, nil
}

// split makes a statement for each provider of one that tests the subjects of all of them, each with the keys of its own
// issuer and the conditions that are about no issuer. own is the condition on the request's own subject.
func (f *fixer) split(p *Policy, s *statement) (made step, own *condition, err error) {
	subjects := make([]*condition, len(s.principals)) // of each provider
	for i, named := range s.principals {
		if named.kind != Federated || !strings.Contains(named.id, oidcProvider) || f.request.dead(named.id) {
			return step{}, nil, ErrNoEdit
		}
		key := folded(providerIssuer(named.id)) + ":sub"
		at := slices.IndexFunc(s.conditions, func(c condition) bool { return c.lower == key && !c.op.negated && c.op.family != nullFamily })
		if at < 0 {
			return step{}, nil, ErrNoEdit // it would allow all of that cluster
		}
		subjects[i] = &s.conditions[at]
		if named.id == f.request.principal.ID {
			own = subjects[i]
		}
	}
	if own == nil || len(s.principals) < 2 {
		return step{}, nil, ErrNoEdit
	}
	l := layoutOf(p.text, &p.root)
	indent := indentAt(p.text, s.node.at.start)
	between := "," + l.comma
	if l.newline != "" {
		between = "," + l.newline + indent
	}
	var texts, others []string
	for i := range s.principals {
		texts = append(texts, l.render(s.only(i), indent))
		if subjects[i] != own {
			others = append(others, subjects[i].texts()+" of "+providerIssuer(s.principals[i].id))
		}
	}
	text := strings.Join(texts, between)
	if p.list() == nil {
		text = "[" + text + "]"
	}
	does := words{fmt.Sprintf("split statement %d", s.number), " into a statement for each OIDC provider, which also allows " + strings.Join(others, ", and ")}
	if subject, _ := f.request.context.single(f.request.subjectKey); own.texts() != subject {
		does.rest += ", and of this cluster " + own.texts()
	}
	return step{does, []change{{s.node.at, text}}}, own, nil
}

// texts are a condition's values in one line.
func (c *condition) texts() string {
	all := make([]string, len(c.values))
	for i := range c.values {
		all[i] = c.values[i].text
	}
	return clip(strings.Join(all, ", "))
}

// only is the statement for the i-th of its principals alone. The first keeps the Sid, which has to be unique.
func (s *statement) only(i int) *node {
	var members []member
	for _, m := range s.node.members {
		switch m.key {
		case "Sid":
			if i > 0 {
				continue
			}
		case "Principal":
			m = member{key: m.key, value: *newObject(newMember(string(Federated), s.principals[i].id))}
		case "Condition":
			m = member{key: m.key, value: *s.conditionsOf(i)}
		}
		members = append(members, m)
	}
	return newObject(members...)
}

// conditionsOf is the Condition element without the keys of the other principals' issuers.
func (s *statement) conditionsOf(i int) *node {
	var operators []member
	for _, operator := range s.condition.members {
		var keys []member
		for _, key := range operator.value.members {
			foreign := false
			for j, other := range s.principals {
				foreign = foreign || j != i && strings.HasPrefix(folded(key.key), folded(providerIssuer(other.id))+":")
			}
			if !foreign {
				keys = append(keys, key)
			}
		}
		if len(keys) > 0 {
			operators = append(operators, member{key: operator.key, value: *newObject(keys...)})
		}
	}
	return newObject(operators...)
}

// allowsUnnamed reports whether an edit allows a subject of the request's own issuer that a condition does not name.
func (f *fixer) allowsUnnamed(before, after *Policy, named *condition) bool {
	own, _ := f.request.context.single(f.request.subjectKey)
	other := f.request.clone()
	for _, subject := range probes(own, before, after) {
		other.context.set(f.request.subjectKey, subject)
		if after.verdict(&other).degree() > before.verdict(&other).degree() &&
			named.holds(&other, other.context.lookup(named.lower), before.variables).truth != True {
			return true
		}
	}
	return false
}
