package anonymize

import (
	"encoding/json"
	"strings"
)

// grammar are the keys of a policy (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html).
// Operators of conditions are keys as well, and stay too.
var grammar = func() map[string]bool {
	keys := map[string]bool{}
	for key := range strings.FieldsSeq(`version id statement sid effect principal notprincipal action notaction resource
		notresource condition aws federated service canonicaluser`) {
		keys[key] = true
	}
	return keys
}()

// verbatim are the keys whose values name nobody.
var verbatim = map[string]bool{"version": true, "effect": true, "action": true, "notaction": true, "service": true}

// policy replaces the names in the text of a policy and leaves everything else as it is written: a finding may be about a
// comma. A text that is no JSON is replaced as any other text.
func (a *anonymizer) policy(text string) string {
	if !json.Valid([]byte(text)) {
		return a.text(text)
	}
	var out strings.Builder
	var keys []string // of the objects that are open
	key := ""
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case '{':
			keys = append(keys, key)
		case '}':
			if len(keys) > 0 {
				keys = keys[:len(keys)-1]
			}
		case '"':
			end := i + 1
			for end < len(text) && text[end] != '"' {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end+1, len(text))
			literal := text[i:end]
			if strings.HasPrefix(strings.TrimLeft(text[end:], " \t\r\n"), ":") {
				key = unquoted(literal)
				out.WriteString(a.literal(literal, func(s string) string { return a.policyKey(s, keys) }))
			} else {
				out.WriteString(a.literal(literal, func(s string) string {
					if verbatim[strings.ToLower(key)] {
						return s
					}
					return a.text(s)
				}))
			}
			i = end
			continue
		}
		out.WriteByte(text[i])
		i++
	}
	return out.String()
}

// policyKey replaces the names in a key: of a condition the issuer, or what follows the name of a tag.
func (a *anonymizer) policyKey(key string, open []string) string {
	lower := strings.ToLower(key)
	inCondition := len(open) > 0 && strings.EqualFold(open[len(open)-1], "condition")
	if grammar[lower] || inCondition {
		return key
	}
	if at := strings.LastIndex(key, ":"); at >= 0 && !strings.Contains(key[at:], "/") {
		return a.text(key[:at]) + key[at:] // the claim
	}
	service, tag, ok := strings.Cut(key, "/")
	if ok && (strings.HasPrefix(lower, "aws:") || strings.HasPrefix(lower, "sts:")) {
		return service + "/" + a.labelKey(tag)
	}
	return a.text(key)
}

func unquoted(literal string) string {
	var text string
	if json.Unmarshal([]byte(literal), &text) != nil {
		return literal
	}
	return text
}

// literal replaces the text of a JSON string. Where that has escapes, it is encoded again.
func (a *anonymizer) literal(literal string, with func(string) string) string {
	text := unquoted(literal)
	replaced := with(text)
	if replaced == text {
		return literal
	}
	if !strings.Contains(literal, `\`) {
		return `"` + replaced + `"`
	}
	out, err := json.Marshal(replaced)
	if err != nil {
		return literal
	}
	return string(out)
}
