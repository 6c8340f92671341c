package cmd_test

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// marker is in every secret of these tests.
const marker = "MARK"

const credentials = `{"Version":1,"AccessKeyId":"ASIAMARKKEYID0000001","SecretAccessKey":"MARKsecretaccesskey0000000000000000000000","SessionToken":"MARKsessiontokenLONG","Expiration":"2099-01-01T00:00:00Z"}`

// leak is a message with a secret of each kind.
var leak = `refused: ` + credentials + ` key ASIAMARKKEYID0000002 of https://dev:MARKpassword@proxy:3128/?X-Amz-Signature=MARKsignature&X-Amz-Security-Token=MARKtoken&sig=MARKsig&client_secret=MARKclient` +
	` Authorization: Bearer MARKbearer1token, eyJMARKheader1.eyJMARKclaims.MARKsignature; aws_secret_access_key = MARKini AWS_SESSION_TOKEN=MARKenv refreshToken: "MARKrefresh"` +
	` ` + base64.StdEncoding.EncodeToString([]byte(credentials)) + ` http%3A%2F%2Fdev%3AMARKpassword%40proxy {\"password\":\"MARKescaped\"}`

// traces are what the marker looks like in an output: as it is, in base64 at each offset, in hexadecimal.
func traces() []string {
	list := []string{marker, hex.EncodeToString([]byte(marker)), "4d 41 52 4b"}
	for before := range 3 {
		text := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", before) + marker))
		from := (before*8 + 5) / 6
		list = append(list, text[from:(before+len(marker))*8/6])
	}
	return list
}

// A plant is a place that a user or a server controls, with secrets in it.
type plant struct {
	name    string
	do      func(t *testing.T, h *hostile)
	reached string // is in an answer: the place was read, or the error occurred
	heard   string // or what was asked of a server
}

