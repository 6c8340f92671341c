// Package neterr says in one line why a server did not answer.
package neterr

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
)

// longestLine keeps a server's long message from flooding a report, in bytes. IAM's own denials are about half as long.
const longestLine = 500

// Reason says why there was no answer at all, and from where; empty where err is an answer, or nothing is known about it.
func Reason(err error) string {
	var request *url.Error
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "interrupted"
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

// Line is a message on one line, and not too long.
func Line(message string) string {
	line := strings.Join(strings.Fields(message), " ")
	if len(line) > longestLine {
		line = strings.ToValidUTF8(line[:longestLine], "") + "…"
	}
	return line
}
