package judge

import "github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"

// A Provenance says what an answer is about.
type Provenance struct {
	Account string `json:"account,omitempty"` // of the cluster
}

// provenanceOf is the provenance of answers from a snapshot.
func provenanceOf(s *snapshot.Snapshot) *Provenance {
	return &Provenance{Account: s.Cluster().Account}
}
