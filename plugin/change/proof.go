package change

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// RestsOn is what the outcome of a plan depends on beside its commands, each as a sentence that must be true.
func RestsOn(s *snapshot.Snapshot, plan []Change) []string {
	var premises []string
	add := func(premise string) {
		if premise != "" && !slices.Contains(premises, premise) {
			premises = append(premises, premise)
		}
	}
	for _, c := range plan {
		if r, ok := c.(Recreate); ok {
			add(r.RestsOn)
		}
		if e, ok := c.(templateEdit); ok {
			pod := e.renews()
			if _, known := EditsTemplate(s, c); !known && pod.hasTemplate() {
				add("the template of " + pod.owner() + ", which was not read, is as pod " + pod.Namespace + "/" + pod.Name + " shows it")
			}
		}
	}
	return premises
}

// Then is what is left to do after the commands of a plan, where those that [Coordinates.Shell] returns do not do all of it; empty
// where they do.
func (c Coordinates) Then(plan []Change) string {
	var left []string
	for _, one := range plan {
		if _, later := one.(Submit); later {
			continue
		}
		lines, printable := c.lines(one)
		r, renews := one.(renewal)
		switch {
		case !printable:
			left = append(left, one.Summary()+" by hand: its command holds characters that cannot be printed")
		case len(lines) > 0:
		case renews:
			left = append(left, r.renews().byHand())
		default:
			left = append(left, one.Summary()+" by hand")
		}
	}
	return strings.Join(slices.Compact(left), ", then ")
}

// byHand describes how to recreate a pod that no command recreates.
func (r PodRef) byHand() string {
	pod := r.Namespace + "/" + r.Name
	switch r.Owner.Kind {
	case "":
		return "delete pod " + pod + " and apply its manifest again: no controller replaces it"
	case "StatefulSet":
		return "lower the partition of " + r.owner() + ", which keeps pod " + pod + " at the earlier template"
	case "Job":
		return "delete " + r.owner() + " and create it again: a Job does not replace its pods"
	default:
		return "make " + r.owner() + ", which created pod " + pod + ", create a new one"
	}
}
