package kube

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

// short bounds the requests of these tests: what they ask never answers.
func short(c *rest.Config) { c.Timeout = 100 * time.Millisecond }

// dripping sends a byte whenever the client may have taken the one before, until it has gone.
func dripping(request *http.Request, w io.Writer) {
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-request.Context().Done():
			return
		case <-ticker.C:
			if _, err := io.WriteString(w, " "); err != nil {
				return
			}
			if flusher, ok := w.(http.Flusher); ok {
				flusher.Flush()
			}
		}
	}
}

// TestLate holds that --request-timeout ends every request, of one object and of a list, wherever it hangs. Each of these servers
// answers only when the client has gone.
func TestLate(t *testing.T) {
	hang := func(_ http.ResponseWriter, request *http.Request) { <-request.Context().Done() }
	for name, handler := range map[string]http.HandlerFunc{
		"no answer": hang,
		"the body drips": func(w http.ResponseWriter, request *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			dripping(request, w)
		},
		"the header drips": func(w http.ResponseWriter, request *http.Request) {
			connection, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = connection.Close() }()
			if _, err := io.WriteString(connection, "HTTP/1.1 200 OK\r\nX-Slow: "); err == nil {
				dripping(request.WithContext(context.Background()), connection)
			}
		},
		"one page, and no second": func(w http.ResponseWriter, request *http.Request) {
			if request.URL.Query().Has("limit") && request.URL.Query().Get("continue") == "" {
				answer(t, w, 200, podList("2", "a"))
				return
			}
			hang(w, request)
		},
		"a redirect that hangs": func(w http.ResponseWriter, request *http.Request) {
			if request.URL.Path == "/elsewhere" {
				hang(w, request)
				return
			}
			http.Redirect(w, request, "/elsewhere", http.StatusTemporaryRedirect)
		},
	} {
		t.Run(name, func(t *testing.T) { late(t, readerOf(t, handler, short)) })
	}
}

// TestLateConnection holds the same for what hangs before anything was sent: a listener that nobody serves takes connections and
// does not speak TLS; a dialer that waits is also what a name server does that does not answer.
func TestLateConnection(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	address := listener.Addr().String()
	for name, config := range map[string]rest.Config{
		"TLS":   {Host: "https://" + address, TLSClientConfig: rest.TLSClientConfig{Insecure: true}},
		"dial":  {Host: "http://example.invalid", Dial: func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }},
		"proxy": {Host: "https://example.invalid", Proxy: func(*http.Request) (*url.URL, error) { return url.Parse("http://" + address) }},
	} {
		t.Run(name, func(t *testing.T) {
			short(&config)
			reader, err := New(&config)
			if err != nil {
				t.Fatal(err)
			}
			late(t, reader)
		})
	}
}

func late(t *testing.T, r *Reader) {
	t.Helper()
	for what, gap := range map[string]func() (reason string){
		"a list": func() string { gap, _ := r.Pods(t.Context(), "shop", Selection{}).Gap(); return gap.Reason },
		"an object": func() string {
			gap, _ := r.Node(t.Context(), "node").Gap()
			return gap.Reason
		},
		"the issuer": func() string { gap, _ := r.Issuer(t.Context()).Gap(); return gap.Reason },
		"a secret":   func() string { gap, _ := r.Secret(t.Context(), "shop", "keys").Gap(); return gap.Reason },
	} {
		if reason := gap(); !strings.HasPrefix(reason, "no answer in time (http") {
			t.Errorf("%s: reason %q", what, reason)
		}
	}
}

// TestRetryAfter holds that a server that asks to wait for longer than a request may take is not waited for, and that one that
// asks for less is.
func TestRetryAfter(t *testing.T) {
	for _, code := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		var asked atomic.Int32
		r := readerOf(t, func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.Header().Set("Retry-After", "3600")
			answer(t, w, code, status(code, metav1.StatusReasonTooManyRequests, "the server is busy"))
		})
		list, _ := r.Pods(t.Context(), "", Selection{}).Gap()
		one, _ := r.Pod(t.Context(), "shop", "web").Gap()
		if list.Reason != "the server is busy" || one.Reason != "the server is busy" || asked.Load() != 2 {
			t.Errorf("%d: reasons %q, %q after %d requests", code, list.Reason, one.Reason, asked.Load())
		}
	}
	var asked atomic.Int32
	r := readerOf(t, func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			w.Header().Set("Retry-After", "0")
			answer(t, w, 429, status(429, metav1.StatusReasonTooManyRequests, "the server is busy"))
			return
		}
		answer(t, w, 200, podList("", "a"))
	})
	if pods, ok := r.Pods(t.Context(), "", Selection{}).Get(); !ok || len(pods) != 1 {
		t.Errorf("got %v, %v after %d requests", pods, ok, asked.Load())
	}
}

// TestRetriesLate holds that the time is that of all attempts: a server that always asks to come back at once is left.
func TestRetriesLate(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		select { // each attempt takes a part of the time, and ten of them more than all of it
		case <-time.After(30 * time.Millisecond):
		case <-request.Context().Done():
		}
		w.Header().Set("Retry-After", "0")
		answer(t, w, 429, status(429, metav1.StatusReasonTooManyRequests, "the server is busy"))
	}))
	t.Cleanup(server.Close)
	reader, err := New(&rest.Config{Host: server.URL, Timeout: 100 * time.Millisecond, TLSClientConfig: rest.TLSClientConfig{Insecure: true, NextProtos: []string{"http/1.1"}}})
	if err != nil {
		t.Fatal(err)
	}
	if gap, _ := reader.Pods(t.Context(), "", Selection{}).Gap(); !strings.HasPrefix(gap.Reason, "no answer in time") {
		t.Errorf("reason %q", gap.Reason)
	}
}

