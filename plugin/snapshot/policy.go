package snapshot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// A PolicyDocument is the text of a policy, byte for byte as it was stored. In a file it is an object, or
// the percent-encoded string (RFC 3986) that the IAM API returns. The zero value is no document.
type PolicyDocument string

// DecodePolicy turns what IAM returns (percent-encoded JSON, or plain JSON) into a document.
func DecodePolicy(text string) (PolicyDocument, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		return PolicyDocument(text), nil
	}
	plain, err := url.PathUnescape(text)
	if err != nil {
		return "", fmt.Errorf("policy document: %w", err)
	}
	return PolicyDocument(plain), nil
}

// UnmarshalJSON reads an object as it is written, or a string.
func (d *PolicyDocument) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	switch {
	case bytes.Equal(data, []byte("null")):
		return nil
	case len(data) > 0 && data[0] == '"':
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		document, err := DecodePolicy(text)
		if err != nil {
			// Kept as it is: that it cannot be decoded is for the trust policy's check to say.
			document = PolicyDocument(text)
		}
		*d = document
		return nil
	default:
		*d = PolicyDocument(data)
		return nil
	}
}

// MarshalJSON writes an object where that loses nothing, and the percent-encoded string otherwise, so that
// the text's white space, order and duplicate keys survive the file.
func (d PolicyDocument) MarshalJSON() ([]byte, error) {
	var value map[string]any // a text in quotes would be read as an encoded document
	if json.Unmarshal([]byte(d), &value) == nil && value != nil {
		if canonical, err := json.Marshal(value); err == nil && string(canonical) == string(d) {
			return canonical, nil
		}
	}
	return json.Marshal(url.PathEscape(string(d)))
}
