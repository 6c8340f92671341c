package export

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// terraform is the plan as configuration of the providers hashicorp/aws and hashicorp/kubernetes. What exists comes with
// an import block (Terraform 1.5), so that applying changes it in place.
func terraform(plan *bind.Plan, s *snapshot.Snapshot) (string, error) {
	f := hclwrite.NewEmptyFile()
	t := &terraformer{body: f.Body(), snapshot: s, at: plan.At, written: map[string]bool{}}
	t.requirements()
	for _, step := range plan.Steps {
		t.comment(step.Change.Summary())
		if err := t.step(step.Change); err != nil {
			return "", fmt.Errorf("%s: %w", step.Change.Summary(), err)
		}
	}
	for _, c := range plan.Later {
		t.byHand(c)
	}
	if plan.Source != "" {
		t.comment("by hand, in the source of the service account:\n" + plan.Source)
	}
	return unseen(string(hclwrite.Format(f.Bytes()))), nil
}

// unseen escapes what the writer of the language leaves as it is, and a terminal does not show. It is in quotes: comments have none
// of it.
func unseen(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = render.Escape(line, false)
	}
	return strings.Join(lines, "\n")
}

type terraformer struct {
	body      *hclwrite.Body
	providers *hclwrite.Body // the block required_providers
	snapshot  *snapshot.Snapshot
	at        change.Coordinates // of the commands in comments
	written   map[string]bool    // the resources, by address
}

func (t *terraformer) requirements() {
	block := t.body.AppendNewBlock("terraform", nil).Body()
	block.SetAttributeValue("required_version", cty.StringVal(">= 1.5"))
	t.providers = block.AppendNewBlock("required_providers", nil).Body()
	t.require("aws")
	t.body.AppendNewline()
}

func (t *terraformer) require(provider string) {
	t.providers.SetAttributeValue(provider, cty.ObjectVal(map[string]cty.Value{"source": cty.StringVal("hashicorp/" + provider)}))
}

func (t *terraformer) step(c change.Change) error {
	if !exact(c, isNormal) {
		t.byHand(c)
		return nil
	}
	switch c := c.(type) {
	case change.CreateProvider:
		t.provider(c.Issuer, []string{c.ClientID})
	case change.AddClientID:
		provider, _ := t.snapshot.OpenIDConnectProvider(c.Arn).Get()
		t.imported("aws_iam_openid_connect_provider", "cluster", c.Arn)
		t.provider("https://"+provider.URL, append(slices.Clone(provider.ClientIDList), c.ClientID))
	case change.CreateRole:
		return t.role(c.Arn, c.Path, c.Document, func(b *hclwrite.Body) {
			if c.PermissionsBoundary != "" {
				b.SetAttributeValue("permissions_boundary", cty.StringVal(c.PermissionsBoundary))
			}
			if len(c.Tags) > 0 {
				tags := map[string]cty.Value{}
				for _, tag := range c.Tags {
					tags[tag.Key] = cty.StringVal(tag.Value)
				}
				b.SetAttributeValue("tags", cty.ObjectVal(tags))
			}
		})
	case change.Grant:
		return t.existingRole(c.RoleArn, c.Document)
	case change.Revoke:
		return t.existingRole(c.RoleArn, c.Document)
	case change.AttachPolicy:
		arn, _ := snapshot.ParseARN(c.RoleArn)
		policy, _ := snapshot.ParseARN(c.PolicyArn)
		b := t.resource("aws_iam_role_policy_attachment", t.free("aws_iam_role_policy_attachment", label(arn.RoleName()+"_"+policy.Resource[strings.LastIndex(policy.Resource, "/")+1:])))
		b.SetAttributeValue("role", cty.StringVal(arn.RoleName()))
		b.SetAttributeValue("policy_arn", cty.StringVal(c.PolicyArn))
		if t.written["aws_iam_role."+label(arn.RoleName())] {
			b.SetAttributeTraversal("role", hcl.Traversal{hcl.TraverseRoot{Name: "aws_iam_role"}, hcl.TraverseAttr{Name: label(arn.RoleName())}, hcl.TraverseAttr{Name: "name"}})
		}
		t.body.AppendNewline()
	default:
		t.other(c)
	}
	return nil
}

// isNormal reports whether a text is one that Terraform keeps: it brings every string into Unicode's normal form C
// (https://developer.hashicorp.com/terraform/language/expressions/types#string).
func isNormal(text string) bool { return isText(text) && cty.NormalizeString(text) == text }

// other is what is not in IAM.
func (t *terraformer) other(c change.Change) {
	switch c := c.(type) {
	case change.CreateServiceAccount:
		metadata := t.resource("kubernetes_service_account_v1", label(c.Name)).AppendNewBlock("metadata", nil).Body()
		metadata.SetAttributeValue("name", cty.StringVal(c.Name))
		metadata.SetAttributeValue("namespace", cty.StringVal(c.Namespace))
		if c.Value != "" {
			metadata.SetAttributeValue("annotations", cty.ObjectVal(map[string]cty.Value{c.Key: cty.StringVal(c.Value)}))
		}
	case change.Annotate:
		if c.Value == "" {
			t.byHand(c)
			return
		}
		b := t.resource("kubernetes_annotations", label(c.ServiceAccount))
		b.SetAttributeValue("api_version", cty.StringVal("v1"))
		b.SetAttributeValue("kind", cty.StringVal("ServiceAccount"))
		metadata := b.AppendNewBlock("metadata", nil).Body()
		metadata.SetAttributeValue("name", cty.StringVal(c.ServiceAccount))
		metadata.SetAttributeValue("namespace", cty.StringVal(c.Namespace))
		b.SetAttributeValue("annotations", cty.ObjectVal(map[string]cty.Value{c.Key: cty.StringVal(c.Value)}))
	case change.CreateAssociation:
		t.association(c.Cluster, c.Namespace, c.ServiceAccount, c.RoleArn)
	case change.UpdateAssociation:
		t.imported("aws_eks_pod_identity_association", label(c.ServiceAccount), c.Cluster+","+c.AssociationID)
		t.association(c.Cluster, c.Namespace, c.ServiceAccount, c.RoleArn)
	default:
		t.byHand(c)
		return
	}
	t.body.AppendNewline()
}

