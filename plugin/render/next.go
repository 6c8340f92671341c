package render

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
)

// next writes the command to run next, at the very end: after a fix the same question, and where the verdict is open what it takes
// to decide it.
func (p *page) next(r *judge.Report) {
	do, command := p.nextStep(r)
	if command == "" {
		return
	}
	p.blank()
	p.heading("NEXT", "", do+":")
	p.exact(labelIndent, "", 0, command)
}

func (p *page) nextStep(r *judge.Report) (do, command string) {
	live := explainCommand(r.Target, liveSource(p.style.Source))
	switch risks := ofClass(r, check.Risk); {
	case r.Verdict == judge.Broken:
		return "Make the fix, then check again", live
	case r.Verdict == judge.Undetermined:
		return p.decide(r, live)
	case len(risks) > 0 && !p.style.Wide:
		do = "See why"
		if slices.ContainsFunc(risks, func(f judge.Finding) bool { return f.Fix != nil && len(f.Fix.Commands) > 0 }) {
			do += ", and the commands that fix it"
		}
		return do, explainCommand(r.Target, p.style.Source) + " -o wide"
	default:
		return "", ""
	}
}

// decide says what it takes to decide an open verdict.
func (p *page) decide(r *judge.Report, live string) (do, command string) {
	if found := undecided(r); len(found) > 0 {
		return "Find that out, then check again", live
	}
	var steps []string
	for _, group := range byReason(deciding(r)) {
		step := ""
		who, what, ok := refused(group.reason)
		switch {
		case ok && strings.Contains(group.reason, "explicit deny"):
			step = "have the explicit deny of " + what + " for " + who + " removed"
		case ok:
			step = "allow " + who + " to " + toCall(what)
		case group.reason == nothingFromAWS:
			step = "let the command read AWS"
			live = strings.ReplaceAll(live, " --no-aws", "")
		}
		if step != "" && !slices.Contains(steps, step) {
			steps = append(steps, step)
		}
	}
	if len(steps) == 0 {
		return "Find out what is unknown, then check again", live
	}
	return capital(strings.Join(steps, " and ")) + ", then check again", live
}

// toCall says what somebody may not do: call an AWS operation, or what the API server refuses, which starts with a verb.
func toCall(refused string) string {
	if strings.Contains(refused, " ") {
		return refused
	}
	return "call " + refused
}

// liveSource is a source without a snapshot, which stays as it is, whatever is fixed in the cluster. The fix of a manifest is made
// in its file.
func liveSource(source []string) []string {
	if slices.Contains(source, "-f") {
		return source
	}
	i := slices.IndexFunc(source, func(arg string) bool { return arg == "--snapshot" || strings.HasPrefix(arg, "--snapshot=") })
	switch {
	case i < 0:
		return source
	case source[i] == "--snapshot" && i+1 < len(source):
		return slices.Concat(source[:i], source[i+2:])
	default:
		return slices.Concat(source[:i], source[i+1:])
	}
}
