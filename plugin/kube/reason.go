package kube

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/neterr"
)

// isAbsent reports whether the API server says that the object does not exist. A 404 that is not its own (an
// API group that is not served, a proxy in between) says nothing about the object.
func isAbsent(err error) bool {
	return apierrors.IsNotFound(err) && !apierrors.HasStatusCause(err, metav1.CauseTypeUnexpectedServerResponse)
}

// foreign says with what something answered that is no error of the API, such as a proxy with its page. The page, which client-go
// quotes, may have anything in it.
func foreign(err error) string {
	code := 0
	if status := apierrors.APIStatus(nil); errors.As(err, &status) {
		code = int(status.Status().Code)
	}
	return strings.TrimSpace(fmt.Sprintf("HTTP status %d %s", code, http.StatusText(code))) + ", which is no error of the Kubernetes API"
}

func isExpired(err error) bool { return apierrors.IsResourceExpired(err) || apierrors.IsGone(err) }

// reason says in one line why there is no answer.
func reason(err error) string {
	text := neterr.Line(err.Error())
	var status apierrors.APIStatus
	switch {
	case apierrors.HasStatusCause(err, metav1.CauseTypeUnexpectedServerResponse):
		return foreign(err)
	case apierrors.IsForbidden(err):
		// `pods "web" is forbidden: User "dev" cannot get resource …`: what it is about the source says already.
		if _, why, ok := strings.Cut(text, "forbidden: "); ok {
			text = why
		}
		return "forbidden: " + text
	case apierrors.IsUnauthorized(err):
		return "unauthorized: the API server does not accept these credentials (they are expired, or the user is unknown)"
	case errors.As(err, &status):
		return text
	}
	return cmp.Or(neterr.Reason(err), text)
}
