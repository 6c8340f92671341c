package anonymize

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
)

// TestNothingLeft holds that no word of a name, account, id, host or address is where it was.
func TestNothingLeft(t *testing.T) {
	for name, data := range cases.Everything(t) {
		s, _, err := snapshot.Read(data)
		if err != nil {
			t.Fatal(err)
		}
		hidden, _ := Snapshot(s, []byte("another key"))
		for _, left := range Left(t, s, hidden) {
			t.Errorf("%s: %s", name, left)
		}
	}
}

// Left are the words of names, accounts, ids, hosts and addresses of a snapshot that are still where they were.
func Left(t *testing.T, s, hidden *snapshot.Snapshot) []string {
	t.Helper()
	var left []string
	before, after := wordsOf(t, s), wordsOf(t, hidden)
	for at, words := range before {
		for word := range words {
			if after[at][word] {
				left = append(left, word+" is still at "+at)
			}
		}
	}
	return left
}

// unnamed are the fields whose values name nobody: words of the APIs, and of this program.
var unnamed = strings.Fields(`apiVersion kind reason phase type status operator effect failurePolicy operations resources apiGroups apiVersions scope
	policyTypes protocol resource error region version message time takenAt EvalActionName EvalDecision State HttpEndpoint HttpTokens HttpProtocolIpv6
	expression creationTimestamp startedAt finishedAt lastTransitionTime createdAt Version Effect Action NotAction Service operatingSystem kubeletVersion
	fieldsType resourceFieldRef ServiceName MissingContextValues divisor osImage fieldPath lastTimestamp eventTime lastObservedTime deletionTimestamp caBundle
	certificateAuthority data ThumbprintList binaryData manager key
	stringequals stringnotequals allow deny principalorgid resourceorgid fd00 security group enforcing mode standard`)

func wordsOf(t *testing.T, s *snapshot.Snapshot) map[string]map[string]bool {
	t.Helper()
	text, err := s.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	found := map[string]map[string]bool{}
	var walk func(at, field string, value any)
	walk = func(at, field string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(value)) {
				if !slices.Contains(unnamed, key) {
					walk(at+"/"+generic(key), key, value[key])
				}
			}
		case []any:
			for _, one := range value {
				walk(at, field, one)
			}
		case string:
			document, _ := snapshot.DecodePolicy(value)
			text := kept.ReplaceAllString(string(document), "")
			for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !isLetter(r) }) {
				lower := strings.ToLower(word)
				if len(word) < 4 || general[lower] || isNumber(word) && len(word) < shortest || grammar[lower] || slices.Contains(unnamed, lower) || reads(value) {
					continue
				}
				if found[at] == nil {
					found[at] = map[string]bool{}
				}
				found[at][lower] = true
			}
		}
	}
	walk("", "", plain)
	return found
}

// generic is the key of a field, and one word for those that are names themselves.
func generic(key string) string {
	if strings.ContainsAny(key, "./:-") {
		return "KEY"
	}
	return key
}

// TestNamesLikeWords holds that what only looks like a word of Kubernetes or AWS is replaced: variables with the prefix of AWS that
// no SDK reads, settings with values that are none, variables that nobody expanded, versions and groups of one's own.
func TestNamesLikeWords(t *testing.T) {
	const file = `apiVersion: irsa/v1alpha1
kind: Snapshot
takenAt: '2026-06-15T12:00:00Z'
cluster: {name: prod, region: us-west-2, version: v1.35.1+zanzibar}
aws:
  roles:
  - RoleName: web
    Arn: arn:aws:iam::111122223333:role/web
    AssumeRolePolicyDocument:
      Statement: [{Condition: {StringEquals: {"aws:RequestTag/zanzibar": "${aws:PrincipalTag/zanzibar, 'zanzibar'}", "aws:SourceOrgId": "${aws:ResourceOrgId}"}}}]
kubernetes:
- apiVersion: v1
  kind: ServiceAccount
  metadata: {name: web, namespace: shop, annotations: {eks.amazonaws.com/role-arn: "${ZANZIBAR_ROLE:-zanzibar}"}}
- apiVersion: v1
  kind: Pod
  metadata: {name: web-0, namespace: shop, ownerReferences: [{apiVersion: batch.zanzibar.example/v1, kind: Job, name: web, uid: u}]}
  spec:
    serviceAccountName: web
    containers:
    - name: app
      env:
      - {name: AWS_ZANZIBAR_BUCKET, value: x}
      - {name: AWS_REGION, value: "${ZANZIBAR_REGION}"}
      - {name: AWS_STS_REGIONAL_ENDPOINTS, value: zanzibar}
      - {name: AWS_DEFAULT_REGION, value: us-west-2}
- apiVersion: admissionregistration.k8s.io/v1
  kind: MutatingWebhookConfiguration
  metadata: {name: pod-identity-webhook}
  webhooks:
  - name: pods.example.com
    clientConfig: {url: "https://127.0.0.1/mutate"}
    rules: [{operations: [CREATE], apiGroups: ["", zanzibar.example], apiVersions: [v1], resources: [pods, zanzibars]}]
`
	s, _, err := snapshot.Read([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	hidden, _ := Snapshot(s, []byte("a key"))
	text, err := hidden.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(strings.ToLower(string(text)), "zanzibar") {
		t.Errorf("a name is left: %s", text)
	}
	for _, stays := range []string{`"AWS_STS_REGIONAL_ENDPOINTS"`, `"us-west-2"`, `"v1.35.1+`, `"pods"`, `"${`, `${aws:PrincipalTag/`, `${aws:ResourceOrgId}`} {
		if !strings.Contains(string(text), stays) {
			t.Errorf("%s is not there: %s", stays, text)
		}
	}
}