func plants() []plant {
	process := func(script string) func(*testing.T, *hostile) {
		return func(t *testing.T, h *hostile) {
			t.Helper()
			h.profile(t, "region = us-west-2\ncredential_process = "+h.write(t, "process", "#!/bin/sh\n"+script))
		}
	}
	login := func(script string) func(*testing.T, *hostile) {
		return func(t *testing.T, h *hostile) { t.Helper(); h.login(t, script) }
	}
	api := func(at string, answer http.HandlerFunc) func(*testing.T, *hostile) {
		return func(_ *testing.T, h *hostile) { h.fault[at] = answer }
	}
	account := func(operation string, answer http.HandlerFunc) func(*testing.T, *hostile) {
		return func(_ *testing.T, h *hostile) { h.faults[operation] = answer }
	}
	page := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte(`<html><input type="hidden" name="csrf_token" value="MARKcsrf">MARKplain ` + leak + `</html>`))
	}
	elsewhere := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://dev:MARKpassword@127.0.0.1:1/login?X-Amz-Signature=MARKsignature&code=MARKcode&SAMLRequest=MARKsaml", http.StatusFound)
	}
	echo := func(w http.ResponseWriter, r *http.Request) { // as in the message of SignatureDoesNotMatch
		refusal("SignatureDoesNotMatch", "The canonical request should have been 'POST\n/\n\nauthorization:"+r.Header.Get("Authorization")+"\nx-amz-security-token:"+r.Header.Get("X-Amz-Security-Token")+"\n'")(w, r)
	}
	quoted, _ := json.Marshal(leak)
	shell := func(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
	return []plant{
		{"exec plugin: standard error", login("echo " + shell(leak) + " >&2; exit 7"), "failed with exit code 7", ""},
		{"exec plugin: no JSON", login("echo notice; echo " + shell(credentials)), "printed no ExecCredential", ""},
		{"exec plugin: JSON of another version", login(`echo '{"apiVersion":"MARK/v1","kind":"ExecCredential","status":{"token":"MARKtoken"}}'`), "exec plugin", ""},
		{"exec plugin: a private key that is none", login(`echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"clientCertificateData":"MARKcert","clientKeyData":"MARKkey"}}'`), "exec plugin", ""},
		{"exec plugin: a token", login(`echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"MARKtoken"}}'`), "web-0", ""},
		{"exec plugin: install hint", func(_ *testing.T, h *hostile) {
			h.user = map[string]any{"exec": map[string]any{"apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never", "command": "nosuch-login", "args": []string{"--password", "MARKpassword"}, "installHint": "get it: " + leak}}
		}, "was not found", ""},

		{"credential_process: a notice before the JSON", process("echo A new version is available; echo " + shell(credentials)), "printed something else than one JSON object", ""},
		{"credential_process: a notice after the JSON", process("echo " + shell(credentials) + "; echo bye"), "printed something else than one JSON object", ""},
		{"credential_process: a list", process("echo '[" + credentials + "]'"), "printed something else than one JSON object", ""},
		{"credential_process: cut off", process("echo " + shell(credentials[:150])), "printed something else than one JSON object", ""},
		{"credential_process: in a string", process(`echo '"` + base64.StdEncoding.EncodeToString([]byte(credentials)) + `"'`), "printed something else than one JSON object", ""},
		{"credential_process: INI", process(`printf '[default]\naws_secret_access_key = MARKini\n'`), "printed something else than one JSON object", ""},
		{"credential_process: no expiration that is one", process("echo " + shell(strings.ReplaceAll(credentials, "2099-01-01T00:00:00Z", "MARKtime"))), "printed something else than one JSON object", ""},
		{"credential_process: another version", process("echo " + shell(strings.ReplaceAll(credentials, `"Version":1`, `"Version":2`))), `printed JSON without`, ""},
		{"credential_process: no key", process(`echo '{"Version":1,"AccessKeyId":"ASIAMARKKEYID0000001","SessionToken":"MARKtoken"}'`), "printed no SecretAccessKey", ""},
		{"credential_process: exit code", process("echo " + shell(credentials) + "; echo " + shell(leak) + " >&2; exit 3"), "failed with exit code 3", ""},
		{"credential_process: nothing but an exit code", process("echo " + shell(credentials) + "; exit 4"), "failed with exit code 4", ""},
		{"credential_process: keys that AWS refuses", func(t *testing.T, h *hostile) { process("echo "+shell(credentials))(t, h); h.faults[""] = echo }, "SignatureDoesNotMatch", ""},

		{"API server: a message", api("GET /api/v1/namespaces/shop/pods", status(http.StatusForbidden, "Forbidden", `pods "web-0" is forbidden: `+leak)), "forbidden: refused", ""},
		{"API server: a message about what is optional", api("GET /api/v1/namespaces/shop/configmaps", status(http.StatusInternalServerError, "InternalError", leak)), "", "GET /api/v1/namespaces/shop/configmaps"},
		{"API server: every message", api("GET /apis", status(http.StatusForbidden, "Forbidden", "x is forbidden: "+leak)), "", "GET /apis"},
		{"API server: a webhook's denial", api("PATCH ", status(http.StatusBadRequest, "Invalid", `admission webhook "w" denied the request: `+leak)), "denied the request", ""},
		{"API server: warnings", func(_ *testing.T, h *hostile) {
			h.fault["GET /api/v1/namespaces/shop/serviceaccounts/web"] = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Warning", `299 - "`+strings.ReplaceAll(leak, `"`, `\"`)+`"`)
				w.Header().Set("Set-Cookie", "session=MARKcookie")
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(h.objects["/api/v1/namespaces/shop/serviceaccounts/web"]))
			}
		}, "", "GET /api/v1/namespaces/shop/serviceaccounts/web"},
		{"API server: events and conditions", func(_ *testing.T, h *hostile) {
			h.objects["/api/v1/namespaces/shop/pods"] = `{"apiVersion":"v1","kind":"PodList","items":[]}`
			delete(h.objects, "/api/v1/namespaces/shop/pods/web-0")
			h.objects["/apis/apps/v1/namespaces/shop/deployments/web"] = strings.TrimSuffix(h.objects["/apis/apps/v1/namespaces/shop/deployments/web"], "}") +
				`,"status":{"replicas":0,"conditions":[{"type":"ReplicaFailure","status":"True","reason":"FailedCreate","message":` + string(quoted) + `}]}}`
			h.objects["/api/v1/namespaces/shop/events"] = `{"apiVersion":"v1","kind":"EventList","items":[{"metadata":{"name":"e","namespace":"shop"},"reason":"FailedCreate","message":` + string(quoted) + `,"involvedObject":{"kind":"Deployment","namespace":"shop","name":"web"}}]}`
		}, "deployment shop/web", ""},
		{"API server: a page", api("", page), "HTTP status 502", ""},
		{"API server: a redirect", api("", elsewhere), "127.0.0.1:1", ""},
		{"API server: values in a ConfigMap, annotations of kubectl apply", func(_ *testing.T, h *hostile) {
			for at, object := range h.objects {
				h.objects[at] = strings.ReplaceAll(object, `"metadata":{`, `"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{\"x\":\"MARKapplied\"}}"},`)
			}
			h.objects["/api/v1/namespaces/shop/configmaps/aws"] = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"aws","namespace":"shop","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"MARKapplied"}},"data":{"config":"[default]\nregion = us-west-2\naws_secret_access_key = MARKini\n","plain":"MARKplain"}}`
			h.objects["/api/v1/namespaces/shop/secrets/db"] = strings.Replace(h.objects["/api/v1/namespaces/shop/secrets/db"], `"kind":"PartialObjectMetadata"`, `"kind":"PartialObjectMetadata","data":{"PASSWORD":"TUFSS3Bhc3N3b3Jk"}`, 1)
			h.objects["/api/v1/namespaces/shop/pods/web-0"] = strings.Replace(h.objects["/api/v1/namespaces/shop/pods/web-0"], `"env":[`, `"args":["--password=MARKargs"],"env":[{"name":"AWS_SECRET_ACCESS_KEY","value":"MARKpodkey"},{"name":"DB_PASSWORD","value":"MARKpassword"},`, 1)
		}, "AWS_SECRET_ACCESS_KEY", ""},

		{"AWS: a message", account("", refusal("AccessDenied", leak)), "AccessDenied", ""},
		{"AWS: a message about the role", account("GetRole", refusal("AccessDenied", leak)), "AccessDenied: refused", ""},
		{"AWS: a code", account("", refusal("ASIAMARKKEYID0000001", leak)), "REDACTED", ""},
		{"AWS: a page", account("", page), "HTTP status 502", ""},
		{"AWS: a redirect", account("", elsewhere), "HTTP status 302", ""},
		{"AWS: keys in the environment, which it repeats", func(_ *testing.T, h *hostile) {
			h.env["AWS_ACCESS_KEY_ID"], h.env["AWS_SECRET_ACCESS_KEY"], h.env["AWS_SESSION_TOKEN"] = "ASIAMARKKEYID0000001", "MARKsecret", "MARKsessiontokenLONG"
			h.faults[""] = echo
		}, "SignatureDoesNotMatch", ""},
		{"AWS: a denial of the write", account("UpdateAssumeRolePolicy", refusal("AccessDenied", leak)), "", "aws UpdateAssumeRolePolicy"},

		{"proxy of the environment", func(_ *testing.T, h *hostile) {
			h.env["HTTPS_PROXY"], h.env["HTTP_PROXY"] = "http://dev:MARKpassword@127.0.0.1:1", "http://dev:MARKpa%24%24@127.0.0.1:1"
			h.server = func(cluster map[string]any) { cluster["server"] = "https://api.example.com" }
			h.env["AWS_ENDPOINT_URL"] = "http://aws.example.com"
		}, "127.0.0.1:1", ""},
		{"proxy that is no URL", func(_ *testing.T, h *hostile) {
			h.server = func(cluster map[string]any) { cluster["proxy-url"] = "http://dev:MARK pass@127.0.0.1:1" }
		}, "parse", ""},
		{"proxy of the kubeconfig", func(_ *testing.T, h *hostile) {
			h.server = func(cluster map[string]any) { cluster["proxy-url"] = "http://dev:MARK/pass@127.0.0.1:1" }
		}, "invalid", ""},
		{"server with a password", func(_ *testing.T, h *hostile) {
			h.server = func(cluster map[string]any) { cluster["server"] = "https://dev:MARKpassword@127.0.0.1:1" }
		}, "127.0.0.1:1", ""},

		{"SSO cache: no JSON", func(t *testing.T, h *hostile) {
			sum := sha1.Sum([]byte("https://example.awsapps.com/start"))
			h.write(t, ".aws/sso/cache/"+hex.EncodeToString(sum[:])+".json", `notice {"accessToken":"MARKaccess","refreshToken":"MARKrefresh","clientSecret":"MARKclient","expiresAt":"MARKtime"}`)
			h.profile(t, "region = us-west-2\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-west-2\nsso_account_id = 111122223333\nsso_role_name = dev")
		}, "aws sso login", ""},
		{"SSO cache: a time that is none", func(t *testing.T, h *hostile) {
			sum := sha1.Sum([]byte("team"))
			h.write(t, ".aws/sso/cache/"+hex.EncodeToString(sum[:])+".json", `{"accessToken":"MARKaccess","refreshToken":"MARKrefresh","clientId":"MARKid","clientSecret":"MARKclient","expiresAt":"MARKtime"}`)
			h.profile(t, "region = us-west-2\nsso_session = team\nsso_account_id = 111122223333\nsso_role_name = dev\n[sso-session team]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-west-2")
		}, "aws sso login", ""},
		{"SSO: a message", func(t *testing.T, h *hostile) {
			sum := sha1.Sum([]byte("https://example.awsapps.com/start"))
			h.write(t, ".aws/sso/cache/"+hex.EncodeToString(sum[:])+".json", `{"accessToken":"MARKaccess","expiresAt":"2099-01-01T00:00:00Z"}`)
			h.profile(t, "region = us-west-2\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-west-2\nsso_account_id = 111122223333\nsso_role_name = dev")
			h.faults[""] = refusal("ForbiddenException", leak)
		}, "ForbiddenException", ""},
		{"web identity token", func(t *testing.T, h *hostile) {
			h.profile(t, "region = us-west-2\nrole_arn = arn:aws:iam::111122223333:role/dev\nweb_identity_token_file = "+h.write(t, "token", "MARKnotoken"))
			h.faults[""] = func(w http.ResponseWriter, r *http.Request) {
				refusal("InvalidIdentityToken", "The ID Token provided is not a valid JWT: token="+r.FormValue("WebIdentityToken"))(w, r)
			}
		}, "InvalidIdentityToken", ""},
		{"container credentials", func(t *testing.T, h *hostile) {
			h.profile(t, "region = us-west-2")
			h.env["AWS_CONTAINER_CREDENTIALS_FULL_URI"], h.env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = h.account.URL+"/x/y", "MARKauthorization"
			h.faults[""] = func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusForbidden)
				_, _ = w.Write([]byte(`{"code":"Refused","message":` + string(quoted) + `}`))
			}
		}, "no AWS credentials", ""},
		{"container credentials at an address that is none", func(t *testing.T, h *hostile) {
			h.profile(t, "region = us-west-2")
			h.env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://dev:MARK pass@host/x?token=MARKtoken"
		}, "", ""},
		{"~/.aws/config", func(t *testing.T, h *hostile) {
			h.profile(t, "region = us-west-2\naws_access_key_id ASIAMARKKEYID0000001\naws_secret_access_key = MARKini\nsts_regional_endpoints = secret=MARKvalue\n[profile\n= MARK\nrole_arn = x\n"+leak)
		}, "no AWS credentials", ""},
		{"~/.aws/credentials", func(t *testing.T, h *hostile) {
			h.profile(t, "region = us-west-2")
			h.write(t, ".aws/credentials", "[default\naws_secret_access_key = MARKini\naws_session_token\n MARKsession\n")
		}, "no AWS credentials", ""},
		{"a variable of the SDK", func(_ *testing.T, h *hostile) { h.env["AWS_MAX_ATTEMPTS"] = "token=MARKtoken" }, "AWS_MAX_ATTEMPTS", ""},

		{"kubeconfig: no YAML", func(_ *testing.T, h *hostile) {
			h.kubeconfig = "users:\n- user:\n    token: MARKtoken\n   client-key-data: MARKkey\n"
		}, "kubeconfig:", ""},
		{"kubeconfig: values of another type", func(_ *testing.T, h *hostile) {
			h.kubeconfig = `{"apiVersion":"v1","kind":"Config","users":[{"name":"dev","user":{"token":{"MARKtoken":1},"client-key-data":"MARK key"}}]}`
		}, "kubeconfig:", ""},
		{"kubeconfig: a token", func(_ *testing.T, h *hostile) {
			h.user = map[string]any{"token": "MARKtoken"}
			h.fault[""] = func(w http.ResponseWriter, r *http.Request) {
				status(http.StatusUnauthorized, "Unauthorized", "not accepted: "+r.Header.Get("Authorization"))(w, r)
			}
		}, "unauthorized", ""},
		{"kubeconfig: a private key that is none", func(_ *testing.T, h *hostile) {
			h.user = map[string]any{"client-certificate-data": []byte("MARKcert"), "client-key-data": []byte("-----BEGIN PRIVATE KEY-----\nMARKkey\n-----END PRIVATE KEY-----\n")}
		}, "error:", ""},
		{"flags", func(_ *testing.T, h *hostile) {
			h.args = []string{"--token=MARKtoken", "--as=dev", "--as-user-extra=password=MARKextra"}
		}, "web-0", ""},
		{"manifests", func(t *testing.T, h *hostile) {
			t.Helper()
			h.commands = nil
			for _, text := range []string{
				"apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: app, env: [{name: AWS_SECRET_ACCESS_KEY, value: [MARKpodkey]}]}]}",
				"apiVersion: v1\nkind: Pod\nmetadata: {name: web, creationTimestamp: token=MARKtoken}\nspec: {activeDeadlineSeconds: password=MARKpassword}",
				"apiVersion: v1\nkind: Pod\nspec:\n  password: MARKpassword\n secret: MARKsecret\n",
				"apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: app, args: [--password, MARKpassword], env: [{name: AWS_SECRET_ACCESS_KEY, value: MARKpodkey}], resources: {limits: {cpu: secret=MARKquantity}}}]}",
				"apiVersion: v1\nkind: Secret\nmetadata: {name: web}\ndata: {password: MARK!password}\nstringData: {x: MARKpassword}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: app, args: [--password, MARKpassword], env: [{name: AWS_SECRET_ACCESS_KEY, value: MARKpodkey}]}]}",
				"&MARK *x\n" + leak,
			} {
				name := h.write(t, fmt.Sprintf("manifest%d.yaml", len(h.commands)), text)
				h.commands = append(h.commands, []string{"explain", "-f", name, "-v=9"}, []string{"whoami", "-f", name, "-o", "json"}, []string{"explain", "-f", name, "-o", "sarif"})
			}
		}, "manifest0.yaml", ""},
		{"snapshot file", func(t *testing.T, h *hostile) {
			t.Helper()
			h.commands = nil
			const head = `{"apiVersion":"irsa/v1alpha1","kind":"Snapshot",`
			for _, text := range []string{
				head + `"unreadable":[{"resource":"nodes","error":` + string(quoted) + `}],"kubernetes":[` + h.objects["/api/v1/namespaces/shop/pods/web-0"] + `]}`,
				head + `"takenAt":"token=MARKtoken"}`, head + `"password":"MARKpassword"}`, head + `"kubernetes":[{"password":"MARKpassword"}]}`, leak, `{"apiVersion":"token=MARKtoken","kind":"Snapshot"}`,
			} {
				name := h.write(t, fmt.Sprintf("snapshot%d.json", len(h.commands)), text)
				for _, args := range [][]string{{"explain", "shop/web-0"}, {"explain", "shop/web-0", "-o", "json"}, {"snapshot"}, {"bind", "shop/web", webRole, "-o", "json"}} {
					h.commands = append(h.commands, append(args, "--snapshot", name))
				}
			}
		}, "snapshot20.json", ""},
		{"flags: a password", func(_ *testing.T, h *hostile) {
			h.user = map[string]any{}
			h.args = []string{"--username=dev", "--password=MARKpassword", "--server=" + strings.Replace(h.cluster.URL, "https://", "https://dev:MARKpassword@", 1)}
		}, "web-0", ""},
	}
}

