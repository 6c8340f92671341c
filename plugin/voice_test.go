package plugin_test

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A banned is a phrase that is not written here, and what is written in its place.
type banned struct {
	// phrase is a regular expression of whole words, in which a space is any white space.
	phrase  string
	instead string
	// except is a word with which the phrase is fine.
	except string
	// commentsMay: only what users read is held to it.
	commentsMay bool
}

// auxiliary precedes a verb whose subject is a program as often as a person.
const auxiliary = `(do|does|did|will|would|can|cannot|could|may|might|must) (not )?`

// voice are the words of CONTRIBUTING.md ("The words") that are not written, in their obvious forms.
var voice = []banned{
	{phrase: `anew`, instead: "recreate the pod, restart the workload, again"},
	{phrase: `mend(s|ed|ing)?`, instead: "fix"},
	{phrase: `be sure`, instead: "verify"},
	{phrase: `(lets?|letting) (\S+ ){0,3}?in`, instead: "allows", except: `select|run|sign|be|use|call`},
	{phrase: `pass(es|ed|ing)? (\S+ ){0,5}?over`, instead: "does not mutate, skips"},
	{phrase: `(in front of|wins? over) (it|(the|its|a|this|that|every|any) (\S+ )?role)`, instead: "takes precedence over the role"},
	{phrase: `nothing (gives|gave)`, instead: "the pod has no IAM role configured"},
	{phrase: `(stands?|stood) (in|under|at|behind|before|between|beside|on|there|in front of)`, instead: "is in, is under"},
	{phrase: `(bears?|bore|bearing) (the|a|its|this|that|their|another) names?`, instead: "is named"},
	{phrase: `(is|are|was|were) (not |then |also )?to (be|have|get|use|do|take|run|go|read|assume|allow)`, instead: "should have, reads, must"},
	{phrase: `(tak(e|es|en|ing)|took) (\S+ ){0,3}?(away|out)`, instead: "remove"},
	{phrase: `(tak(e|es|en|ing)|took) (on )?(\S+ ){0,3}?roles?`, instead: "assume a role, use the node's role", except: `precedence|effect|care|place|down|apart`},
	{phrase: `(out of|within) (\S+ ){0,4}?reach`, instead: "not reachable from, reachable"},
	{phrase: `(can ?not|could not|can't) be (told|said)`, instead: "unknown"},
	{phrase: `(is|are|was|were|nothing|nothing is) (not|nowhere) known`, instead: "unknown"},
	{phrase: `the issuer's host`, instead: "the OIDC issuer hostname"},
	{phrase: `an? own`, instead: "its own …, a separate …"},
	{phrase: `of (its|their|his|your) own`, instead: "its own …, a separate …", commentsMay: true},
	{phrase: `whom|whoever`, instead: "who"},
	{phrase: `without a word`, instead: "without an error"},
	{phrase: `(hands?|handed|handing) (\S+ )?out`, instead: "returns"},
	// Programs print, report, read and call.
	{phrase: `(tells|told|telling|` + auxiliary + `tell)`, instead: "prints, reports, shows", commentsMay: true},
	{phrase: `(says|said|saying|` + auxiliary + `say)`, instead: "prints, reports, reads, is", commentsMay: true},
	{phrase: `(asks|asked|asking|` + auxiliary + `ask)`, instead: "calls, reads, requests", commentsMay: true},
	{phrase: `speaks?`, instead: "reports", commentsMay: true},
	{phrase: `not known`, instead: "unknown", commentsMay: true},
	{phrase: `do(es)? not apply`, instead: "skipped", commentsMay: true},
	{phrase: `seen`, instead: "evidence, read, found", commentsMay: true},
	{phrase: `(goes|go|went) on`, instead: "continues", commentsMay: true},
	{phrase: `what (\S+ ){0,3}?makes? of`, instead: "how … reads", commentsMay: true},
	{phrase: `see to`, instead: "make sure", commentsMay: true},
	{phrase: `(takes?|taking) no`, instead: "does not accept", commentsMay: true},
	{phrase: `(there )?(is|are) no (EC2|pod|role|name|URL|ARN|file|word|terminal)`, instead: "is not a", except: `there`, commentsMay: true},
}

// wordsTable is the head of the table in CONTRIBUTING.md, whose second column has the banned words.
const wordsTable = "| write | not |"

