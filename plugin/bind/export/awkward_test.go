package export_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind/export"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// awkward are texts that one language or another reads as something else, or that cannot be printed.
var awkward = map[string]string{
	"plain": "plain", "accent": "é", "decomposed": "e\u0301", "no-break space": "a\u00a0b", "next line": "a\u0085b", "line separator": "a\u2028b",
	"zero width space": "a\u200bb", "override": "a\u202eb", "byte order mark": "\ufeffa", "emoji": "a😀\ufe0fb", "tag": "a\U000E0041b",
	"soft hyphen": "a\u00adb", "nul": "a\x00b", "delete": "a\x7fb", "C1": "a\u009b2Jb", "replacement": "a\ufffdb", "noncharacter": "a\uffffb",
	"interpolation": `${file("p")}$${x}$`, "directive": `%{if true}x%{endif}%%{x}%`, "history": "wow!! !x", "substitution": "$(touch pwned) `touch pwned`",
	"quotes": `it's "x" \ \n \u0041 '\''`, "line feed": "a\nb", "tab and return": "\ta\r\nb", "comment": "a # b", "yaml": "a: b", "on": "on", "number": "0x1F", "sexagesimal": "1:20",
	"null": "~", "blank": " a ", "star": "*a", "tagged": "!a", "json": `{"a":`, "heredoc": "<<EOT", "html": "<a&b>", "long": strings.Repeat("x y\u00a0", 2000),
}

// policyWith is a policy that holds a text in its texts and in a key, with characters as they are where JSON allows that.
func policyWith(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Sid": text, "Condition": map[string]any{"StringEquals": map[string]any{"aws:PrincipalTag/" + text[:min(len(text), 300)]: []string{text, "b"}}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// policies are documents by name: each awkward text, and what a text in Go cannot hold.
func policies(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{
		"half a pair":       `{"Version":"2012-10-17","Statement":[{"Sid":"a\ud800b"}]}`,
		"half a pair, key":  `{"Version":"2012-10-17","Statement":[{"Condition":{"a\udc00":"x"}}]}`,
		"pair":              `{"Version":"2012-10-17","Statement":[{"Sid":"a\ud83d\ude00b"}]}`,
		"escapes":           `{"Version":"2012-10-17","Statement":[{"Sid":"\u00a0\/\b\f\u2028"}]}`,
		"numbers and words": `{"Version":"2012-10-17","Statement":[{"a":12345678901234567,"b":111122223333,"c":1.50,"d":true,"e":null,"f":[],"g":{}}]}`,
		"indented":          "{\n\t\"Version\": \"2012-10-17\",\r\n  \"Statement\": []\n}\n",
	}
	for name, text := range awkward {
		all[name] = policyWith(t, text)
	}
	return all
}

// same is a JSON document in a form of which two are equal if they mean the same. Half a surrogate pair is kept apart from the
// character that Go puts in its place.
func same(document string) string {
	decoder := json.NewDecoder(strings.NewReader(strings.NewReplacer(`\\`, `\\`, `a\ud800b`, "half, d800", `a\udc00"`, `half, dc00"`).Replace(document)))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return "no JSON: " + document
	}
	text, err := json.Marshal(number(value))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// number brings numbers into one form.
func number(value any) any {
	switch v := value.(type) {
	case json.Number:
		n, err := cty.ParseNumberVal(v.String())
		if err != nil {
			return v
		}
		return n.AsBigFloat().Text('f', -1)
	case []any:
		for i := range v {
			v[i] = number(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = number(v[key])
		}
	}
	return value
}

// filled are all changes, with a text at the end of each of theirs, and a policy in place of theirs.
func filled(text, policy string) []printedChange {
	all := everyChange()
	for i := range all {
		c := reflect.New(reflect.TypeOf(all[i].change)).Elem()
		c.Set(reflect.ValueOf(all[i].change))
		fill(c, text, policy)
		all[i].change = c.Interface().(change.Change)
	}
	return all
}

func fill(v reflect.Value, text, policy string) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() && v.String() != "" && v.String() != "/" && v.Type() == reflect.TypeFor[string]() {
			v.SetString(v.String() + text)
		}
	case reflect.Slice:
		old := v
		v.Set(reflect.MakeSlice(v.Type(), old.Len(), old.Len()))
		reflect.Copy(v, old)
		for i := range v.Len() {
			fill(v.Index(i), text, policy)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			switch {
			case !field.IsExported(), field.Name == "Owner", field.Name == "Request", field.Name == "Settings":
			case field.Name == "Document":
				v.Field(i).SetString(policy)
			default:
				fill(v.Field(i), text, policy)
			}
		}
	default:
	}
}

