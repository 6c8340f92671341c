package snapshot

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ManagedKeys returns the names of the data keys of a Secret or ConfigMap that its managedFields name
// (`f:data` and `f:stringData`), sorted; so that the values need not be asked for.
func ManagedKeys(entries []metav1.ManagedFieldsEntry) []string {
	var keys []string
	for _, entry := range entries {
		var fields struct {
			Data       map[string]json.RawMessage `json:"f:data"`
			BinaryData map[string]json.RawMessage `json:"f:binaryData"`
			StringData map[string]json.RawMessage `json:"f:stringData"`
		}
		if entry.FieldsV1 == nil || json.Unmarshal(entry.FieldsV1.GetRawBytes(), &fields) != nil {
			continue
		}
		for _, group := range []map[string]json.RawMessage{fields.Data, fields.BinaryData, fields.StringData} {
			for name := range group {
				if key, ok := strings.CutPrefix(name, "f:"); ok {
					keys = append(keys, key)
				}
			}
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// AnnotatedAt returns when the annotation was last set, as managedFields tell: ok is false where no entry
// owns it. Entries without a time tell nothing.
func AnnotatedAt(entries []metav1.ManagedFieldsEntry, annotation string) (at time.Time, ok bool) {
	return setAt(entries, "f:annotations", annotation)
}

// LabelledAt is the same for a label.
func LabelledAt(entries []metav1.ManagedFieldsEntry, label string) (at time.Time, ok bool) {
	return setAt(entries, "f:labels", label)
}

func setAt(entries []metav1.ManagedFieldsEntry, group, key string) (at time.Time, ok bool) {
	for _, entry := range entries {
		var fields struct {
			Metadata map[string]json.RawMessage `json:"f:metadata"`
		}
		if entry.FieldsV1 == nil || entry.Time == nil || json.Unmarshal(entry.FieldsV1.GetRawBytes(), &fields) != nil {
			continue
		}
		var keys map[string]json.RawMessage
		if fields.Metadata[group] == nil || json.Unmarshal(fields.Metadata[group], &keys) != nil {
			continue
		}
		if _, owns := keys["f:"+key]; owns && entry.Time.After(at) {
			at, ok = entry.Time.Time, true
		}
	}
	return at, ok
}
