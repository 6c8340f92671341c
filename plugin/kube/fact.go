package kube

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/tally"
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

// get answers with one object.
func get[T any, P object[T]](ctx context.Context, group rest.Interface, resource, namespace, name string) fact.Fact[*T] {
	return named(resource, namespace, name, func() (*T, error) { return read[T, P](ctx, group, resource, namespace, name) })
}

// named answers for one object: 404 is knowledge, everything else that fails is not.
func named[T any](resource, namespace, name string, get func() (*T, error)) fact.Fact[*T] {
	source := "get " + resource + "/" + name + in(namespace)
	object, err := get()
	switch {
	case isAbsent(err):
		return fact.Absent[*T](source)
	case err != nil:
		return fact.Unreadable[*T](source, reason(err))
	}
	return fact.Known(object, source)
}

// list answers with a whole list, page by page. Half a list is no answer.
func list[T, L any, P interface {
	object[L]
	metav1.ListInterface
}](ctx context.Context, group rest.Interface, resource, namespace string, selection Selection, items func(P) []T) fact.Fact[[]*T] {
	source := "list " + resource + in(namespace)
	options := metav1.ListOptions{Limit: pageSize, LabelSelector: selection.Labels, FieldSelector: selection.Fields}
	found := []*T{}
	for range maxPages {
		page := P(new(L))
		// Without its own timeout a list has the client's, and the server gets none to end it by.
		err := group.Get().NamespaceIfScoped(namespace, namespace != "").Resource(resource).
			SpecificallyVersionedParams(&options, metav1.ParameterCodec, metav1.Unversioned).Timeout(0).Do(ctx).Into(page)
		if isExpired(err) && options.Continue != "" {
			// The server has forgotten the moment at which the list began: once more, in one piece.
			tally.Read(ctx, resource, -len(found))
			found, options.Continue, options.Limit = found[:0], "", 0
			continue
		}
		if err != nil {
			return fact.Unreadable[[]*T](source, reason(err))
		}
		several := items(page)
		if remaining := page.GetRemainingItemCount(); remaining != nil && len(found) == 0 {
			tally.Expect(ctx, resource, len(several)+int(*remaining))
		}
		tally.Read(ctx, resource, len(several))
		for i := range several {
			found = append(found, &several[i])
		}
		if options.Continue = page.GetContinue(); options.Continue == "" {
			return fact.Known(found, source)
		}
	}
	return fact.Unreadable[[]*T](source, fmt.Sprintf("there are more than %d", maxPages*pageSize))
}

func in(namespace string) string {
	if namespace == "" {
		return ""
	}
	return " -n " + namespace
}