// awkwardWorld is what the plans are made from.
func awkwardWorld(role string) *snapshot.Snapshot {
	return snapshot.New(snapshot.Document{
		Cluster: snapshot.Cluster{Name: "prod", Region: "us-west-2"},
		AWS: &snapshot.AWS{
			Roles:                  []snapshot.Role{{RoleName: role[strings.LastIndex(role, "/")+1:], Arn: role, Path: "/", AssumeRolePolicyDocument: `{"Version":"2012-10-17","Statement":[]}`}},
			OpenIDConnectProviders: []snapshot.OpenIDConnectProvider{{Arn: webProvider, URL: "oidc.example.com/id/A"}},
		},
	})
}

func planWith(steps ...change.Change) *bind.Plan {
	plan := &bind.Plan{Namespace: "shop", ServiceAccount: "web", RoleARN: webRole, At: there, Injection: bind.Injection{Mechanism: inject.WebIdentity}}
	for _, c := range steps {
		plan.Steps = append(plan.Steps, bind.Step{Change: c})
	}
	return plan
}

// TestAwkwardContent holds, for each kind of change and each format, that what the format's own parser reads is what the change
// holds, or that the change is named as a step by hand: nothing is lost, and nothing becomes something else.
func TestAwkwardContent(t *testing.T) {
	documents := policies(t)
	for _, name := range slices.Sorted(maps.Keys(documents)) {
		t.Run(name, func(t *testing.T) {
			var steps []change.Change
			for _, c := range filled("", documents[name]) {
				if documentOf(c.change) != "" {
					steps = append(steps, c.change)
					inLanguages(t, c, "")
				}
			}
			inScripts(t, steps)
			if text, ok := awkward[name]; ok {
				steps = nil
				for _, c := range filled(text, `{"Statement":[]}`) {
					steps = append(steps, c.change)
					inLanguages(t, c, text)
				}
				inScripts(t, steps)
			}
		})
	}
}

// inLanguages prints a change in the formats that are no commands. end is what each of its texts ends with.
func inLanguages(t *testing.T, c printedChange, end string) {
	t.Helper()
	s := awkwardWorld(webRole + end)
	plan := planWith(c.change)
	plan.RoleARN += end
	for format, said := range map[string]string{"terraform": c.terraform, "cloudformation": c.cloudFormation, "eksctl": c.irsa} {
		text := printed(t, format, plan, s)
		if at := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && render.Escape(string(r), false) != string(r) }); at >= 0 {
			t.Errorf("%s of %T prints %q as it is", format, c.change, text[at:min(len(text), at+4)])
		}
		read := yamlTexts
		if format == "terraform" {
			read = terraformTexts
		}
		leaves := read(t, text)
		if byHand := commented("by hand: " + c.change.Summary()); said == "" || strings.Contains(text, byHand) {
			if !strings.Contains(text, byHand) {
				t.Errorf("%s names no %T in\n%s", format, c.change, text)
			}
			if said != "" && !expectedByHand(format, c.change) {
				t.Errorf("%s can say %T, and leaves it to a person:\n%s", format, c.change, text)
			}
			continue
		}
		for _, want := range textsOf(format, c.change) {
			if !slices.Contains(leaves, want) {
				t.Errorf("%s of %T has no %.200q in\n%.2000s", format, c.change, want, text)
			}
		}
	}
	for format, unmarshal := range map[string]func([]byte, any) error{"json": json.Unmarshal, "yaml": readOld} {
		var document export.Plan
		text := printed(t, format, plan, s)
		if err := unmarshal([]byte(text), &document); err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		got := document.Steps[0]
		if got.Summary != c.change.Summary() {
			t.Errorf("%s: the summary is %.200q, want %.200q", format, got.Summary, c.change.Summary())
		}
		if want := documentOf(c.change); want != "" && got.Policy != "" && same(got.Policy) != same(want) {
			t.Errorf("%s: the policy is %.200q, want %.200q", format, got.Policy, want)
		}
		if _, submits := c.change.(change.Submit); len(got.Commands) == 0 && got.ByHand == "" && !submits {
			t.Errorf("%s: %T has neither commands nor a step by hand", format, c.change)
		}
	}
}

