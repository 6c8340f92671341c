package trust

import "strings"

// maxProbes bounds how many other subjects an edit is tried on.
const maxProbes = 300

// widens reports whether an edit lets in anybody beside the request's own subject: any subject that either text
// names or covers by a pattern, a neighbour of the subject, or the same name of another provider that the text
// trusts. For Pod Identity the associations of a cluster decide who gets the role, so nothing is tried.
func widens(before, after *Policy, r *Request) bool {
	issuer := r.issuer()
	if issuer == "" {
		return false
	}
	key := r.claim("sub")
	own, _ := r.Context.single(key)
	for _, subject := range probes(own, before, after) {
		other := r.With(issuer+":sub", subject)
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
