package trust

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Verdict is a policy's answer to a request. The zero Verdict is Undetermined.
type Verdict uint8

// The verdicts.
const (
	Undetermined     Verdict = iota // allowed or denied, by what cannot be known from here
	Allowed                         // a statement allows it and none denies it
	ImplicitlyDenied                // no statement allows it
	ExplicitlyDenied                // a Deny matches
	Invalid                         // IAM would not accept the document
)

// String is the verdict's name.
func (v Verdict) String() string {
	return [...]string{"Undetermined", "Allowed", "ImplicitlyDenied", "ExplicitlyDenied", "Invalid"}[v]
}

// MayAllow reports whether the request is allowed, or may be for all that is known here. To treat the second as a
// refusal, compare with Allowed.
func (v Verdict) MayAllow() bool { return v == Allowed || v == Undetermined }

// A Decision is a verdict and why. Where, Have, Need and Differ are about the one part to look at first; the others are
// in Trace. The texts are for people.
type Decision struct {
	Verdict Verdict
	Cause   Cause // NoCause where it is allowed
	// Statement is the one that allows, that denies, or that comes nearest to allowing; from 1, 0 if none.
	Statement int
	Position  Position // of the part that decides
	Where     string   // "statement 1, StringEquals oidc.eks…:sub"
	Have      string   // what the policy has there; of several values the nearest
	Need      string   // what it would have to have; empty in a Deny, which should not match
	// Differ is the index of the character, from 0, at which Have and Need differ first; -1 where they are not
	// compared.
	Differ int
	Reason string // the mechanism, one sentence
	// Conditions are what the verdict depends on: "allowed if …", "allowed unless …".
	Conditions []string
	Trace      []StatementTrace // of all statements, in their order; none where the document is Invalid

	part     Part // the one that Where names
	untagged bool // the request is one of EKS Pod Identity without session tags
}

// A StatementTrace is how one statement answered.
type StatementTrace struct {
	Position  Position
	Statement int // from 1
	Sid       string
	Effect    string // Allow or Deny
	Result    Truth  // whether it applies to the request
	Parts     []Part // its principal, its actions, its conditions, in this order
}

// A Part is a piece of a statement that has to match: its principal, an action, or a condition.
type Part struct {
	Position Position
	Where    string // as in Decision, like Have, Need and Differ
	Key      string // of a condition, in lower case; empty of a principal or an action
	Result   Truth  // whether it matches
	Have     string
	Need     string
	Differ   int
	Cause    Cause  // where it keeps an Allow from matching
	Reason   string // why it is unknown, or why it is as it is where that is not plain

	shape     keyShape
	condition int    // of its statement, from 0, where it is one
	missing   bool   // the request does not carry its key
	values    string // all of them, where it is unknown
}

// Evaluate answers a request, and says why.
func (p *Policy) Evaluate(r Request) Decision {
	d := Decision{Differ: -1, untagged: r.untagged()}
	d.Verdict = p.decide(&r, func(s *statement) Truth {
		if d.Trace == nil {
			d.Trace = make([]StatementTrace, 0, len(p.statements))
		}
		trace, matches := p.trace(s, &r)
		d.Trace = append(d.Trace, trace)
		return matches
	})
	switch {
	case d.Verdict == Invalid:
		d.invalid(p)
	case r.empty():
		d.Cause, d.Where, d.Reason = CauseUnknowable, "the request", "it has no caller or no action"
	case r.tooLong():
		d.longSubject(&r) // STS does not look at the policy at all
	case d.Verdict == Allowed:
		d.allowed()
	case d.Verdict == ExplicitlyDenied:
		d.denied()
	case d.Verdict == ImplicitlyDenied:
		p.nearest(&d, &r)
	default:
		d.depends()
	}
	return d
}

func (d *Decision) invalid(p *Policy) {
	d.Cause = CauseDocument
	for _, problem := range p.problems {
		if problem.decides {
			d.Position, d.Where, d.Reason = problem.Position, problem.Where, problem.Reason
			return
		}
	}
}

// allowed names the first statement that allows the request, or, where that needs several, one of its actions.
func (d *Decision) allowed() {
	for _, t := range d.Trace {
		if t.Effect == "Allow" && t.Result == True {
			d.Statement, d.Position, d.Where = t.Statement, t.Position, place{statement: t.Statement}.String()
			return
		}
	}
}

func (d *Decision) longSubject(r *Request) {
	subject, _ := r.context.single(r.subjectKey)
	d.Cause = CauseLongSubject
	d.Where = "the token's subject"
	d.Have = fmt.Sprintf("%d characters", utf8.RuneCountInString(subject))
	d.Need = fmt.Sprintf("at most %d characters", r.longest)
	d.Reason = "STS rejects longer subjects, whatever the policy allows"
}