// TestVoice holds that no string, comment or document has a banned word.
func TestVoice(t *testing.T) {
	texts := textsOfModule(t)
	count := map[textKind]int{}
	for _, one := range texts {
		count[one.kind]++
		for _, fault := range faultsOf(one) {
			t.Errorf("%s:%d: %q: write %s", one.file, fault.line, fault.phrase, fault.instead)
		}
	}
	for kind, least := range map[textKind]int{literal: 5000, comment: 1000, document: 4} {
		if count[kind] < least {
			t.Errorf("only %d texts of kind %s were read", count[kind], kind)
		}
	}
}

// TestVoiceFinds holds what is found in a Go file, and what is left alone.
func TestVoiceFinds(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		want   []string
	}{
		"a string":              {`var s = "make the pod anew"`, []string{"3: anew"}},
		"a raw string":          {"var s = `make the pod\nanew, or\nlet the pod\nin`", []string{"4: anew", "5: let the pod in"}},
		"strings in a row":      {"var s = \"take the keys \" + name +\n\t\" out\"", []string{"3: take the keys … out"}},
		"an argument":           {"var s = \"a\" + f(\"mend it\")", []string{"3: mend"}},
		"a comment":             {"// One thing\n// out of the pod's\n// reach.\nvar s = 1", []string{"4: out of the pod's reach"}},
		"a tag":                 {"type s struct {\n\tMend string `json:\"mend\"`\n}", nil},
		"an import":             {"import \"example.com/anew\"", nil},
		"a directive":           {"//go:generate mend\nvar s = 1", nil},
		"a longer word":         {`var s = "the amendment recommends renewal"`, nil},
		"a comment of programs": {"// f says why.\nvar s = 1", nil},
		"a healthy string":      {`var s = "keys take precedence over the role; there is no role in the account"`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			texts, err := textsOfGo("x.go", []byte("package x\n\n"+c.source+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, one := range texts {
				for _, fault := range faultsOf(one) {
					got = append(got, fault.String())
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// TestVoiceTable holds that each phrase that CONTRIBUTING.md bans is found.
func TestVoiceTable(t *testing.T) {
	data, err := os.ReadFile("../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(data), wordsTable+"\n| --- | --- |\n")
	rows := 0
	for line := range strings.SplitSeq(table, "\n") {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) != 2 {
			break
		}
		rows++
		for phrase := range strings.SplitSeq(cells[1], ", ") {
			// A verb is found in the third person, which is that of programs.
			if !hasFault(phrase) && !hasFault(phrase+"s") {
				t.Errorf("CONTRIBUTING.md bans %q, and nothing finds it", phrase)
			}
		}
	}
	if rows < 10 {
		t.Errorf("CONTRIBUTING.md has a table of %d banned words", rows)
	}
}

func hasFault(phrase string) bool {
	return len(faultsOf(text{kind: literal, parts: []textPart{{1, phrase}}})) > 0
}

// A wordFault is a banned phrase in a text.
type wordFault struct {
	line            int
	phrase, instead string
}

func (f wordFault) String() string { return strconv.Itoa(f.line) + ": " + f.phrase }

var voicePatterns = func() []*regexp.Regexp {
	patterns := make([]*regexp.Regexp, len(voice))
	for i, one := range voice {
		patterns[i] = regexp.MustCompile(`(?i)\b(?:` + strings.ReplaceAll(one.phrase, " ", `\s+`) + `)\b`)
	}
	return patterns
}()

// faultsOf are the banned phrases of a text, in their order. Of those that overlap the first of the table is reported.
func faultsOf(t text) []wordFault {
	all := t.String()
	var found [][]int
	var faults []wordFault
	for i, pattern := range voicePatterns {
		if voice[i].commentsMay && t.kind == comment {
			continue
		}
		for _, at := range pattern.FindAllStringIndex(all, -1) {
			words := strings.Fields(all[at[0]:at[1]])
			if slices.ContainsFunc(words, func(word string) bool { return slices.Contains(strings.Split(voice[i].except, "|"), word) }) ||
				slices.ContainsFunc(found, func(other []int) bool { return at[0] < other[1] && other[0] < at[1] }) {
				continue
			}
			found = append(found, at)
			faults = append(faults, wordFault{t.line(at[0]), strings.Join(words, " "), voice[i].instead})
		}
	}
	slices.SortStableFunc(faults, func(a, b wordFault) int { return a.line - b.line })
	return faults
}
