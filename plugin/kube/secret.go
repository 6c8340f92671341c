package kube

import (
	"context"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// NoKeys is why a Secret's keys may be unknown although it was read.
const NoKeys = "its managedFields do not name its keys"

// metadataOnly asks for metadata and takes nothing else: unlike the client for metadata, it does not fall back on the
// whole object.
const metadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"

// Secret reads the metadata of one Secret, never its values: the names of its keys are in managedFields.
// Where they do not, the Secret is unreadable: to read its keys would take its values too.
func (r *Reader) Secret(ctx context.Context, namespace, name string) fact.Fact[*corev1.Secret] {
	f := named("secrets", namespace, name, func() (*metav1.PartialObjectMetadata, error) {
		result, err := r.core.do(ctx, r.core.Get().Namespace(namespace).Resource("secrets").Name(name).SetHeader("Accept", metadataOnly))
		if err != nil {
			return nil, err
		}
		body, err := result.Raw()
		if err != nil {
			return nil, err
		}
		object := &metav1.PartialObjectMetadata{}
		if err := json.Unmarshal(body, object); err != nil {
			return nil, fmt.Errorf("metadata: %w", err)
		}
		return object, nil
	})
	if object, ok := f.Get(); ok && len(snapshot.ManagedKeys(object.ManagedFields)) == 0 {
		return fact.Unreadable[*corev1.Secret](f.Source(), NoKeys)
	}
	return fact.Map(f, func(object *metav1.PartialObjectMetadata) *corev1.Secret {
		// The one place in metadata where values may stand.
		delete(object.Annotations, corev1.LastAppliedConfigAnnotation)
		return &corev1.Secret{ObjectMeta: object.ObjectMeta}
	})
}
