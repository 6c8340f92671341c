package cluster

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// longestReason keeps a server's long message from flooding a report, in bytes.
const longestReason = 400

// isAbsent reports whether the API server says that the object does not exist. A 404 that is not its own (an
// API group that is not served, a proxy in between) says nothing about the object.
func isAbsent(err error) bool {
	return apierrors.IsNotFound(err) && !apierrors.HasStatusCause(err, metav1.CauseTypeUnexpectedServerResponse)
}

func isExpired(err error) bool { return apierrors.IsResourceExpired(err) || apierrors.IsGone(err) }

// reason says in one line why there is no answer.
func reason(err error) string {
	text := one(err.Error())
	var status apierrors.APIStatus
	var outer *url.Error
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case apierrors.IsForbidden(err):
		// `pods "web" is forbidden: User "dev" cannot get resource …`: what it is about the source says already.
		if _, why, ok := strings.Cut(text, "forbidden: "); ok {
			text = why
		}
		text = "forbidden: " + text
	case apierrors.IsUnauthorized(err):
		text = "unauthorized: the API server does not take these credentials (expired, or of a user that it does not know)"
	case errors.As(err, &status):
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		text = "no answer in time" + at(err)
	case errors.As(err, &outer):
		text = "no connection" + at(err) + ": " + one(outer.Err.Error())
	}
	if len(text) > longestReason {
		text = strings.ToValidUTF8(text[:longestReason], "") + "…"
	}
	return text
}

// at names the server that a request went to.
func at(err error) string {
	var outer *url.Error
	if !errors.As(err, &outer) {
		return ""
	}
	address, err := url.Parse(outer.URL)
	if err != nil || address.Host == "" {
		return ""
	}
	return " (" + address.Scheme + "://" + address.Host + ")"
}

func one(text string) string { return strings.Join(strings.Fields(text), " ") }
