package trust

import "strings"

// maxProbes bounds how many other subjects an edit is tried on.
const maxProbes = 300

// widens reports whether an edit lets in anybody beside the request's own subject: any subject that either text
// names or covers by a pattern, a neighbour of the subject, or the same name of another provider that the text
// trusts. For Pod Identity see opensTags.
func widens(before, after *Policy, r *Request) bool {
	issuer := r.issuer()
	if issuer == "" {
		return false
	}
	key := r.claim("sub")
	own, _ := r.Context.single(key)
	other := r.clone()
	for _, subject := range probes(own, before, after) {
		other.Context.Set(key, subject)
		if admission(after.verdict(&other)) > admission(before.verdict(&other)) {
			return true
		}
	}
	for i := range after.statements {
		for _, named := range after.statements[i].principals {
			if named.kind != Federated || named.id == r.Principal.ID || !strings.Contains(named.id, oidcProvider) {
				continue
			}
			other := *r
			other.Principal.ID = named.id
			foreign := providerIssuer(named.id)
			other = other.With(foreign+":sub", own)
			other.Context.Set(foreign+":aud", r.Context.lookup(r.claim("aud")).Values...)
			for _, own := range [...]string{key, r.claim("aud")} {
				if !strings.HasPrefix(own, folded(foreign)+":") {
					delete(other.Context.values, own)
				}
			}
			if admission(after.verdict(&other)) > admission(before.verdict(&other)) {
				return true
			}
		}
	}
	return false
}

// admission orders verdicts by how far they let a request in.
func admission(v Verdict) int {
	switch v {
	case Allowed:
		return 2
	case Undetermined:
		return 1
	}
	return 0
}

// opensTags reports whether changes of a statement's conditions let other service accounts match it. The statement for
// Pod Identity that tests nothing stays such a one: the associations of a cluster decide who gets its role.
func opensTags(p *Policy, s *statement, changes []change, r *Request) bool {
	next, err := p.apply(changes)
	if err != nil {
		return true
	}
	after := &next.statements[s.number-1]
	namespaceKey, nameKey := folded(requestTag+TagNamespace), folded(requestTag+TagServiceAccount)
	namespaces, names := tagProbes(after, r, namespaceKey), tagProbes(after, r, nameKey)
	tried := 0
	for _, namespace := range namespaces {
		for _, name := range names {
			if tried++; tried > maxProbes {
				return true
			}
			other := r.With(namespaceKey, namespace).With(nameKey, name)
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
	own, ok := r.Context.single(key)
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

// probes are subjects other than own that an edit might let in.
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
