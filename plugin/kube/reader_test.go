package kube

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// readerOf reads a server that answers with what handler says.
func readerOf(t *testing.T, handler http.HandlerFunc, configure ...func(*rest.Config)) *Reader {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	config := &rest.Config{Host: server.URL}
	for _, change := range configure {
		change(config)
	}
	reader, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return reader
}

func answer(t *testing.T, w http.ResponseWriter, code int, body any) {
	t.Helper()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		t.Log(err) // the client has gone
	}
}

func write(t *testing.T, w http.ResponseWriter, text string) {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Log(err) // the client has gone
	}
}

func status(code int, reason metav1.StatusReason, message string) metav1.Status {
	return metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusFailure, Code: int32(code), Reason: reason, Message: message}
}

func podList(token string, names ...string) corev1.PodList {
	list := corev1.PodList{TypeMeta: metav1.TypeMeta{Kind: "PodList", APIVersion: "v1"}, ListMeta: metav1.ListMeta{Continue: token}}
	for _, name := range names {
		list.Items = append(list.Items, corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "shop"}})
	}
	return list
}

// TestAnswers holds the meaning of what an API server, or something in its place, may answer.
func TestAnswers(t *testing.T) {
	for _, test := range []struct {
		name   string
		handle func(*testing.T, http.ResponseWriter)
		state  fact.State
		reason string
	}{
		{"there", func(t *testing.T, w http.ResponseWriter) {
			answer(t, w, 200, corev1.Pod{TypeMeta: metav1.TypeMeta{Kind: "Pod", APIVersion: "v1"}, ObjectMeta: metav1.ObjectMeta{Name: "web"}})
		}, fact.StateKnown, ""},
		{"absent", func(t *testing.T, w http.ResponseWriter) {
			answer(t, w, 404, status(404, metav1.StatusReasonNotFound, `pods "web" not found`))
		}, fact.StateAbsent, ""},
		{"a 404 that is not the API server's", func(t *testing.T, w http.ResponseWriter) {
			w.WriteHeader(http.StatusNotFound)
			write(t, w, "404 page not found")
		}, fact.StateUnreadable, "HTTP status 404 Not Found, which is no error of the Kubernetes API"},
		{"forbidden", func(t *testing.T, w http.ResponseWriter) {
			answer(t, w, 403, status(403, metav1.StatusReasonForbidden, `pods "web" is forbidden: User "dev" cannot get resource "pods" in API group "" in the namespace "shop"`))
		}, fact.StateUnreadable, `forbidden: User "dev" cannot get resource "pods" in API group "" in the namespace "shop"`},
		{"unauthorized", func(t *testing.T, w http.ResponseWriter) {
			answer(t, w, 401, status(401, metav1.StatusReasonUnauthorized, "Unauthorized"))
		}, fact.StateUnreadable, "unauthorized: the API server does not accept these credentials (they are expired, or the user is unknown)"},
		{"broken", func(t *testing.T, w http.ResponseWriter) {
			answer(t, w, 500, status(500, metav1.StatusReasonInternalError, "etcd\nis gone"))
		}, fact.StateUnreadable, "etcd is gone"},
		{"a page of a proxy", func(t *testing.T, w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusBadGateway)
			write(t, w, "<html>\n<body>bad gateway</body>")
		}, fact.StateUnreadable, "HTTP status 502 Bad Gateway, which is no error of the Kubernetes API"},
		{"another kind", func(t *testing.T, w http.ResponseWriter) {
			answer(t, w, 200, metav1.TypeMeta{Kind: "Lease", APIVersion: "coordination.k8s.io/v1"})
		}, fact.StateUnreadable, `no kind "Lease" is registered`},
		{"not JSON", func(t *testing.T, w http.ResponseWriter) { write(t, w, "{") }, fact.StateUnreadable, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := readerOf(t, func(w http.ResponseWriter, _ *http.Request) { test.handle(t, w) })
			f := r.Pod(t.Context(), "shop", "web")
			gap, _ := f.Gap()
			if f.State() != test.state || !strings.HasPrefix(gap.Reason, test.reason) || strings.Contains(gap.Reason, "\n") || len(gap.Reason) > 600 {
				t.Errorf("state %v, reason %q; want %v, %q", f.State(), gap.Reason, test.state, test.reason)
			}
			if f.Source() != "get pods/web -n shop" {
				t.Errorf("source %q", f.Source())
			}
		})
	}
}

func TestPages(t *testing.T) {
	var queries []string
	r := readerOf(t, func(w http.ResponseWriter, request *http.Request) {
		if accept := request.Header.Get("Accept"); accept != "application/vnd.kubernetes.protobuf,application/json" {
			t.Errorf("asked for %s", accept)
		}
		queries = append(queries, request.URL.RawQuery)
		switch request.URL.Query().Get("continue") {
		case "":
			answer(t, w, 200, podList("2", "a", "b"))
		default:
			answer(t, w, 200, podList("", "c"))
		}
	})
	pods, ok := r.Pods(t.Context(), "", Selection{Labels: "app=web", Fields: "spec.nodeName=n"}).Get()
	if !ok || len(pods) != 3 || pods[2].Name != "c" {
		t.Errorf("got %v, %v", pods, ok)
	}
	if len(queries) != 2 || !strings.Contains(queries[0], "labelSelector=app%3Dweb") || !strings.Contains(queries[0], "fieldSelector=spec.nodeName%3Dn") || !strings.Contains(queries[0], "limit=500") {
		t.Errorf("asked %v", queries)
	}
}

