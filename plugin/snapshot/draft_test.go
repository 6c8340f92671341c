package snapshot

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func podNamed(name, node string, labels map[string]string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: AgentNamespace, Name: name, Labels: labels}, Spec: corev1.PodSpec{NodeName: node}}
}

// TestDraftOfDraft holds that each snapshot of a chain answers for itself: lists in their order, roles, agents, associations.
func TestDraftOfDraft(t *testing.T) {
	agent := map[string]string{AgentLabel: AgentName}
	first := New(Document{
		Kubernetes: []Object{podNamed("a", "n1", nil), &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}}, podNamed("b", "n1", agent)},
		AWS: &AWS{CallerAccount: "111122223333", Roles: []Role{{Arn: "r1", RoleName: "old"}, {Arn: "r2"}},
			PodIdentityAssociations: []PodIdentityAssociation{{Namespace: "shop", ServiceAccount: "web", AssociationID: "a-1"}}},
	})

	draft := first.Draft()
	draft.Put(podNamed("c", "n2", agent))
	draft.Put(podNamed("a", "n9", nil))
	role, ok := draft.EditRole("r1")
	if !ok {
		t.Fatal("no role r1")
	}
	role.RoleName = "new"
	draft.AWS.PodIdentityAssociations = append(draft.AWS.PodIdentityAssociations, PodIdentityAssociation{Namespace: "shop", ServiceAccount: "api", AssociationID: "a-2"})
	second := draft.Snapshot()

	draft = second.Draft()
	draft.Put(podNamed("d", "n2", nil))
	draft.Put(podNamed("c", "n3", agent))
	if pod, ok := Edit[*corev1.Pod](draft, AgentNamespace, "b"); !ok {
		t.Error("no pod b")
	} else {
		pod.Labels = nil
	}
	draft.AWS.Roles = append(draft.AWS.Roles, Role{Arn: "r3"})
	if role, ok := draft.EditRole("r3"); ok {
		role.RoleName = "third"
	}
	third := draft.Snapshot()

	for _, c := range []struct {
		name     string
		snapshot *Snapshot
		pods     []string // name and node
		all      int
		roles    []string
		agents   map[string]int
		bound    map[string]int
	}{
		{"first", first, []string{"a@n1", "b@n1"}, 3, []string{"r1 old", "r2 "}, map[string]int{"n1": 1, "n2": 0, "n3": 0}, map[string]int{"web": 1, "api": 0}},
		{"second", second, []string{"a@n9", "b@n1", "c@n2"}, 4, []string{"r1 new", "r2 "}, map[string]int{"n1": 1, "n2": 1, "n3": 0}, map[string]int{"web": 1, "api": 1}},
		{"third", third, []string{"a@n9", "b@n1", "c@n3", "d@n2"}, 5, []string{"r1 new", "r2 ", "r3 third"}, map[string]int{"n1": 0, "n2": 0, "n3": 1}, map[string]int{"web": 1, "api": 1}},
	} {
		var pods, inDocument, roles []string
		for _, pod := range ObjectsOf[*corev1.Pod](c.snapshot) {
			pods = append(pods, pod.Name+"@"+pod.Spec.NodeName)
		}
		document := c.snapshot.Document()
		for _, object := range document.Kubernetes {
			if pod, ok := object.(*corev1.Pod); ok {
				inDocument = append(inDocument, pod.Name+"@"+pod.Spec.NodeName)
			}
		}
		for _, role := range document.AWS.Roles {
			roles = append(roles, role.Arn+" "+role.RoleName)
			if one, ok := c.snapshot.Role(role.Arn).Get(); !ok || one.RoleName != role.RoleName {
				t.Errorf("%s: role %s is %+v, and in the list %+v", c.name, role.Arn, one, role)
			}
		}
		if !slices.Equal(pods, c.pods) || !slices.Equal(inDocument, c.pods) || len(document.Kubernetes) != c.all {
			t.Errorf("%s: pods %v, in the document %v of %d objects; want %v of %d", c.name, pods, inDocument, len(document.Kubernetes), c.pods, c.all)
		}
		if !slices.Equal(roles, c.roles) {
			t.Errorf("%s: roles %q, want %q", c.name, roles, c.roles)
		}
		for node, want := range c.agents {
			if found, _ := c.snapshot.Agents(node).Get(); len(found) != want {
				t.Errorf("%s: %d agents on %s, want %d", c.name, len(found), node, want)
			}
		}
		for account, want := range c.bound {
			if found, _ := c.snapshot.Associations("shop", account).Get(); len(found) != want {
				t.Errorf("%s: %d associations of %s, want %d", c.name, len(found), account, want)
			}
		}
	}
}
