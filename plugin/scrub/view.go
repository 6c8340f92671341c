package scrub

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A view is a text with its escapes resolved, and where each byte of it comes from.
type view struct {
	text string
	from []int // of the source; nil: the view is the source
	to   []int
}

// viewsOf returns a text as it is, and as it reads if it is escaped once, twice, and so on.
func viewsOf(text string) []view {
	views := []view{{text: text}}
	for range deepest {
		last := views[len(views)-1]
		next := last.unescaped()
		if next.text == last.text {
			break
		}
		views = append(views, next)
	}
	return views
}

// source returns where a part of the view comes from.
func (v view) source(s span) span {
	if v.from == nil || s.from >= s.to {
		return s
	}
	return span{v.from[s.from], v.to[s.to-1]}
}

// unescaped resolves one layer of escapes.
func (v view) unescaped() view {
	if !strings.ContainsAny(v.text, `\%&`) {
		return v
	}
	var text strings.Builder
	next := view{from: make([]int, 0, len(v.text)), to: make([]int, 0, len(v.text))}
	for at := 0; at < len(v.text); {
		decoded, length := unescape(v.text[at:])
		source := v.source(span{at, at + length})
		for range len(decoded) {
			next.from, next.to = append(next.from, source.from), append(next.to, source.to)
		}
		text.WriteString(decoded)
		at += length
	}
	next.text = text.String()
	return next
}

// longestEntity is the length of the longest character reference that is resolved, as &quot; is.
const longestEntity = 8

// unescape returns what a text begins with, resolved if it is an escape, and how long that is in the text. Escapes are those of
// JSON and of most programming languages, of URLs and of HTML.
func unescape(text string) (decoded string, length int) {
	switch text[0] {
	case '\\':
		return backslash(text)
	case '%':
		if len(text) >= 3 {
			if b, err := strconv.ParseUint(text[1:3], 16, 8); err == nil {
				return string([]byte{byte(b)}), 3
			}
		}
	case '&':
		if end := strings.IndexByte(text[:min(len(text), longestEntity)], ';'); end > 0 {
			if plain := html.UnescapeString(text[:end+1]); plain != text[:end+1] {
				return plain, end + 1
			}
		}
	}
	return text[:1], 1
}

func backslash(text string) (decoded string, length int) {
	if len(text) < 2 {
		return text, len(text)
	}
	switch text[1] {
	case '"', '\'', '\\', '/', '=', '&':
		return text[1:2], 2
	case 'n':
		return "\n", 2
	case 'r':
		return "\r", 2
	case 't':
		return "\t", 2
	case 'x', 'u':
		digits := 4
		if text[1] == 'x' {
			digits = 2
		}
		if len(text) >= 2+digits {
			if r, err := strconv.ParseUint(text[2:2+digits], 16, 32); err == nil {
				return string(utf8.AppendRune(nil, rune(r))), 2 + digits
			}
		}
	}
	return text[:1], 1
}
