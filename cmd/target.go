package cmd

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A query says which targets are meant: those that are named, or else all pods of a namespace or of the
// cluster, as far as the selector takes them.
type query struct {
	targets   []workload.Target // their namespaces are those of the query
	namespace string            // empty: not typed, or all of them
	all       bool
	selector  labels.Selector   // nil: none
	manifests []snapshot.Object // what the answer is about instead of the cluster's pods; nil: none
}

// named reports whether the targets are named rather than selected.
func (q query) named() bool { return len(q.targets) > 0 }

// parseQuery reads the target arguments: POD, TYPE/NAME…, TYPE NAME…
func parseQuery(args []string, namespace string, all bool, selector string) (query, error) {
	q := query{namespace: namespace, all: all}
	if selector != "" {
		parsed, err := labels.Parse(selector)
		if err != nil {
			return query{}, usagef("selector %q: %w", selector, err)
		}
		q.selector = parsed
	}
	targets, err := parseTargets(args)
	if err != nil {
		return query{}, err
	}
	q.targets = targets
	switch {
	case q.named() && all:
		return query{}, usagef("%q cannot be looked up by name in all namespaces: leave out the name, or -A", args[len(args)-1])
	case q.named() && selector != "":
		return query{}, usagef("names and a selector exclude each other")
	case all && namespace != "":
		q.namespace = ""
	}
	return q, nil
}

func parseTargets(args []string) ([]workload.Target, error) {
	if len(args) == 0 {
		return nil, nil
	}
	if !strings.Contains(args[0], "/") {
		if k, ok := workload.KindNamed(args[0]); ok {
			return typedTargets(k, args[1:])
		}
	}
	var targets []workload.Target
	for _, arg := range args {
		target, err := parseTarget(arg)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(targets, target) {
			targets = append(targets, target)
		}
	}
	return targets, nil
}

// typedTargets reads the names after a type: pod web-0 web-1. Pods without a name are all of them.
func typedTargets(k workload.Kind, names []string) ([]workload.Target, error) {
	if len(names) == 0 && k.Name != "Pod" {
		return nil, usagef("%s: its name is missing", k.Singular)
	}
	var targets []workload.Target
	for _, name := range names {
		if strings.Contains(name, "/") {
			return nil, usagef("%q: after a type only names may follow", name)
		}
		target := workload.Target{Kind: k.Name, Name: name}
		if err := checkName(target); err != nil {
			return nil, err
		}
		if !slices.Contains(targets, target) {
			targets = append(targets, target)
		}
	}
	return targets, nil
}

// parseTarget reads one argument: POD or TYPE/NAME.
func parseTarget(arg string) (workload.Target, error) {
	kind, name, typed := strings.Cut(arg, "/")
	if !typed {
		target := workload.Target{Kind: "Pod", Name: arg}
		return target, checkName(target)
	}
	k, ok := workload.KindNamed(kind)
	if !ok {
		return workload.Target{}, usagef("unknown type %q: it is none of %s", kind, strings.Join(kindNames(), ", "))
	}
	target := workload.Target{Kind: k.Name, Name: name}
	return target, checkName(target)
}

// checkName refuses what the API server could not even look up.
func checkName(t workload.Target) error {
	if t.Name == "" {
		return usagef("%s: its name is missing", strings.ToLower(t.Kind))
	}
	if problems := content.IsPathSegmentName(t.Name); len(problems) > 0 {
		return usagef("%q is not the name of a %s: it %s", t.Name, strings.ToLower(t.Kind), problems[0])
	}
	return nil
}

func kindNames() []string {
	names := make([]string, len(workload.Kinds))
	for i, k := range workload.Kinds {
		names[i] = k.Singular
	}
	return names
}

// in returns the targets with the namespace that they are in.
func (q query) in(namespace string) []workload.Target {
	targets := slices.Clone(q.targets)
	for i := range targets {
		targets[i].Namespace = namespace
	}
	return targets
}
