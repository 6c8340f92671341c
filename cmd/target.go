package cmd

import (
	"cmp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/near"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A query says which targets are meant: those that are named, or else all pods of a namespace or of the
// cluster, as far as the selector takes them.
type query struct {
	targets   []workload.Target // without a namespace: in that of the query
	namespace string            // empty: not typed, or all of them
	all       bool
	selector  labels.Selector   // nil: none
	manifests []snapshot.Object // what the answer is about instead of the cluster's pods; nil: none
	untyped   []workload.Target // those of the targets that were typed as NAMESPACE/POD
	// decided reports whether a snapshot answers the query although not all is read yet; nil: it needs all.
	decided func(*snapshot.Snapshot, query) bool
}

// bare reports whether a target was typed as NAMESPACE/POD: what is before the slash may have been meant as a type.
func (q query) bare(t workload.Target) bool { return slices.Contains(q.untyped, t) }

// named reports whether the targets are named rather than selected.
func (q query) named() bool { return len(q.targets) > 0 }

// parseQuery reads the target arguments: POD, NAMESPACE/POD, TYPE/NAME…, TYPE NAME…
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
	for _, t := range targets {
		if _, typed := workload.KindNamed(args[0]); t.Kind == "Pod" && t.Namespace != "" && !typed {
			q.untyped = append(q.untyped, t)
		}
	}
	if err := oneNamespace(targets, namespace); err != nil {
		return query{}, err
	}
	switch {
	case q.named() && all:
		return query{}, usagef("%q: -A reads all namespaces and does not accept a name: omit the name, or -A", args[len(args)-1])
	case q.named() && selector != "":
		return query{}, usagef("%q: -l selects pods and does not accept a name: omit the name, or -l", args[len(args)-1])
	case all && namespace != "":
		q.namespace = ""
	}
	return q, nil
}

// otherTypes are types of kubectl that have no credentials. Before a slash, and with -n, they are not the names of namespaces.
var otherTypes = []string{
	"configmap", "configmaps", "cm", "ingress", "ingresses", "ing", "namespace", "namespaces", "ns", "node", "nodes", "no",
	"persistentvolumeclaim", "pvc", "secret", "secrets", "service", "services", "svc",
}

