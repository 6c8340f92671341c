package aws

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/wait"
)

// TestRetriesLate holds that the time of a call is that of all its attempts, and of the waiting between them that a server asks for
// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
func TestRetriesLate(t *testing.T) {
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		var s server
		s.start(t, func(w http.ResponseWriter, _ url.Values) {
			w.Header().Set("Retry-After", "3600")
			w.Header().Set("X-Amz-Retry-After", "3600000")
			say(t, w, status, `<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>`)
		})
		r := reader(t, Options{Timeout: 50 * time.Millisecond})
		if gap, ok := r.Roles(t.Context()).Gap(); !ok || gap.Reason != "no answer in time" && gap.Reason != "Throttling: Rate exceeded" {
			t.Errorf("status %d: %q after %d calls", status, gap.Reason, s.count())
		}
	}
}

// TestDripping holds that a call ends whose answer comes byte by byte, whose pages never end, or that is sent in a circle.
func TestDripping(t *testing.T) {
	for name, answer := range map[string]func(w http.ResponseWriter, ended <-chan struct{}){
		"bytes": func(w http.ResponseWriter, ended <-chan struct{}) {
			ticker := time.NewTicker(time.Millisecond)
			defer ticker.Stop()
			for {
				select {
				case <-ended:
					return
				case <-ticker.C:
					_, _ = w.Write([]byte(" "))
					_ = http.NewResponseController(w).Flush()
				}
			}
		},
		"redirects": func(w http.ResponseWriter, _ <-chan struct{}) {
			w.Header().Set("Location", "/")
			w.WriteHeader(http.StatusTemporaryRedirect)
		},
	} {
		t.Run(name, func(t *testing.T) {
			ended := make(chan struct{})
			var s server
			s.start(t, func(w http.ResponseWriter, _ url.Values) { answer(w, ended) })
			t.Setenv("AWS_MAX_ATTEMPTS", "1")
			gap, ok := reader(t, Options{Timeout: 100 * time.Millisecond}).Roles(t.Context()).Gap()
			close(ended)
			if want := map[string]string{"bytes": "no answer in time", "redirects": "HTTP status 307"}[name]; !ok || !strings.HasPrefix(gap.Reason, want) {
				t.Errorf("%q, want %q", gap.Reason, want)
			}
		})
	}
}

// hanging are credentials that never come, whatever their context says.
type hanging struct{ until <-chan struct{} }

func (h hanging) Retrieve(context.Context) (aws.Credentials, error) {
	<-h.until
	return aws.Credentials{}, nil
}

// TestLoginLate holds how long a login may take, and that everybody who waits for it can leave.
func TestLoginLate(t *testing.T) {
	for _, test := range []struct {
		name    string
		timeout time.Duration // as set by the user
		asks    bool
		left    time.Duration // when the person leaves
		want    string
		after   time.Duration
	}{
		{"it hangs", 0, false, time.Hour, "no AWS credentials: no answer in time", time.Minute},
		{"it hangs, with a timeout", 2 * time.Second, false, time.Hour, "no AWS credentials: no answer in time", 2 * time.Second},
		{"it asks, and the person has gone", 2 * time.Second, true, time.Hour, "no AWS credentials: no answer in time", 5 * time.Minute},
		{"Ctrl-C", 0, true, time.Second, "interrupted", time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				until := make(chan struct{})
				defer close(until)
				bounds := wait.For(test.timeout)
				bounds.Asks = func() bool { return test.asks }
				l := &login{credentials: hanging{until}, explain: loginExplainer{}.late, bounds: bounds}
				start := time.Now()
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(test.left, cancel)
				defer cancel()
				if got := l.problem(ctx); got != test.want || time.Since(start) != test.after {
					t.Errorf("%q after %v, want %q after %v", got, time.Since(start), test.want, test.after)
				}
				if test.want != "interrupted" && l.problem(t.Context()) != test.want {
					t.Errorf("then %q", l.problem(t.Context()))
				}
				time.Sleep(time.Hour) // the timers end
			})
		})
	}
}

// TestProcessLate holds that a credential_process is left that leaves a process of its own behind, which keeps its output open.
func TestProcessLate(t *testing.T) {
	home := t.TempDir()
	fifo := filepath.Join(home, "never")
	config := filepath.Join(home, "config")
	if err := os.WriteFile(config, []byte("[profile dev]\ncredential_process = sh -c 'read x < "+fifo+"; true'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := makeFIFO(fifo); err != nil {
		t.Skip(err)
	}
	// Whatever is left ends when the pipe gets a writer.
	t.Cleanup(func() {
		if f, err := os.OpenFile(fifo, os.O_RDWR, 0); err == nil {
			_, _ = f.WriteString("\n")
			_ = f.Close()
		}
	})
	environment(t, map[string]string{"AWS_CONFIG_FILE": config})
	gap, _ := reader(t, Options{Profile: "dev", Timeout: 100 * time.Millisecond}).Caller(t.Context()).Gap()
	if want := `no AWS credentials: credential_process of profile dev "sh" did not end in time`; gap.Reason != want {
		t.Errorf("%q, want %q", gap.Reason, want)
	}
}