// TestRedirects holds that a circle of redirects ends.
func TestRedirects(t *testing.T) {
	r := readerOf(t, func(w http.ResponseWriter, request *http.Request) {
		http.Redirect(w, request, request.URL.Path, http.StatusFound)
	})
	if gap, _ := r.Pods(t.Context(), "", Selection{}).Gap(); !strings.Contains(gap.Reason, "stopped after 10 redirects") {
		t.Errorf("reason %q", gap.Reason)
	}
}

// TestPartialLists holds that what is no whole list is unknown, with the reason, and never an empty or a shorter list.
func TestPartialLists(t *testing.T) {
	five := int64(5)
	remaining := func(token string, remaining *int64, names ...string) any {
		list := podList(token, names...)
		list.RemainingItemCount = remaining
		return list
	}
	for _, test := range []struct {
		name string
		page func(asked int, token string) any
		want string
	}{
		{"an empty object", func(int, string) any { return struct{}{} }, "the answer is no Kubernetes object: it has no kind"},
		{"no items", func(int, string) any { return metav1.TypeMeta{Kind: "PodList", APIVersion: "v1"} }, "the answer is a list without items"},
		{"a list of another kind", func(int, string) any {
			return map[string]any{"kind": "ServiceAccountList", "apiVersion": "v1", "items": []any{}}
		}, "the answer is a ServiceAccountList, not a PodList"},
		{"one object", func(int, string) any { return podList("", "a").Items[0] }, "the answer is no Kubernetes object: it has no kind"},
		{"a list of another group", func(int, string) any {
			return map[string]any{"kind": "LeaseList", "apiVersion": "coordination.k8s.io/v1", "items": []any{}}
		}, `no kind "LeaseList" is registered`},
		{"a success without a list", func(int, string) any {
			return metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusSuccess}
		}, "the answer is a Status, not a PodList"},
		{"a dropped token", func(int, string) any { return remaining("", &five, "a") }, "the list ends after 1 objects, and 5 remain"},
		{"a dropped token on the second page", func(_ int, token string) any {
			if token == "" {
				return remaining("2", &five, "a")
			}
			return remaining("", nil, "b")
		}, "the list shrinks while it is read: 5 objects were to follow, and 1 did"},
		{"a page that shrinks", func(_ int, token string) any {
			three := int64(3)
			if token == "" {
				return remaining("2", &five, "a")
			}
			return remaining("3", &three, "b")
		}, "the list shrinks while it is read: 5 objects were to follow, and 4 did"},
		{"the same token", func(int, string) any { return podList("more", "a") }, "the list repeats itself"},
		{"a circle of tokens", func(_ int, token string) any {
			return podList(map[string]string{"": "a", "a": "b", "b": "a"}[token], "x")
		}, "the list repeats itself"},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked := 0
			r := readerOf(t, func(w http.ResponseWriter, request *http.Request) {
				asked++
				answer(t, w, 200, test.page(asked, request.URL.Query().Get("continue")))
			})
			f := r.Pods(t.Context(), "", Selection{})
			if gap, _ := f.Gap(); f.Known() || !strings.HasPrefix(gap.Reason, test.want) || asked > 4 {
				t.Errorf("state %v, reason %q after %d requests; want %q", f.State(), gap.Reason, asked, test.want)
			}
		})
	}
}

// TestWholeLists holds that lists that are unusual and whole are known.
func TestWholeLists(t *testing.T) {
	one := int64(1)
	for name, pages := range map[string][]any{
		"none":                     {podList("")},
		"items is null":            {map[string]any{"kind": "PodList", "apiVersion": "v1", "items": nil}},
		"nothing matches at first": {podList("2"), podList("3"), podList("", "a")},
		"the count is exact": {func() any {
			l := podList("2", "a")
			l.RemainingItemCount = &one
			return l
		}(), podList("", "b")},
		"more than there were": {func() any {
			l := podList("2", "a")
			l.RemainingItemCount = &one
			return l
		}(), podList("", "b", "c")},
	} {
		asked := 0
		r := readerOf(t, func(w http.ResponseWriter, _ *http.Request) {
			asked++
			answer(t, w, 200, pages[asked-1])
		})
		if f := r.Pods(t.Context(), "", Selection{}); !f.Known() || asked != len(pages) {
			gap, _ := f.Gap()
			t.Errorf("%s: %q after %d requests", name, gap.Reason, asked)
		}
	}
}

// TestExpiredTwice holds that a list that expires again is unknown, also where the server does not do without pages.
func TestExpiredTwice(t *testing.T) {
	asked := 0
	r := readerOf(t, func(w http.ResponseWriter, request *http.Request) {
		if asked++; request.URL.Query().Get("continue") != "" {
			answer(t, w, 410, status(410, metav1.StatusReasonExpired, "The provided continue parameter is too old"))
			return
		}
		answer(t, w, 200, podList(fmt.Sprint(asked), "a"))
	})
	if gap, ok := r.Pods(t.Context(), "", Selection{}).Gap(); !ok || gap.Reason != "The provided continue parameter is too old" || asked != 4 {
		t.Errorf("reason %q after %d requests", gap.Reason, asked)
	}
}
