package kube

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/neterr"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/wait"
)

// A slowPlugin takes its time for each request, and fails if it has a reason.
type slowPlugin struct {
	why string
	ran atomic.Int32
}

func (p *slowPlugin) RoundTrip(*http.Request) (*http.Response, error) {
	p.ran.Add(1)
	time.Sleep(time.Second)
	if p.why != "" {
		return nil, errors.New(pluginFailed + p.why)
	}
	return &http.Response{StatusCode: http.StatusOK}, nil
}

// TestPluginRunsOnce holds that an exec plugin that fails is not run again for the requests that waited for it, and that requests
// wait for each other only until it has answered.
func TestPluginRunsOnce(t *testing.T) {
	for _, test := range []struct {
		why  string
		ran  int32
		took time.Duration
	}{
		{"exec: executable login failed with exit code 3", 1, time.Second},
		{"", 4, 2 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			plugin := &slowPlugin{why: test.why}
			transport := newPluginTransport(plugin, &clientcmdapi.ExecConfig{Command: "login"}, &Reader{bounds: wait.For(0)})
			var done sync.WaitGroup
			start := time.Now()
			ask := func() {
				done.Go(func() {
					request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://example.com", http.NoBody)
					if err != nil {
						t.Error(err)
						return
					}
					_, err = transport.RoundTrip(request) //nolint:bodyclose // there is none
					if _, failed := errors.AsType[*neterr.CommandError](err); failed != (test.why != "") {
						t.Errorf("error %v", err)
					}
				})
			}
			ask()
			synctest.Wait()
			canceled, cancel := context.WithCancel(t.Context())
			cancel()
			request, _ := http.NewRequestWithContext(canceled, http.MethodGet, "https://example.com", http.NoBody)
			if _, err := transport.RoundTrip(request); !errors.Is(err, context.Canceled) { //nolint:bodyclose // there is none
				t.Errorf("interrupted: %v", err)
			}
			if test.why != "" {
				ask()
			} else {
				time.Sleep(time.Second)
				synctest.Wait()
				ask()
				ask()
			}
			ask()
			done.Wait()
			if ran, took := plugin.ran.Load(), time.Since(start); ran != test.ran || took != test.took {
				t.Errorf("%q: ran %d times in %v, want %d in %v", test.why, ran, took, test.ran, test.took)
			}
		})
	}
}
