package document

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// words are the plain scalars of YAML 1.1 that are no texts. kubectl reads them as these, with sigs.k8s.io/yaml
// (go.yaml.in/yaml/v2, resolve.go).
var words = func() map[string]string {
	all := map[string]string{}
	for value, list := range map[string]string{
		"true":  "y Y yes Yes YES true True TRUE on On ON",
		"false": "n N no No NO false False FALSE off Off OFF",
		"null":  "~ null Null NULL",
	} {
		for word := range strings.FieldsSeq(list) {
			all[word] = value
		}
	}
	all[""] = "null"
	return all
}()

var decimal = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)

// A scalar is a scalar of YAML as JSON.
type scalar struct {
	json   string // empty if it is a text
	text   string
	reason string // why it cannot be JSON
}

// scalarOf resolves a scalar. Explicit tags of other than YAML's own types are no types of JSON, so the scalar is a text.
func scalarOf(n *yaml.Node) scalar {
	explicit := n.Style&yaml.TaggedStyle != 0
	quoted := n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	tag := n.ShortTag()
	switch {
	case explicit && tag == "!!binary":
		plain, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.Value), ""))
		if err != nil {
			return scalar{reason: "!!binary is not base64"}
		}
		return scalar{text: string(plain)}
	case explicit && (tag == "!!int" || tag == "!!float" || tag == "!!bool" || tag == "!!null"):
		s := plainScalar(n.Value)
		if s.json == "" && s.reason == "" {
			s.reason = strconv.Quote(clipped(n.Value)) + " is not of the type " + tag
		}
		return s
	case explicit, quoted:
		return scalar{text: n.Value}
	default:
		return plainScalar(n.Value)
	}
}

// plainScalar resolves a scalar without quotes.
func plainScalar(text string) scalar {
	if word, ok := words[text]; ok {
		return scalar{json: word}
	}
	if text == "" || strings.IndexByte("+-.0123456789", text[0]) < 0 {
		return scalar{text: text}
	}
	if infinite[text] {
		return scalar{reason: text + " is not a number of JSON"}
	}
	const longest = 400 // of a number; ParseFloat takes long for one of any length
	plain := strings.ReplaceAll(text, "_", "")
	switch {
	case len(text) > longest:
	case text[0] == '.':
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return number(f)
		}
	case !isTimestamp(text):
		if i, err := strconv.ParseInt(plain, 0, 64); err == nil {
			return scalar{json: strconv.FormatInt(i, 10)}
		}
		if u, err := strconv.ParseUint(plain, 0, 64); err == nil {
			return scalar{json: strconv.FormatUint(u, 10)}
		}
		if decimal.MatchString(plain) {
			if f, err := strconv.ParseFloat(plain, 64); err == nil {
				return number(f)
			}
		}
	}
	return scalar{text: text}
}

var infinite = map[string]bool{
	".nan": true, ".NaN": true, ".NAN": true, ".inf": true, ".Inf": true, ".INF": true,
	"+.inf": true, "+.Inf": true, "+.INF": true, "-.inf": true, "-.Inf": true, "-.INF": true,
}

// isTimestamp reports whether a scalar begins as a date, which is a text to JSON: 2001-01-01.
func isTimestamp(text string) bool {
	year, _, found := strings.Cut(text, "-")
	return found && len(year) == len("2001") && strings.Trim(year, "0123456789") == ""
}

func number(f float64) scalar {
	text, err := json.Marshal(f)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return scalar{reason: "it is not a number of JSON"}
	}
	return scalar{json: string(text)}
}

func clipped(text string) string {
	const most = 40
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}
