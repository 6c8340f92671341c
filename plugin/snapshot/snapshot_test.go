package snapshot_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
)

const head = "apiVersion: irsa/v1alpha1\nkind: Snapshot\n"

// TestRoundTrip holds that every case's snapshot, written and read back, is the same file again.
func TestRoundTrip(t *testing.T) {
	for _, file := range cases.Files(t, "../../testdata/cases", ".yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		first, warnings, err := snapshot.Read(data)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if len(warnings) > 0 {
			t.Errorf("%s: warnings %q", file, warnings)
		}
		yaml, err := first.YAML()
		if err != nil {
			t.Fatal(err)
		}
		second, _, err := snapshot.Read(yaml)
		if err != nil {
			t.Fatalf("%s, read back: %v", file, err)
		}
		again, err := second.YAML()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(yaml, again) {
			t.Errorf("%s: what was written does not read back to the same file", file)
		}
	}
}

// TestReadErrors holds that bad input gets one line that says what and where.
func TestReadErrors(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"empty", "", "not a snapshot"},
		{"scalar", "hello", "not a snapshot"},
		{"another kind", "apiVersion: v1\nkind: Pod\n", `not a snapshot: apiVersion "v1", kind "Pod"`},
		{"YAML syntax", head + "cluster: {\n", "line 3"},
		{"JSON syntax", "{\"apiVersion\": \"irsa/v1alpha1\",\n\"kind\": }", "line 2"},
		{"wrong type", head + "cluster: {account: 111122223333}\n", "account"},
		{"object of a wrong shape", head + "kubernetes: [{apiVersion: v1, kind: Pod, spec: []}]\n", "kubernetes[0]: Pod"},
		{"not an object", head + "kubernetes: [7]\n", "kubernetes[0]"},
	} {
		_, _, err := snapshot.Read([]byte(c.data))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want one line with %q", c.name, err, c.want)
		}
	}
}

func TestReadWarnings(t *testing.T) {
	_, warnings, err := snapshot.Read([]byte(head + `
colour: blue
aws: {roles: [{RoleName: a, Description: kept out}], rolls: []}
kubernetes: [{apiVersion: example.com/v1, kind: Thing}]
`))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(warnings, "\n")
	for _, want := range []string{"colour", "rolls", "Thing"} {
		if !strings.Contains(got, want) {
			t.Errorf("warnings %q lack %q", got, want)
		}
	}
	if strings.Contains(got, "Description") {
		t.Errorf("warnings %q speak of a field that AWS prints", got)
	}
}

// TestSharedFiles holds what is kept of shared files of AWS: of a ConfigMap's what decides, of a Secret's nothing.
func TestSharedFiles(t *testing.T) {
	s, _, err := snapshot.Read([]byte(head + `
kubernetes:
- {apiVersion: v1, kind: ConfigMap, metadata: {namespace: shop, name: aws}, data: {config: "[profile x] # hunter2\nrole_arn = arn:a\naws_secret_access_key = hunter2\n", other: hunter2}}
- {apiVersion: v1, kind: Secret, metadata: {namespace: shop, name: aws}, stringData: {config: "[default]\nrole_arn = hunter2\n"}}
`))
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.YAML()
	if err != nil || strings.Contains(string(text), "hunter2") || !strings.Contains(string(text), "role_arn = arn:a") || !strings.Contains(string(text), "[profile x]") {
		t.Errorf("%v\n%s", err, text)
	}
}

