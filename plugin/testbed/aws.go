package testbed

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// The account and region that a test's calls belong to unless it says otherwise; the account is one that AWS's own
// documentation uses in examples.
const (
	Account = "111122223333"
	Region  = "us-west-2"
)

// AWS is an AWS account, and others beside it, behind one endpoint. IAM and EC2 are kept by moto, with its answers fixed
// where they differ from the real ones; STS and EKS are answered here. Signatures are not verified, and who calls may
// do everything: Inject(Fault{On: …, Effect: Denied()}) takes permissions away.
type AWS struct {
	front
	URL string // for AWS_ENDPOINT_URL

	moto  *moto
	lag   lag
	empty string // a file with nothing in it

	state        sync.Mutex
	aliases      map[string]string // what a test calls an account or instance, to what moto calls it; equally long
	policies     []string          // trust policies as written; moto keeps their numbers
	sessions     map[string]string // access key id to the ARN of the session it belongs to
	clusters     []Cluster
	associations []association
	made         int // associations ever made
	issuers      map[string]func(context.Context) ([]byte, error)
	decisions    []Decision
}

func newAWS(t testing.TB, server *moto) *AWS {
	t.Helper()
	a := &AWS{moto: server, aliases: map[string]string{}, sessions: map[string]string{}, issuers: map[string]func(context.Context) ([]byte, error){}}
	a.empty = filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(a.empty, nil, 0o600); err != nil {
		t.Fatalf("AWS account: %v", err)
	}
	target, err := url.Parse(server.url)
	if err != nil {
		t.Fatalf("AWS account: %v", err)
	}
	a.prepare = func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // names the region of a call that is not signed
	}
	a.describe = a.describeAWS
	a.backend = a.answer
	if err := a.start(&http.Server{}); err != nil {
		t.Fatalf("AWS account: %v", err)
	}
	a.URL = "http://" + a.address
	t.Cleanup(func() {
		if err := a.close(); err != nil {
			t.Errorf("AWS account: %v", err)
		}
	})
	return a
}

// Env is an environment in which every SDK talks to this server as a user of the test's account, whatever the developer
// has configured.
func (a *AWS) Env() []string { return a.EnvOf(Account) }

// EnvOf is Env for a user of that account.
func (a *AWS) EnvOf(account string) []string {
	env := []string{
		"AWS_ENDPOINT_URL=" + a.URL, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false",
		"AWS_REGION=" + Region, "AWS_DEFAULT_REGION=" + Region,
		"AWS_ACCESS_KEY_ID=" + accessKeyID(account), "AWS_SECRET_ACCESS_KEY=secret",
		"AWS_CONFIG_FILE=" + a.empty, "AWS_SHARED_CREDENTIALS_FILE=" + a.empty,
		"AWS_EC2_METADATA_DISABLED=true",
	}
	for _, service := range []string{"CLOUDTRAIL", "EC2", "EKS", "IAM", "STS"} { // these beat AWS_ENDPOINT_URL
		env = append(env, "AWS_ENDPOINT_URL_"+service+"="+a.URL)
	}
	for _, unset := range []string{
		"SESSION_TOKEN", "PROFILE", "DEFAULT_PROFILE", "ROLE_ARN", "ROLE_SESSION_NAME", "WEB_IDENTITY_TOKEN_FILE",
		"CONTAINER_CREDENTIALS_FULL_URI", "CONTAINER_CREDENTIALS_RELATIVE_URI",
		"USE_FIPS_ENDPOINT", "USE_DUALSTACK_ENDPOINT", "CA_BUNDLE", "MAX_ATTEMPTS", "RETRY_MODE",
	} {
		env = append(env, "AWS_"+unset+"=")
	}
	return env
}

// SetEnv sets Env in this process for the test.
func (a *AWS) SetEnv(t testing.TB) {
	t.Helper()
	for _, entry := range a.Env() {
		name, value, _ := strings.Cut(entry, "=")
		t.Setenv(name, value)
	}
}

// accessKeyID holds the account, so that a call tells whose it is.
func accessKeyID(account string) string { return "AKIA" + account + "TEST" }

var (
	credentialScope = regexp.MustCompile(`Credential=([^/\s,]+)/\d{8}/([^/]*)/([^/]+)/aws4_request`)
	stsHost         = regexp.MustCompile(`^sts(?:-fips)?(?:\.([a-z0-9-]+))?\.amazonaws\.com(?:\.cn)?(?::\d+)?$`)
	accountInKey    = regexp.MustCompile(`^A(?:KI|SI)A(\d{12})`)
)

