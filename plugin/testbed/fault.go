package testbed

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Fault spoils the calls that it matches.
type Fault struct {
	On     string          // pattern of the call's name, as path.Match reads it: "iam:GetRole", "eks:*", "kubernetes:list", "*"
	Match  func(Call) bool // further condition; nil matches all
	Times  int             // how many calls it spoils; 0 is all
	Effect Effect

	spoiled int
}

// An Effect answers a call in place of the server; next is what the server would have answered.
type Effect func(ctx context.Context, c Call, next func() (*http.Response, error)) (*http.Response, error)

func (f *Fault) take(c Call) Effect {
	matches, _ := path.Match(f.On, c.Name()) // Inject has refused bad patterns
	if !matches || f.Match != nil && !f.Match(c) || f.Times > 0 && f.spoiled >= f.Times {
		return nil
	}
	f.spoiled++
	return f.Effect
}

// Denied refuses the call as each service words it: iam, sts "AccessDenied", ec2 "UnauthorizedOperation",
// eks "AccessDeniedException" (their API references, common errors), Kubernetes 403.
func Denied() Effect {
	return func(_ context.Context, c Call, _ func() (*http.Response, error)) (*http.Response, error) {
		message := fmt.Sprintf("User: %s is not authorized to perform: %s because no identity-based policy allows the %s action", c.User, c.Name(), c.Name())
		switch c.Service {
		case "kubernetes":
			return failure(c, http.StatusForbidden, "Forbidden", fmt.Sprintf("forbidden: User %q cannot %s %s", c.User, c.Operation, c.Path)), nil
		case "ec2":
			return failure(c, http.StatusForbidden, "UnauthorizedOperation", "You are not authorized to perform this operation. "+message), nil
		case "iam", "sts":
			return failure(c, http.StatusForbidden, "AccessDenied", message), nil
		}
		return failure(c, http.StatusForbidden, "AccessDeniedException", message), nil
	}
}

// Throttled answers that there were too many calls: iam, sts "Throttling" (400), ec2 "RequestLimitExceeded"
// (503), eks "ThrottlingException" (429), Kubernetes 429.
func Throttled() Effect {
	return func(_ context.Context, c Call, _ func() (*http.Response, error)) (*http.Response, error) {
		switch c.Service {
		case "kubernetes":
			return failure(c, http.StatusTooManyRequests, "TooManyRequests", "the server has received too many requests and has asked us to try again later"), nil
		case "ec2":
			return failure(c, http.StatusServiceUnavailable, "RequestLimitExceeded", "Request limit exceeded."), nil
		case "iam", "sts":
			return failure(c, http.StatusBadRequest, "Throttling", "Rate exceeded"), nil
		}
		return failure(c, http.StatusTooManyRequests, "ThrottlingException", "Rate exceeded"), nil
	}
}

// Failed answers with that error, in the service's own form. For Kubernetes the code is the Status's reason.
func Failed(status int, code, message string) Effect {
	return func(_ context.Context, c Call, _ func() (*http.Response, error)) (*http.Response, error) {
		return failure(c, status, code, message), nil
	}
}

// Answered answers with that body: what an operation that the test bed does not know would have said.
func Answered(status int, contentType, body string) Effect {
	return func(context.Context, Call, func() (*http.Response, error)) (*http.Response, error) {
		return respond(status, contentType, body), nil
	}
}

// Hung never answers: it lasts until the client gives up.
func Hung() Effect {
	return func(ctx context.Context, _ Call, _ func() (*http.Response, error)) (*http.Response, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
}

// Delayed answers that much later.
func Delayed(d time.Duration) Effect {
	return func(ctx context.Context, _ Call, next func() (*http.Response, error)) (*http.Response, error) {
		if err := wait(ctx, d); err != nil {
			return nil, err
		}
		return next()
	}
}

// errReset marks a connection that is to be cut without an answer.
var errReset = errors.New("connection reset on purpose")

// Reset cuts the connection (HTTP/2: the stream) without an answer.
func Reset() Effect {
	return func(context.Context, Call, func() (*http.Response, error)) (*http.Response, error) {
		return nil, errReset
	}
}

// Truncated announces the whole answer and cuts it after so many bytes of its body.
func Truncated(bytesKept int) Effect {
	return func(_ context.Context, _ Call, next func() (*http.Response, error)) (*http.Response, error) {
		response, err := next()
		if err != nil {
			return nil, err
		}
		body, err := readAll(response)
		if err != nil {
			return nil, err
		}
		response.Header.Set("Content-Length", strconv.Itoa(len(body)))
		response.Body = io.NopCloser(io.MultiReader(strings.NewReader(body[:min(bytesKept, len(body))]), brokenReader{}))
		return response, nil
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errReset }

// failure is an error answer in the form of the call's service.
func failure(c Call, status int, code, message string) *http.Response {
	switch c.Service {
	case "kubernetes":
		body, _ := json.Marshal(metav1.Status{ // plain fields: cannot fail
			TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"},
			Status:   metav1.StatusFailure, Reason: metav1.StatusReason(code), Message: message, Code: int32(status),
		})
		return respond(status, "application/json", string(body))
	case "ec2":
		return respond(status, "text/xml", "<Response><Errors><Error><Code>"+escaped(code)+"</Code><Message>"+escaped(message)+
			"</Message></Error></Errors><RequestID>"+requestID+"</RequestID></Response>")
	case "iam", "sts":
		blame := "Sender"
		if status >= http.StatusInternalServerError {
			blame = "Receiver"
		}
		return respond(status, "text/xml", "<ErrorResponse><Error><Type>"+blame+"</Type><Code>"+escaped(code)+"</Code><Message>"+escaped(message)+
			"</Message></Error><RequestId>"+requestID+"</RequestId></ErrorResponse>")
	}
	body, _ := json.Marshal(map[string]string{"__type": code, "message": message}) // strings: cannot fail
	response := respond(status, "application/json", string(body))
	response.Header.Set("X-Amzn-Errortype", code)
	return response
}

// requestID is the same for every answer, so that error texts are.
const requestID = "11111111-2222-4333-8444-555555555555"

func respond(status int, contentType, body string) *http.Response {
	return &http.Response{
		StatusCode:    status,
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        http.Header{"Content-Type": {contentType}, "X-Amzn-Requestid": {requestID}},
		ContentLength: int64(len(body)),
		Body:          io.NopCloser(strings.NewReader(body)),
	}
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder takes everything
	return b.String()
}
