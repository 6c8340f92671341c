package trust

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// A row is a line of testdata/trust: a policy, a request, and the verdict that follows from AWS's documents, or,
// where they are silent, the one to be recommended.
type row struct {
	ID        string                     `json:"id"`
	Policy    json.RawMessage            `json:"policy"`
	Principal string                     `json:"principal"`
	Action    json.RawMessage            `json:"action"`
	Resource  string                     `json:"resource"`
	Context   map[string]json.RawMessage `json:"context"`
	Allowed   *bool                      `json:"allowed"`
	Result    string                     `json:"result"`
	Recommend string                     `json:"recommend"`
}

func TestCorpus(t *testing.T) {
	for file, rows := range corpus(t) {
		for _, row := range rows {
			t.Run(filepath.Base(file)+"/"+row.ID, func(t *testing.T) {
				policy, err := Parse(row.Policy)
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

func (r row) request(t testing.TB) Request {
	t.Helper()
	request := Request{Principal: Principal{Federated, r.Principal}, Resource: r.Resource}
	switch {
	case r.Principal == PodIdentityService:
		request.Principal.Type = Service
	case len(r.Principal) < 4 || r.Principal[:4] != "arn:":
		t.Fatalf("principal %q", r.Principal)
	}
	if err := json.Unmarshal(r.Action, &request.Actions); err != nil {
		var one string
		if err := json.Unmarshal(r.Action, &one); err != nil {
			t.Fatal(err)
		}
		request.Actions = []string{one}
	}
	for key, raw := range r.Context {
		var values []string
		if err := json.Unmarshal(raw, &values); err != nil {
			var one string
			if err := json.Unmarshal(raw, &one); err != nil {
				t.Fatalf("context %s: %v", key, err)
			}
			values = []string{one}
		}
		request.Context.Set(key, values...)
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
		if err := lines.Err(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		f.Close()
	}
	return all
}
