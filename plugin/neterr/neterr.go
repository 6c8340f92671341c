// Package neterr says in one line why a server did not answer.
package neterr

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/scrub"
)

const (
	// longestLine keeps a server's long message from flooding a report, in bytes. IAM's own denials are about half as long.
	longestLine = 500
	// longestMessage is how much of a message is looked at: a server may answer with a page of any size.
	longestMessage = 32 * longestLine
)

// Reason says why there was no answer at all, and from where; empty where err is an answer, or nothing is known about it.
func Reason(err error) string {
	var request *url.Error
	var network net.Error
	var command *CommandError
	switch {
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.As(err, &command):
		return command.Error()
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "no answer in time" + from(err)
	case errors.As(err, &request):
		return Line("no connection" + from(err) + ": " + request.Err.Error())
	default:
		return ""
	}
}

// from names the server that a request went to.
func from(err error) string {
	var request *url.Error
	if !errors.As(err, &request) {
		return ""
	}
	address, err := url.Parse(request.URL)
	if err != nil || address.Host == "" {
		return ""
	}
	return " (" + address.Scheme + "://" + address.Host + ")"
}

// An UnansweredError is that of a write whose answer never came, or says that it was given up on the way: it may have been made.
type UnansweredError struct{ Cause error }

// Error implements error.
func (e *UnansweredError) Error() string { return e.Cause.Error() }

// Unwrap returns what kept the answer away.
func (e *UnansweredError) Unwrap() error { return e.Cause }

// Unanswered marks the error of a write that has no answer. One from before it was sent is returned as it is: the server's name
// was not found, or there was no connection to it.
func Unanswered(err error) error {
	var operation *net.OpError
	var name *net.DNSError
	if errors.As(err, &operation) && operation.Op == "dial" || errors.As(err, &name) {
		return err
	}
	return &UnansweredError{err}
}

// InWords is an error that reads as the text and still is what caused it.
func InWords(text string, cause error) error { return wordsOf{text, cause} }

type wordsOf struct {
	text  string
	cause error
}

func (e wordsOf) Error() string { return e.text }
func (e wordsOf) Unwrap() error { return e.cause }

// Line is a message of another program or of a server on one line, without secrets, and not too long. Every such message goes
// through it.
func Line(message string) string {
	if len(message) > longestMessage {
		message = message[:longestMessage]
		message = message[:strings.LastIndexAny(message, " \t\r\n")+1] + "…" // half of a secret looks like none
	}
	line := strings.Join(strings.Fields(scrub.Text(message)), " ")
	if len(line) > longestLine {
		line = strings.ToValidUTF8(line[:longestLine], "") + "…"
	}
	return line
}
