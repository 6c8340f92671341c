package testbed

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

// ReadmeRules are the permissions in Kubernetes that a README asks for: of the ClusterRole behind a marker.
func ReadmeRules(t testing.TB, readme, marker string) []rbacv1.PolicyRule {
	t.Helper()
	var role rbacv1.ClusterRole
	if err := yaml.UnmarshalStrict(readmeBlock(t, readme, marker), &role); err != nil {
		t.Fatalf("%s, block %s: %v", readme, marker, err)
	}
	return role.Rules
}

// ReadmeActions are the permissions in AWS that a README asks for: the actions of the IAM policy behind a marker.
func ReadmeActions(t testing.TB, readme, marker string) []string {
	t.Helper()
	var policy struct {
		Statement []struct{ Action []string }
	}
	if err := json.Unmarshal(readmeBlock(t, readme, marker), &policy); err != nil || len(policy.Statement) != 1 {
		t.Fatalf("%s, block %s: %d statements, %v", readme, marker, len(policy.Statement), err)
	}
	return policy.Statement[0].Action
}

// readmeBlock is the code block behind a marker.
func readmeBlock(t testing.TB, readme, marker string) []byte {
	t.Helper()
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)<!-- " + marker + " -->\n```[a-z]+\n(.*?)```\n").FindSubmatch(text)
	if block == nil {
		t.Fatalf("%s has no block %s", readme, marker)
	}
	return block[1]
}