func commented(text string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		out.WriteString("# " + render.Escape(line, false) + "\n")
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// expectedByHand reports whether a text of a change is none that the format can hold.
func expectedByHand(format string, c change.Change) bool {
	text := fmt.Sprintf("%+v", c)
	if strings.Contains(text, "\ufffd") || strings.Contains(text, `\ud800`) || strings.Contains(text, `\udc00`) {
		return true
	}
	return format == "terraform" && cty.NormalizeString(text) != text
}

// textsOf are the texts of a change that its resource must hold; a policy is in the form of same.
func textsOf(format string, c change.Change) []string {
	last := func(arn string) string { return arn[strings.LastIndex(arn, ":role/")+len(":role/"):] }
	base := func(arn string) string { name := last(arn); return name[strings.LastIndex(name, "/")+1:] }
	if format == "eksctl" {
		switch c := c.(type) {
		case change.CreateRole:
			return []string{base(c.Arn)}
		default:
			return nil
		}
	}
	switch c := c.(type) {
	case change.Grant:
		return []string{same(c.Document)}
	case change.Revoke:
		return []string{same(c.Document)}
	case change.CreateRole:
		texts := []string{same(c.Document), base(c.Arn)}
		for _, tag := range c.Tags {
			texts = append(texts, tag.Value)
		}
		return texts
	case change.AttachPolicy:
		return []string{c.PolicyArn}
	case change.CreateProvider:
		return []string{c.Issuer, c.ClientID}
	case change.AddClientID:
		return []string{c.ClientID}
	case change.CreateServiceAccount:
		return []string{c.Namespace, c.Name, c.Key, c.Value}
	case change.Annotate:
		return []string{c.Namespace, c.ServiceAccount, c.Key, c.Value}
	case change.CreateAssociation:
		return []string{c.Cluster, c.Namespace, c.ServiceAccount, c.RoleArn}
	case change.UpdateAssociation:
		return []string{c.Cluster, c.Namespace, c.ServiceAccount, c.RoleArn}
	default:
		return nil
	}
}

// documentOf is the policy in a change.
func documentOf(c change.Change) string {
	switch c := c.(type) {
	case change.EditTrust:
		return c.Document
	case change.Grant:
		return c.Document
	case change.Revoke:
		return c.Document
	case change.CreateRole:
		return c.Document
	default:
		return ""
	}
}

// terraformTexts are the texts that Terraform's own language reads; a policy is in the form of same.
func terraformTexts(t *testing.T, text string) []string {
	t.Helper()
	file, problems := hclparse.NewParser().ParseHCL([]byte(text), "plan.tf")
	if problems.HasErrors() {
		t.Errorf("%v\n%.2000s", problems, text)
		return nil
	}
	var all []string
	var walk func(body *hclsyntax.Body)
	walk = func(body *hclsyntax.Body) {
		for name, attribute := range body.Attributes {
			if name == "to" || name == "ignore_changes" {
				continue
			}
			value, problems := attribute.Expr.Value(&hcl.EvalContext{Functions: map[string]function.Function{"jsonencode": stdlib.JSONEncodeFunc}})
			if problems.HasErrors() && name != "role" {
				t.Errorf("%s: %v", name, problems)
				continue
			}
			if name == "assume_role_policy" {
				all = append(all, same(value.AsString()))
				continue
			}
			_ = cty.Walk(value, func(_ cty.Path, v cty.Value) (bool, error) {
				if v.IsKnown() && !v.IsNull() && v.Type() == cty.String {
					all = append(all, v.AsString())
				}
				if v.Type().IsObjectType() {
					all = slices.AppendSeq(all, maps.Keys(v.Type().AttributeTypes()))
				}
				return true, nil
			})
		}
		for _, block := range body.Blocks {
			walk(block.Body)
		}
	}
	walk(file.Body.(*hclsyntax.Body))
	return all
}

// yamlTexts are the texts that two readers of YAML read, of versions 1.1 and 1.2; a policy is in the form of same.
func yamlTexts(t *testing.T, text string) []string {
	t.Helper()
	if !strings.Contains(text, "\nResources:") && strings.Contains(text, "nothing changes in AWS") {
		return nil
	}
	both := make([][]string, 2)
	for i, unmarshal := range []func([]byte, any) error{readOld, yamlv3.Unmarshal} {
		var document any
		if err := unmarshal([]byte(text), &document); err != nil {
			t.Errorf("%v\n%.2000s", err, text)
			return nil
		}
		var walk func(value any)
		walk = func(value any) {
			switch v := value.(type) {
			case string:
				both[i] = append(both[i], v)
			case []any:
				for _, one := range v {
					walk(one)
				}
			case map[string]any:
				for key, one := range v {
					both[i] = append(both[i], key)
					if key == "AssumeRolePolicyDocument" {
						policy, err := json.Marshal(one)
						if err != nil {
							t.Error(err)
						}
						both[i] = append(both[i], same(string(policy)))
					}
					walk(one)
				}
			}
		}
		walk(document)
		slices.Sort(both[i])
	}
	if !slices.Equal(both[0], both[1]) {
		t.Errorf("YAML 1.1 and 1.2 read different texts in\n%.2000s", text)
	}
	return both[0]
}

// readOld reads YAML 1.1, with numbers as they are written.
func readOld(text []byte, into any) error {
	document, err := yaml.YAMLToJSON(text)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// inScripts runs the scripts of a plan in a real shell, in which both programs only write down their arguments.
func inScripts(t *testing.T, steps []change.Change) {
	t.Helper()
	plan := planWith(steps...)
	for program, format := range map[string]string{"aws": "aws-cli", "kubectl": "kubectl"} {
		text := printed(t, format, plan, awkwardWorld(webRole))
		var want [][]string
		for _, c := range steps {
			own := 0
			for _, argv := range c.Commands() {
				if argv[0] == program {
					own++
					want = append(want, there.Place(argv))
				}
			}
			if own == 0 && (len(c.Commands()) > 0 || c.Object().InAWS != (program == "aws")) {
				continue
			}
			if len(there.Shell([]change.Change{c})) == 0 { // then it is named
				want = want[:len(want)-own]
				if line := commented("by hand: " + c.Summary()); !strings.Contains(text, line+"\n") {
					t.Errorf("%s names no %T in\n%.3000s", format, c, text)
				}
			} else if !strings.Contains(text, commented(c.Summary())) {
				t.Errorf("%s has no %T in\n%.3000s", format, c, text)
			}
		}
		got := runShell(t, text)
		if len(got) != len(want) {
			t.Errorf("%s runs %d commands, want %d", format, len(got), len(want))
			continue
		}
		for i := range want {
			if !slices.Equal(got[i], want[i]) {
				t.Errorf("%s runs %.1000q, want %.1000q", format, got[i], want[i])
			}
		}
	}
	for _, c := range steps {
		for _, argv := range c.Commands() {
			i := slices.IndexFunc(argv, func(arg string) bool { return arg == "--policy-document" || arg == "--assume-role-policy-document" })
			if document := documentOf(c); i >= 0 && document != "" && same(argv[i+1]) != same(document) {
				t.Errorf("%T has the policy %.200q, want %.200q", c, argv[i+1], document)
			}
			files := there.PolicyFiles(awkwardWorld(webRole), []change.Change{c})
			if i >= 0 && len(there.Shell([]change.Change{c})) > 0 && (len(files) != 1 || same(files[0].Text) != same(argv[i+1])) {
				t.Errorf("%T writes %+v, want %.200q", c, files, argv[i+1])
			}
		}
	}
}

// runShell runs a script and returns what was called with what.
func runShell(t *testing.T, script string) [][]string {
	t.Helper()
	dir := t.TempDir()
	for _, program := range []string{"aws", "kubectl"} {
		stub := "#!/bin/sh\nprintf '%s\\0' \"$(($# + 1))\" " + program + " \"$@\" >>called\n"
		if err := os.WriteFile(filepath.Join(dir, program), []byte(stub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.CommandContext(t.Context(), "/bin/sh", "-e")
	command.Dir, command.Stdin, command.Env = dir, strings.NewReader(script), []string{"PATH=" + dir}
	if out, err := command.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("%v: %s\n%.3000s", err, out, script)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 3 {
		t.Errorf("the script made a file: %v, %v", files, err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "called"))
	if err != nil {
		return nil
	}
	words := strings.Split(strings.TrimSuffix(string(data), "\x00"), "\x00")
	var calls [][]string
	for len(words) > 0 {
		n := 0
		if _, err := fmt.Sscan(words[0], &n); err != nil || n >= len(words) {
			t.Fatalf("%.1000q: %v", words, err)
		}
		calls, words = append(calls, words[1:n+1]), words[n+1:]
	}
	return calls
}
