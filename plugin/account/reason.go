package account

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// longestReason keeps a long message from flooding a report, in bytes. IAM's own denials are about half as long.
const longestReason = 500

// hasCode reports whether AWS answered with that error code.
func hasCode(err error, code string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == code
}

// noSuchEntity is IAM's word for a thing that does not exist (IAM API reference, common to all its operations).
func noSuchEntity(err error) bool {
	return hasCode(err, "NoSuchEntity") || hasCode(err, "NoSuchEntityException")
}

// reason says in one line why there is no answer: what AWS says, as it says it, or what kept it from answering.
func reason(err error) string {
	var api smithy.APIError
	var outer *url.Error
	var network net.Error
	text := one(err.Error())
	if operation, ok := errors.AsType[*smithy.OperationError](err); ok {
		text = one(operation.Err.Error()) // which operation it is about is told beside it
	}
	switch {
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.As(err, &api):
		// EC2 adds a long code that only its own API can decode.
		message, _, _ := strings.Cut(api.ErrorMessage(), "Encoded authorization failure message:")
		text = strings.TrimSuffix(one(api.ErrorCode()+": "+message), ":")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		text = "no answer in time" + at(err)
	case errors.As(err, &outer):
		text = "no connection" + at(err) + ": " + one(outer.Err.Error())
	default:
		if sent, ok := errors.AsType[*smithyhttp.RequestSendError](err); ok {
			text = one(sent.Err.Error())
		}
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
	return " (" + address.Host + ")"
}

func one(text string) string { return strings.Join(strings.Fields(text), " ") }
