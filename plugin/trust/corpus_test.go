package trust

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A row is a line of testdata/trust: a policy, a request, and the verdict that follows from AWS's documents, or,
// where they are silent, the one to be recommended.
type row struct {
	ID        string                     `json:"id"`
	Policy    json.RawMessage            `json:"policy"`
	Principal string                     `json:"principal"`
	Action    json.RawMessage            `json:"action"`
	Context   map[string]json.RawMessage `json:"context"`
	Allowed   *bool                      `json:"allowed"`
	Result    string                     `json:"result"`
	Recommend string                     `json:"recommend"`
}

func TestCorpus(t *testing.T) {
	for file, rows := range corpus(t) {
		for _, row := range rows {
			t.Run(filepath.Base(file)+"/"+row.ID, func(t *testing.T) {
				policy, err := Parse(row.document(t))
				if err != nil {
					t.Fatal(err)
				}
				request := row.request(t)
				d := policy.Evaluate(request)
				if v := policy.Verdict(request); v != d.Verdict {
					t.Errorf("Verdict says %v, Evaluate says %v", v, d.Verdict)
				}
				if want := row.want(t); want != d.Verdict && !(want == denied && d.Verdict == ExplicitlyDenied) {
					t.Errorf("%v (%v, %s: %s), want %v", d.Verdict, d.Cause, d.Where, d.Reason, want)
				}
			})
		}
	}
}

// denied is what disputed rows call deny: either kind of it.
const denied = ImplicitlyDenied

func (r row) want(t *testing.T) Verdict {
	t.Helper()
	if r.Allowed != nil {
		for v := range Invalid + 1 {
			if v.String() == r.Result {
				if *r.Allowed != (v == Allowed) {
					t.Fatalf("allowed %v contradicts result %s", *r.Allowed, r.Result)
				}
				return v
			}
		}
		t.Fatalf("result %q", r.Result)
	}
	switch r.Recommend {
	case "allow":
		return Allowed
	case "deny":
		return denied
	case "invalid":
		return Invalid
	case "unknown":
		return Undetermined
	}
	t.Fatalf("recommend %q", r.Recommend)
	return Invalid
}

// document is the policy as an object, or as the percent-encoded string that the API returns.
func (r row) document(t testing.TB) []byte {
	t.Helper()
	if len(r.Policy) == 0 || r.Policy[0] != '"' {
		return r.Policy
	}
	var text string
	if err := json.Unmarshal(r.Policy, &text); err != nil {
		t.Fatal(err)
	}
	return []byte(text)
}

func (r row) request(t testing.TB) Request {
	t.Helper()
	who, actions := Principal{Federated, r.Principal}, []string(nil)
	switch {
	case strings.HasSuffix(r.Principal, ".amazonaws.com"):
		who.Type = Service
	case !strings.HasPrefix(r.Principal, "arn:"):
		t.Fatalf("principal %q", r.Principal)
	case !strings.Contains(r.Principal, oidcProvider):
		who.Type = AWS
	}
	if err := json.Unmarshal(r.Action, &actions); err != nil {
		var one string
		if err := json.Unmarshal(r.Action, &one); err != nil {
			t.Fatal(err)
		}
		actions = []string{one}
	}
	request := newRequest(who, actions...)
	for key, raw := range r.Context {
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber() // as it is written: seconds since 1970 must not become 1.7e+09
		var value any
		if err := decoder.Decode(&value); err != nil {
			t.Fatalf("context %s: %v", key, err)
		}
		list, ok := value.([]any)
		if !ok {
			list = []any{value}
		}
		values := make([]string, len(list))
		for i, v := range list {
			if v == nil {
				t.Fatalf("context %s: null", key)
			}
			values[i] = fmt.Sprint(v)
		}
		request.context.set(key, values...)
	}
	return request
}

func corpus(t testing.TB) map[string][]row {
	t.Helper()
	files, err := filepath.Glob("../../testdata/trust/*.ndjson")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	all := make(map[string][]row)
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<22)
		for lines.Scan() {
			if len(lines.Bytes()) == 0 {
				continue
			}
			var r row
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			all[name] = append(all[name], r)
		}
		if err := errors.Join(lines.Err(), f.Close()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return all
}
