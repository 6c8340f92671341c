package check

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa214 = Check{
	Code: IRSA214, Class: Breaks, Link: LinkInjection,
	Title: "the webhook's selectors leave the pod out",
	Doc: Doc{
		Means: `The API server calls a webhook only for the pods that its registration takes in: by its rules, its
namespaceSelector and its objectSelector. This pod is not among them, so it was never shown to the webhook. The
registration that EKS makes leaves out pods with the label eks.amazonaws.com/skip-pod-identity-webhook, whatever
its value, "false" included. Registrations of one's own often leave kube-system out, or take in only labelled
namespaces.`,
		Example: `    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      template:
        metadata:
          labels:
            app: web
            eks.amazonaws.com/skip-pod-identity-webhook: "false"   # the key alone opts out`,
		Fix: `Take the label from the template; that makes the pods anew:

    kubectl patch deployment/web -n shop -p '{"spec":{"template":{"metadata":{"labels":{"eks.amazonaws.com/skip-pod-identity-webhook":null}}}}}'

Where a namespaceSelector asks for a label, give it to the namespace, then restart the workload:

    kubectl label namespace shop pod-identity-webhook=enabled`,
		Verify: `    kubectl get mutatingwebhookconfiguration pod-identity-webhook -o jsonpath='{.webhooks[0].objectSelector}{"\n"}{.webhooks[0].namespaceSelector}{"\n"}'
    kubectl get pod web-0 -n shop --show-labels
    kubectl get namespace shop --show-labels

Labels are judged as they are now; the pod may have had others when it was created. matchConditions, if there
are any, are not evaluated here.`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutInjection(s, IRSA214, podExcluded) },
}

func podExcluded(s *subject.Subject) Outcome {
	if len(s.NotInjected.Causes) > 0 && s.NotInjected.Causes[0] == subject.PodOptedOut {
		return optedOut(s)
	}
	e := s.NotInjected.Exclusion
	out := Outcome{
		Result: Fail, Where: e.Registration.Where(), Why: "the API server calls the webhook only for pods that its rules and selectors take in",
		Fix: takeIn(s, e), Evidence: []string{s.Registrations.Source()},
	}
	whose := "the pod"
	switch e.Cause {
	case subject.ExcludedByRules:
		out.Where += ", rules"
		out.Have, out.Need = "no rule for CREATE of pods", "CREATE of pods in version v1"
		out.Advice = "give the webhook a rule for CREATE of pods, then make the pod anew"
		return out
	case subject.ExcludedByPodLabels:
		out.Where += ", objectSelector"
	case subject.ExcludedByNamespaceLabels:
		out.Where += ", namespaceSelector"
		whose = "namespace " + s.Pod.Namespace
	}
	out.Have, out.Need = whose+" has "+labelText(e.Selector, e.Labels), e.Selector.String()
	out.Advice = "change the labels of " + whose + ", or the selector, then make the pod anew"
	return out
}

// optedOut is the finding where the registration could not be read: nothing was injected, and this is why.
func optedOut(s *subject.Subject) Outcome {
	return Outcome{
		Result: Fail, Where: podWhere(s) + ", labels", Have: s.Settings.OptOutLabel, Need: "no such label",
		Why:    "the webhook's registration leaves pods with this label out, whatever its value",
		Advice: "remove the label from the pod's template",
		Fix:    edit(s, change.LabelTemplate{Pod: podRef(s), Labels: change.Labels{Remove: []string{s.Settings.OptOutLabel}}}),
	}
}

// takeIn is the plan that changes those labels by which the webhook's registration excludes the pod, and recreates the
// pod; none where labels do not decide.
func takeIn(s *subject.Subject, e subject.Exclusion) []change.Change {
	if e.Selector == nil {
		return nil
	}
	labels := admitted(e.Selector, e.Labels)
	if labels == nil {
		return nil
	}
	ref := podRef(s)
	registered, _ := s.Registrations.Get()
	if e.Cause == subject.ExcludedByPodLabels {
		pod := s.Pod.DeepCopy()
		pod.Labels = labels.To(pod.Labels)
		ref.Injects = subject.WebhookAnswers(s.Snapshot, registered, pod)
		return edit(s, change.LabelTemplate{Pod: ref, Labels: *labels})
	}
	label := change.LabelNamespace{Name: s.Pod.Namespace, Labels: *labels}
	after, ok := change.Apply(s.Snapshot, []change.Change{label})
	ref.Injects = ok && subject.WebhookAnswers(after, registered, s.Pod)
	return []change.Change{label, change.Recreate{Pod: ref}}
}

// admitted is the change of labels that fulfils a selector, nil where none is plain to see.
func admitted(selector labels.Selector, have map[string]string) *change.Labels {
	requirements, selectable := selector.Requirements()
	if !selectable {
		return nil
	}
	l := change.Labels{Set: map[string]string{}}
	for _, r := range requirements {
		if r.Matches(labels.Set(have)) {
			continue
		}
		if r.Key() == corev1.LabelMetadataName { // is always the namespace's name
			return nil
		}
		switch r.Operator() {
		case selection.DoesNotExist, selection.NotIn, selection.NotEquals:
			l.Remove = append(l.Remove, r.Key())
		case selection.In, selection.Equals, selection.DoubleEquals:
			l.Set[r.Key()] = r.Values().List()[0]
		case selection.Exists:
			l.Set[r.Key()] = ""
		}
	}
	if !selector.Matches(labels.Set(l.To(have))) {
		return nil
	}
	return &l
}

// labelText shows those labels that a selector speaks of.
func labelText(selector labels.Selector, have map[string]string) string {
	requirements, _ := selector.Requirements()
	var shown []string
	for _, r := range requirements {
		value, ok := have[r.Key()]
		switch {
		case ok && value == "":
			shown = append(shown, r.Key())
		case ok:
			shown = append(shown, r.Key()+"="+value)
		default:
			shown = append(shown, "no label "+r.Key())
		}
	}
	return strings.Join(shown, ", ")
}
