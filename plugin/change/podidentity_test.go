package change

import (
	"reflect"
	"testing"
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

func TestAssociations(t *testing.T) {
	taken := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	before := snapshot.New(snapshot.Document{TakenAt: taken, AWS: &snapshot.AWS{PodIdentityAssociations: []snapshot.PodIdentityAssociation{
		{AssociationID: "a-1", Namespace: "shop", ServiceAccount: "web", RoleArn: "arn:aws:iam::111122223333:role/web"},
		{AssociationID: "a-2", Namespace: "shop", ServiceAccount: "cart", RoleArn: "arn:aws:iam::111122223333:role/cart"},
	}}})
	for _, c := range []struct {
		name    string
		change  Change
		summary string
		shell   string
		account string
		roles   []string // that the account then has
	}{
		{
			"create", CreateAssociation{Cluster: "prod", Namespace: "shop", ServiceAccount: "pay", RoleArn: "arn:aws:iam::111122223333:role/pay"},
			"associate service account shop/pay with role arn:aws:iam::111122223333:role/pay",
			"aws eks create-pod-identity-association --cluster-name prod --namespace shop --service-account pay --role-arn arn:aws:iam::111122223333:role/pay",
			"pay", []string{"arn:aws:iam::111122223333:role/pay"},
		},
		{
			"delete", DeleteAssociation{Cluster: "prod", AssociationID: "a-1", Namespace: "shop", ServiceAccount: "web"},
			"delete the Pod Identity association of service account shop/web",
			"aws eks delete-pod-identity-association --cluster-name prod --association-id a-1",
			"web", nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.change.Summary() != c.summary {
				t.Errorf("summary %q, want %q", c.change.Summary(), c.summary)
			}
			if shell := nowhere.Shell([]Change{c.change}); !reflect.DeepEqual(shell, []string{c.shell}) {
				t.Errorf("commands %q, want %q", shell, c.shell)
			}
			after, ok := Apply(before, []Change{c.change})
			if !ok {
				t.Fatal("it is said not to be foreseen")
			}
			list, known := after.Associations("shop", c.account).Get()
			var roles []string
			for _, a := range list {
				roles = append(roles, a.RoleArn)
			}
			if !known || !reflect.DeepEqual(roles, c.roles) {
				t.Errorf("roles %v (known: %v), want %v", roles, known, c.roles)
			}
			if untouched, _ := after.Associations("shop", "cart").Get(); len(untouched) != 1 {
				t.Error("another association was touched")
			}
			if same, _ := before.Associations("shop", "web").Get(); len(same) != 1 {
				t.Error("the snapshot was changed")
			}
			if _, ok := Apply(snapshot.New(snapshot.Document{}), []Change{c.change}); ok {
				t.Error("it is said to be foreseen where nothing was read from AWS")
			}
		})
	}
	if _, ok := Apply(before, []Change{DeleteAssociation{Cluster: "prod", AssociationID: "a-9", Namespace: "shop", ServiceAccount: "web"}}); ok {
		t.Error("an association that is not there was deleted")
	}
}

func TestInstallAgent(t *testing.T) {
	const node = "ip-10-0-23-117.us-west-2.compute.internal"
	before := snapshot.New(snapshot.Document{NotFound: []snapshot.Missing{{Resource: "pods", Namespace: snapshot.AgentNamespace, Name: snapshot.AgentMissing(node)}}})
	if agents, known := before.Agents(node).Get(); !known && !before.Agents(node).Absent() || len(agents) > 0 {
		t.Fatalf("before: agents %v", agents)
	}
	install := InstallAgent{Cluster: "prod", Node: node}
	if shell := nowhere.Shell([]Change{install}); !reflect.DeepEqual(shell, []string{"aws eks create-addon --cluster-name prod --addon-name eks-pod-identity-agent"}) {
		t.Errorf("commands %q", shell)
	}
	after, ok := Apply(before, []Change{install})
	if !ok {
		t.Fatal("it is said not to be foreseen")
	}
	agents, _ := after.Agents(node).Get()
	if len(agents) != 1 || agents[0].Spec.NodeName != node || len(agents[0].Status.Conditions) != 1 {
		t.Errorf("agents %v", agents)
	}
	if elsewhere, _ := after.Agents("other").Get(); len(elsewhere) > 0 {
		t.Errorf("an agent on a node that was not asked about: %v", elsewhere)
	}
}
