package snapshot

import (
	"encoding/json"
	"fmt"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/document"
)

// YAML returns the snapshot as a file that [Read] reads back to the same answers.
func (s *Snapshot) YAML() ([]byte, error) {
	text, err := s.JSON()
	if err != nil {
		return nil, err
	}
	out, err := document.YAML(text)
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	return out, nil
}

// JSON returns the snapshot as a JSON file.
func (s *Snapshot) JSON() ([]byte, error) {
	f := file{Document: s.Document()}
	f.Unreadable, f.NotAsked, f.NotFound = withoutCallers(f.Unreadable), withoutCallers(f.NotAsked), withoutCallers(f.NotFound)
	for _, object := range s.all() {
		raw, err := json.Marshal(object)
		if err != nil {
			return nil, fmt.Errorf("%s/%s: %w", object.GetObjectKind().GroupVersionKind().Kind, object.GetName(), err)
		}
		f.Kubernetes = append(f.Kubernetes, raw)
	}
	out, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	return document.EscapeJSON(out), nil
}
