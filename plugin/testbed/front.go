package testbed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"path"
	"strings"
	"sync"
	"time"
)

// A front is a server before another one: it logs calls, delays them and spoils them as told.
type front struct {
	Log
	server   *http.Server
	address  string // host:port
	prepare  func(*httputil.ProxyRequest)
	describe func(r *http.Request, body []byte) Call
	backend  func(r *http.Request, c Call) (*http.Response, error)

	mu      sync.Mutex
	latency time.Duration
	faults  []*Fault
}

// SetLatency makes every call last at least that long.
func (f *front) SetLatency(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.latency = d
}

// Inject spoils calls from now on; of several faults that match a call the first one injected acts.
func (f *front) Inject(faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range faults {
		if _, err := path.Match(fault.On, ""); err != nil || fault.On == "" || fault.Effect == nil {
			panic(fmt.Sprintf("fault on %q: needs a pattern such as iam:GetRole or eks:*, and an effect", fault.On))
		}
		f.faults = append(f.faults, &fault)
	}
}

// Heal takes all faults away.
func (f *front) Heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = nil
}

// treatment is what is to be done to a call: how long it waits, and the fault that hits it, if any.
func (f *front) treatment(c Call) (time.Duration, Effect) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range f.faults {
		if effect := fault.take(c); effect != nil {
			return f.latency, effect
		}
	}
	return f.latency, nil
}

// start serves on a free loopback port until close, with TLS if the server has certificates.
func (f *front) start(server *http.Server) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	f.server, f.address = server, listener.Addr().String()
	server.ErrorLog = log.New(io.Discard, "", 0) // spoiled calls would fill it
	server.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			f.connected()
		}
	}
	server.Handler = &httputil.ReverseProxy{
		Rewrite:       f.prepare,
		Transport:     f,
		FlushInterval: -1,
		ErrorLog:      server.ErrorLog,
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if errors.Is(err, errReset) || r.Context().Err() != nil {
				panic(http.ErrAbortHandler)
			}
			http.Error(w, err.Error(), http.StatusBadGateway)
		},
	}
	serve := func() error { return server.Serve(listener) }
	if server.TLSConfig != nil {
		serve = func() error { return server.ServeTLS(listener, "", "") }
	}
	go func() { _ = serve() }() // returns ErrServerClosed once closed
	return nil
}

// close ends the server and every call in flight.
func (f *front) close() error { return f.server.Close() }

// RoundTrip carries one call: logged, delayed, spoiled or answered.
func (f *front) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	call := f.describe(r, body)
	end := f.begin(call)
	response, err := f.carry(r, call)
	if err != nil {
		end(0)
		return nil, err
	}
	// The end is noted before the answer is sent: a client that asks on at once must not overlap.
	end(response.StatusCode)
	return response, nil
}

func (f *front) carry(r *http.Request, c Call) (*http.Response, error) {
	latency, effect := f.treatment(c)
	if err := wait(r.Context(), latency); err != nil {
		return nil, err
	}
	next := func() (*http.Response, error) {
		response, err := f.backend(r, c)
		if err != nil || c.Operation == "watch" {
			return response, err
		}
		return whole(response)
	}
	if effect != nil {
		return effect(r.Context(), c, next)
	}
	return next()
}

// whole reads the answer to its end, so that it can be sent at one go.
func whole(response *http.Response) (*http.Response, error) {
	body, err := readAll(response)
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(strings.NewReader(body))
	return response, nil
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
