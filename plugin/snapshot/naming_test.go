package snapshot

import (
	"slices"
	"testing"
)

func TestRolesNaming(t *testing.T) {
	s := New(Document{AWS: &AWS{Roles: []Role{
		{RoleName: "both", AssumeRolePolicyDocument: `{"sub": ["system:serviceaccount:shop:web", "system:serviceaccount:shop:api", "system:serviceaccount:shop:web"]}`},
		{RoleName: "pattern", AssumeRolePolicyDocument: `{"sub": "system:serviceaccount:shop:*"}`},
		{RoleName: "longer", AssumeRolePolicyDocument: `{"sub": "system:serviceaccount:shop:web-admin"}`},
		{RoleName: "cut off", AssumeRolePolicyDocument: `{"sub": "system:serviceaccount:shop:web`},
		{RoleName: "web", AssumeRolePolicyDocument: `{"sub": "system:serviceaccount:shop:web"}`},
		{RoleName: "none"},
	}}})
	for subject, want := range map[string][]string{
		"system:serviceaccount:shop:web":       {"both", "web"},
		"system:serviceaccount:shop:api":       {"both"},
		"system:serviceaccount:shop:*":         {"pattern"},
		"system:serviceaccount:shop:web-admin": {"longer"},
		"system:serviceaccount:shop:we":        nil,
		"":                                     nil,
	} {
		var names []string
		for _, role := range s.RolesNaming(subject) {
			names = append(names, role.RoleName)
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s: %v, want %v", subject, names, want)
		}
	}
	if roles := New(Document{}).RolesNaming("system:serviceaccount:shop:web"); len(roles) > 0 {
		t.Errorf("without AWS: %v", roles)
	}
}
