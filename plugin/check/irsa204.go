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
	Title: "the skip-containers annotation names a container that uses AWS",
	Doc: Doc{
		Means: `The pod's annotation eks.amazonaws.com/skip-containers names this container, so the webhook injects
neither the variables nor the token mount into it. But the container seems to use AWS: it sets an AWS_… variable, or
it is the pod's only container. A skipped container is not reported if it has its own credentials, or if it shows no
sign of AWS next to an injected container.`,
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
        env: [{name: AWS_REGION, value: us-west-2}]   # the container uses AWS
      - name: proxy
        image: proxy`,
		Fix: `Remove the container's name from the annotation in the pod template. This restarts the workload:

    kubectl patch deployment/web -n shop -p '{"spec":{"template":{"metadata":{"annotations":{"eks.amazonaws.com/skip-containers":"proxy"}}}}}'`,
		Verify: `    kubectl get pod web-0 -n shop -o jsonpath='{.metadata.annotations.eks\.amazonaws\.com/skip-containers}'

The webhook reads the value as comma-separated names and does not trim blanks: "app, proxy" skips only app. IRSA215
reports that.`,
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
				return skip("the pod needs no injection")
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
		Why:    "the webhook does not inject the variables and the token mount into a container that this annotation names",
		Advice: "remove " + c.Name + " from the annotation, then recreate the pod",
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
