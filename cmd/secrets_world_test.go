package cmd_test

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A hostile is a cluster and an account, on loopback and made of canned answers, in which errors have secrets.
type hostile struct {
	home, kubeconfig string
	cluster, account *httptest.Server
	env              map[string]string
	args             []string // of every command
	commands         [][]string

	mu      sync.Mutex
	objects map[string]string            // by the path of the API server
	fault   map[string]http.HandlerFunc  // by the method and the beginning of the path; "" for all
	faults  map[string]http.HandlerFunc  // of AWS, by operation; "" for all
	heard   map[string]bool              // what was asked of them
	user    map[string]any               // of the kubeconfig
	server  func(cluster map[string]any) // changes the kubeconfig's cluster
}

const issuerOfHostile = "https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"

func newHostile(t *testing.T) *hostile {
	t.Helper()
	h := &hostile{home: t.TempDir(), fault: map[string]http.HandlerFunc{}, faults: map[string]http.HandlerFunc{}, heard: map[string]bool{}, user: map[string]any{"token": "hunter2"}}
	h.cluster = httptest.NewTLSServer(http.HandlerFunc(h.kubernetes))
	h.account = httptest.NewServer(http.HandlerFunc(h.aws))
	t.Cleanup(h.cluster.Close)
	t.Cleanup(h.account.Close)
	h.env = map[string]string{
		"HOME": h.home, "PATH": os.Getenv("PATH"), "LC_ALL": "C.UTF-8", "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1", "GORACE": os.Getenv("GORACE"),
		"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "hunter2", "AWS_REGION": "us-west-2", "AWS_ENDPOINT_URL": h.account.URL,
		"AWS_ENDPOINT_URL_STS": h.account.URL, "AWS_ENDPOINT_URL_SSO": h.account.URL, "AWS_ENDPOINT_URL_SSO_OIDC": h.account.URL,
	}
	const account = `{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"web","namespace":"shop","uid":"u","annotations":{"eks.amazonaws.com/role-arn":"arn:aws:iam::111122223333:role/web"}}}`
	const pod = `{"metadata":{"name":"web-0","namespace":"shop","uid":"p","labels":{"app":"web"}},"spec":{"serviceAccountName":"web","nodeName":"n","containers":[{"name":"app","image":"app:1",
		"env":[{"name":"AWS_CONFIG_FILE","value":"/aws/config"}],"envFrom":[{"secretRef":{"name":"db"}}],"volumeMounts":[{"name":"aws","mountPath":"/aws"}]}],
		"volumes":[{"name":"aws","configMap":{"name":"aws"}}]},"status":{"phase":"Running"}}`
	h.objects = map[string]string{
		"/api/v1/namespaces/shop/pods/web-0":            `{"apiVersion":"v1","kind":"Pod",` + pod[1:],
		"/api/v1/namespaces/shop/pods":                  `{"apiVersion":"v1","kind":"PodList","items":[` + pod + `]}`,
		"/api/v1/namespaces/shop/serviceaccounts/web":   account,
		"/api/v1/namespaces/shop":                       `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}`,
		"/api/v1/nodes/n":                               `{"apiVersion":"v1","kind":"Node","metadata":{"name":"n"}}`,
		"/api/v1/namespaces/shop/configmaps/aws":        `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"aws","namespace":"shop"},"data":{"config":"[default]\nregion = us-west-2"}}`,
		"/api/v1/namespaces/shop/secrets/db":            `{"apiVersion":"meta.k8s.io/v1","kind":"PartialObjectMetadata","metadata":{"name":"db","namespace":"shop","managedFields":[{"fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:PASSWORD":{}}}}]}}`,
		"/.well-known/openid-configuration":             `{"issuer":"` + issuerOfHostile + `"}`,
		"/apis/apps/v1/namespaces/shop/deployments/web": `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop","uid":"d"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"other"}},"template":{"metadata":{"labels":{"app":"other"}},"spec":{"serviceAccountName":"web","containers":[{"name":"app","image":"app:1"}]}}}}`,
	}
	return h
}

// kubernetes answers as an API server: 404 where there is no object, and an empty list.
func (h *hostile) kubernetes(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for at, fault := range h.fault {
		if strings.HasPrefix(r.Method+" "+r.URL.Path, at) {
			h.heard[at] = true
			fault(w, r)
			return
		}
	}
	w.Header().Set("Content-Type", "application/json")
	object, ok := h.objects[r.URL.Path]
	if ok && r.Method != http.MethodGet {
		object = h.objects["/api/v1/namespaces/shop/serviceaccounts/web"]
	}
	kinds := map[string]string{
		"events": "v1 EventList", "nodes": "v1 NodeList", "replicasets": "apps/v1 ReplicaSetList", "mutatingwebhookconfigurations": "admissionregistration.k8s.io/v1 MutatingWebhookConfigurationList",
		"networkpolicies": "networking.k8s.io/v1 NetworkPolicyList", "endpointslices": "discovery.k8s.io/v1 EndpointSliceList", "pods": "v1 PodList", "serviceaccounts": "v1 ServiceAccountList",
		"deployments": "apps/v1 DeploymentList", "daemonsets": "apps/v1 DaemonSetList", "jobs": "batch/v1 JobList",
	}
	switch version, kind, list := strings.Cut(kinds[path.Base(r.URL.Path)], " "); {
	case ok:
		_, _ = io.WriteString(w, object)
	case list:
		_, _ = fmt.Fprintf(w, `{"apiVersion":%q,"kind":%q,"items":[]}`, version, kind)
	default:
		status(http.StatusNotFound, "NotFound", path.Base(r.URL.Path)+" not found")(w, r)
	}
}

