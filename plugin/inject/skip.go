package inject

import (
	"encoding/csv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Skipped returns the containers that the pod's skip-containers annotation names, as the webhook
// reads it: one CSV record, blanks belong to the names, and an annotation that is not CSV skips
// nobody.
func Skipped(pod *corev1.Pod, prefix string) map[string]bool {
	names, err := skipList(pod.Annotations[prefix+"/"+SkipContainers])
	if err != nil {
		return nil
	}
	skipped := make(map[string]bool, len(names))
	for _, name := range names {
		skipped[name] = true
	}
	return skipped
}

func skipList(annotation string) ([]string, error) {
	return csv.NewReader(strings.NewReader(annotation)).Read()
}
