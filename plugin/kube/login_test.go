package kube

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/wait"
)

// A login is an exec plugin that takes its time, with a server behind it that does, too.
type login struct{ plugin, server time.Duration }

func (l login) RoundTrip(request *http.Request) (*http.Response, error) {
	time.Sleep(l.plugin) // client-go does not look at the context while the plugin runs
	return timedTransport{server(l.server)}.RoundTrip(request)
}

type server time.Duration

func (s server) RoundTrip(request *http.Request) (*http.Response, error) {
	select {
	case <-time.After(time.Duration(s)):
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
	case <-request.Context().Done():
		return nil, context.Cause(request.Context())
	}
}

// TestPluginLate holds how long an exec plugin may take: as long as a request, a minute where the user has not set how long that
// is, longer where it has asked a person something; and that its time is none of the request's.
func TestPluginLate(t *testing.T) {
	const hour = time.Hour
	for _, test := range []struct {
		name    string
		login   login
		timeout time.Duration // as set by the user
		asks    bool
		left    time.Duration // when the person leaves
		want    string
		after   time.Duration
	}{
		{"it hangs", login{hour, 0}, 0, false, hour, `kubeconfig: exec plugin "login" did not end in time: waiting`, time.Minute},
		{"it hangs, with a timeout", login{hour, 0}, 2 * time.Second, false, hour, `kubeconfig: exec plugin "login" did not end in time: waiting`, 2 * time.Second},
		{"a person types a code", login{3 * time.Minute, 0}, 2 * time.Second, true, hour, "", 3 * time.Minute},
		{"a person has gone", login{hour, 0}, 0, true, hour, `kubeconfig: exec plugin "login" did not end in time: waiting`, 5 * time.Minute},
		{"Ctrl-C", login{hour, 0}, 0, true, time.Second, "context canceled", time.Second},
		{"the server takes its own time", login{50 * time.Second, 20 * time.Second}, 0, false, hour, "", 70 * time.Second},
		{"the server hangs", login{time.Second, hour}, 10 * time.Second, false, hour, "context deadline exceeded", 11 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				reader := &Reader{bounds: wait.For(test.timeout), PluginText: func() string { return "waiting" }}
				reader.bounds.Asks = func() bool { return test.asks }
				transport := newPluginTransport(test.login, &clientcmdapi.ExecConfig{Command: "login"}, reader)
				person, leave := context.WithTimeoutCause(t.Context(), test.left, context.Canceled)
				defer leave()
				ctx, clock := withClock(person, reader.bounds.Request)
				defer clock.stop()
				request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://example.com", http.NoBody)
				if err != nil {
					t.Fatal(err)
				}
				defer time.Sleep(hour) // the plugin ends
				start, got := time.Now(), ""
				if _, err := transport.RoundTrip(request); err != nil { //nolint:bodyclose // there is none
					got = err.Error()
				}
				if took := time.Since(start); got != test.want || took != test.after {
					t.Errorf("%q after %v, want %q after %v", got, took, test.want, test.after)
				}
				if test.want != "" && test.login.plugin == hour && test.left == hour {
					if _, err := transport.RoundTrip(request.WithContext(t.Context())); err == nil || time.Since(start) != test.after { //nolint:bodyclose // there is none
						t.Errorf("the next request: %v after %v", err, time.Since(start))
					}
				}
			})
		})
	}
}
