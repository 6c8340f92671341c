package snapshot_test

import (
	"fmt"
	"maps"
	"slices"
)

// differences are the places at which two JSON values differ.
func differences(at string, a, b any) []string {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok {
			return []string{at + ": another type"}
		}
		var all []string
		keys := map[string]bool{}
		for key := range a {
			keys[key] = true
		}
		for key := range b {
			keys[key] = true
		}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			all = append(all, differences(at+"/"+key, a[key], b[key])...)
		}
		return all
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return []string{fmt.Sprintf("%s: %v and %v", at, a, b)}
		}
		var all []string
		for i := range a {
			all = append(all, differences(fmt.Sprintf("%s/%d", at, i), a[i], b[i])...)
		}
		return all
	}
	if a != b {
		return []string{fmt.Sprintf("%s: %v and %v", at, a, b)}
	}
	return nil
}
