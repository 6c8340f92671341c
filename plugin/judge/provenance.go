package judge

import (
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A Provenance is what an answer was computed from and by what. What is unknown is left out: nothing of it is a guess.
type Provenance struct {
	Cluster string `json:"cluster,omitempty"` // the cluster's name in EKS
	Account string `json:"account,omitempty"` // the cluster's AWS account
	Region  string `json:"region,omitempty"`  // the cluster's AWS region
	Time    string `json:"time,omitempty"`    // when the snapshot was taken, RFC 3339 in UTC
	Version string `json:"version,omitempty"` // of the kubectl-irsa that answers
}

// provenanceOf returns the provenance of answers from a snapshot. The time is the snapshot's, so that a file gives the same
// answer every time.
func provenanceOf(s *snapshot.Snapshot, version string) *Provenance {
	cluster := s.Cluster()
	p := &Provenance{Cluster: cluster.Name, Account: cluster.Account, Region: cluster.Region, Version: version}
	if taken := s.TakenAt(); !taken.IsZero() {
		p.Time = taken.UTC().Format(time.RFC3339)
	}
	return p
}
