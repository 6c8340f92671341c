package change

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// CreateServiceAccount creates a service account, with the annotation where Value is set.
type CreateServiceAccount struct {
	Namespace, Name string
	Key, Value      string
}

// Summary implements [Change].
func (c CreateServiceAccount) Summary() string {
	return "create service account " + c.Namespace + "/" + c.Name
}

// Commands implements [Change].
func (c CreateServiceAccount) Commands() [][]string {
	commands := [][]string{kubectl(c.Namespace, "create", "serviceaccount", c.Name)}
	if c.Value != "" {
		commands = append(commands, Annotate{c.Namespace, c.Name, c.Key, c.Value}.Commands()...)
	}
	return commands
}

// Diff implements [Change].
func (c CreateServiceAccount) Diff(*snapshot.Snapshot) (name, before, after string) {
	account := corev1.ServiceAccount{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
		ObjectMeta: metav1.ObjectMeta{Namespace: c.Namespace, Name: c.Name},
	}
	if c.Value != "" {
		account.Annotations = map[string]string{c.Key: c.Value}
	}
	return c.Object().String(), "", asYAML(account)
}

// Done implements [Change].
func (c CreateServiceAccount) Done() string { return c.Object().String() + " created" }

// Object implements [Change].
func (c CreateServiceAccount) Object() Object { return Object{Kind: "serviceaccount", Name: c.Name} }

// Apply implements [Change].
func (c CreateServiceAccount) Apply(d *snapshot.Draft) bool {
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: c.Namespace, Name: c.Name, CreationTimestamp: metav1.NewTime(d.TakenAt)}}
	if c.Value != "" {
		account.Annotations = map[string]string{c.Key: c.Value}
	}
	d.Put(account)
	return true
}
