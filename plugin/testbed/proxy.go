package testbed

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
)

// The headers in which a proxy tells the API server whom it vouches for (front proxy authentication).
const (
	headerUser  = "X-Remote-User"
	headerGroup = "X-Remote-Group"
)

// A Proxy stands before the API server and logs its calls, as service "kubernetes". It speaks TLS and HTTP/2, as the
// API server does, and knows users by the same certificates and tokens.
type Proxy struct {
	front
	URL string

	release func() // the connections to the API server
}

// Proxy starts one for the test.
func (cp *ControlPlane) Proxy(t testing.TB) *Proxy {
	t.Helper()
	p, err := cp.newProxy()
	if err != nil {
		t.Fatalf("proxy: %v", err)
	}
	t.Cleanup(func() {
		if err := p.close(); err != nil {
			t.Errorf("proxy: %v", err)
		}
		p.release()
	})
	return p
}

func (cp *ControlPlane) newProxy() (*Proxy, error) {
	target, err := url.Parse(cp.URL)
	if err != nil {
		return nil, err
	}
	id, err := cp.ca.issue("proxy")
	if err != nil {
		return nil, err
	}
	own, err := id.pair()
	if err != nil {
		return nil, err
	}
	trusted, err := cp.proxyID.pair()
	if err != nil {
		return nil, err
	}
	// Two ways on: a certificate cannot be passed through, so the proxy vouches for its user; a token is passed through
	// to the API server, which must not see the proxy's own certificate beside it.
	vouching := &http.Transport{ForceAttemptHTTP2: true, DisableCompression: true, TLSClientConfig: &tls.Config{
		RootCAs: cp.ca.pool(), Certificates: []tls.Certificate{trusted}, MinVersion: tls.VersionTLS12,
	}}
	plain := &http.Transport{ForceAttemptHTTP2: true, DisableCompression: true, TLSClientConfig: &tls.Config{
		RootCAs: cp.ca.pool(), MinVersion: tls.VersionTLS12,
	}}
	p := &Proxy{release: func() {
		vouching.CloseIdleConnections()
		plain.CloseIdleConnections()
	}}
	p.prepare = func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Header.Del(headerUser)
		r.Out.Header.Del(headerGroup)
		if certificate := clientCertificate(r.In); certificate != nil {
			r.Out.Header.Set(headerUser, certificate.Subject.CommonName)
			r.Out.Header[headerGroup] = certificate.Subject.Organization
		}
	}
	p.describe = describeKubernetes
	p.backend = func(r *http.Request, _ Call) (*http.Response, error) {
		if clientCertificate(r) != nil {
			return vouching.RoundTrip(r)
		}
		return plain.RoundTrip(r)
	}
	err = p.start(&http.Server{TLSConfig: &tls.Config{
		Certificates: []tls.Certificate{own},
		ClientAuth:   tls.VerifyClientCertIfGiven,
		ClientCAs:    cp.ca.pool(),
		MinVersion:   tls.VersionTLS12,
	}})
	p.URL = "https://" + p.address
	return p, err
}

func clientCertificate(r *http.Request) *x509.Certificate {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil
	}
	return r.TLS.PeerCertificates[0]
}

// DryRun ends the operation of a call that the API server tries and does not carry out.
const DryRun = " (dry run)"

func describeKubernetes(r *http.Request, body []byte) Call {
	operation := verb(r)
	if r.URL.Query().Get("dryRun") == "All" || r.Method == http.MethodDelete && bytes.Contains(body, []byte(`"dryRun":["All"]`)) {
		operation += DryRun
	}
	return Call{Service: "kubernetes", Operation: operation, Path: r.URL.RequestURI(), Params: r.URL.Query(), Body: body, User: userOf(r)}
}

// verb is the request's verb in the sense of RBAC, as the API server derives it from method and path.
func verb(r *http.Request) string {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case parts[0] == "api" && len(parts) > 2:
		parts = parts[2:] // api/v1/…
	case parts[0] == "apis" && len(parts) > 3:
		parts = parts[3:] // apis/GROUP/VERSION/…
	default:
		return strings.ToLower(r.Method) // not a resource
	}
	if parts[0] == "namespaces" && len(parts) > 2 {
		parts = parts[2:]
	}
	named := len(parts) > 1
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		switch watch := r.URL.Query().Get("watch"); {
		case watch == "1" || watch == "true":
			return "watch"
		case named:
			return "get"
		}
		return "list"
	case http.MethodPost:
		return "create"
	case http.MethodPut:
		return "update"
	case http.MethodDelete:
		if !named {
			return "deletecollection"
		}
	}
	return strings.ToLower(r.Method)
}

// userOf is the certificate's user, or the subject that a token claims, unverified: the log tells, it does not judge.
func userOf(r *http.Request) string {
	if certificate := clientCertificate(r); certificate != nil {
		return certificate.Subject.CommonName
	}
	parts := strings.Split(r.Header.Get("Authorization"), ".")
	if len(parts) != 3 {
		return "system:anonymous"
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "system:anonymous"
	}
	var claims struct{ Sub string }
	if json.Unmarshal(payload, &claims) != nil {
		return "system:anonymous"
	}
	return claims.Sub
}
