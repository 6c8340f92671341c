package export_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind/export"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

const (
	webRole     = "arn:aws:iam::111122223333:role/web"
	webProvider = "arn:aws:iam::111122223333:oidc-provider/oidc.example.com/id/A"
	roleKey     = "eks.amazonaws.com/role-arn"
)

// everyChange holds each kind of change, with a part of what the formats print of it. Where that is empty the format
// cannot say it, and has to name it as a step by hand.
func everyChange() []printedChange {
	web := change.PodRef{Namespace: "shop", Name: "web-0", Owner: workload.Owner{Kind: "Deployment", Name: "web"}}
	alone := change.PodRef{Namespace: "shop", Name: "web-0"}
	edit := change.EditTrust{RoleArn: webRole, What: "role web: edit", Document: `{"Version":"2012-10-17","Statement":[]}`}
	return []printedChange{
		{change: edit},
		{change: change.Grant{EditTrust: edit}, terraform: `resource "aws_iam_role" "web"`, cloudFormation: "RoleName: web"},
		{change: change.Revoke{EditTrust: edit}, terraform: `resource "aws_iam_role" "web"`, cloudFormation: "RoleName: web"},
		{
			change:    change.CreateRole{Arn: webRole, Path: "/", Document: edit.Document},
			terraform: `resource "aws_iam_role" "web"`, cloudFormation: "RoleName: web", irsa: "roleName: web", podIdentity: "roleName: web",
		},
		{
			change:    change.AttachPolicy{RoleArn: webRole, PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess"},
			terraform: `resource "aws_iam_role_policy_attachment" "web_ReadOnlyAccess"`, cloudFormation: "- arn:aws:iam::aws:policy/ReadOnlyAccess",
		},
		{
			change:    change.CreateProvider{Arn: webProvider, Issuer: "https://oidc.example.com/id/A", ClientID: "sts.amazonaws.com"},
			terraform: `resource "aws_iam_openid_connect_provider"`, cloudFormation: "AWS::IAM::OIDCProvider", irsa: "withOIDC: true",
		},
		{
			change:    change.AddClientID{Arn: webProvider, ClientID: "sts.amazonaws.com"},
			terraform: `resource "aws_iam_openid_connect_provider"`, cloudFormation: "AWS::IAM::OIDCProvider",
		},
		{change: change.DeleteProvider{Arn: webProvider}},
		{
			change:    change.CreateServiceAccount{Namespace: "shop", Name: "web", Key: roleKey, Value: webRole},
			terraform: `resource "kubernetes_service_account_v1" "web"`, irsa: "attachRoleARN: " + webRole,
		},
		{
			change:    change.Annotate{Namespace: "shop", ServiceAccount: "web", Key: roleKey, Value: webRole},
			terraform: `resource "kubernetes_annotations" "web"`, irsa: "attachRoleARN: " + webRole,
		},
		{change: change.Annotate{Namespace: "shop", ServiceAccount: "web", Key: roleKey}},
		{
			change:    change.CreateAssociation{Cluster: "prod", Namespace: "shop", ServiceAccount: "web", RoleArn: webRole},
			terraform: `resource "aws_eks_pod_identity_association" "web"`, cloudFormation: "AWS::EKS::PodIdentityAssociation", podIdentity: "roleARN: " + webRole,
		},
		{
			change:    change.UpdateAssociation{Cluster: "prod", AssociationID: "a-1", Namespace: "shop", ServiceAccount: "web", RoleArn: webRole},
			terraform: `resource "aws_eks_pod_identity_association" "web"`, cloudFormation: "AWS::EKS::PodIdentityAssociation",
		},
		{change: change.DeleteAssociation{Cluster: "prod", AssociationID: "a-1", Namespace: "shop", ServiceAccount: "web"}},
		{change: change.InstallAgent{Cluster: "prod"}},
		{change: change.BindByHand{Namespace: "shop", ServiceAccount: "web"}},
		{change: change.ReadLog{Namespace: "shop", Pod: "web-0", Container: "app"}},
		{change: change.TolerateTaints{DaemonSet: "agent", Taints: []corev1.Taint{{Key: "dedicated", Effect: "NoSchedule"}}}},
		{change: change.EnableSessionTags{Cluster: "prod", AssociationID: "a-1"}},
		{change: change.AllowAssume{RoleArn: webRole, TargetArn: webRole, Actions: []string{"sts:AssumeRole"}}},
		{change: change.OpenMetadata{InstanceID: "i-1"}},
		{change: change.CloseMetadata{InstanceID: "i-1"}},
		{change: change.LabelNamespace{Name: "shop", Labels: change.Labels{Remove: []string{"out"}}}},
		{change: change.Recreate{Pod: web}},
		{change: change.Recreate{Pod: alone}},
		{change: change.Submit{Pod: alone}},
		{change: change.SetServiceAccount{Pod: web, ServiceAccount: "web"}},
		{change: change.SetVariables{Pod: web, Container: "app", Variables: []change.Variable{{Name: "A", Value: "b"}}}},
		{change: change.UnsetVariables{Pod: web, Container: "app", Names: []string{"A"}}},
		{change: change.AnnotateTemplate{Pod: web, Key: "a", Value: "b"}},
		{change: change.LabelTemplate{Pod: web, Labels: change.Labels{Remove: []string{"out"}}}},
		{change: change.SelectWindows{Pod: web}},
		{change: change.SelectWindows{Pod: alone}},
		{change: change.SetFSGroup{Pod: web, Group: 1}},
		{change: change.RemoveVolume{Pod: web, Name: "data"}},
	}
}

type printedChange struct {
	change                    change.Change
	terraform, cloudFormation string
	irsa, podIdentity         string // of eksctl, in a plan for the one or the other
}

// there is where the commands of every format have to act.
var there = change.Coordinates{
	Kubectl: [][]string{{"--context", "it's prod"}, {"--kubeconfig", "/etc/prod"}}, Profile: "prod", Region: "us-west-2",
}

// TestEveryChange holds that no format is silent about a change.
func TestEveryChange(t *testing.T) {
	s := snapshot.New(snapshot.Document{
		Cluster: snapshot.Cluster{Name: "prod", Region: "us-west-2"},
		AWS: &snapshot.AWS{
			Roles:                  []snapshot.Role{{RoleName: "web", Arn: webRole, Path: "/", AssumeRolePolicyDocument: `{"Version":"2012-10-17","Statement":[]}`}},
			OpenIDConnectProviders: []snapshot.OpenIDConnectProvider{{Arn: webProvider, URL: "oidc.example.com/id/A"}},
		},
	})
	for _, c := range everyChange() {
		t.Run(reflect.TypeOf(c.change).Name(), func(t *testing.T) {
			plan := &bind.Plan{Namespace: "shop", ServiceAccount: "web", RoleARN: webRole, Steps: []bind.Step{{Change: c.change}}, At: there}
			for _, format := range export.Formats() {
				switch format {
				case "json", "yaml":
					listed(t, printed(t, format, plan, s), c.change)
				case "aws-cli":
					inShell(t, "aws", printed(t, format, plan, s), c.change)
				case "kubectl":
					inShell(t, "kubectl", printed(t, format, plan, s), c.change)
				case "terraform":
					named(t, printed(t, format, plan, s), c.change, c.terraform)
				case "cloudformation":
					named(t, printed(t, format, plan, s), c.change, c.cloudFormation)
				case "eksctl":
					plan.Injection.Mechanism = inject.WebIdentity
					named(t, printed(t, format, plan, s), c.change, c.irsa)
					plan.Injection.Mechanism = inject.PodIdentity
					named(t, printed(t, format, plan, s), c.change, c.podIdentity)
				default:
					t.Errorf("nothing is known of the format %s", format)
				}
			}
		})
	}
}

// byHandText is what a format prints of a change that it cannot say.
func byHandText(c change.Change) string {
	return "# " + strings.Join(append([]string{"by hand: " + c.Summary()}, there.Shell([]change.Change{c})...), "\n# ") + "\n"
}

// named holds that the format says a change, or else that it names it and its commands as a step by hand.
func named(t *testing.T, text string, c change.Change, said string) {
	t.Helper()
	if said == "" {
		said = byHandText(c)
	} else if strings.Contains(text, "by hand") {
		t.Errorf("%s is said twice in\n%s", c.Summary(), text)
	}
	if !strings.Contains(text, said) {
		t.Errorf("no %q in\n%s", said, text)
	}
}

func listed(t *testing.T, text string, c change.Change) {
	t.Helper()
	var document export.Plan
	readText(t, text, &document)
	if len(document.Steps) != 1 || document.Steps[0].Summary != c.Summary() || !slices.Equal(document.Steps[0].Commands, there.Shell([]change.Change{c})) {
		t.Errorf("%s is not the step in\n%s", c.Summary(), text)
	}
}

// inShell holds that a program's format has all commands of that program, and that what no program does is named in the
// format of the program that is for the object. What the other program does is in the other format.
func inShell(t *testing.T, program, text string, c change.Change) {
	t.Helper()
	lines := there.Shell([]change.Change{c})
	if len(lines) == 0 && c.Object().InAWS == (program == "aws") {
		if text != byHandText(c) {
			t.Errorf("%s: %q", c.Summary(), text)
		}
		return
	}
	lines = slices.DeleteFunc(lines, func(line string) bool { return !strings.HasPrefix(line, program+" ") })
	other := map[string]string{"aws": "kubectl", "kubectl": "aws-cli"}[program]
	if len(lines) == 0 && text != "# "+c.Summary()+": see -o "+other+"\n" {
		t.Errorf("%s: %q", c.Summary(), text)
	}
	for _, line := range lines {
		if !strings.Contains(text, "# "+c.Summary()+"\n") || !strings.Contains(text, "\n"+line) {
			t.Errorf("no %q in %q", line, text)
		}
	}
}

// TestEveryChangeIsListed holds that the table has all kinds of changes that package change declares.
func TestEveryChangeIsListed(t *testing.T) {
	declared := declaredChanges(t)
	var listed []string
	for _, c := range everyChange() {
		listed = append(listed, reflect.TypeOf(c.change).Name())
	}
	for _, name := range declared {
		if !slices.Contains(listed, name) {
			t.Errorf("change.%s is in no row", name)
		}
	}
	for _, name := range listed {
		if !slices.Contains(declared, name) {
			t.Errorf("change.%s is not found in the source", name)
		}
	}
}

// declaredChanges are the types that have the method Apply, and those that embed one of them.
func declaredChanges(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../change/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	embedded := map[string][]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.FuncDecl:
				if n.Name.Name == "Apply" && n.Recv != nil {
					names = append(names, typeName(n.Recv.List[0].Type))
				}
			case *ast.TypeSpec:
				if of, ok := n.Type.(*ast.StructType); ok {
					for _, field := range of.Fields.List {
						if len(field.Names) == 0 {
							embedded[n.Name.Name] = append(embedded[n.Name.Name], typeName(field.Type))
						}
					}
				}
			}
			return true
		})
	}
	for found := true; found; {
		found = false
		for outer, inner := range embedded {
			if !slices.Contains(names, outer) && slices.ContainsFunc(inner, func(name string) bool { return slices.Contains(names, name) }) {
				names, found = append(names, outer), true
			}
		}
	}
	return names
}

