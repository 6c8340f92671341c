package subject

import (
	"strings"
	"testing"
)

func TestLikeness(t *testing.T) {
	const want = "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
	for _, c := range []struct {
		have, want string
		cause      NearMissCause
	}{
		{want + "/", want, TrailingSlash},
		{want, want + "/", TrailingSlash},
		{"https://" + want, want, SchemeInName},
		{"http://" + want + "/", want, SchemeInName},
		{strings.ToLower(want), want, LetterCase},
		{"oidc-eks.us-west-2.api.aws/id/EXAMPLED539D4633E53DE1B71EXAMPLE", want, DualStackHost},
		{"oidc.eks.us-west-2.amazonaws.com:443/id/EXAMPLED539D4633E53DE1B71EXAMPLE", want, PortInName},
		{"oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE", want, OtherHost},
		{"oidc.example.com:443", "oidc.example.com", PortInName},
		{"oidc.example.com/prod/", "oidc.example.com/prod", TrailingSlash},

		{"oidc.eks.us-west-2.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF", want, NoNearMiss},
		{"oidc.eks.us-west-2.amazonaws.com", want, NoNearMiss},
		{"token.actions.githubusercontent.com", want, NoNearMiss},
		{"token.actions.githubusercontent.com", "oidc.example.com", NoNearMiss},
		{"other.example.com/prod", "oidc.example.com/prod", NoNearMiss},
		{"", want, NoNearMiss},
		{want, want, NoNearMiss},
	} {
		if cause := likeness(c.have, c.want); cause != c.cause {
			t.Errorf("%s for %s: %d, want %d", c.have, c.want, cause, c.cause)
		}
	}
}
