package check

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa215 = Check{
	Code: IRSA215, Class: Note, Link: LinkInjection,
	Title: "the webhook does not take an annotation's value as it stands",
	Doc: Doc{
		Means: `An annotation of the webhook has a value, or a place, with which it does nothing, or something else than it says.
token-expiration that is no whole number is ignored, and under 600 seconds it is raised to 600. sts-regional-endpoints
that is neither true nor false is ignored. In skip-containers a blank belongs to the name, so of "app, proxy" the
container proxy is not skipped. audience and sts-regional-endpoints are read from the service account only,
skip-containers from the pod only.

The pod may work all the same; only not in the way that the annotation was meant to bring about.`,
		Example: `    metadata:
      annotations:
        eks.amazonaws.com/token-expiration: 1h          # not a number: 86400 stays
        eks.amazonaws.com/skip-containers: app, proxy   # skips app, and " proxy", which does not exist`,
		Fix: `Write the value as the webhook reads it, in the place where it reads it, and make the pods anew:

    eks.amazonaws.com/token-expiration: "3600"       # on the service account or the pod
    eks.amazonaws.com/sts-regional-endpoints: "true" # on the service account
    eks.amazonaws.com/skip-containers: app,proxy     # on the pod's template`,
		Verify: `What the pod was given stands in its volume:

    kubectl get pod web-0 -n shop -o jsonpath='{.spec.volumes[?(@.name=="aws-iam-token")].projected.sources[0].serviceAccountToken}'`,
	},
	Run: func(s *subject.Subject) Outcome {
		if s.Intent.Mechanism == inject.None {
			return skip("nothing is to be injected")
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
			out.Advice = "write the values as the webhook reads them, then make the pod anew"
			return out
		case !known && !s.Account.Absent():
			return gap(s.Account)
		default:
			return pass()
		}
	},
}

// containerNames are the names that skip-containers may have.
func containerNames(s *subject.Subject) []string {
	var names []string
	for _, c := range s.Reading.Containers {
		if c.Type != inject.Ephemeral {
			names = append(names, c.Name)
		}
	}
	return names
}
