package check

// aboutIssuer is the outcome of one of the checks of the issuer; report makes its finding.
func aboutIssuer(s *Subject, code Code, report func(*Subject) Outcome) Outcome {
	if len(s.Roles) == 0 {
		return noRole(s)
	}
	var out Outcome
	switch speaks := issuerCodes[s.IssuerFault.Cause]; {
	case speaks == code:
		out = report(s)
	case speaks != "":
		out = skip(speaks)
	case !s.Issuer.Known():
		out = gap(s.Issuer)
	default:
		out = pass(s.Issuer.Source())
	}
	out.Containers = s.takers()
	return out
}
