package render

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
)

// fix writes what fixes findings: what to do, the change of each policy, the commands as they can be copied, and, where something
// is broken, whether the fix was proved.
func (p *page) fix(r *judge.Report, findings ...judge.Finding) {
	var fixes []*judge.Fix
	for _, f := range findings {
		if f.Fix == nil || f.Fix.Summary == "" && len(f.Fix.Commands) == 0 {
			continue
		}
		if !slices.ContainsFunc(fixes, func(other *judge.Fix) bool { return other.Summary == f.Fix.Summary && sameFix(other, f.Fix) }) {
			fixes = append(fixes, f.Fix)
		}
	}
	if len(fixes) == 0 {
		return
	}
	const heading = "FIX  "
	p.blank()
	first := true
	for _, fix := range fixes {
		for _, line := range p.summaries(fix) {
			head := dressed(p.palette.strong, strings.TrimSpace(heading)) + "  "
			if !first {
				head = strings.Repeat(" ", len(heading))
			}
			p.wrapped(head, len(heading), line)
			first = false
		}
		for _, diff := range fix.Diffs {
			p.diff(labelIndent, diff.Before, diff.After)
		}
	}
	p.commands(r, fixes)
	for i, fix := range fixes {
		if fix.Then != "" {
			p.label("then", fix.Then)
		}
		breaks := findings[0].Class == check.Breaks
		if breaks && fix.Then == "" && i == len(fixes)-1 {
			p.proof(fix)
		}
		if fix.Probe != "" {
			p.label("probe", "does it mutate them? A dry run creates nothing, and prints aws-iam-token or eks-pod-identity-token if so:")
			p.exact(labelIndent, "", 0, fix.Probe)
		}
	}
}

// summaries say what a fix does, a line for each edit of a file, escaped. A command in them is as it is copied.
func (p *page) summaries(fix *judge.Fix) []string {
	if len(fix.Edits) == 0 {
		before, after, has := strings.Cut(fix.Summary, fix.Look)
		if fix.Look == "" || !has {
			return []string{p.prose(capital(fix.Summary))}
		}
		return []string{p.prose(capital(before)) + p.glued(fix.Look) + p.prose(after)}
	}
	lines := make([]string, len(fix.Edits))
	for i, edit := range fix.Edits {
		lines[i] = p.plain(edit.File + ", line " + strconv.Itoa(edit.Line) + ": " + edit.Do) // to be typed: names are in full
	}
	return lines
}

// capital begins a sentence with a capital letter, unless its first word is more than letters.
func capital(sentence string) string {
	word, _, _ := strings.Cut(sentence, " ")
	if word == "" || strings.ContainsFunc(word, func(r rune) bool { return r < 'a' || r > 'z' }) {
		return sentence
	}
	runes := []rune(sentence)
	runes[0] = unicode.ToUpper(runes[0])
	return string(runes)
}

// commands writes the commands that make fixes: the one that makes them all where there is one. With -o wide all of them, step by
// step. A policy in a command is too long to read: then the command is the one that writes it to a file.
func (p *page) commands(r *judge.Report, fixes []*judge.Fix) {
	bind := fixes[0].Bind
	if bind != "" {
		p.exact(labelIndent, "", 0, bind)
		if !p.style.Wide && !slices.ContainsFunc(fixes, inFiles) {
			return
		}
		p.field(labelIndent, "", 0, "or step by step:")
	}
	if !p.style.Wide && slices.ContainsFunc(fixes, holdsPolicy) {
		p.exact(labelIndent, "", 0, explainCommand(r.Target, p.style.Source)+" --write-fix .")
		p.field(labelIndent, "", 0, "which writes each policy to a file and prints the command that applies it")
		return
	}
	for _, fix := range fixes {
		for _, command := range fix.Steps() {
			p.exact(labelIndent, "", 0, command)
		}
	}
}

// holdsPolicy reports whether a command of a fix has a whole policy in it.
func holdsPolicy(fix *judge.Fix) bool {
	return slices.ContainsFunc(fix.Policies, func(file change.PolicyFile) bool { return slices.Contains(fix.Commands, file.Line) })
}

// inFiles reports whether the policies of a fix were written to files, which its commands read.
func inFiles(fix *judge.Fix) bool { return len(fix.Policies) > 0 && !holdsPolicy(fix) }

// proof writes how sure it is that a fix is one, and what that rests on.
func (p *page) proof(fix *judge.Fix) {
	if !fix.Proved {
		p.field(labelIndent, "", 0, "not proved: the verdict after this fix is unknown")
		return
	}
	with, rests := "", ""
	if len(fix.With) > 0 {
		with = " and that of " + strings.Join(fix.With, " and ")
	}
	if len(fix.RestsOn) > 0 {
		rests = ", if " + strings.Join(fix.RestsOn, ", and if ")
	}
	p.paragraph(strings.Repeat(" ", labelIndent)+dressed(p.palette.good, "proved")+": ", labelIndent,
		"with this fix"+with+" the verdict becomes \"works\""+rests)
}
