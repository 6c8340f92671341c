package export

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
)

// exact reports whether a format writes every text of a change, and of the policies in it, as it is; keeps reports that of one text.
// What would become another text is a step by hand.
func exact(c change.Change, keeps func(string) bool) bool {
	data, err := json.Marshal(c)
	if err != nil {
		return false
	}
	value, err := decode(data)
	return err == nil && exactIn(value, keeps)
}

func exactIn(value any, keeps func(string) bool) bool {
	switch v := value.(type) {
	case string:
		if policy, err := decode([]byte(v)); err == nil && strings.HasPrefix(strings.TrimSpace(v), "{") {
			return exactIn(policy, keeps)
		}
		return keeps(v)
	case []any:
		for _, item := range v {
			if !exactIn(item, keeps) {
				return false
			}
		}
	case map[string]any:
		for key, item := range v {
			if !keeps(key) || !exactIn(item, keeps) {
				return false
			}
		}
	}
	return true
}

// isText reports whether a text can be written with the characters of Unicode. Half a surrogate pair, which JSON can name, and bytes
// that are not UTF-8 cannot: the decoder replaces them.
func isText(text string) bool { return !strings.Contains(text, "\uFFFD") }

// decode decodes JSON, with numbers as they are written.
func decode(document []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	return value, err
}