// oneNamespace refuses targets whose namespace is typed twice, and differently.
func oneNamespace(targets []workload.Target, namespace string) error {
	for _, t := range targets {
		if t.Namespace == "" || namespace == "" || t.Namespace == namespace {
			continue
		}
		if kind, ok := kindNear(t.Namespace); ok && t.Kind == "Pod" {
			return usagef("unknown type %q: did you mean %s/%s?", t.Namespace, kind, t.Name)
		}
		if slices.Contains(otherTypes, t.Namespace) && t.Kind == "Pod" {
			return unknownType(t.Namespace)
		}
		return usagef("%s/%s is in namespace %s, and -n names %s: leave out one of them", t.Namespace, t.Name, t.Namespace, namespace)
	}
	return nil
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

// typedTargets reads the names after a type, each with its namespace where headlines print it so: pod web-0, deployment
// shop/web. Pods without a name are all of them.
func typedTargets(k workload.Kind, names []string) ([]workload.Target, error) {
	if len(names) == 0 && k.Name != "Pod" {
		return nil, usagef("%s: the name is missing", k.Singular)
	}
	var targets []workload.Target
	for _, arg := range names {
		namespace, name, divided := strings.Cut(arg, "/")
		if !divided {
			namespace, name = "", arg
		}
		if _, ok := workload.KindNamed(namespace); ok || divided && !isNamespace(namespace) {
			return nil, usagef("%q: only names may follow a type", arg)
		}
		target, err := checkedTarget(k.Name, namespace, name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(targets, target) {
			targets = append(targets, target)
		}
	}
	return targets, nil
}

// parseTarget reads one argument: POD, TYPE/NAME, or NAMESPACE/NAME as headlines print a pod.
func parseTarget(arg string) (workload.Target, error) {
	before, name, divided := strings.Cut(arg, "/")
	if !divided {
		return checkedTarget("Pod", "", arg)
	}
	if k, ok := workload.KindNamed(before); ok {
		return typedTarget(k, arg, name)
	}
	if namespace, kind, ok := kindInside(arg); ok {
		return workload.Target{}, usagef("unknown target %q: did you mean %s -n %s?", arg, kind, namespace)
	}
	if !isNamespace(before) {
		return workload.Target{}, unknownType(before)
	}
	return checkedTarget("Pod", before, name)
}

// typedTarget reads what follows a type and a slash.
func typedTarget(k workload.Kind, arg, name string) (workload.Target, error) {
	if namespace, rest, ok := strings.Cut(name, "/"); ok && isNamespace(namespace) && rest != "" {
		return workload.Target{}, usagef("unknown target %q: did you mean %s/%s -n %s?", arg, k.Singular, rest, namespace)
	}
	return checkedTarget(k.Name, "", name)
}

// kindInside takes NAMESPACE/TYPE/NAME apart, which has another order in kubectl.
func kindInside(arg string) (namespace, rest string, ok bool) {
	namespace, rest, _ = strings.Cut(arg, "/")
	kind, name, divided := strings.Cut(rest, "/")
	_, known := workload.KindNamed(kind)
	return namespace, rest, divided && known && name != "" && isNamespace(namespace)
}

// isNamespace reports whether a namespace can have the name: an RFC 1123 label.
func isNamespace(name string) bool { return len(content.IsDNS1123Label(name)) == 0 }

// unknownType compares without the API group, which may be what is wrong.
func unknownType(typed string) error {
	name, _, _ := strings.Cut(typed, ".")
	if kind, ok := kindNear(name); ok {
		return usagef("unknown type %q: did you mean %q?", typed, kind)
	}
	return unknownWord("type", typed, kindNames())
}

func checkedTarget(kind, namespace, name string) (workload.Target, error) {
	target := workload.Target{Kind: kind, Namespace: namespace, Name: name}
	return target, checkName(target)
}

// checkName refuses what the API server could not even look up, and what is no name of a service account: that is a DNS subdomain
// (https://kubernetes.io/docs/concepts/security/service-accounts/).
func checkName(t workload.Target) error {
	if t.Name == "" {
		return usagef("%s: the name is missing", strings.ToLower(t.Kind))
	}
	if t.Kind == "ServiceAccount" && len(content.IsDNS1123Subdomain(t.Name)) > 0 {
		return usagef("%q is not the name of a serviceaccount: it must be a DNS subdomain, at most %d lower case letters, digits, - and ., "+
			"with a letter or digit at the beginning, at the end and beside each .", t.Name, content.DNS1123SubdomainMaxLength)
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

// kindNear returns the type that was meant by a word that is mistyped, such as podz or depoly. Short names of two or three
// letters are near to anything.
func kindNear(typed string) (singular string, ok bool) {
	if singular, ok = near.To(typed, kindNames()); ok {
		return singular, true
	}
	const shortest = 4
	for _, k := range workload.Kinds {
		if _, ok := near.To(typed, []string{k.Plural}); ok {
			return k.Singular, true
		}
		if _, ok := near.To(typed, []string{k.Short}); ok && len(k.Short) >= shortest && len(typed) >= shortest {
			return k.Singular, true
		}
	}
	return "", false
}

// in returns the targets with the namespace that they are in, each once: web-0 and shop/web-0 may be the same.
func (q query) in(namespace string) []workload.Target {
	var targets []workload.Target
	for _, t := range q.targets {
		t.Namespace = cmp.Or(t.Namespace, namespace)
		if !slices.Contains(targets, t) {
			targets = append(targets, t)
		}
	}
	return targets
}
