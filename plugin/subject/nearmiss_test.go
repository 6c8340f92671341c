package subject

import (
	"strings"
	"testing"
)

func TestLikeness(t *testing.T) {
	const want = "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
	for _, c := range []struct{ have, want, why string }{
		{want + "/", want, "slash"},
		{want, want + "/", "slash"},
		{"https://" + want, want, "scheme"},
		{"http://" + want + "/", want, "scheme"},
		{strings.ToLower(want), want, "upper and lower case"},
		{"oidc-eks.us-west-2.api.aws/id/EXAMPLED539D4633E53DE1B71EXAMPLE", want, "dual-stack"},
		{"oidc.eks.us-west-2.amazonaws.com:443/id/EXAMPLED539D4633E53DE1B71EXAMPLE", want, "port"},
		{"oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE", want, "host"},
		{"oidc.example.com:443", "oidc.example.com", "port"},
		{"oidc.example.com/prod/", "oidc.example.com/prod", "slash"},

		{"oidc.eks.us-west-2.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF", want, ""},
		{"oidc.eks.us-west-2.amazonaws.com", want, ""},
		{"token.actions.githubusercontent.com", want, ""},
		{"token.actions.githubusercontent.com", "oidc.example.com", ""},
		{"other.example.com/prod", "oidc.example.com/prod", ""},
		{"", want, ""},
		{want, want, ""},
	} {
		why := likeness(c.have, c.want)
		if (why == "") != (c.why == "") || !strings.Contains(why, c.why) {
			t.Errorf("%s for %s: %q, want %q", c.have, c.want, why, c.why)
		}
	}
}
