package collect

import (
	"errors"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// TestRoleTyped holds what a typed role means by a snapshot alone.
func TestRoleTyped(t *testing.T) {
	const arn = "arn:aws:iam::111122223333:role/team/web"
	known := snapshot.Document{AWS: &snapshot.AWS{CallerAccount: "111122223333", Roles: []snapshot.Role{{Arn: arn, RoleName: "web"}}}}
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
	if _, err := RoleTyped(snapshot.New(snapshot.Document{}), "web"); !errors.Is(err, ErrNoCaller) {
		t.Errorf("error %v, want %v", err, ErrNoCaller)
	}
}
