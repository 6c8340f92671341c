package check

import (
	"encoding/json"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// webhookAnswersNow is what a restart rests on where it is unknown why the webhook did not mutate the pod.
const webhookAnswersNow = "the pod identity webhook mutates new pods now"

// probe is the command that shows what the API server would make of a new pod like this one, and creates none: it prints the
// names of the pod's volumes, among them the token's where the webhook mutates the pod. A dry run calls the webhook, whose
// registration declares no side effects, and needs the permission to create pods.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run
func probe(s *subject.Subject) []string {
	overrides, err := json.Marshal(map[string]any{"spec": map[string]any{"serviceAccountName": s.AccountName}})
	if err != nil {
		return nil
	}
	argv := []string{
		"kubectl", "run", "irsa-probe", "--image=none", "--dry-run=server", "-o", "jsonpath={.spec.volumes[*].name}",
		"--overrides=" + string(overrides), "-n", s.Pod.Namespace,
	}
	if labels := selectedLabels(s); len(labels) > 0 {
		argv = slices.Insert(argv, 4, "--labels="+strings.Join(labels, ","))
	}
	return argv
}

// selectedLabels are those of the pod's labels by which the webhook's registrations select pods.
func selectedLabels(s *subject.Subject) []string {
	registered, _ := s.Registrations.Get()
	var labels []string
	for _, r := range registered {
		selector, err := metav1.LabelSelectorAsSelector(r.Webhook.ObjectSelector)
		if err != nil {
			continue
		}
		requirements, _ := selector.Requirements()
		for _, requirement := range requirements {
			if value, ok := s.Pod.Labels[requirement.Key()]; ok {
				labels = subject.AppendNew(labels, []string{requirement.Key() + "=" + value})
			}
		}
	}
	return labels
}