func (t *terraformer) provider(url string, clientIDs []string) {
	b := t.resource("aws_iam_openid_connect_provider", "cluster")
	b.SetAttributeValue("url", cty.StringVal(url))
	b.SetAttributeValue("client_id_list", texts(clientIDs))
	t.body.AppendNewline()
}

func (t *terraformer) association(cluster, namespace, account, role string) {
	b := t.resource("aws_eks_pod_identity_association", label(account))
	b.SetAttributeValue("cluster_name", cty.StringVal(cluster))
	b.SetAttributeValue("namespace", cty.StringVal(namespace))
	b.SetAttributeValue("service_account", cty.StringVal(account))
	b.SetAttributeValue("role_arn", cty.StringVal(role))
}

// existingRole is a role that Terraform imports, and of which only the trust policy changes.
func (t *terraformer) existingRole(text, document string) error {
	arn, _ := snapshot.ParseARN(text)
	if t.written["aws_iam_role."+label(arn.RoleName())] {
		return fmt.Errorf("role %s is edited twice, which Terraform cannot express", arn.RoleName())
	}
	t.imported("aws_iam_role", label(arn.RoleName()), arn.RoleName())
	role, _ := t.snapshot.Role(text).Get()
	return t.role(text, role.Path, document, func(b *hclwrite.Body) {
		if role.MaxSessionDuration > 0 {
			b.SetAttributeValue("max_session_duration", cty.NumberIntVal(int64(role.MaxSessionDuration)))
		}
		lifecycle := b.AppendNewBlock("lifecycle", nil).Body()
		var ignored []hclwrite.Tokens
		for _, name := range []string{"description", "permissions_boundary", "tags", "tags_all"} {
			ignored = append(ignored, hclwrite.TokensForIdentifier(name))
		}
		lifecycle.SetAttributeRaw("ignore_changes", hclwrite.TokensForTuple(ignored))
	})
}

func (t *terraformer) role(text, path, document string, more func(*hclwrite.Body)) error {
	arn, _ := snapshot.ParseARN(text)
	policy, err := policyTokens(document)
	if err != nil {
		return err
	}
	b := t.resource("aws_iam_role", label(arn.RoleName()))
	b.SetAttributeValue("name", cty.StringVal(arn.RoleName()))
	if path != "" && path != "/" {
		b.SetAttributeValue("path", cty.StringVal(path))
	}
	b.SetAttributeRaw("assume_role_policy", policy)
	more(b)
	t.body.AppendNewline()
	return nil
}

// policyTokens is a policy as jsonencode({…}).
func policyTokens(document string) (hclwrite.Tokens, error) {
	if !json.Valid([]byte(document)) {
		return nil, fmt.Errorf("the policy is not JSON")
	}
	kind, err := ctyjson.ImpliedType([]byte(document))
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	value, err := ctyjson.Unmarshal([]byte(document), kind)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	return hclwrite.TokensForFunctionCall("jsonencode", hclwrite.TokensForValue(value)), nil
}

// free is a name of which there is no resource yet: two policies may have one name, in two paths or of two accounts.
func (t *terraformer) free(kind, name string) string {
	free := name
	for n := 2; t.written[kind+"."+free]; n++ {
		free = name + "_" + strconv.Itoa(n)
	}
	return free
}

func (t *terraformer) resource(kind, name string) *hclwrite.Body {
	t.written[kind+"."+name] = true
	if strings.HasPrefix(kind, "kubernetes_") {
		t.require("kubernetes")
	}
	return t.body.AppendNewBlock("resource", []string{kind, name}).Body()
}

// imported declares that the resource that follows exists.
func (t *terraformer) imported(kind, name, id string) {
	b := t.body.AppendNewBlock("import", nil).Body()
	b.SetAttributeTraversal("to", hcl.Traversal{hcl.TraverseRoot{Name: kind}, hcl.TraverseAttr{Name: name}})
	b.SetAttributeValue("id", cty.StringVal(id))
	t.body.AppendNewline()
}

// byHand is what Terraform does not do.
func (t *terraformer) byHand(c change.Change) {
	t.comment(byHand(c, t.at))
	t.body.AppendNewline()
}

func (t *terraformer) comment(text string) {
	for line := range strings.Lines(comment(text)) {
		t.body.AppendUnstructuredTokens(hclwrite.Tokens{{Type: hclsyntax.TokenComment, Bytes: []byte(line)}})
	}
}

func texts(values []string) cty.Value {
	list := make([]cty.Value, len(values))
	for i, value := range values {
		list[i] = cty.StringVal(value)
	}
	return cty.TupleVal(list)
}

// label turns a name into one that Terraform accepts for a resource: letters, digits, _ and -, and no digit first.
func label(name string) string {
	out := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, name)
	if out == "" || out[0] >= '0' && out[0] <= '9' || out[0] == '-' {
		return "_" + out
	}
	return out
}
