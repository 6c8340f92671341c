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
	Title: "the webhook's selectors exclude the pod",
	Doc: Doc{
		Means: `The API server calls a webhook only for pods that match its rules, its namespaceSelector and its
objectSelector. This pod does not match, so the webhook never got it. The MutatingWebhookConfiguration of EKS
excludes pods with the label eks.amazonaws.com/skip-pod-identity-webhook, whatever its value, even "false".
Self-managed webhooks often exclude kube-system, or select only namespaces with a label.`,
		Example: `    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      template:
        metadata:
          labels:
            app: web
            eks.amazonaws.com/skip-pod-identity-webhook: "false"   # excluded, whatever the value`,
		Fix: `Remove the label from the pod template. This restarts the workload:

    kubectl patch deployment/web -n shop -p '{"spec":{"template":{"metadata":{"labels":{"eks.amazonaws.com/skip-pod-identity-webhook":null}}}}}'

If a namespaceSelector requires a label, set it on the namespace, then restart the workload:

    kubectl label namespace shop pod-identity-webhook=enabled
    kubectl rollout restart deployment/web -n shop`,
		Verify: `    kubectl get mutatingwebhookconfiguration pod-identity-webhook -o jsonpath='{.webhooks[0].objectSelector}{"\n"}{.webhooks[0].namespaceSelector}{"\n"}'
    kubectl get pod web-0 -n shop --show-labels
    kubectl get namespace shop --show-labels

The check uses the current labels; the labels can have been different when the pod was created. It does not evaluate
matchConditions.`,
	},
	Run: func(s *subject.Subject) Outcome { return aboutInjection(s, IRSA214, podExcluded) },
}

func podExcluded(s *subject.Subject) Outcome {
	if len(s.NotInjected.Causes) > 0 && s.NotInjected.Causes[0] == subject.PodOptedOut {
		return optedOut(s)
	}
	e := s.NotInjected.Exclusion
	out := Outcome{
		Result: Fail, Where: e.Registration.Where(), Why: "the API server calls the webhook only for pods that match its rules and selectors",
		Fix: takeIn(s, e), Evidence: []string{s.Registrations.Source()},
	}
	whose := "the pod"
	switch e.Cause {
	case subject.ExcludedByRules:
		out.Where += ", rules"
		out.Have, out.Need = "no rule for CREATE of pods", "CREATE of pods in version v1"
		out.Advice = "add a rule for CREATE of pods to the webhook, then recreate the pod"
		return out
	case subject.ExcludedByPodLabels:
		out.Where += ", objectSelector"
	case subject.ExcludedByNamespaceLabels:
		out.Where += ", namespaceSelector"
		whose = "namespace " + s.Pod.Namespace
	}
	out.Have, out.Need = whose+" has "+labelText(e.Selector, e.Labels), e.Selector.String()
	out.Advice = "change the labels of " + whose + ", or the selector, then recreate the pod"
	return out
}

// optedOut is the finding where the registration could not be read: nothing was injected, and this is why.
func optedOut(s *subject.Subject) Outcome {
	return Outcome{
		Result: Fail, Where: podWhere(s) + ", labels", Have: s.Settings.OptOutLabel, Need: "no such label",
		Why:    "the MutatingWebhookConfiguration excludes pods with this label, whatever its value",
		Advice: "remove the label from the pod template",
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

// admitted is the change of labels that matches a selector, nil where there is no simple one.
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
		if r.Key() == corev1.LabelMetadataName { // it is always the namespace's name
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

// labelText shows the labels that a selector names.
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
