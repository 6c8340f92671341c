package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// fromYAML returns a document of YAML as JSON. From is the line of its beginning.
func fromYAML(text []byte, from int) ([]byte, error) {
	return convert(text, from, wholeBytes, pieceBytes)
}

// convert converts a document that is longer than whole in pieces.
func convert(text []byte, from, whole, piece int) ([]byte, error) {
	c := converter{piece: piece}
	if len(text) > whole {
		err := c.pieces(text, from)
		if err == nil {
			return c.out, nil
		}
		var inPiece *Error
		if errors.As(err, &inPiece) && mostNodes(text) > mostParsed {
			return nil, inPiece
		}
		c = converter{}
	}
	if err := c.parsed(text, from, c.value); err != nil {
		return nil, err
	}
	return c.out, nil
}

// A converter writes nodes of YAML as JSON.
type converter struct {
	out          []byte
	path         path
	from         int // the line of the text that the nodes are of
	inAlias      int // how many aliases lead to here
	aliased      int // how many values aliases led to
	aliasedBytes int
	piece        int // see pieceBytes
}

// parsed parses a text and converts its only document.
func (c *converter) parsed(text []byte, from int, convert func(*yaml.Node) error) error {
	if most := mostNodes(text); most > mostParsed {
		return &Error{Line: from, Reason: fmt.Sprintf("more than %d values in one value of YAML: use JSON (-o json), or split the file", mostParsed)}
	}
	c.from = from
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var node, more yaml.Node
	if err := decoder.Decode(&node); err != nil {
		if errors.Is(err, io.EOF) {
			return convert(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"})
		}
		return c.syntax(text, err)
	}
	switch err := decoder.Decode(&more); {
	case errors.Is(err, io.EOF):
	case err != nil:
		return c.syntax(text, err)
	default:
		return c.fail(&more, "another document begins without a --- before it")
	}
	return convert(node.Content[0])
}

// mostNodes is how many values the text of a document has at most, about: each begins after one of these.
func mostNodes(text []byte) int {
	count := 0
	for _, mark := range []string{"\n", ",", "[", "{", "- ", ": ", `":`, "? "} {
		count += bytes.Count(text, []byte(mark))
	}
	return count
}

var yamlError = regexp.MustCompile(`^yaml: (?:line ([0-9]+): )?`)

// syntax is the parser's error with the line in the file.
func (c *converter) syntax(text []byte, err error) error {
	reason, line := strings.Join(strings.Fields(err.Error()), " "), c.from
	if found := yamlError.FindStringSubmatch(reason); found != nil {
		reason = reason[len(found[0]):]
		if in, err := strconv.Atoi(found[1]); err == nil {
			line += in - 1
		}
	}
	if at, what := unreadable(text); at >= 0 {
		return &Error{Line: c.from + bytes.Count(text[:at], newline), Reason: what}
	}
	if strings.HasPrefix(reason, "exceeded max depth") {
		return tooDeep(line)
	}
	return &Error{Line: line, Reason: reason, yaml: true}
}

// unreadable finds the first character that no YAML may have as it is.
func unreadable(text []byte) (at int, what string) {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size <= 1:
			return i, fmt.Sprintf("the byte 0x%02x: the text is not UTF-8", text[i])
		case r < ' ' && r != '\n' && r != '\t' && r != '\r', r >= 0x7f && r < 0xa0 && r != 0x85, r == 0xfeff, r == 0xfffe, r == 0xffff:
			return i, fmt.Sprintf(`the character U+%04X: YAML allows it only as an escape in double quotes, as in "\u%04x"`, r, r)
		}
		i += size
	}
	return -1, ""
}

func (c *converter) line(n *yaml.Node) int { return c.from + max(n.Line, 1) - 1 }

func (c *converter) fail(n *yaml.Node, reason string) *Error {
	if len(c.path) > 0 {
		reason = c.path.String() + ": " + reason
	}
	return &Error{Line: c.line(n), Reason: reason}
}

// count counts a value that an alias leads to.
func (c *converter) count(n *yaml.Node) error {
	if c.inAlias == 0 {
		return nil
	}
	c.aliased++
	c.aliasedBytes += len(n.Value)
	if c.aliased > mostAliased || c.aliasedBytes > mostAliasedBytes {
		return &Error{Line: c.line(n), Reason: fmt.Sprintf("aliases expand to more than %d values or %d MiB: write out what they stand for", mostAliased, mostAliasedBytes>>20)}
	}
	return nil
}

func (c *converter) value(n *yaml.Node) error {
	if err := c.count(n); err != nil {
		return err
	}
	if len(c.path)+c.inAlias > mostDepth {
		return tooDeep(c.line(n))
	}
	switch n.Kind {
	case yaml.AliasNode:
		c.inAlias++
		err := c.value(n.Alias)
		c.inAlias--
		return err
	case yaml.MappingNode:
		return c.mapping(n)
	case yaml.SequenceNode:
		c.out = append(c.out, '[')
		if err := c.entries(n.Content, 0); err != nil {
			return err
		}
		c.out = append(c.out, ']')
		return nil
	default:
		return c.scalar(n)
	}
}

// entries writes entries of a list, of which some may be written already.
func (c *converter) entries(list []*yaml.Node, before int) error {
	at := len(c.path)
	c.path = append(c.path, step{list: true})
	for i, entry := range list {
		if before+i > 0 {
			c.out = append(c.out, ',')
		}
		c.path[at].index = before + i
		if err := c.value(entry); err != nil {
			return err
		}
	}
	c.path = c.path[:at]
	return nil
}

func (c *converter) mapping(n *yaml.Node) error {
	c.out = append(c.out, '{')
	members, err := c.members(n, 0)
	if err != nil {
		return err
	}
	if len(c.path) > 0 { // as sigs.k8s.io/yaml does: the order of keys means nothing in YAML
		slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.key, b.key) })
	}
	for i, m := range members {
		if i > 0 {
			c.out = append(c.out, ',')
		}
		if err := c.member(m); err != nil {
			return err
		}
	}
	c.out = append(c.out, '}')
	return nil
}

func (c *converter) member(m member) error {
	c.out = append(appendText(c.out, m.key), ':')
	c.path = append(c.path, step{key: m.key})
	inAlias := c.inAlias
	c.inAlias += m.merged
	if err := c.value(m.value); err != nil {
		return err
	}
	c.inAlias = inAlias
	c.path = c.path[:len(c.path)-1]
	return nil
}

func (c *converter) scalar(n *yaml.Node) error {
	s := scalarOf(n)
	switch {
	case s.reason != "":
		return c.fail(n, s.reason)
	case s.json != "":
		c.out = append(c.out, s.json...)
	default:
		c.out = appendText(c.out, s.text)
	}
	return nil
}

// appendText appends a text as JSON.
func appendText(out []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			quoted, err := json.Marshal(text) // of a text it has no error
			if err != nil {
				return out
			}
			return append(out, quoted...)
		}
	}
	return append(append(append(out, '"'), text...), '"')
}
