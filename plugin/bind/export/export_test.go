package export_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind/export"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// eachPlan makes the plans of all cases of package bind.
func eachPlan(t *testing.T, run func(t *testing.T, plan *bind.Plan, s *snapshot.Snapshot)) {
	t.Helper()
	files, err := filepath.Glob("../../../testdata/bind/*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	made := 0
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			plan, s := planOf(t, file)
			if plan != nil {
				made++
				run(t, plan, s)
			}
		})
	}
	if made < 20 {
		t.Errorf("only %d plans", made)
	}
}

// planOf makes the plan of one case, nil where it is refused.
func planOf(t *testing.T, file string) (*bind.Plan, *snapshot.Snapshot) {
	t.Helper()
	var c struct {
		Base    string
		Patch   json.RawMessage
		Request json.RawMessage
	}
	read(t, file, &c)
	var base any
	read(t, "../../../testdata/check/"+c.Base+".yaml", &base)
	document, err := json.Marshal(base)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Patch) > 0 {
		patch, err := jsonpatch.DecodePatch(c.Patch)
		if err != nil {
			t.Fatal(err)
		}
		if document, err = patch.Apply(document); err != nil {
			t.Fatal(err)
		}
	}
	s, _, err := snapshot.Read(document)
	if err != nil {
		t.Fatal(err)
	}
	var plan *bind.Plan
	if filepath.Base(filepath.Dir(file)) == "unbind" {
		var r bind.UnbindRequest
		if err := json.Unmarshal(c.Request, &r); err != nil {
			t.Fatal(err)
		}
		plan, _ = bind.NewUnbind(s, r) // the cases say which are refused
		return plan, s
	}
	var r bind.Request
	if err := json.Unmarshal(c.Request, &r); err != nil {
		t.Fatal(err)
	}
	plan, _ = bind.New(s, r)
	return plan, s
}

func read(t *testing.T, file string, into any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	readText(t, string(data), into)
}

func readText(t *testing.T, text string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

func printed(t *testing.T, format string, plan *bind.Plan, s *snapshot.Snapshot) string {
	t.Helper()
	text, err := export.Print(format, plan, s)
	if err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return text
}

// TestTerraform parses what is printed, and holds that it says each change: as a resource, or as something to do by hand.
func TestTerraform(t *testing.T) {
	eachPlan(t, func(t *testing.T, plan *bind.Plan, s *snapshot.Snapshot) {
		text := printed(t, "terraform", plan, s)
		file, problems := hclparse.NewParser().ParseHCL([]byte(text), "plan.tf")
		if problems.HasErrors() {
			t.Fatalf("%v\n%s", problems, text)
		}
		seen := map[string]bool{}
		for _, block := range file.Body.(*hclsyntax.Body).Blocks {
			name := strings.Join(append([]string{block.Type}, block.Labels...), ".")
			if block.Type == "resource" {
				if seen[name] {
					t.Errorf("%s stands there twice", name)
				}
				seen[name] = true
			}
			evaluates(t, block.Body)
		}
		for _, step := range plan.Steps {
			if !strings.Contains(text, "# "+step.Change.Summary()) {
				t.Errorf("nothing is said of: %s", step.Change.Summary())
			}
		}
		validated(t, text)
	})
}

// evaluates holds that literal attributes have values: what looks like a template in a policy must not be one.
func evaluates(t *testing.T, body *hclsyntax.Body) {
	t.Helper()
	for name, attribute := range body.Attributes {
		if name == "to" || name == "ignore_changes" || name == "role" || name == "assume_role_policy" {
			continue // references, and a function of Terraform's own
		}
		if _, problems := attribute.Expr.Value(&hcl.EvalContext{}); problems.HasErrors() {
			t.Errorf("%s: %v", name, problems)
		}
	}
	for _, block := range body.Blocks {
		evaluates(t, block.Body)
	}
}

// validated runs `terraform validate` where terraform and its providers are at hand without a network.
func validated(t *testing.T, text string) {
	t.Helper()
	home, err := os.UserHomeDir()
	if err != nil {
		return
	}
	mirror := filepath.Join(home, ".terraform.d", "plugins")
	if _, err := os.Stat(filepath.Join(mirror, "registry.terraform.io", "hashicorp", "aws")); err != nil {
		return
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "plan.tf"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"init", "-input=false", "-plugin-dir=" + mirror}, {"validate"}} {
		command := exec.CommandContext(t.Context(), "terraform", args...)
		command.Dir = dir
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("terraform %v: %v\n%s", args, err, out)
		}
	}
}

