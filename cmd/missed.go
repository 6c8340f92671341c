package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/near"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// answerable returns the query without the targets that could not be read, which it reports; the command has then failed in
// part. The error is that none could be read. like suggests another name for a target that does not exist.
func (s *source) answerable(q query, err error, like func(workload.Target) string) (query, error) {
	var missed *collect.MissedError
	switch {
	case err == nil:
		return q, nil
	case !errors.As(err, &missed):
		return q, hinted(q, err)
	}
	if len(missed.Targets) == len(q.targets) {
		// A cluster that does not answer is one error, however many targets there are.
		if at := slices.IndexFunc(missed.Targets, func(m collect.MissedTarget) bool { return !m.NotFound }); at >= 0 {
			return q, hinted(q, missed.Targets[at].Err)
		}
	}
	var errs []error
	q.targets = slices.Clone(q.targets)
	for _, one := range missed.Targets {
		errs = append(errs, withHint(q, one, like))
		q.targets = slices.DeleteFunc(q.targets, func(t workload.Target) bool { return t == one.Target })
	}
	if len(q.targets) == 0 {
		last := len(errs) - 1
		s.program.report(errs[:last])
		return q, errs[last]
	}
	s.program.report(errs)
	s.program.partly = true
	return q, nil
}

// report prints errors that do not end the command.
func (p *program) report(errs []error) {
	for _, err := range errs {
		p.complain("error: " + err.Error())
	}
}

// hinted is an error of reading, with what may have been meant by a target if it was read as something else.
func hinted(q query, err error) error {
	for _, t := range q.targets {
		if hint := readAs(t, q.bare(t)); hint != "" {
			return fmt.Errorf("%w: %s", err, hint)
		}
	}
	return err
}

// withHint is the error of a target that could not be read, with what may have been meant.
func withHint(q query, missed collect.MissedTarget, like func(workload.Target) string) error {
	hint := readAs(missed.Target, q.bare(missed.Target))
	if hint == "" && missed.NotFound {
		hint = like(missed.Target)
	}
	if hint == "" {
		return missed.Err
	}
	return fmt.Errorf("%w: %s", missed.Err, hint)
}

// readAs says what else may have been meant by an argument that was read as a pod, bare if as NAMESPACE/POD; empty if nothing.
func readAs(t workload.Target, bare bool) string {
	if code := codeNear(t.Name); code != "" && !bare && t.Kind == "Pod" {
		return fmt.Sprintf("did you mean the code %s?", code)
	}
	if kind, ok := kindNear(t.Namespace); ok && bare {
		return fmt.Sprintf("did you mean %s/%s?", kind, t.Name)
	}
	return ""
}

// likeNamed returns what suggests another name for a target that neither the cluster nor the snapshot has. Only such a target
// costs these requests.
func (s *source) likeNamed(ctx context.Context) func(workload.Target) string {
	return func(t workload.Target) string {
		k, _ := workload.KindOf(t.Kind)
		names := s.names(ctx, k, t.Namespace)
		if workloads := s.workloadNamed(ctx, t, names); workloads != "" {
			return "did you mean " + workloads + "?"
		}
		if hint := nearest(t, names); hint != "" || len(names) > 0 {
			return hint
		}
		if s.snapshot != "" {
			return missingNamespace(t.Namespace, s.offline(func(pod *corev1.Pod) string { return pod.Namespace }))
		}
		namespaces := s.kubeconfig.list(ctx, schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}, "")
		return missingNamespace(t.Namespace, namespaces)
	}
}

// workloadNamed returns the workload that has the name of a pod that does not exist, if the names of pods look as if there were
// one; empty if there is none.
func (s *source) workloadNamed(ctx context.Context, t workload.Target, pods []string) string {
	if t.Kind != "Pod" || !slices.ContainsFunc(pods, func(pod string) bool { return strings.HasPrefix(pod, t.Name+"-") }) {
		return ""
	}
	for _, k := range workload.Kinds {
		if k.Restarts && slices.Contains(s.names(ctx, k, t.Namespace), t.Name) {
			return k.Singular + "/" + t.Name
		}
	}
	return ""
}

// missingNamespace says that a namespace is none of those that there are, and which one comes nearest; empty if it is one, or if
// none could be listed.
func missingNamespace(typed string, namespaces []string) string {
	if typed == "" || len(namespaces) == 0 || slices.Contains(namespaces, typed) {
		return ""
	}
	if namespace, ok := near.To(typed, namespaces); ok {
		return fmt.Sprintf("there is no namespace %q: did you mean %q?", typed, namespace)
	}
	return fmt.Sprintf("there is no namespace %q", typed)
}

// nearest suggests the name that comes nearest to that of a target; empty if none does.
func nearest(t workload.Target, names []string) string {
	if name, ok := near.To(t.Name, names); ok && name != t.Name {
		return fmt.Sprintf("did you mean %q?", name)
	}
	return ""
}
