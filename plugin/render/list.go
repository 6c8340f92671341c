package render

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A ReportList is the JSON form of several reports.
type ReportList struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Provenance *judge.Provenance `json:"provenance,omitempty"` // what the items have in common
	Items      []*judge.Report   `json:"items"`
}

// Reports returns the list of reports, in their order; with checks, they hold what each check answered.
func Reports(reports []*judge.Report, checks bool) ReportList {
	list := ReportList{APIVersion: snapshot.APIVersion, Kind: "ReportList", Items: make([]*judge.Report, len(reports))}
	var same bool
	list.Provenance, same = commonProvenance(reports)
	for i, r := range reports {
		list.Items[i] = Report(r, checks)
		list.Items[i].Provenance, list.Items[i].Cluster = itemProvenance(r, same)
	}
	return list
}

// Report returns a report in its JSON form: lists that must be there are, and be they empty. What each check answered is many
// times the rest, so it is there where it is asked for.
func Report(r *judge.Report, checks bool) *judge.Report {
	full := *r
	if !checks {
		full.Checks = nil
	}
	full.APIVersion, full.Kind = snapshot.APIVersion, "Report"
	full.Containers = orEmpty(full.Containers)
	full.Findings = orEmpty(full.Findings)
	full.Unknown = orEmpty(full.Unknown)
	return &full
}

// An Identity is the JSON form of the answer of `whoami`.
type Identity struct {
	APIVersion     string                  `json:"apiVersion"`
	Kind           string                  `json:"kind"`
	Provenance     *judge.Provenance       `json:"provenance,omitempty"` // as of a Report
	Cluster        string                  `json:"cluster,omitempty"`    // as of a Report
	Target         workload.Target         `json:"target"`
	Pod            string                  `json:"pod,omitempty"` // the pod that answers for a workload
	ServiceAccount string                  `json:"serviceAccount,omitempty"`
	Verdict        judge.Verdict           `json:"verdict"`
	Expected       *judge.Expectation      `json:"expected,omitempty"`
	Containers     []judge.ContainerReport `json:"containers"`
	Pods           *judge.PodCount         `json:"pods,omitempty"`
}

// An IdentityList is the JSON form of several identities.
type IdentityList struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Provenance *judge.Provenance `json:"provenance,omitempty"` // what the items have in common
	Items      []Identity        `json:"items"`
}

// IdentityOf returns the part of a report that says who the target is.
func IdentityOf(r *judge.Report) Identity {
	return Identity{
		APIVersion: snapshot.APIVersion, Kind: "Identity", Provenance: r.Provenance,
		Target: r.Target, Pod: r.Pod, ServiceAccount: r.ServiceAccount, Verdict: r.Verdict, Expected: r.Expected,
		Containers: orEmpty(r.Containers), Pods: r.Pods,
	}
}

// Identities returns the list of identities, in the order of the reports.
func Identities(reports []*judge.Report) IdentityList {
	list := IdentityList{APIVersion: snapshot.APIVersion, Kind: "IdentityList", Items: make([]Identity, len(reports))}
	var same bool
	list.Provenance, same = commonProvenance(reports)
	for i, r := range reports {
		list.Items[i] = IdentityOf(r)
		list.Items[i].Provenance, list.Items[i].Cluster = itemProvenance(r, same)
	}
	return list
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
