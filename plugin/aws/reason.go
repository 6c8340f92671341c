package aws

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/neterr"
)

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
	if errors.Is(err, context.Canceled) {
		return neterr.Reason(err)
	}
	if status := pageStatus(err); status != 0 {
		return fmt.Sprintf("HTTP status %d", status)
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		// EC2 adds a long code that only its own API can decode.
		message, _, _ := strings.Cut(api.ErrorMessage(), "Encoded authorization failure message:")
		return strings.TrimSuffix(neterr.Line(api.ErrorCode()+": "+message), ":")
	}
	if why := neterr.Reason(err); why != "" {
		return why
	}
	if sent, ok := errors.AsType[*smithyhttp.RequestSendError](err); ok {
		return neterr.Line(sent.Err.Error())
	}
	if operation, ok := errors.AsType[*smithy.OperationError](err); ok {
		err = operation.Err // which operation it is about is told beside it
	}
	return neterr.Line(err.Error())
}

// pageStatus is the HTTP status of a refusal that is not AWS's own, such as a proxy's page; zero for other errors. The
// SDK either cannot read such a page or finds neither code nor message in it, and then has its own word for both.
func pageStatus(err error) int {
	const noWord = "UnknownError"
	response, ok := errors.AsType[*smithyhttp.ResponseError](err)
	if !ok || response.HTTPStatusCode()/100 == 2 {
		return 0
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok && (api.ErrorCode() != noWord || api.ErrorMessage() != noWord) {
		return 0
	}
	return response.HTTPStatusCode()
}
