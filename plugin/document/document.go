// Package document reads the documents of YAML and JSON files within bounds: every document of a file or an error, no key
// twice, aliases and nesting bounded before anything is built of them. Time and memory are linear in the size of the file.
package document

import (
	"bytes"
	"fmt"
)

const (
	// mostDepth is how deep mappings and lists may be nested. The schema of a large CustomResourceDefinition needs eighty.
	mostDepth = 500
	// mostAliased is how many values aliases may lead to, each counted every time that it is led to, and mostAliasedBytes how
	// long they may be together. Without aliases a document is as large as its text.
	mostAliased      = 100_000
	mostAliasedBytes = 16 << 20
	// mostParsed is how many values of YAML are in memory at once, half a kilobyte each. A list of a
	// document's first level may have any number, as it is read in pieces.
	mostParsed = 2_000_000
)

// A Document is one document of a file.
type Document struct {
	Text []byte // as it is written
	Line int    // of the document's beginning in the file, from 1; blank lines and comments are before it
	From int    // the line in the file of the first line of Text

	json  bool   // it is JSON, or was meant to be
	fault *Error // of JSON
}

// An Error says why a document cannot be read, and where.
type Error struct {
	Line   int // in the file; 0 where it is about all of it
	Reason string

	yaml bool // it is of the syntax of YAML
}

// Error is the place and the reason in one line.
func (e *Error) Error() string {
	text := e.Reason
	if e.Line > 0 {
		text = fmt.Sprintf("line %d: %s", e.Line, text)
	}
	if e.yaml {
		text = "yaml: " + text
	}
	return text
}

// Split returns the documents of a file in their order: those of YAML, or the values of a stream of JSON. What holds no value
// (blank lines, comments) is none. The error is about a file that is no text.
func Split(data []byte) ([]Document, error) {
	text, err := utf8Text(data)
	if err != nil {
		return nil, err
	}
	var documents []Document
	for _, part := range parts(text) {
		blank := leading(part.text)
		if blank == len(part.text) {
			continue
		}
		d := Document{Text: part.text, From: part.line, Line: part.line + bytes.Count(part.text[:blank], newline)}
		switch part.text[blank] {
		case '{', '[':
			documents = append(documents, stream(d, blank)...)
		default:
			documents = append(documents, d)
		}
	}
	return documents, nil
}

// JSON returns the document as JSON without aliases, in which no key is twice. YAML is understood as kubectl does: with the words
// and numbers of YAML 1.1.
func (d Document) JSON() ([]byte, error) {
	switch {
	case d.json && d.fault != nil:
		return nil, d.fault
	case d.json:
		return d.Text, nil
	}
	return fromYAML(d.Text, d.From)
}

var newline = []byte("\n")
