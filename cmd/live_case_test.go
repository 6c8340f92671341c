package cmd_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

// A liveCase is a file of testdata/live: one way to break the binding of testdata/live/base, or an unusual one that is right.
// In its texts $NAMESPACE is the case's namespace, $ISSUER the cluster's issuer, and $HOST the issuer without https://.
type liveCase struct {
	About string `json:"about"`
	// Base is the manifest of testdata/live/base that is changed: deployment if empty, pod …
	Base string `json:"base"`
	// Before are the steps before the pods are created, After those with the pods there.
	Before []liveStep `json:"before"`
	After  []liveStep `json:"after"`
	// Written says that the pods have their tokens before the steps after.
	Written bool     `json:"written"`
	Alone   bool     `json:"alone"` // it changes what all namespaces share
	Target  string   `json:"target"`
	Flags   []string `json:"flags"` // of explain
	Want    liveWant `json:"want"`
	// ByHand says why no command makes the pod work.
	ByHand string `json:"byHand"`
	// NotRun says why the commands that are printed have no effect here.
	NotRun string `json:"notRun"`
	// As is the account whose credentials the fix takes, where that is not the cluster's: the fix must name it.
	As string `json:"as"`
	// Recreate says that the fix is not over with its commands: the pod has no controller, and its manifest is applied again.
	Recreate bool `json:"recreate"`
	// Pending says which fault of the program the case waits for: it must not pass before.
	Pending string `json:"pending"`

	name string
}

// A liveWant is what is right about a case before anything is fixed.
type liveWant struct {
	Verdict judge.Verdict `json:"verdict"`
	Codes   []check.Code  `json:"codes"` // that break the pod: all of them
	// STS is what the exchange of the pod's token comes to: "yes", "STAGE: CODE", or "not called: WHY".
	STS string `json:"sts"`
	// Provider is where all SDKs take credentials from in each container.
	Provider map[string]sdk.Provider `json:"provider"`
}

// A liveStep changes one thing in the cluster or the account.
type liveStep struct {
	Patch  string          `json:"patch"` // KIND/NAME
	With   json.RawMessage `json:"with"`  // a merge patch (RFC 7386)
	Create string          `json:"create"`
	Delete string          `json:"delete"` // KIND/NAME

	Trust          string            `json:"trust"`   // the trust policy of the role web
	Replace        map[string]string `json:"replace"` // texts in it
	Role           *liveRole         `json:"role"`
	DeleteRole     string            `json:"deleteRole"`
	Provider       *liveProvider     `json:"provider"`
	DeleteProvider string            `json:"deleteProvider"` // issuer
	Private        bool              `json:"private"`        // STS cannot fetch the issuer's keys

	Associate  *liveAssociation `json:"associate"`
	Dissociate bool             `json:"dissociate"`
	Agent      bool             `json:"agent"` // runs on the node

	Recreate bool   `json:"recreate"` // the pods
	Later    bool   `json:"later"`    // the next step is in a later second: times in Kubernetes are whole seconds
	Webhook  string `json:"webhook"`  // out: does not answer, and pods are created as they are; back
}

type liveRole struct {
	Name, Path, Account string
	Trust               string            // empty: that of the role web as it is then
	Replace             map[string]string // texts in it
}

type liveProvider struct {
	Account, Issuer string
	ClientIDs       []string
}

type liveAssociation struct {
	Namespace, ServiceAccount, Role, Target string
	Untagged                                bool
}

const liveFolder = "../testdata/live"

func readLiveCases(t *testing.T) []*liveCase {
	t.Helper()
	files, err := filepath.Glob(liveFolder + "/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d cases, %v", len(files), err)
	}
	var cases []*liveCase
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := &liveCase{Base: "deployment", name: strings.TrimSuffix(filepath.Base(file), ".yaml")}
		if err := yaml.UnmarshalStrict(text, c); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if c.About == "" || c.Want.Verdict == "" || c.Want.STS == "" {
			t.Fatalf("%s: about, want.verdict and want.sts are required", file)
		}
		cases = append(cases, c)
	}
	return cases
}

// in is the case with its placeholders replaced.
func (c *liveCase) in(t *testing.T, names *strings.Replacer) *liveCase {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	filled := &liveCase{name: c.name}
	if err := json.Unmarshal([]byte(names.Replace(string(text))), filled); err != nil {
		t.Fatal(err)
	}
	return filled
}
