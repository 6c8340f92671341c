package document

import (
	"bytes"
	"errors"
	"regexp"

	"go.yaml.in/yaml/v3"
)

const (
	// wholeBytes is how long a document is at most that is parsed at once. The parser keeps some ten times the size of a text in
	// memory, so a longer one is parsed in pieces: key by key, and the list of a key some entries at a time.
	wholeBytes = 1 << 20
	// pieceBytes is how long the entries of a list are, about, that are parsed at once.
	pieceBytes = 256 << 10
)

// errWhole says that a document has to be parsed as a whole.
var errWhole = errors.New("the document is not in block style")

// listKey is a line that is a key whose value follows, so that no anchor, tag or text is lost.
var listKey = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]*:[ \t\r]*\n$`)

// pieces converts a mapping in block style in pieces. A cut is before a line of the first level, or of a list below it, that
// begins a key or an entry. It is right wherever all that is before it is whole: a cut within quotes or brackets leaves a
// piece that is none, and an alias whose anchor is in another piece is an error too. Then the document is parsed as a whole.
func (c *converter) pieces(text []byte, from int) error {
	c.out = append(c.out, '{')
	written := keys{fold: true}
	for len(text) > 0 {
		length := sectionLength(text)
		if length == 0 {
			return errWhole
		}
		if err := c.section(text[:length], from, &written); err != nil {
			return err
		}
		from += bytes.Count(text[:length], newline)
		text = text[length:]
	}
	if len(c.out) == 1 {
		return errWhole
	}
	c.out = append(c.out, '}')
	return nil
}

// sectionLength is the length of a key of the first level with its value, and what is before it.
func sectionLength(text []byte) int {
	began := false
	for at := 0; at < len(text); {
		line := text[at : at+lineLength(text[at:])]
		switch c := line[0]; {
		case c == ' ' && !began && leading(line) < len(line):
			return 0
		case c == ' ', c == '#', c == '\n', c == '\r':
		case isEntry(line, 0):
		case isSeparator(line) && !began && len(bytes.TrimSpace(line)) == len("---"):
		case c == '%', c == '.', c == '\t', isSeparator(line):
			return 0
		case began:
			return at
		default:
			began = true
		}
		at += len(line)
	}
	return len(text)
}

// isEntry reports whether a line begins an entry of a list with an indentation.
func isEntry(line []byte, indent int) bool {
	if len(line) <= indent || line[indent] != '-' || len(bytes.TrimLeft(line[:indent], " ")) > 0 {
		return false
	}
	return len(line) == indent+1 || bytes.IndexByte([]byte(" \r\n"), line[indent+1]) >= 0
}

// section converts a part of the mapping.
func (c *converter) section(text []byte, from int, written *keys) error {
	blank := leading(text)
	head := text[blank:]
	head = head[:lineLength(head)]
	rest := text[blank+len(head):]
	if start := leading(rest); len(text) > c.piece && listKey.Match(head) && start < len(rest) {
		indent := start - 1 - bytes.LastIndexByte(rest[:start], '\n')
		if isEntry(rest[start-indent:], indent) {
			key := string(bytes.TrimRight(head, ": \t\r\n"))
			line := from + bytes.Count(text[:blank], newline)
			if err := c.newKey(key, line, written); err != nil {
				return err
			}
			return c.list(key, rest, line+1, indent)
		}
	}
	return c.parsed(text, from, func(n *yaml.Node) error { return c.topLevel(n, written) })
}

func (c *converter) newKey(key string, line int, written *keys) error {
	if _, word := words[key]; word {
		return errWhole
	}
	if first, again := written.add([]byte(key), line); again {
		return twice(nil, key, line, first)
	}
	return nil
}

// topLevel writes the keys of a section that is parsed.
func (c *converter) topLevel(n *yaml.Node, written *keys) error {
	switch {
	case n.Line == 0:
		return nil // comments
	case n.Kind != yaml.MappingNode || n.Style&yaml.FlowStyle != 0 || len(n.Content) != 2:
		return errWhole
	}
	key, err := c.key(n.Content[0])
	if err != nil || isMerge(n.Content[0]) {
		return errWhole
	}
	if err := c.newKey(key, c.line(n.Content[0]), written); err != nil {
		return err
	}
	c.comma()
	return c.member(member{key: key, value: n.Content[1]})
}

// comma separates a member of the document from the one before it.
func (c *converter) comma() {
	if len(c.out) > 1 {
		c.out = append(c.out, ',')
	}
}

// list writes the list of a key, some entries at a time.
func (c *converter) list(key string, text []byte, from, indent int) error {
	c.comma()
	c.out = append(appendText(c.out, key), ':', '[')
	c.path = append(c.path, step{key: key})
	written := 0
	for len(text) > 0 {
		length := entriesLength(text, indent, c.piece)
		err := c.parsed(text[:length], from, func(n *yaml.Node) error {
			if n.Kind != yaml.SequenceNode || n.Style&yaml.FlowStyle != 0 || n.Anchor != "" {
				return errWhole
			}
			written += len(n.Content)
			return c.entries(n.Content, written-len(n.Content))
		})
		if err != nil {
			return err
		}
		from += bytes.Count(text[:length], newline)
		text = text[length:]
	}
	c.path = c.path[:0]
	c.out = append(c.out, ']')
	return nil
}

// entriesLength is the length of the first entries of a list, of one at least.
func entriesLength(text []byte, indent, piece int) int {
	for at := 0; at < len(text); {
		line := text[at : at+lineLength(text[at:])]
		if at >= piece && isEntry(line, indent) {
			return at
		}
		at += len(line)
	}
	return len(text)
}
