package kube

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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

// A listType is a pointer to the type of a list.
type listType[L any] interface {
	object[L]
	metav1.ListInterface
}

// list answers with a whole list, page by page. Half a list is no answer: what is not in it would be taken for absent.
func list[T, L any, P listType[L]](ctx context.Context, group client, resource, namespace string, selection Selection, items func(P) []T) fact.Fact[[]*T] {
	source := "list " + resource + in(namespace)
	l := &pages[T, L, P]{group: group, resource: resource, namespace: namespace, items: items}
	l.options = metav1.ListOptions{Limit: pageSize, LabelSelector: selection.Labels, FieldSelector: selection.Fields}
	err := l.read(ctx)
	if isExpired(err) {
		// The server has forgotten the moment at which the list began: once more, in one piece.
		tally.Read(ctx, resource, -len(l.found))
		l.options.Limit = 0
		err = l.read(ctx)
	}
	if err != nil {
		return fact.Unreadable[[]*T](source, reason(err))
	}
	return fact.Known(l.found, source)
}

// pages are a list that is being read.
type pages[T, L any, P listType[L]] struct {
	group               client
	resource, namespace string
	options             metav1.ListOptions
	items               func(P) []T

	found []*T
	due   int64           // how many objects are on the pages that follow, at least; zero if the server does not say
	begun map[string]bool // the tokens of the pages that were read
}

func (l *pages[T, L, P]) read(ctx context.Context) error {
	l.found, l.due, l.begun, l.options.Continue = []*T{}, 0, map[string]bool{}, ""
	for range maxPages {
		page, err := l.page(ctx)
		if err != nil {
			return err
		}
		more, err := l.add(ctx, page)
		if err != nil || !more {
			return err
		}
	}
	return fmt.Errorf("there are more than %d", maxPages*pageSize)
}

func (l *pages[T, L, P]) page(ctx context.Context) (P, error) {
	request := l.group.Get().NamespaceIfScoped(l.namespace, l.namespace != "").Resource(l.resource).
		SpecificallyVersionedParams(&l.options, metav1.ParameterCodec, metav1.Unversioned)
	page, result, err := one[L, P](ctx, l.group, request)
	if err != nil {
		return nil, err
	}
	if len(l.items(page)) == 0 {
		if body, err := result.Raw(); err == nil && lacksItems(body) {
			return nil, errors.New("the answer is a list without items")
		}
	}
	return page, nil
}

// lacksItems reports whether a list in JSON has no items, not even none of them. The API server always writes the field
// (`json:"items"` of the list types, without omitempty); in protobuf an empty list has no bytes.
func lacksItems(body []byte) bool {
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		return false
	}
	var list struct {
		Items json.RawMessage `json:"items"`
	}
	return json.Unmarshal(body, &list) == nil && list.Items == nil
}

// add takes down a page, and reports whether another one follows. What contradicts itself is an error: how many objects the
// server says remain is exact where it says so (apiserver/pkg/storage, PrepareContinueToken: without a selector, of one revision).
func (l *pages[T, L, P]) add(ctx context.Context, page P) (more bool, err error) {
	items := l.items(page)
	token, remaining := page.GetContinue(), int64(0)
	if counted := page.GetRemainingItemCount(); counted != nil {
		remaining = *counted
		if len(l.found) == 0 {
			tally.Expect(ctx, l.resource, len(items)+int(remaining))
		}
	}
	tally.Read(ctx, l.resource, len(items))
	for i := range items {
		l.found = append(l.found, &items[i])
	}
	switch have := int64(len(items)) + remaining; {
	case token == "" && remaining > 0:
		return false, fmt.Errorf("the list ends after %d objects, and %d remain", len(l.found), remaining)
	case have < l.due && (token == "" || remaining > 0):
		return false, fmt.Errorf("the list shrinks while it is read: %d objects were to follow, and %d did", l.due, have)
	case token != "" && l.begun[token]:
		return false, errors.New("the list repeats itself: its continue token is one that was used before")
	}
	if remaining > 0 {
		l.due = remaining
	} else {
		l.due = max(0, l.due-int64(len(items)))
	}
	l.begun[token], l.options.Continue = true, token
	return token != "", nil
}
