package change

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// RestsOn is what the outcome of a plan depends on beside its commands, each as a sentence that has to hold.
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

// Then is what is left to do after the commands of a plan, where they do not do all of it; empty where they do.
func Then(plan []Change) string {
	var left []string
	for _, c := range plan {
		if _, later := c.(Submit); later {
			continue
		}
		commands := c.Commands()
		complete := len(commands) > 0 && !slices.ContainsFunc(commands, func(argv []string) bool { return !printable(argv) })
		if complete {
			continue
		}
		if _, edit := c.(templateEdit); edit || len(commands) > 0 {
			left = append(left, c.Summary())
		}
		if r, ok := c.(renewal); ok && len(commands) == 0 {
			left = append(left, r.renews().byHand())
		}
	}
	return strings.Join(slices.Compact(left), ", then ")
}

// byHand says how a pod is recreated that no command recreates.
func (r PodRef) byHand() string {
	pod := r.Namespace + "/" + r.Name
	switch r.Owner.Kind {
	case "":
		return "recreate pod " + pod + " from its manifest: no controller replaces it when it is deleted"
	case "StatefulSet":
		return "lower the partition of " + r.owner() + ", which keeps pod " + pod + " at the earlier template"
	case "Job":
		return "create " + r.owner() + " again: a Job does not replace its pods"
	default:
		return "let " + r.owner() + ", which made pod " + pod + ", make a new one"
	}
}
