package inject

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Skipped returns the containers that the pod's skip-containers annotation names, as the webhook
// reads it: one CSV record, blanks belong to the names, and an annotation that is not CSV skips
// nobody.
func Skipped(pod *corev1.Pod, prefix string) map[string]bool {
	names, _, err := skipList(pod.Annotations[prefix+"/"+SkipContainers])
	if err != nil {
		return nil
	}
	skipped := make(map[string]bool, len(names))
	for _, name := range names {
		skipped[name] = true
	}
	return skipped
}

// skipList returns the names of the annotation's first line; more says that there are further lines, which the
// webhook does not read.
func skipList(annotation string) (names []string, more bool, err error) {
	r := csv.NewReader(strings.NewReader(annotation))
	names, err = r.Read()
	if err != nil {
		return nil, false, err
	}
	_, end := r.Read()
	return names, !errors.Is(end, io.EOF), nil
}
