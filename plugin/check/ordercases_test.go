package check_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
)

// An orderCase is a file of testdata/check/order: a healthy snapshot with several faults of one group, and which of them
// are reported.
type orderCase struct {
	About    string          `json:"about"`
	Base     string          `json:"base"`
	Target   string          `json:"target"`
	Manifest bool            `json:"manifest"`
	Patch    json.RawMessage `json:"patch"`
	Reports  check.Code      `json:"reports"`
	// Over are codes that are not reported, and all are once the patch without has removed the fault that Reports is about.
	Over    []check.Code    `json:"over"`
	Without json.RawMessage `json:"without"`
	// Beside are codes that are reported as well: their faults are independent.
	Beside []check.Code `json:"beside"`
}

// exclusive are codes of one group of which at most one can hold, so that there is no order between them.
var exclusive = []struct {
	codes []check.Code
	why   string
}{
	{[]check.Code{check.IRSA202, check.IRSA213}, "a webhook that is not registered is none that cannot answer"},
	{[]check.Code{check.IRSA202, check.IRSA214}, "a webhook that is not registered excludes no pod"},
	{[]check.Code{check.IRSA218, check.IRSA201}, "a pod that is not created is not older than anything"},
	{[]check.Code{check.IRSA218, check.IRSA203}, "a pod that is not created is none that was not mutated"},
	{[]check.Code{check.IRSA218, check.IRSA217}, "a pod that is not created is not older than anything"},
	{[]check.Code{check.IRSA201, check.IRSA203, check.IRSA217}, "the annotation came later, came earlier, or that is not recorded"},
	{[]check.Code{check.IRSA305, check.IRSA302}, "a role that was read, be it by another ARN, was readable"},
	{[]check.Code{check.IRSA301, check.IRSA302}, "a role that was not readable is not known to be missing"},
	{[]check.Code{check.IRSA501, check.IRSA502}, "a provider that does not exist has no client IDs"},
	{[]check.Code{check.IRSA503, check.IRSA502}, "a provider that does not exist has no client IDs"},
	{[]check.Code{check.IRSA706, check.IRSA702}, "the association is gone, or it exists"},
}

// A pair are two codes of one group, in its order.
type pair struct{ first, second check.Code }

// TestOrder holds the order of precedence to its cases, and every pair of a group to having a reason for its order.
func TestOrder(t *testing.T) {
	files, err := filepath.Glob(cases.Folder + "/check/order/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	over, beside := map[pair]bool{}, map[pair]bool{} // beside: there is no order between the two
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			c := readOrderCase(t, file)
			c.run(t)
			for _, code := range c.Over {
				over[pair{c.Reports, code}] = true
			}
			reported := append([]check.Code{c.Reports}, c.Beside...)
			for i, a := range reported {
				for _, b := range reported[i+1:] {
					beside[pair{a, b}], beside[pair{b, a}] = true, true
				}
			}
		})
	}
	for _, e := range exclusive {
		for i, a := range e.codes {
			for _, b := range e.codes[i+1:] {
				if !inOneGroup(a, b) || over[pair{a, b}] || over[pair{b, a}] || beside[pair{a, b}] {
					t.Errorf("%s and %s exclude each other (%s): there may be no case with both, and both are in one group", a, b, e.why)
				}
				beside[pair{a, b}], beside[pair{b, a}] = true, true
			}
		}
	}
	for _, codes := range check.Groups() {
		for i, a := range codes {
			for _, b := range codes[i+1:] {
				switch {
				case over[pair{a, b}] && beside[pair{a, b}]:
					t.Errorf("one case shows that %s comes before %s, another that both are reported", a, b)
				case !beside[pair{a, b}] && !leads(over, codes, a, b):
					t.Errorf("no case shows that %s comes before %s, or that both are reported", a, b)
				}
			}
		}
	}
}

// leads reports whether one code comes before another of its group by the cases, of which each may be a step.
func leads(over map[pair]bool, codes []check.Code, from, to check.Code) bool {
	if over[pair{from, to}] {
		return true
	}
	rest := codes[slices.Index(codes, from)+1 : slices.Index(codes, to)]
	return slices.ContainsFunc(rest, func(step check.Code) bool {
		return over[pair{from, step}] && leads(over, codes, step, to)
	})
}

// inOrder reports whether one code comes before another in one group.
func inOrder(first, second check.Code) bool {
	return slices.ContainsFunc(check.Groups(), func(codes []check.Code) bool {
		i := slices.Index(codes, first)
		return i >= 0 && slices.Contains(codes[i+1:], second)
	})
}

func inOneGroup(a, b check.Code) bool { return inOrder(a, b) || inOrder(b, a) }

func readOrderCase(t *testing.T, file string) orderCase {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var c orderCase
	if err := yaml.UnmarshalStrict(data, &c); err != nil {
		t.Fatal(err)
	}
	if c.About == "" || len(c.Over)+len(c.Beside) == 0 || (len(c.Over) > 0) != (c.Without != nil) {
		t.Fatal("a case says what it is about, what is not reported, or is as well, and how the first fault is removed")
	}
	return c
}

func (c orderCase) run(t *testing.T) {
	t.Helper()
	found := c.found(t, c.Patch)
	for _, code := range append([]check.Code{c.Reports}, c.Beside...) {
		if !slices.Contains(found, code) {
			t.Errorf("%s is not reported, but %v", code, found)
		}
	}
	for _, code := range c.Over {
		if slices.Contains(found, code) {
			t.Errorf("%s is reported beside %s: %v", code, c.Reports, found)
		}
		if !inOrder(c.Reports, code) {
			t.Errorf("%s does not come before %s in a group", c.Reports, code)
		}
	}
	for _, code := range c.Beside {
		if !inOneGroup(c.Reports, code) {
			t.Errorf("%s and %s are not in one group", c.Reports, code)
		}
	}
	if c.Without == nil {
		return
	}
	found = c.found(t, joined(t, c.Patch, c.Without))
	if slices.Contains(found, c.Reports) {
		t.Errorf("%s is still reported without its fault: %v", c.Reports, found)
	}
	for _, code := range c.Over {
		if !slices.Contains(found, code) {
			t.Errorf("%s is not reported without the fault of %s, but %v", code, c.Reports, found)
		}
	}
}

// found are the codes of what is found in the case's snapshot with a patch.
func (c orderCase) found(t *testing.T, patch json.RawMessage) []check.Code {
	t.Helper()
	var codes []check.Code
	for _, f := range judgeCase(t, cases.Case{Base: c.Base, Target: c.Target, Manifest: c.Manifest, Patch: patch}).Findings {
		if len(f.After) > 0 {
			continue // it is not reported over or beside another, but behind it
		}
		codes = append(codes, f.Code)
	}
	return codes
}

// joined is one patch in the place of two.
func joined(t *testing.T, patches ...json.RawMessage) json.RawMessage {
	t.Helper()
	var all []json.RawMessage
	for _, patch := range patches {
		var operations []json.RawMessage
		if err := json.Unmarshal(patch, &operations); err != nil {
			t.Fatal(err)
		}
		all = append(all, operations...)
	}
	data, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
