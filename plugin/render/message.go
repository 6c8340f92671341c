package render

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// Message returns a line about the work itself, for standard error: an error, a warning, or what became of a step. Its severity
// is the word that it begins with, which is coloured. A command, if there is one, says what to run about it: on a terminal it
// has a line of its own, so that it can be copied, and elsewhere everything is one line.
func Message(text, command string, s Style) string {
	p := newPage(s)
	p.message(p.value(strings.Join(strings.Fields(text), " ")), command)
	return p.String()
}

// Warnings returns the warnings of a plan as messages, with the names in them shortened as in the plan.
func Warnings(plan *bind.Plan, s *snapshot.Snapshot, style Style) string {
	return inShort(s.Cluster().Account, style, func(p *page) {
		for _, warning := range plan.Warnings {
			p.message(p.prose("warning: "+strings.Join(strings.Fields(warning.Text), " ")), warning.Command)
		}
	})
}

// message writes a message whose text is escaped already.
func (p *page) message(text, command string) {
	s := p.style
	if command != "" {
		text += ":"
	}
	lines := []string{text}
	if s.Width > 0 {
		lines = wrap(text, s.proseWidth(), s.proseWidth()-messageIndent)
	}
	for i, line := range lines {
		if i == 0 {
			p.WriteString(p.severity(line))
			continue
		}
		p.WriteString("\n" + strings.Repeat(" ", messageIndent) + line)
	}
	if command != "" {
		if s.Width > 0 {
			p.WriteString("\n" + strings.Repeat(" ", messageIndent))
		} else {
			p.WriteString(" ")
		}
		p.WriteString(p.value(command))
	}
	p.WriteString("\n")
}

// messageIndent is how far what follows the first line of a message is indented.
const messageIndent = 2

// severity colours the word that a message begins with.
func (p *page) severity(line string) string {
	word, _, ok := strings.Cut(line, ": ")
	if !ok {
		return line
	}
	color, known := map[string]func(string) string{
		"error": p.palette.bad, "not done": p.palette.bad,
		"warning": p.palette.warn, "unknown": p.palette.warn,
		"done": p.palette.good,
	}[word]
	if !known {
		return line
	}
	return dressed(color, word+":") + line[len(word)+1:]
}

// Question returns a question that is answered on the same line, with no if nothing is typed.
func Question(text string, s Style) string {
	p := newPage(s)
	return dressed(p.palette.strong, p.prose(text)) + " [y/N] "
}
