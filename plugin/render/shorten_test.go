package render_test

import (
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
)

const (
	issuer = "oidc.eks.eu-west-1.amazonaws.com/id/0F1E2D3C4B5A69788796A5B4C3D2E1F0"
	others = "oidc.eks.eu-west-1.amazonaws.com/id/AAAA2D3C4B5A69788796A5B4C3D2BBBB"
	alike2 = "oidc.eks.eu-west-1.amazonaws.com/id/0F1E00000000000000000000C3D2E1F0"
	own    = "arn:aws:iam::111122223333:"
	away   = "arn:aws:iam::444455556666:"
)

// said is what a sentence of a finding becomes.
func said(t *testing.T, account string, s render.Style, why, have string) string {
	t.Helper()
	r := &judge.Report{Findings: []judge.Finding{{Class: check.Breaks, Title: "x", Have: have, Why: why}}}
	if account != "" {
		r.Provenance = &judge.Provenance{Account: account}
	}
	return strings.Join(strings.Fields(render.Explain([]*judge.Report{r}, s)), " ")
}

func TestShortNames(t *testing.T) {
	for _, c := range []struct{ about, text, want string }{
		{"a role of the cluster's account", "role " + own + "role/web, and " + own + "role/team/api.", "role/web, and role/team/api."},
		{"a role of another account", "role " + away + "role/web", "role " + away + "role/web"},
		{"both", own + "role/web or " + away + "role/web", "role/web or " + away + "role/web"},
		{"whoever reads", "User: " + own + "user/dev may not", "User: user/dev may not"},
		{"a session", "arn:aws:sts::111122223333:assumed-role/admin/me may not", "assumed-role/admin/me may not"},
		{"the root of an account", own + "root", own + "root"},
		{"an issuer", "https://" + issuer + " is", "id/0F1E…E1F0 is"},
		{"an issuer's provider", own + "oidc-provider/" + issuer + ", audience x", "id/0F1E…E1F0, audience x"},
		{"a provider of another account", away + "oidc-provider/" + issuer, away + "oidc-provider/" + issuer},
		{"a condition key", "StringEquals " + issuer + ":sub", "StringEquals …:sub"},
		{"keys of two issuers", issuer + ":sub and " + others + ":sub", "id/0F1E…E1F0:sub and id/AAAA…BBBB:sub"},
		{"issuers that look the same", issuer + " and " + alike2, issuer + " and " + alike2},
		{"keys that look the same", issuer + ":aud and " + alike2 + ":aud", issuer + ":aud and " + alike2 + ":aud"},
		{"one name in two partitions", own + "role/web and arn:aws-cn:iam::111122223333:role/web", own + "role/web and arn:aws-cn:iam::111122223333:role/web"},
		{"the value of an annotation", "set role-arn=" + own + "role/web", "set role-arn=" + own + "role/web"},
		{"one of two issuers", issuer + ":sub, " + issuer + ":aud and " + alike2 + ":aud", issuer + ":sub, " + issuer + ":aud and " + alike2 + ":aud"},
		{"a part of a policy", `{"Federated": "` + own + "oidc-provider/" + issuer + `"}`, `{"Federated": "` + own + "oidc-provider/" + issuer + `"}`},
		{"a URL", "get https://" + issuer + "/keys", "get https://" + issuer + "/keys"},
		{"an issuer of another kind", "https://oidc.example.com/id/0F1E2D3C4B5A69788796A5B4C3D2E1F0", "https://oidc.example.com/id/0F1E2D3C4B5A69788796A5B4C3D2E1F0"},
	} {
		if got := said(t, "111122223333", render.Style{Width: 120}, c.text, ""); !strings.Contains(got+" ", "why "+c.want+" ") {
			t.Errorf("%s: got %q, want %q", c.about, got, c.want)
		}
		if got := said(t, "111122223333", render.Style{Width: 120, Wide: true}, c.text, ""); !strings.Contains(got+" ", "why "+c.text+" ") {
			t.Errorf("%s: with -o wide names stay in full, got %q", c.about, got)
		}
	}
	for _, arn := range []string{own + "role/web", own + "oidc-provider/" + issuer} {
		if got := said(t, "", render.Style{}, arn, ""); !strings.Contains(got, arn) {
			t.Errorf("without the cluster's account no ARN is known to be its own, got %q", got)
		}
	}
	for _, have := range []string{own + "role/web", "the role " + own + "role/web", issuer + ":sub"} {
		if got := said(t, "111122223333", render.Style{}, "", have); !strings.Contains(got, "have "+have) {
			t.Errorf("what is compared stays in full, got %q for %q", got, have)
		}
	}
	if got := said(t, "111122223333", render.Style{ASCII: true}, "https://"+issuer, ""); !strings.Contains(got, "id/0F1E...E1F0") {
		t.Errorf("in ASCII: got %q", got)
	}
}
