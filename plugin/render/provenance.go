package render

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
)

// provenanceOf returns the provenance of a report, empty where it has none.
func provenanceOf(r *judge.Report) judge.Provenance {
	if r.Provenance == nil {
		return judge.Provenance{}
	}
	return *r.Provenance
}

// A provenanceField is what is known of one thing, under the name that it has in JSON.
type provenanceField struct{ name, value string }

// provenanceFields returns what is known, the cluster first.
func provenanceFields(p judge.Provenance) []provenanceField {
	return slices.DeleteFunc([]provenanceField{
		{"cluster", p.Cluster}, {"account", p.Account}, {"region", p.Region}, {"time", p.Time}, {"version", p.Version},
	}, func(f provenanceField) bool { return f.value == "" })
}

// A batch are reports of one provenance.
type batch struct {
	provenance judge.Provenance
	reports    []*judge.Report
}

// batches puts together the reports that have the same provenance, in the order of first mention.
func batches(reports []*judge.Report) []batch {
	var all []batch
	place := map[judge.Provenance]int{}
	for _, r := range reports {
		provenance := provenanceOf(r)
		i, ok := place[provenance]
		if !ok {
			i = len(all)
			place[provenance] = i
			all = append(all, batch{provenance: provenance})
		}
		all[i].reports = append(all[i].reports, r)
	}
	return all
}

// commonProvenance returns what all reports have in common, nil where that is nothing. Where same is false, each has more
// of its own.
func commonProvenance(reports []*judge.Report) (common *judge.Provenance, same bool) {
	all := batches(reports)
	if len(all) == 0 {
		return nil, true
	}
	p := all[0].provenance
	for _, b := range all[1:] {
		for _, field := range []struct {
			have  *string
			other string
		}{
			{&p.Cluster, b.provenance.Cluster}, {&p.Account, b.provenance.Account}, {&p.Region, b.provenance.Region},
			{&p.Time, b.provenance.Time}, {&p.Version, b.provenance.Version},
		} {
			if *field.have != field.other {
				*field.have = ""
			}
		}
	}
	if p == (judge.Provenance{}) {
		return nil, len(all) == 1
	}
	return &p, len(all) == 1
}

// itemProvenance returns what an item of a list holds of its provenance: the name of its cluster, and all of it where the
// list's header does not hold it.
func itemProvenance(r *judge.Report, same bool) (own *judge.Provenance, cluster string) {
	if !same {
		own = r.Provenance
	}
	return own, provenanceOf(r).Cluster
}

// provenance writes where reports come from, a line for each cluster. Only wide text has it.
func (p *page) provenance(reports []*judge.Report) {
	if !p.style.Wide {
		return
	}
	written := false
	for _, b := range batches(reports) {
		if words := provenanceWords(b.provenance); words != "" {
			p.paragraph("", 2, words)
			written = true
		}
	}
	if written {
		p.blank()
	}
}

// provenanceWords returns where an answer comes from: cluster prod (111122223333, eu-west-1), read 2026-06-15T10:30:00Z, kubectl-irsa v0.1.0.
func provenanceWords(p judge.Provenance) string {
	var place, parts []string
	for _, word := range []string{p.Account, p.Region} {
		if word != "" {
			place = append(place, word)
		}
	}
	where := strings.Join(place, ", ")
	switch {
	case p.Cluster != "" && where != "":
		parts = append(parts, "cluster "+p.Cluster+" ("+where+")")
	case p.Cluster != "":
		parts = append(parts, "cluster "+p.Cluster)
	case where != "":
		parts = append(parts, "cluster in "+where)
	}
	if p.Time != "" {
		parts = append(parts, "read "+p.Time)
	}
	if p.Version != "" {
		parts = append(parts, "kubectl-irsa "+p.Version)
	}
	return strings.Join(parts, ", ")
}