// TestNoSecrets holds that nothing secret survives the way into a snapshot.
func TestNoSecrets(t *testing.T) {
	s, _, err := snapshot.Read([]byte(head + `
kubernetes:
- apiVersion: v1
  kind: Pod
  metadata:
    namespace: shop
    name: web
    annotations: {kubectl.kubernetes.io/last-applied-configuration: "s3cret", eks.amazonaws.com/skip-containers: a}
  spec:
    containers:
    - name: app
      command: [s3cret]
      args: [s3cret]
      livenessProbe: {exec: {command: [s3cret]}}
      lifecycle: {preStop: {exec: {command: [s3cret]}}}
      env:
      - {name: AWS_ACCESS_KEY_ID, value: AKIAs3crets3cretWXYZ}
      - {name: AWS_SECRET_ACCESS_KEY, value: s3cret}
      - {name: AWS_SESSION_TOKEN, value: s3cret}
      - {name: DB_PASSWORD, value: s3cret}
      - {name: https_proxy, value: "http://me:s3c/r@ets3cret@proxy:3128/"}
      - {name: ALL_PROXY, value: "me:s3cret@proxy:3128"}
      - {name: AWS_ENDPOINT_URL_STS, value: "https://me:s3cret@sts.example.com"}
      - {name: AWS_ROLE_ARN, value: "arn:aws:iam::111122223333:role/a@b"}
    volumes:
    - {name: v, csi: {driver: d, volumeAttributes: {token: s3cret}}}
  status: {message: s3cret, containerStatuses: [{name: app, state: {terminated: {message: s3cret}}}]}
- {apiVersion: v1, kind: Secret, metadata: {namespace: shop, name: keys}, data: {AWS_ACCESS_KEY_ID: czNjcmV0}, stringData: {other: s3cret}}
- {apiVersion: v1, kind: ConfigMap, metadata: {namespace: shop, name: conf}, data: {key: s3cret}}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {namespace: shop, name: web}
  spec: {template: {metadata: {annotations: {note: s3cret}}, spec: {initContainers: [{name: i, env: [{name: X, value: s3cret}]}]}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	yaml, err := s.YAML()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"s3c", "czNjcmV0", "etWX"} {
		if bytes.Contains(yaml, []byte(secret)) {
			t.Errorf("%q is in the snapshot:\n%s", secret, yaml)
		}
	}
	for _, kept := range []string{"AKIA************WXYZ", "http://proxy:3128/", "value: proxy:3128", "https://sts.example.com",
		"arn:aws:iam::111122223333:role/a@b", "AWS_ACCESS_KEY_ID: \"\"", "other: \"\"", "key: \"\"", "skip-containers"} {
		if !bytes.Contains(yaml, []byte(kept)) {
			t.Errorf("%q is not in the snapshot:\n%s", kept, yaml)
		}
	}
}

// TestStates holds the rule that a snapshot is complete unless it says otherwise.
func TestStates(t *testing.T) {
	const web = "arn:aws:iam::111122223333:role/team/web"
	read := func(rest string) *snapshot.Snapshot {
		t.Helper()
		s, _, err := snapshot.Read([]byte(head + rest))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, c := range []struct {
		name, file string
		arn        string
		want       fact.State
	}{
		{"no AWS", "", web, fact.StateUnasked},
		{"complete", "aws: {}", web, fact.StateAbsent},
		{"there", "aws: {roles: [{Arn: '" + web + "'}]}", web, fact.StateKnown},
		{"refused by name", "aws: {}\nunreadable: [{resource: 'iam:GetRole', name: web, error: AccessDenied}]", web, fact.StateUnreadable},
		{"another refused", "aws: {}\nunreadable: [{resource: 'iam:GetRole', name: api, error: AccessDenied}]", web, fact.StateAbsent},
		{"all refused", "aws: {}\nunreadable: [{resource: 'iam:GetRole', error: AccessDenied}]", web, fact.StateUnreadable},
		{"list refused", "aws: {}\nunreadable: [{resource: 'iam:ListRoles', error: AccessDenied}]", web, fact.StateUnreadable},
		{"list refused, asked by name", "aws: {}\nunreadable: [{resource: 'iam:ListRoles', error: AccessDenied}]\nnotFound: [{resource: 'iam:GetRole', name: web}]", web, fact.StateAbsent},
		{"not asked", "aws: {}\nnotAsked: [{resource: 'iam:GetRole', error: later}]", web, fact.StateUnasked},
		{"another account", "aws: {callerAccount: '444455556666'}", web, fact.StateUnreadable},
		{"own account", "aws: {callerAccount: '111122223333'}", web, fact.StateAbsent},
		{"refused there", "aws: {}\nunreadable: [{resource: 'iam:GetRole', account: '999900001111', error: AccessDenied}]", web, fact.StateAbsent},
	} {
		if got := read(c.file).Role(c.arn).State(); got != c.want {
			t.Errorf("%s: state %d, want %d", c.name, got, c.want)
		}
	}
	if gap, ok := read("").Role(web).Gap(); !ok || gap.What != "iam:GetRole web" || gap.Reason == "" {
		t.Errorf("gap %v, %v", gap, ok)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(head))
	f.Add([]byte(`{"apiVersion":"irsa/v1alpha1","kind":"Snapshot","aws":{"roles":[{"AssumeRolePolicyDocument":"%7B%"}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, _, err := snapshot.Read(data)
		if err != nil {
			return
		}
		first, err := s.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again, _, err := snapshot.Read(first)
		if err != nil {
			t.Fatalf("read back: %v\n%s", err, first)
		}
		if second, err := again.YAML(); err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%v\n%s\nand then\n%s", err, first, second)
		}
	})
}

// TestExcept holds that a list that was not read as a whole is still known for the namespaces that were.
func TestExcept(t *testing.T) {
	s, warnings, err := snapshot.Read([]byte(head + `
kubernetes:
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop}}
notAsked:
- {resource: serviceaccounts, error: only these were read, except: [shop]}
notFound:
- {resource: serviceaccounts, namespace: other, name: gone}
`))
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	if list, ok := s.ServiceAccounts("shop").Get(); !ok || len(list) != 1 {
		t.Errorf("shop: %v, %v; want one service account", list, ok)
	}
	if !s.ServiceAccount("shop", "gone").Absent() {
		t.Error("shop/gone: want absent")
	}
	if !s.ServiceAccount("other", "gone").Absent() {
		t.Error("other/gone: want absent")
	}
	for name, state := range map[string]fact.State{
		"other": s.ServiceAccounts("other").State(), "all": s.ServiceAccounts("").State(),
		"other/web": s.ServiceAccount("other", "web").State(),
	} {
		if state != fact.StateUnasked {
			t.Errorf("%s: state %v, want unasked", name, state)
		}
	}
}
