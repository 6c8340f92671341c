package render

import (
	"strings"
)

// A page is text in the making. Everything is appended through its methods, which escape what they are
// given.
type page struct {
	strings.Builder
	style   Style
	palette palette
	names   *shortener // nil leaves names in full
}

func newPage(s Style) *page { return &page{style: s, palette: newPalette(s.Color)} }

// asciiTypography replaces the typography of our own prose in ASCII; values are never changed, only escaped.
var asciiTypography = strings.NewReplacer("…", "...", "–", "-", "—", "-", "’", "'", "‘", "'", "“", `"`, "”", `"`, "→", "->")

// prose escapes a sentence, with the names in it shortened.
func (p *page) prose(text string) string { return p.plain(p.names.sentence(text)) }

// policyLine escapes a line of a policy that is shown, not copied.
func (p *page) policyLine(line string) string { return p.plain(p.names.document(line)) }

// plain escapes a text with our own typography.
func (p *page) plain(text string) string {
	if p.style.ASCII {
		text = asciiTypography.Replace(text)
	}
	return Escape(text, p.style.ASCII)
}

// value escapes a text that somebody may copy or compare.
func (p *page) value(text string) string { return Escape(text, p.style.ASCII) }

// blank ends a paragraph; there is never more than one blank line, and none at the start.
func (p *page) blank() {
	if text := p.String(); text != "" && !strings.HasSuffix(text, "\n\n") {
		p.WriteString("\n")
	}
}

// dressed applies a colour, if there are any, to a text that is already escaped.
func dressed(color func(string) string, text string) string {
	if color == nil || text == "" {
		return text
	}
	return color(text)
}

// field writes a label and a sentence that is wrapped and indented next to the label. The label's
// own width is part of the indent.
func (p *page) field(indent int, label string, width int, text string) {
	p.paragraph(strings.Repeat(" ", indent)+pad(p.prose(label), width), indent+width, text)
}

// exact writes a label and a value that stays on one line.
func (p *page) exact(indent int, label string, width int, value string) {
	p.WriteString(strings.Repeat(" ", indent) + pad(p.prose(label), width) + p.value(value) + "\n")
}

// paragraph writes a sentence after a head (escaped already, and as wide as the indent unless it is wider)
// and wraps it at the page's width, between words only.
func (p *page) paragraph(head string, indent int, text string) {
	p.wrapped(head, indent, p.prose(text))
}

// wrapped writes a paragraph of a text that is escaped already.
func (p *page) wrapped(head string, indent int, text string) {
	lines := wrap(text, p.style.proseWidth()-max(indent, columns(head)), p.style.proseWidth()-indent)
	p.WriteString(strings.TrimRight(head+unglued(lines[0]), " ") + "\n")
	for _, line := range lines[1:] {
		p.WriteString(strings.Repeat(" ", indent) + unglued(line) + "\n")
	}
}

// glue is between the words of a command in a sentence, which is copied and so stays on one line. It is a character that no escaped
// text has.
const glue = "\ue000"

// glued escapes a command in a sentence.
func (p *page) glued(command string) string { return strings.ReplaceAll(p.value(command), " ", glue) }

func unglued(line string) string { return strings.ReplaceAll(line, glue, " ") }

// wrap breaks a text between words into lines of at most so many columns, with another limit for the first
// one. A word that is longer than a line stays whole. There is at least one line.
func wrap(text string, first, rest int) []string {
	const least = 20
	limit := max(first, least)
	var lines []string
	var line strings.Builder
	used := 0
	for word := range strings.FieldsSeq(text) {
		width := columns(word)
		if used > 0 && used+1+width > limit {
			lines = append(lines, line.String())
			line.Reset()
			used, limit = 0, max(rest, least)
		}
		if used > 0 {
			line.WriteByte(' ')
			used++
		}
		line.WriteString(word)
		used += width
	}
	return append(lines, line.String())
}

// pad fills a text with blanks to a width.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-columns(text)))
}

// Wrap breaks a text between words into lines of at most so many columns.
func Wrap(text string, width int) []string {
	return wrap(Escape(strings.Join(strings.Fields(text), " "), false), width, width)
}
