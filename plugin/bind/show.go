package bind

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	udiff "github.com/aymanbagabas/go-udiff"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// Text shows the plan to whoever has to confirm it: each step with what it is for and, as a unified diff, what it
// changes in what the snapshot holds. The text quotes cluster and account and has to be escaped for a terminal.
func (p *Plan) Text(s *snapshot.Snapshot) string {
	var out strings.Builder
	for i, step := range p.Steps {
		fmt.Fprintf(&out, "%d. %s\n   %s\n", i+1, step.Change.Summary(), step.For)
		name, before, after := difference(s, step.Change)
		if diff := udiff.Unified(name, name, before, after); diff != "" {
			out.WriteString(indented(strings.TrimSuffix(diff, "\n"), "   ") + "\n")
		}
		out.WriteString("\n")
	}
	return out.String()
}

func indented(text, by string) string {
	return by + strings.ReplaceAll(text, "\n", "\n"+by)
}

// difference is what a change makes of one thing, as two texts; they are the same where there is nothing to show.
func difference(s *snapshot.Snapshot, c change.Change) (name, before, after string) {
	switch c := c.(type) {
	case change.CreateProvider:
		return c.Arn, "", fields("Url", c.Issuer) + clientIDs([]string{c.ClientID})
	case change.AddClientID:
		provider, _ := s.OpenIDConnectProvider(c.Arn).Get()
		return c.Arn, clientIDs(provider.ClientIDList), clientIDs(append(slices.Clone(provider.ClientIDList), c.ClientID))
	case change.DeleteProvider:
		provider, _ := s.OpenIDConnectProvider(c.Arn).Get()
		return c.Arn, fields("Url", provider.URL) + clientIDs(provider.ClientIDList), ""
	case change.CreateRole:
		return c.Arn, "", newRole(c)
	case change.AttachPolicy:
		return c.RoleArn, "", fields("PolicyArn", c.PolicyArn)
	case change.Grant:
		return c.RoleArn, readable(c.Before), readable(c.Document)
	case change.Revoke:
		return c.RoleArn, readable(c.Before), readable(c.Document)
	case change.CreateServiceAccount:
		return "serviceaccount/" + c.Name, "", manifest(c)
	case change.Annotate:
		account, _ := s.ServiceAccount(c.Namespace, c.ServiceAccount).Get()
		have := ""
		if account != nil {
			have = account.Annotations[c.Key]
		}
		return "serviceaccount/" + c.ServiceAccount, annotation(c.Key, have), annotation(c.Key, c.Value)
	case change.CreateAssociation:
		return "pod identity association", "", fields("namespace", c.Namespace, "serviceAccount", c.ServiceAccount, "roleArn", c.RoleArn)
	case change.UpdateAssociation:
		have := ""
		for _, a := range s.AWS().PodIdentityAssociations {
			if a.AssociationID == c.AssociationID {
				have = a.RoleArn
			}
		}
		return c.AssociationID, fields("roleArn", have), fields("roleArn", c.RoleArn)
	case change.DeleteAssociation:
		for _, a := range s.AWS().PodIdentityAssociations {
			if a.AssociationID == c.AssociationID {
				return c.AssociationID, fields("namespace", a.Namespace, "serviceAccount", a.ServiceAccount, "roleArn", a.RoleArn), ""
			}
		}
		return c.AssociationID, "", ""
	default:
		return "", "", ""
	}
}

func fields(pairs ...string) string {
	var out strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		out.WriteString(pairs[i] + ": " + pairs[i+1] + "\n")
	}
	return out.String()
}

func clientIDs(ids []string) string {
	out := "ClientIDList:\n"
	for _, value := range ids {
		out += "- " + value + "\n"
	}
	return out
}

func annotation(key, value string) string {
	if value == "" {
		return ""
	}
	return "metadata:\n  annotations:\n    " + key + ": " + value + "\n"
}

// readable is a policy over several lines: as it is written if it is so, else set out anew. What is written is the
// document itself.
func readable(document string) string {
	trimmed := strings.TrimSpace(document)
	if !strings.Contains(trimmed, "\n") {
		var value json.RawMessage
		if json.Unmarshal([]byte(trimmed), &value) == nil {
			if set, err := json.MarshalIndent(value, "", "  "); err == nil {
				trimmed = string(set)
			}
		}
	}
	return trimmed + "\n"
}

func newRole(c change.CreateRole) string {
	var out strings.Builder
	out.WriteString(fields("Path", c.Path))
	if c.PermissionsBoundary != "" {
		out.WriteString(fields("PermissionsBoundary", c.PermissionsBoundary))
	}
	for _, tag := range c.Tags {
		out.WriteString(fields("Tag", tag.Key+"="+tag.Value))
	}
	out.WriteString("AssumeRolePolicyDocument:\n" + readable(c.Document))
	return out.String()
}

// manifest is a new service account as YAML.
func manifest(c change.CreateServiceAccount) string {
	account := corev1.ServiceAccount{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
		ObjectMeta: metav1.ObjectMeta{Namespace: c.Namespace, Name: c.Name},
	}
	if c.Value != "" {
		account.Annotations = map[string]string{c.Key: c.Value}
	}
	text, err := yaml.Marshal(account)
	if err != nil {
		return ""
	}
	return string(text)
}
