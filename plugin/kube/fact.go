package kube

import (
	"context"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
)

// get answers with one object.
func get[T any, P object[T]](ctx context.Context, group client, resource, namespace, name string) fact.Fact[*T] {
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

func in(namespace string) string {
	if namespace == "" {
		return ""
	}
	return " -n " + namespace
}