// take makes a part the one to look at first.
func (d *Decision) take(t StatementTrace, part Part) {
	d.Statement, d.Position, d.Where = t.Statement, part.Position, part.Where
	d.Have, d.Need, d.Differ, d.Reason = part.Have, part.Need, part.Differ, part.Reason
	d.part = part
}

func (d *Decision) denied() {
	d.Cause = CauseDeny
	for _, t := range d.Trace {
		if t.Effect != "Deny" || t.Result != True {
			continue
		}
		// A condition explains most: first one that holds because its key is absent, then the last.
		part := t.Parts[len(t.Parts)-1]
		if missing := slices.IndexFunc(t.Parts, func(p Part) bool { return p.missing }); missing >= 0 {
			part = t.Parts[missing]
		}
		d.take(t, part)
		if d.Reason == "" {
			d.Reason = "a matching Deny overrides every Allow"
		}
		d.Differ = -1
		return
	}
}

func (d *Decision) depends() {
	d.Cause = CauseUnknowable
	satisfied := false
	for _, t := range d.Trace {
		satisfied = satisfied || t.Effect == "Allow" && t.Result == True
	}
	for _, t := range d.Trace {
		if t.Result != Unknown {
			continue
		}
		word := "allowed if "
		if t.Effect == "Deny" {
			word = "allowed unless "
		}
		var open []string
		for _, part := range t.Parts {
			if part.Result != Unknown {
				continue
			}
			if d.Statement == 0 && (t.Effect == "Deny" || !satisfied) {
				d.take(t, part)
			}
			have := ""
			if part.values != "" {
				have = " " + part.values
			}
			open = append(open, part.Where+have+" ("+part.Reason+")")
		}
		if len(open) > 0 && (t.Effect == "Deny" || !satisfied) {
			d.Conditions = append(d.Conditions, word+strings.Join(open, " and "))
		}
	}
}

// nearest finds the Allow that comes closest, and the cause of its parts that is reported first.
func (p *Policy) nearest(d *Decision, r *Request) {
	best, distance := -1, 0
	for i := range d.Trace {
		t := &d.Trace[i]
		if t.Effect != "Allow" {
			continue
		}
		if cost := t.distance(); best < 0 || cost < distance {
			best, distance = i, cost
		}
	}
	d.Cause = CauseNoWebIdentity
	if !r.federated() {
		d.Cause = CausePodIdentity
	}
	if best < 0 {
		d.Where = "the document"
		d.Need = "a statement that allows " + strings.Join(r.actions, " and ") + " to " + r.principal.ID
		d.Reason = "STS denies what no statement allows"
		return
	}
	t := d.Trace[best]
	var chosen *Part
	for i := range t.Parts {
		part := &t.Parts[i]
		if part.Result == False && (chosen == nil || part.Cause < chosen.Cause) {
			chosen = part
		}
	}
	if chosen == nil {
		return
	}
	d.take(t, *chosen)
	d.Cause = chosen.Cause
}

// Costs of what keeps a statement from matching. One condition that is wrong beats two; both beat another
// provider, and that beats another action.
const (
	costCondition = 1_000
	costUnknown   = 400 // what may hold, or not
	costPrincipal = 60_000
	costNearby    = 20_000 // a principal that is almost the right one
	costAction    = 100_000
)

// distance is how far a statement is from allowing the request.
func (t *StatementTrace) distance() int {
	cost := 0
	for i := range t.Parts {
		part := &t.Parts[i]
		switch part.Result {
		case True:
			continue
		case Unknown:
			cost += costUnknown
			continue
		}
		similar := similarity(part.Have, part.Need)
		switch part.shape {
		case partPrincipal:
			if similar > 900 {
				cost += costNearby
				continue
			}
			cost += costPrincipal - similar
		case partAction:
			cost += costAction - similar
		default:
			cost += costCondition - similar/2
		}
	}
	return cost
}

// similarity is the share of two texts' common beginning and end, in thousandths.
func similarity(a, b string) int {
	longest := max(len(a), len(b))
	if longest == 0 {
		return 0
	}
	start := commonPrefix(a, b)
	a, b = a[start:], b[start:]
	end := 0
	for end < min(len(a), len(b)) && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	return (start + end) * 1000 / longest
}

func commonPrefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// differFolded is differ where the case of letters does not count.
func differFolded(a, b string) int { return differ(strings.ToLower(a), strings.ToLower(b)) }

// differ is the index of the first character in which two texts differ.
func differ(a, b string) int { return utf8.RuneCountInString(a[:parting(a, b)]) }

// parting is the same in bytes.
func parting(a, b string) int {
	same := commonPrefix(a, b)
	for same > 0 && (same < len(a) && !utf8.RuneStart(a[same]) || same < len(b) && !utf8.RuneStart(b[same])) {
		same--
	}
	return same
}
