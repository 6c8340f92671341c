package change

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// Annotate sets an annotation of a service account, or removes it where Value is empty.
type Annotate struct {
	Namespace, ServiceAccount string
	Key, Value                string
}

// Summary implements [Change].
func (c Annotate) Summary() string {
	if c.Value == "" {
		return "remove annotation " + c.Key + " of service account " + c.Namespace + "/" + c.ServiceAccount
	}
	return "annotate service account " + c.Namespace + "/" + c.ServiceAccount + " with " + c.Key + "=" + c.Value
}

// Commands implements [Change].
func (c Annotate) Commands() [][]string {
	if c.Value == "" {
		return [][]string{kubectl(c.Namespace, "annotate", "serviceaccount", c.ServiceAccount, c.Key+"-")}
	}
	return [][]string{kubectl(c.Namespace, "annotate", "serviceaccount", c.ServiceAccount, c.Key+"="+c.Value, "--overwrite")}
}

// Apply implements [Change].
func (c Annotate) Apply(d *snapshot.Draft) bool {
	account, ok := snapshot.Edit[*corev1.ServiceAccount](d, c.Namespace, c.ServiceAccount)
	if !ok {
		return false
	}
	if c.Value == "" {
		delete(account.Annotations, c.Key)
		return true
	}
	if account.Annotations == nil {
		account.Annotations = map[string]string{}
	}
	account.Annotations[c.Key] = c.Value
	// Who set it and when is now another story than managedFields tell.
	account.ManagedFields = nil
	return true
}

// CreateServiceAccount makes a service account, with the annotation where Value is set.
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

// Apply implements [Change].
func (c CreateServiceAccount) Apply(d *snapshot.Draft) bool {
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: c.Namespace, Name: c.Name, CreationTimestamp: metav1.NewTime(d.TakenAt)}}
	if c.Value != "" {
		account.Annotations = map[string]string{c.Key: c.Value}
	}
	d.Put(account)
	return true
}
