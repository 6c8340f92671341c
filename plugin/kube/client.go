package kube

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"reflect"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/wait"
)

// A client makes the requests of one API group.
type client struct {
	rest.Interface
	reader *Reader
}

// Post begins a request that creates. One that writes has client-go's own timeout, which the API server is told, too: it gives up
// when nobody waits any more.
func (c client) Post() *rest.Request { return c.Interface.Post().Timeout(c.reader.bounds.Request) }

// Patch begins a request that changes.
func (c client) Patch(form types.PatchType) *rest.Request {
	return c.Interface.Patch(form).Timeout(c.reader.bounds.Request)
}

// Delete begins a request that deletes.
func (c client) Delete() *rest.Request { return c.Interface.Delete().Timeout(c.reader.bounds.Request) }

// do makes a request that reads, within its time.
func (c client) do(ctx context.Context, request *rest.Request) (rest.Result, error) {
	ctx, clock := withClock(ctx, c.reader.bounds.Request)
	defer clock.stop()
	if !c.reader.hasPlugin {
		clock.start()
	}
	result := request.Do(ctx)
	err := result.Error()
	if err != nil && wait.Late(ctx) {
		if _, named := errors.AsType[*url.Error](err); !named || !errors.Is(err, context.DeadlineExceeded) {
			// Client-go's word for it may be that the context was canceled, as if somebody had interrupted, and names no server.
			err = &url.Error{Op: "Get", URL: c.reader.Server, Err: context.DeadlineExceeded}
		}
	}
	return result, err
}

// one makes a request that reads, and takes nothing for an answer but an object of the kind that was asked for. Client-go
// fills in the kind where there is none, and leaves the object empty where there is another.
func one[T any, P object[T]](ctx context.Context, c client, request *rest.Request) (*T, rest.Result, error) {
	result, err := c.do(ctx, request)
	if err != nil {
		return nil, result, err
	}
	found, err := result.Get()
	switch {
	case runtime.IsMissingKind(err): // its text has the whole answer in it
		return nil, result, errors.New("the answer is no Kubernetes object: it has no kind")
	case err != nil:
		return nil, result, err
	}
	wanted, ok := found.(P)
	if !ok {
		return nil, result, fmt.Errorf("the answer is a %s, not a %s", kindOf(found), kindOf(wanted))
	}
	return wanted, result, nil
}

// kindOf is the kind of a Kubernetes type: Pod of *v1.Pod.
func kindOf(o runtime.Object) string { return reflect.TypeOf(o).Elem().Name() }