// TestCloudFormation parses the template, whose resources are of types that there are.
func TestCloudFormation(t *testing.T) {
	types := []string{"AWS::IAM::OIDCProvider", "AWS::IAM::Role", "AWS::EKS::PodIdentityAssociation"}
	eachPlan(t, func(t *testing.T, plan *bind.Plan, s *snapshot.Snapshot) {
		text := printed(t, "cloudformation", plan, s)
		var template struct {
			AWSTemplateFormatVersion string
			Resources                map[string]struct {
				Type       string
				Properties map[string]any
			}
		}
		if err := yaml.Unmarshal([]byte(text), &template); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for name, r := range template.Resources {
			if !slices.Contains(types, r.Type) || len(r.Properties) == 0 {
				t.Errorf("resource %s: type %s, properties %v", name, r.Type, r.Properties)
			}
		}
		inAWS := slices.ContainsFunc(plan.Changes(), func(c change.Change) bool {
			_, grants := c.(change.Grant)
			_, creates := c.(change.CreateRole)
			return grants || creates
		})
		if inAWS && template.Resources["Role"].Type != "AWS::IAM::Role" {
			t.Errorf("there is no role in\n%s", text)
		}
	})
}

// TestOthers holds the other formats to being what they are called.
func TestOthers(t *testing.T) {
	eachPlan(t, func(t *testing.T, plan *bind.Plan, s *snapshot.Snapshot) {
		var document map[string]any
		if err := yaml.Unmarshal([]byte(printed(t, "yaml", plan, s)), &document); err != nil || document["kind"] != "Plan" {
			t.Errorf("yaml: kind %v, %v", document["kind"], err)
		}
		for _, program := range []string{"aws", "kubectl"} {
			format := map[string]string{"aws": "aws-cli"}[program]
			if format == "" {
				format = program
			}
			for line := range strings.Lines(printed(t, format, plan, s)) {
				if !strings.HasPrefix(line, "# ") && !strings.HasPrefix(line, program+" ") {
					t.Errorf("%s: %s", format, line)
				}
			}
		}
		if plan.Injection.Mechanism == "" {
			return
		}
		var config map[string]any
		if err := yaml.Unmarshal([]byte(printed(t, "eksctl", plan, s)), &config); err != nil || config["kind"] != "ClusterConfig" {
			t.Errorf("eksctl: kind %v, %v", config["kind"], err)
		}
	})
}

// TestHostileNames holds that what others have named cannot leave its place in the text.
func TestHostileNames(t *testing.T) {
	s := snapshot.New(snapshot.Document{Cluster: snapshot.Cluster{Name: "prod", Region: "us-west-2"}, AWS: &snapshot.AWS{}})
	hostile := "x\n}\nresource \"null\" \"x\" {}\n# ${file(\"/etc/passwd\")}\u2028'; rm -rf /"
	plan := &bind.Plan{Namespace: "shop", ServiceAccount: "web", RoleARN: "arn:aws:iam::1:role/" + hostile, Steps: []bind.Step{
		{Change: change.CreateProvider{Arn: "arn:aws:iam::1:oidc-provider/x", Issuer: "https://" + hostile, ClientID: hostile}},
		{Change: change.CreateRole{Arn: "arn:aws:iam::1:role/" + hostile, Path: "/", Document: `{"Statement":[]}`, Tags: []change.Tag{{Key: hostile, Value: hostile}}}},
		{Change: change.CreateServiceAccount{Namespace: hostile, Name: hostile, Key: hostile, Value: hostile}},
	}, Source: hostile}
	file, problems := hclparse.NewParser().ParseHCL([]byte(printed(t, "terraform", plan, s)), "plan.tf")
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		if len(block.Labels) > 0 && block.Labels[0] == "null" {
			t.Error("a name became a resource")
		}
		evaluates(t, block.Body)
	}
	for _, format := range []string{"aws-cli", "kubectl", "cloudformation"} {
		for line := range strings.Lines(printed(t, format, plan, s)) {
			if strings.HasPrefix(line, "resource") || strings.HasPrefix(line, "'; rm") {
				t.Errorf("%s: %s", format, line)
			}
		}
	}
}

// TestPoliciesOfOneName holds that policies that differ in their path alone are two resources.
func TestPoliciesOfOneName(t *testing.T) {
	plan := planWith(
		change.AttachPolicy{RoleArn: webRole, PolicyArn: "arn:aws:iam::aws:policy/Read"},
		change.AttachPolicy{RoleArn: webRole, PolicyArn: "arn:aws:iam::111122223333:policy/team/Read"},
	)
	text := printed(t, "terraform", plan, awkwardWorld(webRole))
	for _, want := range []string{`"web_Read"`, `"web_Read_2"`} {
		if strings.Count(text, `resource "aws_iam_role_policy_attachment" `+want+" ") != 1 {
			t.Errorf("no resource %s in\n%s", want, text)
		}
	}
}

// TestEscapesCount holds that a policy which only its escapes make too long is said to be so.
func TestEscapesCount(t *testing.T) {
	for text, warns := range map[string]bool{"\u00a0": true, "a": false} {
		policy := `{"Version":"2012-10-17","Statement":[{"Sid":"` + strings.Repeat(text, 500) + `"}]}`
		plan := planWith(change.Grant{EditTrust: change.EditTrust{RoleArn: webRole, What: "edit", Document: policy}})
		if got := printed(t, "aws-cli", plan, awkwardWorld(webRole)); strings.Contains(got, "more than the default quota of 2048") != warns {
			t.Errorf("%q: %.300s", text, got)
		}
	}
}
