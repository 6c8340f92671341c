package neterr

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
)

func TestReason(t *testing.T) {
	refused := errors.New("dial tcp 127.0.0.1:1: connect:\n connection refused")
	for _, test := range []struct {
		err  error
		want string
	}{
		{errors.New("AccessDenied"), ""},
		{fmt.Errorf("get: %w", context.Canceled), "interrupted"},
		{&url.Error{Op: "Get", URL: "https://example.com/a?token=x", Err: context.Canceled}, "interrupted"},
		{fmt.Errorf("get: %w", context.DeadlineExceeded), "no answer in time"},
		{&url.Error{Op: "Get", URL: "https://example.com/a?token=x", Err: os.ErrDeadlineExceeded}, "no answer in time (https://example.com)"},
		{&url.Error{Op: "Get", URL: "http://127.0.0.1:1/a", Err: refused}, "no connection (http://127.0.0.1:1): dial tcp 127.0.0.1:1: connect: connection refused"},
		{&url.Error{Op: "Get", URL: "%", Err: refused}, "no connection: dial tcp 127.0.0.1:1: connect: connection refused"},
	} {
		if got := Reason(test.err); got != test.want {
			t.Errorf("%v: %q, want %q", test.err, got, test.want)
		}
	}
}

func TestLine(t *testing.T) {
	got := Line("a\n\tb " + strings.Repeat("ä", longestLine))
	if !strings.HasPrefix(got, "a b ää") || len(got) > longestLine+len("…") || !strings.HasSuffix(got, "ä…") {
		t.Errorf("%q", got)
	}
}
