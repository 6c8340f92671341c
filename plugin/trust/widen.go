package trust

import "strings"

// maxProbes bounds how many other subjects an edit is tried on.
const maxProbes = 300

// widens reports whether an edit allows anybody beside the request's own subject: any subject that either text names or
// that matches its patterns, a neighbour of the subject, or the same name of another provider that the text trusts. For
// Pod Identity see opensTags.
func widens(before, after *Policy, r *Request) bool {
	if !r.federated() {
		return false
	}
	key := r.subjectKey
	own, _ := r.context.single(key)
	other := r.clone()
	for _, subject := range probes(own, before, after) {
		other.context.set(key, subject)
		if after.verdict(&other).degree() > before.verdict(&other).degree() {
			return true
		}
	}
	for i := range after.statements {
		for _, named := range after.statements[i].principals {
			if named.kind != Federated || named.id == r.principal.ID || !strings.Contains(named.id, oidcProvider) {
				continue
			}
			other := r.from(named.id)
			if after.verdict(&other).degree() > before.verdict(&other).degree() {
				return true
			}
		}
	}
	return false
}

// from is the request of the same subject with a token of another OIDC provider.
func (r *Request) from(provider string) Request {
	other := newRequest(Principal{Federated, provider}, r.actions...)
	other.context, other.longest = r.clone().context, r.longest
	for _, claim := range [...]string{"sub", "aud"} {
		v := r.context.lookup(r.claim(claim))
		delete(other.context.values, r.claim(claim))
		other.context.put(other.claim(claim), v)
	}
	return other
}

// degree orders verdicts by how far they allow a request.
func (v Verdict) degree() int {
	switch v {
	case Allowed:
		return 2
	case Undetermined:
		return 1
	}
	return 0
}

// opensTags reports whether other service accounts match a statement after changes of its conditions. A statement for
// Pod Identity that tests nothing stays such a one: the associations of a cluster decide who gets its role.
func opensTags(p *Policy, s *statement, changes []change, r *Request) bool {
	next, err := p.apply(changes)
	if err != nil {
		return true
	}
	after := &next.statements[s.number-1]
	namespaceKey, nameKey := folded(requestTag+tagNamespace), folded(requestTag+tagServiceAccount)
	namespaces, names := tagProbes(after, r, namespaceKey), tagProbes(after, r, nameKey)
	tried := 0
	for _, namespace := range namespaces {
		for _, name := range names {
			if tried++; tried > maxProbes {
				return true
			}
			other := r.With(namespaceKey, namespace).With(nameKey, name)
			if id, ok := r.context.single(folded(externalID)); ok && (namespace != namespaces[0] || name != names[0]) {
				other.context.put(externalID, value{values: []string{id + "-x"}, maybeAbsent: true}) // each association has its own
			}
			was, is := p.matches(s, &other), next.matches(after, &other)
			own := namespace == namespaces[0] && name == names[0]
			if !own && is != was && is != False {
				return true
			}
		}
	}
	return false
}

// tagProbes are values of a tag: the request's own, one that nothing names, and those that a statement names. There are
// none where the tag is not passed.
func tagProbes(s *statement, r *Request, key string) []string {
	own, ok := r.context.single(key)
	if !ok {
		return nil
	}
	all := []string{own, own + "-x"}
	for i := range s.conditions {
		for _, v := range s.conditions[i].values {
			if s.conditions[i].lower == key && v.text != own && len(all) < maxProbes {
				all = append(all, strings.NewReplacer("*", "x", "?", "x").Replace(v.text))
			}
		}
	}
	return all
}

// probes are subjects other than own that an edit might allow.
func probes(own string, policies ...*Policy) []string {
	seen := map[string]bool{own: true}
	var all []string
	add := func(s string) {
		if len(all) < maxProbes && !seen[s] {
			seen[s] = true
			all = append(all, s)
		}
	}
	if subject, ok := ParseSubject(own); ok {
		add(Subject{subject.Namespace, "x"}.String())
		add(Subject{"x", subject.Name}.String())
		add(Subject{"x", "x"}.String())
		add(Subject{subject.Namespace, subject.Name + "-x"}.String())
		add(Subject{subject.Namespace, "x-" + subject.Name}.String())
		add(Subject{subject.Namespace + "-x", subject.Name}.String())
	}
	for _, p := range policies {
		for i := range p.statements {
			for j := range p.statements[i].conditions {
				for _, v := range p.statements[i].conditions[j].values {
					if !strings.Contains(v.text, ":") && !wild(v.text) {
						continue
					}
					add(v.text)
					if wild(v.text) {
						add(strings.NewReplacer("*", "x", "?", "x").Replace(v.text))
						add(strings.NewReplacer("*", "", "?", "x").Replace(v.text))
						add(strings.NewReplacer("*", "x:y", "?", "x").Replace(v.text))
					}
				}
			}
		}
	}
	return all
}