// TestExpiredPage holds that a list that the server has forgotten is read anew, in one piece.
func TestExpiredPage(t *testing.T) {
	r := readerOf(t, func(w http.ResponseWriter, request *http.Request) {
		switch query := request.URL.Query(); {
		case query.Get("continue") != "":
			answer(t, w, 410, status(410, metav1.StatusReasonExpired, "too old"))
		case query.Get("limit") != "":
			answer(t, w, 200, podList("2", "a", "b"))
		default:
			answer(t, w, 200, podList("", "a", "b", "c"))
		}
	})
	if pods, ok := r.Pods(t.Context(), "", Selection{}).Get(); !ok || len(pods) != 3 {
		t.Errorf("got %v, %v; want each pod once", pods, ok)
	}
}

// TestEndlessPages holds that a server that always has one more page does not keep us for ever.
func TestEndlessPages(t *testing.T) {
	asked := 0
	r := readerOf(t, func(w http.ResponseWriter, _ *http.Request) {
		asked++
		answer(t, w, 200, podList(strconv.Itoa(asked), "a"))
	})
	gap, ok := r.Pods(t.Context(), "", Selection{}).Gap()
	if !ok || asked != maxPages || gap.Reason != "there are more than 500000" {
		t.Errorf("gap %v after %d requests", gap, asked)
	}
}

func TestTimeout(t *testing.T) {
	held := make(chan struct{})
	r := readerOf(t, func(http.ResponseWriter, *http.Request) { <-held }, func(c *rest.Config) { c.Timeout = 50 * time.Millisecond })
	t.Cleanup(func() { close(held) }) // before the server is closed, which waits for it
	if gap, _ := r.Pod(t.Context(), "shop", "web").Gap(); !strings.HasPrefix(gap.Reason, "no answer in time (http://127.0.0.1:") {
		t.Errorf("reason %q", gap.Reason)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if gap, _ := r.Pod(ctx, "shop", "web").Gap(); gap.Reason != "interrupted" {
		t.Errorf("reason %q", gap.Reason)
	}
}

func TestIssuer(t *testing.T) {
	for _, test := range []struct {
		body   string
		want   string
		reason string
	}{
		{`{"issuer":"https://example.com/id","jwks_uri":"https://10.0.0.1/openid/v1/jwks"}`, "https://example.com/id", ""},
		{`{"jwks_uri":"https://10.0.0.1/openid/v1/jwks"}`, "", "the answer has no issuer"},
		{`<html>`, "", "the answer has no issuer"},
		{`{"issuer":{}}`, "", "the answer has no issuer"},
	} {
		r := readerOf(t, func(w http.ResponseWriter, request *http.Request) {
			if request.URL.Path != "/.well-known/openid-configuration" {
				t.Errorf("asked for %s", request.URL.Path)
			}
			write(t, w, test.body)
		})
		f := r.Issuer(t.Context())
		got, _ := f.Get()
		gap, _ := f.Gap()
		if got != test.want || gap.Reason != test.reason {
			t.Errorf("%s: got %q, %q", test.body, got, gap.Reason)
		}
	}
}

// TestSecretIsMetadataOnly holds that the values of a Secret are not even asked for.
func TestSecretIsMetadataOnly(t *testing.T) {
	fields := &metav1.FieldsV1{Raw: []byte(`{"f:data":{"f:a":{},"f:b":{}}}`)}
	r := readerOf(t, func(w http.ResponseWriter, request *http.Request) {
		for _, kind := range strings.Split(request.Header.Get("Accept"), ",") {
			if !strings.Contains(kind, "as=PartialObjectMetadata") {
				t.Errorf("asked for %s", kind)
			}
		}
		answer(t, w, 200, metav1.PartialObjectMetadata{
			TypeMeta: metav1.TypeMeta{Kind: "PartialObjectMetadata", APIVersion: "meta.k8s.io/v1"},
			ObjectMeta: metav1.ObjectMeta{
				Name: "keys", Namespace: "shop", Annotations: map[string]string{corev1.LastAppliedConfigAnnotation: "hunter2"},
				ManagedFields: []metav1.ManagedFieldsEntry{{FieldsV1: fields}},
			},
		})
	})
	secret, ok := r.Secret(t.Context(), "shop", "keys").Get()
	if !ok || len(secret.Data) != 0 || len(secret.Annotations) != 0 || len(snapshot.ManagedKeys(secret.ManagedFields)) != 2 {
		t.Errorf("got %+v, %v", secret, ok)
	}
}
