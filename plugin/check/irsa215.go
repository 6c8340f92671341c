package check

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa215 = Check{
	Code: IRSA215, Class: Note, Link: LinkInjection,
	Title: "the webhook ignores or changes the value of an annotation",
	Doc: Doc{
		Means: `A webhook annotation has a value or is on an object with which it has no effect or a different effect.
The webhook ignores token-expiration if it is not a whole number, and raises a value under 600 to 600. It ignores
sts-regional-endpoints if it is neither true nor false. In skip-containers a blank is part of the name, so "app,
proxy" does not skip proxy. It reads audience and sts-regional-endpoints from the service account only, and
skip-containers from the pod only.

The pod can work, but not in the way that the annotation intends.`,
		Example: `    metadata:
      annotations:
        eks.amazonaws.com/token-expiration: 1h          # not a number, so 86400 is used
        eks.amazonaws.com/skip-containers: app, proxy   # skips app and " proxy", which does not exist`,
		Fix: `Set the value in the right form on the right object, then restart the workload:

    eks.amazonaws.com/token-expiration: "3600"       # on the service account or the pod
    eks.amazonaws.com/sts-regional-endpoints: "true" # on the service account
    eks.amazonaws.com/skip-containers: app,proxy     # in the pod template`,
		Verify: `The pod's volume shows which values the webhook used:

    kubectl get pod web-0 -n shop -o jsonpath='{.spec.volumes[?(@.name=="aws-iam-token")].projected.sources[0].serviceAccountToken}'`,
	},
	Run: func(s *subject.Subject) Outcome {
		if s.Intent.Mechanism == inject.None {
			return skip("the pod needs no injection")
		}
		out := Outcome{Result: Fail}
		var where, have, why []string
		add := func(on string, notes []inject.Note) {
			for _, n := range notes {
				if place := on + ", annotation " + n.Key; !slices.Contains(where, place) {
					where, have = append(where, place), append(have, n.Value)
				}
				why = append(why, n.Key+": "+n.Why)
			}
		}
		account, known := s.Account.Get()
		if known {
			add(accountWhere(s), s.Settings.AccountNotes(account.Annotations))
		}
		add(podWhere(s), s.Settings.PodNotes(s.Pod.Annotations, containerNames(s)))
		switch {
		case len(where) > 0:
			out.Where, out.Have, out.Why = strings.Join(where, "; "), strings.Join(have, "; "), strings.Join(why, "; ")
			out.Advice = "correct the values of the annotations, then recreate the pod"
			return out
		case !known && !s.Account.Absent():
			return gap(s.Account)
		default:
			return pass()
		}
	},
}

// containerNames are the names that skip-containers may contain.
func containerNames(s *subject.Subject) []string {
	var names []string
	for _, c := range s.Reading.Containers {
		if c.Type != inject.Ephemeral {
			names = append(names, c.Name)
		}
	}
	return names
}
