package render

import (
	"strings"

	udiff "github.com/aymanbagabas/go-udiff"
)

// contextLines is how many lines are shown around a change.
const contextLines = 1

// A diffLine is a line of a diff: its sign, which says in a word what its colour says, and its text.
type diffLine struct {
	kind udiff.OpKind
	text string
}

// diff writes how a text changes: removed lines behind a -, added lines behind a +, each with a few lines around it. It is the one
// way in which a change of a policy or of an object is shown. Of an indented text only the indentation that the lines do not share is kept.
func (p *page) diff(indent int, before, after string) {
	lines := p.diffLines(before, after)
	shared := sharedIndent(lines)
	margin := strings.Repeat(" ", indent)
	for _, line := range lines {
		text := p.policyLine(strings.TrimPrefix(line.text, shared))
		sign, color := "  ", p.palette.dim
		switch line.kind {
		case udiff.Delete:
			sign, color = "- ", p.palette.removed
		case udiff.Insert:
			sign, color = "+ ", p.palette.good
		case udiff.Equal:
		}
		p.WriteString(margin + dressed(color, strings.TrimRight(sign+text, " ")) + "\n")
	}
}

// gapLine is between two parts of a text that are not next to each other.
const gapLine = "…"

// diffLines are the lines of a diff in their order, a [gapLine] where others are left out between them.
func (p *page) diffLines(before, after string) []diffLine {
	before, after = untabbed(before), untabbed(after)
	unified, err := udiff.ToUnifiedDiff("", "", before, udiff.Lines(before, after), contextLines)
	if err != nil { // the edits are those of these two texts, so that they apply
		return nil
	}
	var lines []diffLine
	for i, hunk := range unified.Hunks {
		if i > 0 {
			lines = append(lines, diffLine{udiff.Equal, gapLine})
		}
		for _, line := range hunk.Lines {
			lines = append(lines, diffLine{line.Kind, strings.TrimRight(line.Content, "\r\n")})
		}
	}
	return lines
}

// untabbed writes the tabs that indent lines as blanks, since a tab would be shown escaped.
func untabbed(text string) string {
	if !strings.Contains(text, "\t") {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		rest := strings.TrimLeft(line, " \t")
		lines[i] = strings.ReplaceAll(line[:len(line)-len(rest)], "\t", "  ") + rest
	}
	return strings.Join(lines, "\n")
}

// sharedIndent returns the blanks with which all lines begin.
func sharedIndent(lines []diffLine) string {
	shared, first := 0, true
	for _, line := range lines {
		if line.text == gapLine || strings.TrimSpace(line.text) == "" {
			continue
		}
		blanks := len(line.text) - len(strings.TrimLeft(line.text, " "))
		if first || blanks < shared {
			shared, first = blanks, false
		}
	}
	return strings.Repeat(" ", shared)
}