// globalRegion is the region of the endpoint that names none:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_region-endpoints.html
const globalRegion = "us-east-1"

// describeAWS recognises the call by the scope of its signature and, in it, by the Action parameter (query protocol),
// the X-Amz-Target header (JSON protocols), or method and path (EKS).
func (a *AWS) describeAWS(r *http.Request, body []byte) Call {
	c := Call{Path: r.URL.RequestURI(), Params: r.URL.Query(), Body: body, Account: Account, Region: Region}
	if scope := credentialScope.FindStringSubmatch(r.Header.Get("Authorization")); scope != nil {
		c.User, c.Region, c.Service = scope[1], scope[2], scope[3]
	}
	if account := accountInKey.FindStringSubmatch(c.User); account != nil {
		c.Account = account[1]
	}
	switch contentType := r.Header.Get("Content-Type"); {
	case strings.HasPrefix(contentType, "application/x-www-form-urlencoded"):
		if form, err := url.ParseQuery(string(body)); err == nil {
			for name, values := range form {
				c.Params[name] = values
			}
		}
	case strings.Contains(contentType, "json"):
		var fields map[string]any
		if json.Unmarshal(body, &fields) == nil {
			for name, value := range fields {
				c.Params.Set(name, fmt.Sprint(value))
			}
		}
	}
	c.Operation = c.Params.Get("Action")
	c.Params.Del("Action")
	c.Params.Del("Version")
	if c.Service == "" && strings.HasPrefix(c.Operation, "AssumeRoleWith") { // these operations are not signed
		c.Service = "sts"
		if host := stsHost.FindStringSubmatch(r.Host); host != nil {
			c.Region = cmp.Or(host[1], globalRegion)
		}
	}
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		c.Operation = target[strings.LastIndex(target, ".")+1:]
	}
	if c.Service == "eks" {
		c.Operation = eksOperation(r.Method, r.URL.EscapedPath(), c.Params)
	}
	if c.Operation == "" {
		c.Operation = r.Method + " " + r.URL.Path
	}
	return c
}

func (a *AWS) answer(r *http.Request, c Call) (*http.Response, error) {
	switch c.Service {
	case "sts":
		return a.answerSTS(c)
	case "eks":
		return a.answerEKS(c)
	case "iam":
		return a.laggingIAM(r, c)
	case "ec2":
		return a.forward(r, c)
	}
	return notImplemented(c), nil
}

func notImplemented(c Call) *http.Response {
	return failure(c, http.StatusNotImplemented, "NotImplemented", "the test bed does not know "+c.Name())
}

// forward asks moto, in the account of moto's that stands for the call's.
func (a *AWS) forward(r *http.Request, c Call) (*http.Response, error) {
	account := a.alias(c.Account)
	to, from := a.translators()
	request, err := http.NewRequestWithContext(r.Context(), r.Method, a.moto.url+to.Replace(c.Path), strings.NewReader(to.Replace(string(c.Body))))
	if err != nil {
		return nil, err
	}
	request.Header = r.Header.Clone()
	request.Header.Del("Accept-Encoding")
	request.Header.Set("X-Moto-Account-Id", account)
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	text, err := readAll(response)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= http.StatusInternalServerError {
		return notImplemented(c), nil
	}
	return respond(response.StatusCode, response.Header.Get("Content-Type"), from.Replace(text)), nil
}

// alias is moto's name for an account.
func (a *AWS) alias(account string) string {
	a.state.Lock()
	defer a.state.Unlock()
	if a.aliases[account] == "" {
		a.aliases[account] = a.moto.newAccount()
	}
	return a.aliases[account]
}

// translators put moto's names for the test's, and back. Names are equally long and no part of anything else.
func (a *AWS) translators() (to, from *strings.Replacer) {
	a.state.Lock()
	defer a.state.Unlock()
	var there, back []string
	for ours, motos := range a.aliases {
		there = append(there, ours, motos)
		back = append(back, motos, ours)
	}
	return strings.NewReplacer(there...), strings.NewReplacer(back...)
}

func readAll(response *http.Response) (string, error) {
	text, err := io.ReadAll(response.Body)
	return string(text), errors.Join(err, response.Body.Close())
}

// inProcess carries the calls of seeding clients: not logged, not delayed, not spoiled.
type inProcess struct{ a *AWS }

// Do answers a request.
func (d inProcess) Do(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	response, err := d.a.answer(r, d.a.describeAWS(r, body))
	if err == nil {
		response.Request = r
	}
	return response, err
}
