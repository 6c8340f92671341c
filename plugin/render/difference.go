package render

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A difference is where two values part: each is head + its own middle + tail.
type difference struct {
	head, have, need, tail string
}

// differ finds the stretch in which two values differ, in whole characters.
func differ(have, need string) difference {
	start := 0
	for start < len(have) && start < len(need) {
		a, size := utf8.DecodeRuneInString(have[start:])
		b, _ := utf8.DecodeRuneInString(need[start:])
		if a != b {
			break
		}
		start += size
	}
	a, b := have[start:], need[start:]
	end := 0
	for end < len(a) && end < len(b) {
		x, size := utf8.DecodeLastRuneInString(a[:len(a)-end])
		y, _ := utf8.DecodeLastRuneInString(b[:len(b)-end])
		if x != y {
			break
		}
		end += size
	}
	return difference{have[:start], a[:len(a)-end], b[:len(b)-end], a[len(a)-end:]}
}

// alike reports whether it helps to compare two values character by character: both are single words,
// and either of the same form or alike for a good part.
func alike(have, need string) bool {
	if have == need || have == "" || need == "" || strings.ContainsFunc(have+need, unicode.IsSpace) {
		return false
	}
	for _, form := range []string{"arn:", "system:serviceaccount:", "https://"} {
		if strings.HasPrefix(have, form) && strings.HasPrefix(need, form) {
			return true
		}
	}
	const part = 3
	d := differ(have, need)
	return (len(d.head)+len(d.tail))*part >= min(len(have), len(need))*2
}

// edged reports whether a value has white space that the eye would miss: at its ends, or twice in a row.
func edged(value string) bool {
	return strings.TrimSpace(value) != value || strings.Contains(value, "  ")
}

// haveNeed writes the two values of a finding under each other and, where they can be compared character by
// character, marks where they differ.
func (p *page) haveNeed(have, need string) {
	shownHave, shownNeed := p.value(have), p.value(need)
	quote := have != "" && need != "" && (edged(have) || edged(need))
	if quote {
		shownHave, shownNeed = `"`+shownHave+`"`, `"`+shownNeed+`"`
	}
	if !quote && !alike(have, need) || have == need {
		p.apart("have", have)
		p.apart("need", need)
		return
	}
	d := differ(shownHave, shownNeed)
	indent := strings.Repeat(" ", labelIndent)
	p.WriteString(indent + pad("have", labelWidth) + d.head + dressed(p.palette.bad, d.have) + d.tail + "\n")
	p.WriteString(indent + pad("need", labelWidth) + d.head + dressed(p.palette.good, d.need) + d.tail + "\n")
	p.pointer(d)
	if odd := d.have + d.need; !p.style.ASCII && strings.ContainsFunc(odd, beyondASCII) {
		p.label("", "have "+codePoints(d.have)+", need "+codePoints(d.need))
	}
}

// apart writes one value by itself: a sentence is wrapped, a single word never is. Names stay in full, since the two values are
// compared.
func (p *page) apart(label, value string) {
	switch {
	case value == "":
	case edged(value):
		p.exact(labelIndent, label, labelWidth, `"`+value+`"`)
	default:
		p.wrapped(strings.Repeat(" ", labelIndent)+pad(p.prose(label), labelWidth), labelIndent+labelWidth, p.plain(value))
	}
}

// pointer marks where two values differ that stand right above.
func (p *page) pointer(d difference) {
	left := labelIndent + labelWidth + columns(d.head)
	if end := left + max(columns(d.have), columns(d.need)) + columns(d.tail); p.style.Width > 0 && end > p.style.Width {
		// The terminal breaks these lines itself, so that nothing stands below the right place.
		p.label("", fmt.Sprintf("they differ from character %d on: %s, need %s",
			utf8.RuneCountInString(d.head)+1, orNothing(d.have), orNothing(d.need)))
		return
	}
	length := columns(d.need)
	if length == 0 {
		length = columns(d.have)
	}
	p.WriteString(strings.Repeat(" ", left) + dressed(p.palette.warn, strings.Repeat("^", max(1, length))) + "\n")
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}

func beyondASCII(r rune) bool { return r >= utf8.RuneSelf }

// codePoints names characters that may look like others.
func codePoints(text string) string {
	const most = 8
	if text == "" {
		return "nothing"
	}
	var out []string
	for _, r := range text {
		if len(out) == most {
			out = append(out, "…")
			break
		}
		out = append(out, fmt.Sprintf("U+%04X", r))
	}
	return strings.Join(out, " ")
}
