package trust

// Principals are those that the policy's Allow statements name, in the order of the text, each once. The ID "*" is
// everyone; it may have no type.
func (p *Policy) Principals() []Principal {
	var named []Principal
	seen := map[Principal]bool{}
	for i := range p.statements {
		if p.statements[i].effect == deny {
			continue
		}
		for _, one := range p.statements[i].principals {
			principal := Principal{one.kind, one.id}
			if !seen[principal] {
				seen[principal] = true
				named = append(named, principal)
			}
		}
	}
	return named
}
