package inject_test

import (
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
)

func TestForAPIServer(t *testing.T) {
	const issuer = "https://oidc.example.com/id"
	for audience, want := range map[string]bool{
		"https://kubernetes.default.svc":                  true,
		"https://kubernetes.default.svc/":                 true,
		"https://kubernetes.default.svc:443":              true,
		"https://kubernetes.default.svc.cluster.local":    true,
		"https://kubernetes.default.svc.example.internal": true,
		"kubernetes.default.svc":                          true,
		"https://kubernetes.default":                      true,
		"kubernetes.svc.default":                          true,
		issuer:                                            true,
		issuer + "/":                                      true,
		"":                                                false,
		"sts.amazonaws.com":                               false,
		"openshift":                                       false,
		"vault":                                           false,
		"https://kubernetes.default.svc.evil.com.attacker": true, // nobody else can be told from a cluster domain
		"https://oidc.example.com":                         false,
	} {
		if got := inject.ForAPIServer(audience, issuer); got != want {
			t.Errorf("%q: %v", audience, got)
		}
	}
	if inject.ForAPIServer("", "") {
		t.Error("no audience is that of the API server where the issuer is unknown")
	}
}
