package collect

import (
	"errors"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// TestRoleTyped holds what a typed role means by a snapshot alone.
func TestRoleTyped(t *testing.T) {
	const arn = "arn:aws:iam::111122223333:role/team/web"
	known := snapshot.Document{
		Cluster: snapshot.Cluster{Account: "111122223333"},
		AWS:     &snapshot.AWS{CallerAccount: "111122223333", Roles: []snapshot.Role{{Arn: arn, RoleName: "web"}}},
	}
	china := known
	china.Cluster.Region = "cn-north-1"
	for _, test := range []struct {
		document    snapshot.Document
		typed, want string
	}{
		{known, "", ""}, {known, "web", arn}, {known, "team/web", arn}, {known, "role/team/web", arn},
		{known, "other", "arn:aws:iam::111122223333:role/other"}, {known, "ops/web", "arn:aws:iam::111122223333:role/ops/web"},
		{china, "other", "arn:aws-cn:iam::111122223333:role/other"},
		{snapshot.Document{}, "", ""}, {snapshot.Document{}, arn, arn},
	} {
		if got, err := RoleTyped(snapshot.New(test.document), test.typed); got != test.want || err != nil {
			t.Errorf("%q: %q, %v; want %q", test.typed, got, err, test.want)
		}
	}
	elsewhere, unknown := known, known
	elsewhere.Cluster.Account, unknown.Cluster.Account = "444455556666", ""
	for want, document := range map[string]snapshot.Document{
		"which is unknown": unknown,
		"account 444455556666, but these AWS credentials are of account 111122223333": elsewhere,
	} {
		var unnamed *RoleNameError
		if got, err := RoleTyped(snapshot.New(document), "web"); !errors.As(err, &unnamed) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q, %v, want %s", got, err, want)
		}
	}
}
