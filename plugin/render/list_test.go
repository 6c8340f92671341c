package render_test

import (
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
)

// TestListProvenance holds that a list says once what its items have in common, and that nothing of them is lost.
func TestListProvenance(t *testing.T) {
	prod := judge.Provenance{Cluster: "prod", Account: "111122223333", Region: "eu-west-1", Time: "2026-06-15T10:30:00Z", Version: "v0.1.0"}
	again, other := prod, prod
	other.Cluster, other.Region = "test", ""
	for name, c := range map[string]struct {
		of     []*judge.Provenance
		common *judge.Provenance
		same   bool
	}{
		"one":      {[]*judge.Provenance{&prod, &again}, &prod, true},
		"several":  {[]*judge.Provenance{&prod, &other}, &judge.Provenance{Account: prod.Account, Time: prod.Time, Version: prod.Version}, false},
		"not all":  {[]*judge.Provenance{&prod, nil}, nil, false},
		"none":     {[]*judge.Provenance{nil, nil}, nil, true},
		"no items": {nil, nil, true},
	} {
		var reports []*judge.Report
		for _, p := range c.of {
			reports = append(reports, &judge.Report{Provenance: p})
		}
		list, identities := render.Reports(reports, false), render.Identities(reports)
		for _, got := range []*judge.Provenance{list.Provenance, identities.Provenance} {
			if (got == nil) != (c.common == nil) || got != nil && *got != *c.common {
				t.Errorf("%s: the header has %+v, want %+v", name, got, c.common)
			}
		}
		for i, item := range list.Items {
			cluster, want := "", c.of[i]
			if want != nil {
				cluster = want.Cluster
			}
			if c.same {
				want = nil
			}
			if item.Cluster != cluster || item.Provenance != want || identities.Items[i].Cluster != cluster || identities.Items[i].Provenance != want {
				t.Errorf("%s: an item is of %q, %+v", name, item.Cluster, item.Provenance)
			}
			if reports[i].Cluster != "" || reports[i].Provenance != c.of[i] {
				t.Errorf("%s: the report itself was changed", name)
			}
		}
	}
}
