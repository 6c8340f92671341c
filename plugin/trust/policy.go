package trust

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Policy is a parsed trust policy. It keeps the text that it was read from.
type Policy struct {
	text       string
	root       node
	ruler      ruler
	variables  bool // Version is 2012-10-17, so that ${…} means something
	statements []statement
	problems   []Problem
	malformed  bool

	returned  bool // by IAM, which has accepted it
	noVersion bool // Version is none that AWS documents
}

// A Problem is a reason for which IAM would not accept the document, or that makes its meaning doubtful.
type Problem struct {
	Position
	Severity Severity
	Where    string // "statement 2, Principal"
	Reason   string

	decides bool // it leaves the policy without a verdict
}

// Severity is how bad a Problem is.
type Severity uint8

// The severities, the worst first.
const (
	// Malformed: not of the language, so that there is no verdict.
	Malformed Severity = iota
	// Refused: IAM does not save it, but what it means is plain, and it is evaluated.
	Refused
	// Noted: accepted, though not documented.
	Noted
)

// maxProblems bounds the list for hostile documents.
const maxProblems = 100

type effect bool

const (
	allow effect = false
	deny  effect = true
)

func (e effect) String() string {
	if e == deny {
		return "Deny"
	}
	return "Allow"
}

type statement struct {
	number     int // from 1
	node       *node
	sid        string
	effect     effect
	principals []principal
	principal  *node    // the Principal element
	condition  *node    // the Condition element
	actions    []member // strings of the tree
	notAction  bool
	action     *node // the Action or NotAction element
	actionName string
	conditions []condition

	// Of a policy that IAM returned:
	doubts       []doubt // malformed parts, of which is not documented what IAM makes of them
	noEffect     bool    // so that it may allow or deny
	notPrincipal bool
}

// A doubt is a malformed part of a statement that IAM has accepted.
type doubt struct {
	offset int32
	where  place
	reason string
}

type principal struct {
	kind     PrincipalType
	id       string
	at       span
	keyAt    span // its type
	everyone bool
}

type condition struct {
	name   string // the operator as it is written
	op     operator
	key    string // as it is written
	lower  string
	keyAt  span
	values []operand
	// several: the key occurs again under this operator, in unequal case.
	several bool
	node    *node // the value: a list or a single one
	// Its place: the operator's index in the Condition element, the key's in the operator.
	operatorIndex, keyIndex int
}

// An operand is one value of a condition.
type operand struct {
	text  string
	kind  kind
	at    span
	parts []segment // where variables occur
}

// Parse reads a trust policy: JSON, or JSON in percent encoding as iam:GetRole returns it. The error is an
// *Error: not UTF-8, not JSON, too large (1 MB), nested too deep. What is JSON and yet not a policy that IAM
// would accept parses, and Problems says why.
func Parse(document []byte) (*Policy, error) { return parse(document, false) }

// ParseReturned reads a policy that IAM returned, and so has accepted. What Parse calls Malformed then matches nothing where
// that is documented (a principal with a wildcard, of an unknown type, or none at all), and otherwise leaves open whether
// its statement matches. Only keys that hide one another leave such a policy without a verdict. Edits are made of it
// only if the result is one that Parse finds valid.
func ParseReturned(document []byte) (*Policy, error) { return parse(document, true) }

func parse(document []byte, returned bool) (*Policy, error) {
	src, err := decoded(document)
	if err != nil {
		return nil, err
	}
	root, wide, fault := scan(src)
	if fault != nil {
		return nil, &Error{rule(src, true).at(int32(fault.offset)), fault.reason}
	}
	p := &Policy{text: src, root: root, ruler: rule(src, wide), returned: returned}
	p.read()
	return p, nil
}

func decoded(document []byte) (string, error) {
	if len(document) > maxDocument {
		return "", &Error{Position{Line: 1, Column: 1}, fmt.Sprintf("the document has %d bytes, more than %d", len(document), maxDocument)}
	}
	src := string(document)
	if start := src[afterSpace(src, 0):]; strings.HasPrefix(start, "%") {
		// Not QueryUnescape, which would make blanks of plus signs.
		plain, err := url.PathUnescape(start)
		if err != nil {
			return "", &Error{Position{Line: 1, Column: 1}, "percent encoding: " + err.Error()}
		}
		src = plain
	}
	if !utf8.ValidString(src) {
		offset := 0
		for offset < len(src) {
			r, size := utf8.DecodeRuneInString(src[offset:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			offset += size
		}
		return "", &Error{rule(src[:offset], true).at(int32(offset)), "the document is not UTF-8"}
	}
	return src, nil
}

// Document is the policy's text, without percent encoding.
func (p *Policy) Document() []byte { return []byte(p.text) }

// Problems are the reasons for which IAM would not accept the document, in the order of the text, at most a
// hundred. If one is Malformed, there is no verdict, except of a policy that IAM returned.
func (p *Policy) Problems() []Problem {
	all := slices.Clone(p.problems)
	slices.SortStableFunc(all, func(a, b Problem) int { return a.Offset - b.Offset })
	return all
}

// Valid reports whether the document is a policy that can be evaluated.
func (p *Policy) Valid() bool { return !p.malformed }
