package cluster

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/evidence"
)

// NoKeys is why a Secret's keys may be unknown although it was read.
const NoKeys = "its managedFields do not name its keys"

// Secret reads the metadata of one Secret, never its values: the names of its keys stand in managedFields.
// Where they do not, the Secret is unreadable: to read its keys would take its values too.
func (r *Reader) Secret(ctx context.Context, namespace, name string) evidence.Fact[*corev1.Secret] {
	found := named(ctx, "secrets", namespace, name, func(ctx context.Context, name string, o metav1.GetOptions) (*metav1.PartialObjectMetadata, error) {
		return r.metadata.Resource(corev1.SchemeGroupVersion.WithResource("secrets")).Namespace(namespace).Get(ctx, name, o)
	})
	if object, ok := found.Get(); ok && len(evidence.ManagedKeys(object.ManagedFields)) == 0 {
		return evidence.Unreadable[*corev1.Secret](found.Source(), NoKeys)
	}
	return evidence.Map(found, func(object *metav1.PartialObjectMetadata) *corev1.Secret {
		// The one place in metadata where values may stand.
		delete(object.Annotations, corev1.LastAppliedConfigAnnotation)
		return &corev1.Secret{ObjectMeta: object.ObjectMeta}
	})
}
