package trust

import (
	"cmp"
	"slices"
	"strings"
)

// A change replaces a stretch of the text.
type change struct {
	at   span
	with string
}

// splice makes all changes, which must not overlap, and leaves everything else byte for byte.
func splice(src string, changes []change) string {
	slices.SortFunc(changes, func(a, b change) int { return cmp.Compare(a.at.start, b.at.start) })
	var b strings.Builder
	done := int32(0)
	for _, c := range changes {
		b.WriteString(src[done:c.at.start])
		b.WriteString(c.with)
		done = c.at.end
	}
	b.WriteString(src[done:])
	return b.String()
}

// A layout is how a document is written: what is around its colons and commas, and its indentation.
type layout struct {
	colon   string // ":" or ": "
	comma   string // what follows a comma on the same line: "" or " "
	newline string // "" where the document is one line
	unit    string // one step of indentation
}

func layoutOf(src string, root *node) layout {
	l := layout{colon: ":"}
	if len(root.members) == 0 {
		return l
	}
	m := &root.members[0]
	if m.value.at.start > m.keyAt.end+1 {
		l.colon, l.comma = ": ", " "
	}
	if before := src[root.at.start+1 : m.keyAt.start]; strings.Contains(before, "\n") {
		l.newline = "\n"
		if strings.Contains(before, "\r\n") {
			l.newline = "\r\n"
		}
		outer := indentAt(src, root.at.start)
		l.unit = strings.TrimPrefix(before[strings.LastIndexByte(before, '\n')+1:], outer)
	}
	return l
}

// indentAt is the white space that the line of an offset starts with.
func indentAt(src string, offset int32) string {
	start := strings.LastIndexByte(src[:offset], '\n') + 1
	end := start
	for end < len(src) && (src[end] == ' ' || src[end] == '\t') {
		end++
	}
	return src[start:end]
}

// render writes n in this layout, the first line without its indentation.
func (l layout) render(n *node, indent string) string {
	var b strings.Builder
	l.write(&b, n, indent)
	return b.String()
}

func (l layout) write(b *strings.Builder, n *node, indent string) {
	switch {
	case n.kind == list:
		b.WriteByte('[')
		for i := range n.members {
			if i > 0 {
				b.WriteString("," + l.comma)
			}
			l.write(b, &n.members[i].value, indent)
		}
		b.WriteByte(']')
	case n.kind == object && len(n.members) > 0:
		inner := indent + l.unit
		b.WriteByte('{')
		for i := range n.members {
			switch {
			case l.newline != "" && i > 0:
				b.WriteString("," + l.newline + inner)
			case l.newline != "":
				b.WriteString(l.newline + inner)
			case i > 0:
				b.WriteString("," + l.comma)
			}
			b.WriteString(quoted(n.members[i].key) + l.colon)
			l.write(b, &n.members[i].value, inner)
		}
		if l.newline != "" {
			b.WriteString(l.newline + indent)
		}
		b.WriteByte('}')
	default:
		n.write(b)
	}
}

// gap is the white space before the last of several children, which a new one after it gets too.
func (l layout) gap(src string, starts, ends []int32, open int32) string {
	last := len(starts) - 1
	from := open + 1
	if last > 0 {
		from = ends[last-1]
		from += int32(strings.IndexByte(src[from:starts[last]], ',')) + 1
	}
	gap := src[from:starts[last]]
	if last == 0 && gap == "" {
		return l.comma
	}
	return gap
}

// bounds are where the members of an object or a list start and end.
func (n *node) bounds() (starts, ends []int32) {
	for i := range n.members {
		m := &n.members[i]
		start := m.keyAt.start
		if n.kind == list {
			start = m.value.at.start
		}
		starts, ends = append(starts, start), append(ends, m.value.at.end)
	}
	return starts, ends
}

// appended adds a child at the end of a list or an object. written is it, with the indentation of its line.
func (l layout) appended(src string, n *node, written func(indent string) string) change {
	starts, ends := n.bounds()
	if len(starts) == 0 {
		return change{span{n.at.start, n.at.end}, src[n.at.start:n.at.start+1] + written(indentAt(src, n.at.start)) + src[n.at.end-1:n.at.end]}
	}
	gap := l.gap(src, starts, ends, n.at.start)
	indent := indentAt(src, starts[len(starts)-1])
	if i := strings.LastIndexByte(gap, '\n'); i >= 0 {
		indent = gap[i+1:]
	}
	end := ends[len(ends)-1]
	return change{span{end, end}, "," + gap + written(indent)}
}

// removed removes the i-th child, with its comma; the white space of the others stays.
func removed(n *node, i int) change {
	starts, ends := n.bounds()
	switch {
	case len(starts) == 1:
		return change{at: span{n.at.start + 1, n.at.end - 1}}
	case i == 0:
		return change{at: span{starts[0], starts[1]}}
	}
	return change{at: span{ends[i-1], ends[i]}}
}

// joined adds a string to a value that is a string or a list of strings.
func (l layout) joined(src string, n *node, value string) change {
	if n.kind == list {
		return l.appended(src, n, func(string) string { return quoted(value) })
	}
	return change{n.at, "[" + src[n.at.start:n.at.end] + "," + l.comma + quoted(value) + "]"}
}

// enlisted does the same, with a comma of its own in a list that it makes of a string, so that separated can make
// it a string again.
func (l layout) enlisted(src string, n *node, value string) change {
	if n.kind == list {
		return l.joined(src, n, value)
	}
	return change{n.at, "[" + src[n.at.start:n.at.end] + l.ownComma() + quoted(value) + "]"}
}

// ownComma is a comma as nothing else in the document has one: white space counts neither for its meaning nor for
// its size.
func (l layout) ownComma() string {
	if l.comma == "" {
		return ", "
	}
	return ","
}

// separated removes the i-th string of a list of several; a list that enlisted has made is a string again.
func (l layout) separated(src string, n *node, i int) change {
	starts, ends := n.bounds()
	made := len(starts) == 2 && i == 1 && starts[0] == n.at.start+1 && src[ends[0]:starts[1]] == l.ownComma() && ends[1] == n.at.end-1
	if made {
		return change{n.at, src[starts[0]:ends[0]]}
	}
	return removed(n, i)
}
