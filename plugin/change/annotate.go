package change

import (
	corev1 "k8s.io/api/core/v1"

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

// Diff implements [Change].
func (c Annotate) Diff(s *snapshot.Snapshot) (name, before, after string) {
	have := ""
	if account, ok := s.ServiceAccount(c.Namespace, c.ServiceAccount).Get(); ok {
		have = account.Annotations[c.Key]
	}
	return c.Object().String(), annotation(c.Key, have), annotation(c.Key, c.Value)
}

func annotation(key, value string) string {
	if value == "" {
		return ""
	}
	return "metadata:\n  annotations:\n    " + key + ": " + value + "\n"
}

// Done implements [Change].
func (c Annotate) Done() string {
	if c.Value == "" {
		return c.Object().String() + " annotation removed"
	}
	return c.Object().String() + " annotated"
}

// Object implements [Change].
func (c Annotate) Object() Object { return Object{Kind: "serviceaccount", Name: c.ServiceAccount} }

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
	// managedFields no longer show who set it and when.
	account.ManagedFields = nil
	return true
}
