package inject

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// origin names the place that a variable's value comes from.
func origin(from *corev1.EnvVarSource) string {
	switch {
	case from.FieldRef != nil:
		return "field " + from.FieldRef.FieldPath
	case from.ResourceFieldRef != nil:
		return "resource field " + from.ResourceFieldRef.Resource
	case from.ConfigMapKeyRef != nil:
		return fmt.Sprintf("key %s of configmaps/%s", from.ConfigMapKeyRef.Key, from.ConfigMapKeyRef.Name)
	case from.SecretKeyRef != nil:
		return fmt.Sprintf("key %s of secrets/%s", from.SecretKeyRef.Key, from.SecretKeyRef.Name)
	case from.FileKeyRef != nil:
		return fmt.Sprintf("key %s of the file %s in volume %s", from.FileKeyRef.Key, from.FileKeyRef.Path, from.FileKeyRef.VolumeName)
	}
	return "an unknown source"
}
