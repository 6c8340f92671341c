package kube

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
)

// A Selection narrows a list on the server's side. The zero value takes everything.
type Selection struct {
	Labels string // a label selector
	Fields string // a field selector
}

const (
	// pageSize is how many objects one answer may hold: enough that most lists are one answer, few enough
	// that a busy API server keeps up (kubectl asks for as many).
	pageSize = 500
	// maxPages keeps a server that always has one more page from keeping us for ever: it allows for half a
	// million objects, three times as many pods as Kubernetes supports in a cluster.
	maxPages = 1000
)

// named answers for one object: 404 is knowledge, everything else that fails is not.
func named[T any](ctx context.Context, resource, namespace, name string, get func(context.Context, string, metav1.GetOptions) (T, error)) fact.Fact[T] {
	source := "get " + resource + "/" + name + in(namespace)
	object, err := get(ctx, name, metav1.GetOptions{})
	switch {
	case isAbsent(err):
		return fact.Absent[T](source)
	case err != nil:
		return fact.Unreadable[T](source, reason(err))
	}
	return fact.Known(object, source)
}

// listed answers with a whole list, page by page. Half a list is no answer.
func listed[T any](ctx context.Context, resource, namespace string, selection Selection, page func(context.Context, metav1.ListOptions) (items []T, next string, err error)) fact.Fact[[]*T] {
	source := "list " + resource + in(namespace)
	options := metav1.ListOptions{Limit: pageSize, LabelSelector: selection.Labels, FieldSelector: selection.Fields}
	found := []*T{}
	for range maxPages {
		items, next, err := page(ctx, options)
		if isExpired(err) && options.Continue != "" {
			// The server has forgotten the moment at which the list began: once more, in one piece.
			found, options.Continue, options.Limit = found[:0], "", 0
			continue
		}
		if err != nil {
			return fact.Unreadable[[]*T](source, reason(err))
		}
		for i := range items {
			found = append(found, &items[i])
		}
		if next == "" {
			return fact.Known(found, source)
		}
		options.Continue = next
	}
	return fact.Unreadable[[]*T](source, fmt.Sprintf("there are more than %d", maxPages*pageSize))
}

func in(namespace string) string {
	if namespace == "" {
		return ""
	}
	return " -n " + namespace
}