// TestSecrets plants secrets and runs the program in all its formats, with its log: none may show what was planted. That a place
// was reached shows in an answer, or at the server.
func TestSecrets(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the programs that log in are shell scripts")
	}
	binary, err := exec.LookPath("kubectl-irsa")
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := plainProgram(); err != nil {
		t.Fatal(err)
	} else if plain != "" {
		binary = filepath.Join(plain, "kubectl-irsa")
	}
	commands := [][]string{
		{"explain", "web-0"}, {"explain", "web-0", "-v=9"}, {"explain", "web-0", "-o", "wide", "-v=8"}, {"explain", "web-0", "-o", "json"}, {"explain", "web-0", "-o", "yaml"},
		{"explain", "web-0", "-o", "sarif"}, {"explain", "web-0", "-o", "csv"}, {"explain", "web-0", "-o", "junit"}, {"explain", "deploy/web", "-v=9"}, {"explain", "-n", "shop", "-v=7"},
		{"whoami", "web-0", "-o", "json", "-v=9"}, {"whoami", "web-0"}, {"snapshot", "web-0", "-v=9"}, {"snapshot", "deploy/web", "-o", "json"},
		{"bind", "web", webRole, "--dry-run=client"}, {"bind", "web", webRole, "-o", "aws-cli"}, {"bind", "web", webRole, "-o", "kubectl"}, {"bind", "web", webRole, "-o", "json"},
		{"bind", "web", webRole, "--yes", "--wait=false", "-v=9"}, {"unbind", "web", "--yes", "-v=9"},
	}
	for _, p := range plants() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			h := newHostile(t)
			h.commands = commands
			p.do(t, h)
			env := h.environment(t)
			reached := p.reached == "" && p.heard == ""
			silent := map[string]bool{} // commands without an answer: they have none in another format either
			for _, args := range h.commands {
				if silent[args[0]] && slices.Contains(args, "-o") && h.commands[0][1] == "web-0" {
					continue
				}
				command := exec.CommandContext(t.Context(), binary, append(args, h.args...)...)
				var out, errOut bytes.Buffer
				command.Stdout, command.Stderr, command.Env, command.Dir = &out, &errOut, env, t.TempDir()
				_ = command.Run() // most fail
				silent[args[0]] = out.Len() == 0
				text := out.String() + errOut.String()
				reached = reached || p.reached != "" && strings.Contains(text, p.reached)
				holdNothing(t, strings.Join(args, " "), text)
				files, _ := filepath.Glob(filepath.Join(command.Dir, "*"))
				for _, name := range files {
					data, _ := os.ReadFile(name)
					holdNothing(t, name, string(data))
				}
			}
			h.mu.Lock()
			defer h.mu.Unlock()
			if !reached && !(p.heard != "" && h.heard[p.heard]) {
				t.Errorf("the place was not reached: no answer has %q", p.reached)
			}
		})
	}
}

// holdNothing fails if a marker is in a text.
func holdNothing(t *testing.T, what, text string) {
	t.Helper()
	for _, trace := range traces() {
		if at := strings.Index(text, trace); at >= 0 {
			t.Errorf("%s prints %q:\n%s", what, trace, text[max(0, at-200):min(len(text), at+60)])
			return
		}
	}
}
