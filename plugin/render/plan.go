package render

import (
	"strconv"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// stepIndent is how far what belongs to a step of a plan is indented.
const stepIndent = 3

// Plan returns a plan for the user who confirms it: each step with what it is for, what it changes and, where that is short, the command
// that does the same; then what the plan leaves to a person, what it keeps, and what the answer is afterwards.
func Plan(plan *bind.Plan, s *snapshot.Snapshot, style Style) string {
	return inShort(s.Cluster().Account, style, func(p *page) {
		p.planTitle(plan)
		for i, step := range plan.Steps {
			p.step(i+1, step, plan, s)
		}
		p.planSource(plan)
		p.planLater(plan)
		p.planStays(plan)
		p.afterwards(plan)
	})
}

// planTitle says in one sentence what the plan comes to.
func (p *page) planTitle(plan *bind.Plan) {
	account := "service account " + plan.Namespace + "/" + plan.ServiceAccount
	what := account + " " + outcomeOf(plan)
	if len(plan.Steps) == 0 && plan.Source == "" {
		p.paragraph("", 0, "Nothing to change: "+what)
		p.planWorkload(plan, 0)
		p.planPlace(plan, 0)
		return
	}
	p.headed("PLAN", what+": "+counted(plan))
	p.planWorkload(plan, columns("PLAN")+2)
	p.planPlace(plan, columns("PLAN")+2)
}

// planPlace says which cluster and whose AWS credentials the plan is for. Account ids are never shortened: they are what tells a
// wrong one.
func (p *page) planPlace(plan *bind.Plan, indent int) {
	for _, text := range []string{"in " + clusterWords(plan.Place.Cluster), "with " + callerWords(plan.Place)} {
		p.paragraph(strings.Repeat(" ", indent), indent, text)
	}
}

func clusterWords(c snapshot.Cluster) string {
	name := "cluster " + c.Name
	switch {
	case c.Name == "" && c.Issuer != "":
		name = "the cluster of issuer " + c.Issuer
	case c.Name == "":
		name = "the cluster"
	}
	account := "account unknown"
	if c.Account != "" {
		account = "account " + c.Account
	}
	if c.Region != "" {
		account += ", " + c.Region
	}
	return name + " (" + account + ")"
}

func callerWords(place bind.Place) string {
	switch {
	case place.Caller == "":
		return "AWS credentials of an unknown account"
	case place.CallerARN == "":
		return "AWS credentials of account " + place.Caller
	default:
		return "AWS credentials of " + place.CallerARN + " (account " + place.Caller + ")"
	}
}

// planWorkload says why the plan is about this service account, if it was not named.
func (p *page) planWorkload(plan *bind.Plan, indent int) {
	if plan.Workload.Kind != "" {
		p.paragraph(strings.Repeat(" ", indent), indent, plan.Workload.InWords()+" runs under service account "+plan.Namespace+"/"+plan.ServiceAccount)
	}
}

// outcomeOf says what becomes of the service account.
func outcomeOf(plan *bind.Plan) string {
	open := len(plan.Steps) > 0 || plan.Source != ""
	switch plan.Injection.Mechanism {
	case inject.WebIdentity:
		if open {
			return "gets " + plan.RoleARN + " through IRSA"
		}
		return "is bound to " + plan.RoleARN
	case inject.PodIdentity:
		if open {
			return "gets " + plan.RoleARN + " through EKS Pod Identity"
		}
		return "is bound to " + plan.RoleARN
	default:
		if !open {
			return "has no role to remove"
		}
		if plan.RoleARN == "" {
			return "loses its role"
		}
		return "loses " + plan.RoleARN
	}
}

// counted says how many changes there are, and how many of them the plan leaves to a person.
func counted(plan *bind.Plan) string {
	all, byHand := len(plan.Steps), 0
	if plan.Source != "" {
		byHand = 1
	}
	text := strconv.Itoa(all+byHand) + " change"
	if all+byHand > 1 {
		text += "s"
	}
	switch {
	case byHand == 0:
		return text
	case all == 0:
		return text + ", by hand"
	default:
		return text + ", " + strconv.Itoa(byHand) + " by hand"
	}
}

// headed writes a heading in capitals with the sentence that belongs to it.
func (p *page) headed(heading, text string) {
	p.paragraph(dressed(p.palette.strong, heading)+"  ", columns(heading)+2, text)
}

func (p *page) step(number int, step bind.Step, plan *bind.Plan, s *snapshot.Snapshot) {
	p.blank()
	summary := step.Change.Summary()
	p.paragraph(strconv.Itoa(number)+". ", stepIndent, capital(summary))
	if step.For != "" {
		p.paragraph(strings.Repeat(" ", stepIndent), stepIndent, step.For)
	}
	if whose := plan.Whose(step.Change); whose != "" {
		p.paragraph(strings.Repeat(" ", stepIndent), stepIndent, whose)
	}
	lines := plan.At.Shell([]change.Change{step.Change})
	// A command that is copied runs with the caller's credentials, which find what has the same name in their own account.
	if account := plan.Place.Account(step.Change); holdsDocument(step.Change.Commands()) || account != "" && account != plan.Place.Caller {
		lines = nil
	}
	// Where there was nothing before, the command says all that is new.
	if _, before, after := step.Change.Diff(s); before != "" || len(lines) == 0 {
		p.diff(stepIndent, before, after)
	}
	for _, line := range lines {
		p.exact(stepIndent, "", 0, line)
	}
}

// holdsDocument reports whether commands hold a whole policy or patch, which the diff shows better.
func holdsDocument(commands [][]string) bool {
	for _, argv := range commands {
		for _, arg := range argv {
			if strings.HasPrefix(arg, "{") || strings.HasPrefix(arg, "[") {
				return true
			}
		}
	}
	return false
}

// planSource writes the change that is left to the source of the service account.
func (p *page) planSource(plan *bind.Plan) {
	if plan.Source == "" {
		return
	}
	p.blank()
	p.headed("BY HAND", "change the source of service account "+plan.Namespace+"/"+plan.ServiceAccount+":")
	for line := range strings.SplitSeq(strings.TrimRight(plan.Source, "\n"), "\n") {
		p.exact(2, "", 0, line)
	}
}

// planLater writes what the plan does not restart.
func (p *page) planLater(plan *bind.Plan) {
	var restarts []string
	for _, c := range plan.Later {
		if len(c.Commands()) > 0 {
			restarts = append(restarts, c.Summary())
		}
	}
	if len(restarts) > 0 {
		p.blank()
		p.headed("LATER", few(restarts)+", so that the pods that run get the role (--restart makes it a step)")
	}
	for _, c := range plan.Later {
		if len(c.Commands()) == 0 {
			p.blank()
			p.headed("BY HAND", plan.At.Then([]change.Change{c}))
		}
	}
}

// few joins the first of many.
func few(texts []string) string {
	const shown = 8
	if len(texts) <= shown {
		return strings.Join(texts, ", ")
	}
	return strings.Join(texts[:shown], ", ") + " and " + strconv.Itoa(len(texts)-shown) + " more"
}

// planStays lists what a plan to unbind keeps.
func (p *page) planStays(plan *bind.Plan) {
	if len(plan.Steps) == 0 || len(plan.Stays) == 0 {
		return
	}
	p.blank()
	p.WriteString(dressed(p.palette.strong, "KEPT") + "\n")
	for _, one := range plan.Stays {
		p.paragraph("  ", 4, one)
	}
}

// afterwards writes what the answer is once the plan is carried out.
func (p *page) afterwards(plan *bind.Plan) {
	proof := plan.Proof
	switch {
	case plan.Injection.Mechanism == "", proof.Verdict == judge.Works && len(plan.Steps) == 0:
		return
	case proof.Verdict == judge.Works:
		p.blank()
		p.paragraph(dressed(p.palette.good, "proved")+": ", len("proved: "), "with this plan the verdict becomes \"works\"")
		return
	}
	p.blank()
	p.WriteString(dressed(p.palette.strong, "AFTERWARDS") + "\n")
	for _, one := range proof.Remaining {
		p.signed(check.Fail, one)
	}
	if len(proof.Remaining) == 0 {
		p.signed(check.Unknown, "whether the pods get the role")
	}
	for _, group := range byReason(proof.Unknown) {
		p.signed(check.Unknown, strings.Join(group.what, ", ")+": "+group.reason)
	}
}

// signed writes a sentence behind what state it is about.
func (p *page) signed(r check.Result, text string) {
	s := p.resultSign(r)
	word := s.mark + " " + resultWord(r)
	p.paragraph("  "+dressed(s.color, word)+"  ", 2+columns(word)+2, text)
}

// Result returns a line about a step that was made or, where skipped is true, was not checked.
func Result(line string, skipped bool, style Style) string {
	p := newPage(style)
	s := p.resultSign(check.Pass)
	if skipped {
		s = p.resultSign(check.Skip)
	}
	return dressed(s.color, s.mark) + " " + p.value(line) + "\n"
}

// Next returns the end of an answer: what to do next, and the commands that do it.
func Next(what string, commands []string, style Style) string {
	p := newPage(style)
	end := ""
	if len(commands) > 0 {
		end = ":"
	}
	p.headed("NEXT", capital(what)+end)
	for _, command := range commands {
		p.exact(2, "", 0, command)
	}
	return p.String()
}
