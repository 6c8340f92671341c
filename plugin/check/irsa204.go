package check

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa204 = Check{
	Code: IRSA204, Class: Breaks, Link: LinkInjection,
	Title: "skip-containers names a container that uses AWS",
	Doc: Doc{
		Means: `The pod's annotation eks.amazonaws.com/skip-containers names this container, so the webhook gave it neither
variables nor the token's mount. Yet it looks as if it needed them: it has an AWS_… variable of its own, or it
is the only container of the pod. A skipped container that brings credentials of its own, or that shows no sign of
AWS beside an injected one, is skipped on purpose and is not reported.`,
		Example: `    apiVersion: v1
    kind: Pod
    metadata:
      name: web-0
      namespace: shop
      annotations:
        eks.amazonaws.com/skip-containers: app,proxy
    spec:
      serviceAccountName: web
      containers:
      - name: app
        image: web
        env: [{name: AWS_REGION, value: us-west-2}]   # it does use AWS
      - name: proxy
        image: proxy`,
		Fix: `Take the container's name from the annotation in the template; that makes the pods anew:

    kubectl patch deployment/web -n shop -p '{"spec":{"template":{"metadata":{"annotations":{"eks.amazonaws.com/skip-containers":"proxy"}}}}}'`,
		Verify: `    kubectl get pod web-0 -n shop -o jsonpath='{.metadata.annotations.eks\.amazonaws\.com/skip-containers}'

The webhook reads the value as one line of comma-separated values and takes blanks for parts of the names: of
"app, proxy" it skips app only. That is IRSA215.`,
	},
	Run: func(s *subject.Subject) Outcome {
		asking := map[string]bool{}
		for _, c := range s.Containers {
			if c.Has(inject.SkippedByAnnotation) && s.AsksForAWS(c) {
				asking[c.Name] = true
			}
		}
		fixed := false // by the outcome of the first of them
		value := s.Pod.Annotations[skipKey(s)]
		rest := without(value, asking)
		return perContainer(s, func(c *subject.Container) Outcome {
			switch {
			case !c.Has(inject.SkippedByAnnotation):
				return pass()
			case s.Intent.Mechanism == inject.None:
				return skip("nothing is to be injected")
			case asking[c.Name] && s.Intent.Mechanism == "":
				return unknown(s.Intent.Gaps...)
			case asking[c.Name]:
				out := skippedByName(s, c, value, rest)
				if !fixed {
					out.Fix, fixed = edit(s, change.AnnotateTemplate{Pod: podRef(s), Key: skipKey(s), Value: rest}), true
				}
				return out
			}
			if v := c.Variables.Get("AWS_SDK"); v.Presence == inject.MaybeSet && !c.BringsCredentials() {
				return unknown(fact.Gap{What: v.From, Reason: v.Why})
			}
			return pass()
		})
	},
}

func skipKey(s *subject.Subject) string {
	return s.Settings.AnnotationPrefix + "/" + inject.SkipContainers
}

func skippedByName(s *subject.Subject, c *subject.Container, value, rest string) Outcome {
	need := "no such annotation"
	if rest != "" {
		need = rest
	}
	return Outcome{
		Result: Fail, Where: podWhere(s) + ", annotation " + skipKey(s), Have: value, Need: need,
		Why:    "the webhook gives a container that is named here neither the variables nor the token's mount",
		Advice: "take " + c.Name + " from the annotation, then make the pod anew",
	}
}

// without returns a list of comma-separated values without some of them.
func without(list string, names map[string]bool) string {
	all, err := csv.NewReader(strings.NewReader(list)).Read()
	if err != nil {
		return list
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.Write(slices.DeleteFunc(all, func(n string) bool { return names[n] })); err != nil {
		return list
	}
	w.Flush()
	return strings.TrimSpace(out.String())
}
