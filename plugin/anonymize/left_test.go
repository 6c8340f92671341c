package anonymize

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
)

// TestNothingLeft holds that no word of a name, account, id, host or address is where it was.
func TestNothingLeft(t *testing.T) {
	for name, data := range cases.Everything(t) {
		s, _, err := snapshot.Read(data)
		if err != nil {
			t.Fatal(err)
		}
		hidden, _ := Snapshot(s, []byte("another key"))
		before, after := wordsOf(t, s), wordsOf(t, hidden)
		for at, words := range before {
			for word := range words {
				if after[at][word] {
					t.Errorf("%s: %s is still at %s", name, word, at)
				}
			}
		}
	}
}

// unnamed are the fields whose values name nobody: words of the APIs, and of this program.
var unnamed = strings.Fields(`apiVersion kind reason phase type status operator effect failurePolicy operations resources apiGroups apiVersions scope
	policyTypes protocol resource error region version message time takenAt EvalActionName EvalDecision State HttpEndpoint HttpTokens HttpProtocolIpv6
	expression creationTimestamp startedAt finishedAt lastTransitionTime createdAt Version Effect Action NotAction Service operatingSystem kubeletVersion
	fieldsType resourceFieldRef ServiceName MissingContextValues divisor osImage fieldPath lastTimestamp eventTime lastObservedTime deletionTimestamp caBundle
	certificateAuthority data ThumbprintList binaryData manager key
	stringequals stringnotequals allow deny principalorgid resourceorgid fd00 security group enforcing mode standard`)

func wordsOf(t *testing.T, s *snapshot.Snapshot) map[string]map[string]bool {
	t.Helper()
	text, err := s.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	found := map[string]map[string]bool{}
	var walk func(at, field string, value any)
	walk = func(at, field string, value any) {
		switch value := value.(type) {
		case map[string]any:
			if name, ok := value["name"].(string); ok && field == "env" && sdk.Reads(name) && !naming[name] {
				return
			}
			for _, key := range slices.Sorted(maps.Keys(value)) {
				if !slices.Contains(unnamed, key) {
					walk(at+"/"+generic(key), key, value[key])
				}
			}
		case []any:
			for _, one := range value {
				walk(at, field, one)
			}
		case string:
			document, _ := snapshot.DecodePolicy(value)
			text := kept.ReplaceAllString(string(document), "")
			for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !isLetter(r) }) {
				lower := strings.ToLower(word)
				if len(word) < 4 || general[lower] || isNumber(word) && len(word) < shortest || grammar[lower] || slices.Contains(unnamed, lower) || sdk.Reads(value) {
					continue
				}
				if found[at] == nil {
					found[at] = map[string]bool{}
				}
				found[at][lower] = true
			}
		}
	}
	walk("", "", plain)
	return found
}

// generic is the key of a field, and one word for those that are names themselves.
func generic(key string) string {
	if strings.ContainsAny(key, "./:-") {
		return "KEY"
	}
	return key
}
