package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// reports answers a query from a snapshot and from nothing else, so that a live answer and one from the
// snapshot that was taken of it are the same. A [collect.MissedError] comes with the reports of the other targets.
func reports(s *snapshot.Snapshot, q query, o judge.Options) ([]*judge.Report, error) {
	if !q.named() {
		selector := q.selector
		if selector == nil {
			selector = labels.Everything()
		}
		return judge.DiagnoseAll(s, q.namespace, selector, o), nil
	}
	var found []*judge.Report
	var missed []collect.MissedTarget
	for _, t := range q.targets {
		report, err := report(s, cmp.Or(t.Namespace, q.namespace), t, o)
		var usage usageError
		switch {
		case errors.As(err, &usage):
			return nil, err
		case err != nil:
			missed = append(missed, collect.MissedTarget{Target: t, Err: err, NotFound: true})
		default:
			found = append(found, report)
		}
	}
	if len(missed) > 0 {
		return found, &collect.MissedError{Targets: missed}
	}
	return found, nil
}

// report answers for one target. Without a namespace it is the only one of the snapshot that has such a
// target.
func report(s *snapshot.Snapshot, namespace string, t workload.Target, o judge.Options) (*judge.Report, error) {
	if namespace != "" {
		t.Namespace = namespace
		return judge.Diagnose(s, t, o)
	}
	var found []*judge.Report
	var where []string
	for _, namespace := range namespacesOf(s) {
		t.Namespace = namespace
		if r, err := judge.Diagnose(s, t, o); err == nil {
			found, where = append(found, r), append(where, namespace)
		}
	}
	name := strings.ToLower(t.Kind) + " " + t.Name
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("%s is not in the snapshot", name)
	case 1:
		return found[0], nil
	default:
		return nil, usagef("%s is in the namespaces %s: name one of them with -n", name, strings.Join(where, ", "))
	}
}

// namespacesOf returns the namespaces of which the snapshot has anything.
func namespacesOf(s *snapshot.Snapshot) []string {
	var namespaces []string
	for _, object := range s.Document().Kubernetes {
		if namespace := object.GetNamespace(); namespace != "" {
			namespaces = append(namespaces, namespace)
		}
	}
	slices.Sort(namespaces)
	return slices.Compact(namespaces)
}
