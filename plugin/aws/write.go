package aws

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/neterr"
)

const (
	// failures is how many errors in a row may end a read or write of a trust policy that may be gone the next time.
	failures = 8
	// existence is how long a role that was just made may not be there yet for the next call: IAM is eventually consistent.
	existence = 20 * time.Second
)

// A Writer changes one AWS account: that of its reader's credentials. It is the only thing here that writes.
type Writer struct{ reader *Reader }

// NewWriter returns a writer of the reader's account.
func NewWriter(r *Reader) *Writer { return &Writer{reader: r} }

// Reader returns what reads the same account.
func (w *Writer) Reader() *Reader { return w.reader }

// In returns a writer of another account, whose credentials are those of the writer role there. ok is false where no writer
// role is known: a reader role never writes.
func (w *Writer) In(partition, account string) (other *Writer, ok bool) {
	reader, ok := w.reader.assuming(w.reader.writerRole, partition, account)
	if !ok {
		return nil, false
	}
	return &Writer{reader: reader}, true
}

// A QuotaError says that AWS does not take any more of something.
type QuotaError struct{ what string }

// Error implements error.
func (e *QuotaError) Error() string { return e.what }

// A GoneError reports that the object of a change does not exist any more.
type GoneError struct{ what string }

// Error implements error.
func (e *GoneError) Error() string { return e.what }

// do makes one call that writes. The error names the operation and the thing, and says what AWS says.
func (w *Writer) do(ctx context.Context, what string, call func(context.Context) error) error {
	return w.call(ctx, what, func(ctx context.Context) error { return unsettled(call(ctx)) })
}

// call makes one call. It is marked by its caller if it may have changed something.
func (w *Writer) call(ctx context.Context, what string, call func(context.Context) error) error {
	if problem := w.reader.login.problem(ctx); problem != "" {
		return fmt.Errorf("%s: %s", what, problem)
	}
	ctx, cancel := context.WithTimeout(ctx, w.reader.timeout)
	defer cancel()
	return named(what, call(ctx))
}

// named puts the thing before an error.
func named(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case hasCode(err, "LimitExceeded"), hasCode(err, "LimitExceededException"), hasCode(err, "ResourceLimitExceededException"):
		return fmt.Errorf("%s: %w", what, &QuotaError{reason(err)})
	case noSuchEntity(err), hasCode(err, "ResourceNotFoundException"):
		return fmt.Errorf("%s: %w", what, &GoneError{reason(err)})
	default:
		return fmt.Errorf("%s: %w", what, neterr.InWords(reason(err), err))
	}
}

// unsettled marks the error of a write that may have been made: one that is no answer of AWS, or the answer that it failed on
// the way (5xx).
func unsettled(err error) error {
	if err == nil {
		return nil
	}
	response, answered := errors.AsType[*smithyhttp.ResponseError](err)
	_, api := errors.AsType[smithy.APIError](err)
	if answered && api && response.HTTPStatusCode() < http.StatusInternalServerError {
		return err
	}
	return neterr.Unanswered(err)
}

// passing reports whether an error may be gone the next time: throttling, the server's own failures, a lost connection.
func passing(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	return retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary ||
		retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err) == aws.TrueTernary
}

// pause waits for about that long, at random so that writers do not stay in step.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d/2 + rand.N(d))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// exists reports whether AWS says that the thing is there already.
func exists(err error) bool {
	return hasCode(err, "EntityAlreadyExists") || hasCode(err, "EntityAlreadyExistsException") || hasCode(err, "ResourceInUseException")
}
