package document

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// formats are the first bytes of what is often given by mistake.
var formats = []struct {
	magic, reason string
}{
	{"\x1f\x8b", "it is compressed with gzip: decompress it first, as in gunzip -c"},
	{"\x28\xb5\x2f\xfd", "it is compressed with zstd: decompress it first, as in zstd -dc"},
	{"BZh", "it is compressed with bzip2: decompress it first, as in bunzip2 -c"},
	{"\xfd7zXZ\x00", "it is compressed with xz: decompress it first, as in xz -dc"},
	{"PK\x03\x04", "it is a ZIP archive: extract it first"},
	{"\xff\xfe\x00\x00", "it is UTF-32: save it as UTF-8"},
	{"\x00\x00\xfe\xff", "it is UTF-32: save it as UTF-8"},
	{"k8s\x00", "it is a Kubernetes object in protobuf: use YAML or JSON"},
}

// IsText returns an error about a file that is no text, by its first bytes.
func IsText(first []byte) error {
	_, err := utf8Text(first)
	return err
}

// utf8Text returns a file's text without its byte order mark. UTF-16, which a > of Windows PowerShell writes, has one.
func utf8Text(data []byte) ([]byte, error) {
	for _, f := range formats {
		if bytes.HasPrefix(data, []byte(f.magic)) {
			return nil, &Error{Reason: f.reason}
		}
	}
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		data = fromUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		data = fromUTF16(data[2:], binary.BigEndian)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if at := bytes.IndexByte(data, 0); at >= 0 {
		return nil, &Error{Line: lineAt(data, at), Reason: "it holds a NUL byte: it is not a text file, or not in UTF-8"}
	}
	return data, nil
}

func fromUTF16(data []byte, order binary.ByteOrder) []byte {
	out := make([]byte, 0, len(data)/2)
	for ; len(data) >= 2; data = data[2:] {
		r := rune(order.Uint16(data))
		if utf16.IsSurrogate(r) && len(data) >= 4 {
			if both := utf16.DecodeRune(r, rune(order.Uint16(data[2:]))); both != '\ufffd' {
				r, data = both, data[2:]
			}
		}
		out = append(out, string(r)...)
	}
	return out
}

func lineAt(text []byte, offset int) int { return 1 + bytes.Count(text[:offset], newline) }

// A part of a file is between two lines that separate documents.
type part struct {
	text []byte
	line int
}

// parts separates YAML documents, each with the --- before it. Such a line ends even a quoted text (YAML 1.2, 9.1.4), so the
// documents before and after one that is broken stay whole.
func parts(text []byte) []part {
	var all []part
	start, line, at := 0, 1, 0
	from := line
	empty := true // nothing but directives, comments and blanks since start
	for at < len(text) {
		end := at + lineLength(text[at:])
		current := text[at:end]
		switch {
		case isSeparator(current):
			if !empty {
				all = append(all, part{text[start:at], from})
				start, from = at, line
			}
			empty = len(bytes.TrimSpace(current)) == len("---")
			if empty && start != at && !directives(text[start:at]) {
				start, from = at, line
			}
		case len(bytes.TrimSpace(current)) > 0 && current[0] != '#' && current[0] != '%':
			empty = false
		}
		at, line = end, line+1
	}
	return append(all, part{text[start:], from})
}

// directives reports whether a text without a document has directives for the one that follows.
func directives(text []byte) bool {
	return bytes.HasPrefix(text, []byte("%")) || bytes.Contains(text, []byte("\n%"))
}

func lineLength(text []byte) int {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		return i + 1
	}
	return len(text)
}

func isSeparator(line []byte) bool {
	return bytes.HasPrefix(line, []byte("---")) && (len(line) == 3 || bytes.IndexByte([]byte(" \t\r\n"), line[3]) >= 0)
}

// leading is the length of what is before the first value: blanks, comments and separators.
func leading(text []byte) int {
	at := 0
	for at < len(text) {
		line := text[at : at+lineLength(text[at:])]
		blanks := len(line) - len(bytes.TrimLeft(line, " \t\r\n"))
		rest := line[blanks:]
		switch {
		case len(rest) == 0, rest[0] == '#', blanks == 0 && rest[0] == '%':
		case blanks == 0 && isSeparator(line):
			after := bytes.TrimLeft(line[3:], " \t\r\n")
			if len(after) > 0 && after[0] != '#' {
				return at + len(line) - len(after)
			}
		case bytes.Equal(bytes.TrimSpace(line), []byte("...")):
		default:
			return at + blanks
		}
		at += len(line)
	}
	return len(text)
}