func typeName(e ast.Expr) string {
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	if name, ok := e.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

// TestLater holds that a restart that is left to the user is in every format, except that the formats of commands have
// only what no command does: with --restart the rest is a step.
func TestLater(t *testing.T) {
	s := snapshot.New(snapshot.Document{Cluster: snapshot.Cluster{Name: "prod", Region: "us-west-2"}, AWS: &snapshot.AWS{}})
	for _, owner := range []workload.Owner{{Kind: "Deployment", Name: "web"}, {}} {
		c := change.Recreate{Pod: change.PodRef{Namespace: "shop", Name: "web-0", Owner: owner}}
		plan := &bind.Plan{
			Namespace: "shop", ServiceAccount: "web", RoleARN: webRole, Later: []change.Change{c}, At: there,
			Injection: bind.Injection{Mechanism: inject.WebIdentity},
		}
		for _, format := range []string{"terraform", "cloudformation", "eksctl"} {
			named(t, printed(t, format, plan, s), c, "")
		}
		want := ""
		if owner.Name == "" {
			want = byHandText(c)
		}
		if got := printed(t, "kubectl", plan, s); got != want {
			t.Errorf("kubectl: %q, want %q", got, want)
		}
		if got := printed(t, "aws-cli", plan, s); got != "" {
			t.Errorf("aws-cli: %q", got)
		}
		var document export.Plan
		if err := json.Unmarshal([]byte(printed(t, "json", plan, s)), &document); err != nil || len(document.Later) != 1 || document.Later[0].Summary != c.Summary() {
			t.Errorf("json: %+v, %v", document.Later, err)
		}
	}
}

// TestManagedServiceAccount holds that eksctl makes the role of a service account that another program manages, and leaves
// its annotation to that program.
func TestManagedServiceAccount(t *testing.T) {
	s := snapshot.New(snapshot.Document{Cluster: snapshot.Cluster{Name: "prod", Region: "us-west-2"}, AWS: &snapshot.AWS{}})
	plan := &bind.Plan{
		Namespace: "shop", ServiceAccount: "web", RoleARN: webRole, Source: "# in the values\nannotations: {}\n",
		Injection: bind.Injection{Mechanism: inject.WebIdentity},
		Steps:     []bind.Step{{Change: change.CreateRole{Arn: webRole, Path: "/", Document: `{"Statement":[]}`}}},
	}
	text := printed(t, "eksctl", plan, s)
	for _, want := range []string{"# # in the values\n# annotations: {}\n", "    roleName: web\n", "    roleOnly: true\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// TestUnprintableCommand holds that a change whose command cannot be checked by eye is named all the same.
func TestUnprintableCommand(t *testing.T) {
	c := change.CreateServiceAccount{Namespace: "shop", Name: "web\u2028"}
	plan := &bind.Plan{Namespace: "shop", ServiceAccount: "web", Steps: []bind.Step{{Change: c}}}
	if got := printed(t, "kubectl", plan, snapshot.New(snapshot.Document{})); got != "# by hand: create service account shop/web\\u2028\n" {
		t.Errorf("%q", got)
	}
}
