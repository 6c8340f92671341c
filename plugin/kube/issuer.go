package kube

import (
	"context"
	"encoding/json"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
)

// issuerSource is the API server's discovery document of its service account issuer (Kubernetes, "Service
// account issuer discovery").
const issuerSource = "/.well-known/openid-configuration"

// Issuer reads the service account issuer, a URL, from the API server's discovery document.
func (r *Reader) Issuer(ctx context.Context) fact.Fact[string] {
	const source = "get " + issuerSource
	result, err := r.core.do(ctx, r.core.Get().AbsPath(issuerSource).SetHeader("Accept", "application/json"))
	if err != nil {
		return fact.Unreadable[string](source, reason(err))
	}
	body, err := result.Raw()
	if err != nil {
		return fact.Unreadable[string](source, reason(err))
	}
	var document struct {
		Issuer string `json:"issuer"`
	}
	if err := json.Unmarshal(body, &document); err != nil || document.Issuer == "" {
		return fact.Unreadable[string](source, "the answer has no issuer")
	}
	return fact.Known(document.Issuer, source)
}
