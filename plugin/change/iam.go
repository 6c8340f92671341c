package change

import (
	"fmt"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

func roleWith(arn string) Object {
	parsed, _ := snapshot.ParseARN(arn)
	return Object{Kind: "role", Name: parsed.RoleName(), InAWS: true, ARN: arn}
}

func providerWith(arn string) Object {
	parsed, _ := snapshot.ParseARN(arn)
	return Object{Kind: "openidconnectprovider", Name: strings.TrimPrefix(parsed.Resource, "oidc-provider/"), InAWS: true, ARN: arn}
}

// acceptable reports whether IAM would accept a trust policy that is about to be written.
func acceptable(document string) bool {
	policy, err := trust.Parse([]byte(document))
	return err == nil && policy.Valid()
}

func again(document string, edit func(*trust.Policy) (trust.Edit, error)) (string, error) {
	policy, err := trust.ParseReturned([]byte(document))
	if err != nil {
		return "", fmt.Errorf("trust policy: %w", err)
	}
	made, err := edit(policy)
	if err != nil {
		return "", fmt.Errorf("trust policy: %w", err)
	}
	if made.Summary == "" {
		return document, nil
	}
	return string(made.Document), nil
}
