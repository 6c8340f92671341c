package snapshot_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// FuzzARN: an ARN prints as it was read, the SDK takes the same texts for ARNs, and a role's name has no path.
func FuzzARN(f *testing.F) {
	for _, seed := range []string{
		"arn:aws:iam::111122223333:role/team/web", "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/A", "arn:aws:iam::1:role/",
		"arn:aws:iam::1:role//", "arn:::::", "arn:a:b:c:d", "arn:aws:sts::1:assumed-role/web/session", "arn:aws:iam::1:role/a:b", "", "arn",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := snapshot.ParseARN(text)
		if sdk, err := arn.Parse(text); ok != (err == nil) || ok && got != (snapshot.ARN{Partition: sdk.Partition, Service: sdk.Service, Region: sdk.Region, Account: sdk.AccountID, Resource: sdk.Resource}) {
			t.Errorf("%q: %+v, %v; the SDK reads %+v, %v", text, got, ok, sdk, err)
		}
		if ok && got.String() != text {
			t.Errorf("%q prints as %q", text, got.String())
		}
		name := got.RoleName()
		if strings.Contains(name, "/") || name != "" && !strings.HasSuffix(text, name) {
			t.Errorf("%q is the role %q", text, name)
		}
	})
}

// FuzzPolicyDocument: a document is the same byte for byte after the file and after IAM's percent encoding, and means the same to
// the parser of trust policies however it is encoded.
func FuzzPolicyDocument(f *testing.F) {
	for _, seed := range []string{
		`{"Version":"2012-10-17","Statement":[]}`, "{\n  \"a\": \"%7B+ \"}", `{"a":1,"a":2}`, " \t{}", "%7B%7D", "%", "%25", "+", `"x"`, "null", "", "{\"a\":\"\u00a0\u2028\u202e\"}",
		`{"n":1e400,"m":1.0}`, `{"a":"\ud800"}`, "[1]", "{\"<\":\"&\"}", "\x00", "%00", "%7B%22a%22%3A%22%2B%22%7D",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return // neither a file nor IAM has it
		}
		document := snapshot.PolicyDocument(text)
		written, err := json.Marshal(struct{ D snapshot.PolicyDocument }{document})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		var read struct{ D snapshot.PolicyDocument }
		if err := json.Unmarshal(written, &read); err != nil {
			t.Fatalf("%q: %v\n%s", text, err, written)
		}
		if read.D != document {
			t.Errorf("%q is %q after the file %s", text, read.D, written)
		}
		encoded := url.PathEscape(text)
		if decoded, err := snapshot.DecodePolicy(encoded); err != nil || decoded != document && !strings.HasPrefix(strings.TrimSpace(encoded), "{") {
			t.Errorf("%q is %q, %v after IAM's encoding", text, decoded, err)
		}
		decoded, err := snapshot.DecodePolicy(text)
		if err != nil {
			return
		}
		if direct, err := trust.Parse([]byte(text)); err == nil && direct.Valid() {
			through, err := trust.Parse([]byte(decoded))
			if err != nil || strings.TrimSpace(string(direct.Document())) != strings.TrimSpace(string(through.Document())) {
				t.Errorf("%q: decoded it is %q (%v), the parser reads %q", text, decoded, err, direct.Document())
			}
		}
	})
}