// status answers with an error of the API server.
func status(code int, reason, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		data, _ := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message})
		_, _ = w.Write(data)
	}
}

// aws answers as STS, IAM and EKS.
func (h *hostile) aws(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	operation := r.FormValue("Action")
	if operation == "" {
		operation = path.Base(path.Dir(r.URL.Path))
	}
	for _, at := range []string{operation, ""} {
		if fault := h.faults[at]; fault != nil {
			h.heard["aws "+at] = true
			fault(w, r)
			return
		}
	}
	host := strings.TrimPrefix(issuerOfHostile, "https://")
	policy := `{"Version":"2012-10-17","Statement":[]}`
	answer := func(result string) {
		_, _ = fmt.Fprintf(w, `<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>`, operation, result)
	}
	switch operation {
	case "GetCallerIdentity":
		answer(`<Account>111122223333</Account><Arn>arn:aws:iam::111122223333:user/dev</Arn><UserId>AIDAEXAMPLEID12345678</UserId>`)
	case "GetRole":
		answer(`<Role><RoleName>web</RoleName><Path>/</Path><Arn>arn:aws:iam::111122223333:role/web</Arn><RoleId>AROAEXAMPLEID12345678</RoleId><AssumeRolePolicyDocument>` + url.QueryEscape(policy) + `</AssumeRolePolicyDocument></Role>`)
	case "GetOpenIDConnectProvider":
		answer(`<Url>` + host + `</Url><ClientIDList><member>sts.amazonaws.com</member></ClientIDList>`)
	case "ListOpenIDConnectProviders":
		answer(`<OpenIDConnectProviderList><member><Arn>arn:aws:iam::111122223333:oidc-provider/` + host + `</Arn></member></OpenIDConnectProviderList>`)
	case "clusters":
		ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.cluster.Certificate().Raw})
		_ = json.NewEncoder(w).Encode(map[string]any{"cluster": map[string]any{
			"name": "prod", "arn": "arn:aws:eks:us-west-2:111122223333:cluster/prod", "endpoint": h.cluster.URL, "status": "ACTIVE", "version": "1.30",
			"identity": map[string]any{"oidc": map[string]any{"issuer": issuerOfHostile}}, "certificateAuthority": map[string]any{"data": ca},
		}})
	default:
		refusal("AccessDenied", "not allowed")(w, r)
	}
}

// refusal answers with an error of AWS, in the protocol of the request.
func refusal(code, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("Action") == "" {
			w.Header().Set("X-Amzn-Errortype", code)
			w.WriteHeader(http.StatusForbidden)
			_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
			return
		}
		w.WriteHeader(http.StatusForbidden)
		escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(message)
		_, _ = fmt.Fprintf(w, `<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>`, code, escaped)
	}
}

// write writes a file of the home folder.
func (h *hostile) write(t *testing.T, name, text string) string {
	t.Helper()
	name = filepath.Join(h.home, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

// profile makes the credentials those of a profile of ~/.aws/config.
func (h *hostile) profile(t *testing.T, text string) {
	t.Helper()
	h.write(t, ".aws/config", "[default]\n"+text+"\n")
	delete(h.env, "AWS_ACCESS_KEY_ID")
	delete(h.env, "AWS_SECRET_ACCESS_KEY")
}

// login makes the kubeconfig's user log in with a script.
func (h *hostile) login(t *testing.T, script string) {
	t.Helper()
	h.user = map[string]any{"exec": map[string]any{
		"apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never", "command": h.write(t, "login", "#!/bin/sh\n"+script),
	}}
}

// environment writes the kubeconfig, and returns the environment of the program.
func (h *hostile) environment(t *testing.T) []string {
	t.Helper()
	if h.kubeconfig == "" {
		cluster := map[string]any{"server": h.cluster.URL, "certificate-authority-data": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.cluster.Certificate().Raw})}
		if h.server != nil {
			h.server(cluster)
		}
		data, err := json.Marshal(map[string]any{
			"apiVersion": "v1", "kind": "Config", "current-context": clusterARN,
			"clusters": []any{map[string]any{"name": clusterARN, "cluster": cluster}},
			"users":    []any{map[string]any{"name": "dev", "user": h.user}},
			"contexts": []any{map[string]any{"name": clusterARN, "context": map[string]any{"cluster": clusterARN, "user": "dev", "namespace": "shop"}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		h.kubeconfig = string(data)
	}
	env := []string{"KUBECONFIG=" + h.write(t, "kubeconfig", h.kubeconfig)}
	for name, value := range h.env {
		env = append(env, name+"="+value)
	}
	return env
}
