package trust

import (
	"math/rand/v2"
	"testing"
)

// TestHaveIsNotNeed: nothing that is not allowed has what it would have to have.
func TestHaveIsNotNeed(t *testing.T) {
	source := rand.New(rand.NewPCG(5, 6))
	compared := 0
	for i := range 20_000 {
		d := rolled(source, 100)
		document := d.policy()
		if i%2 == 0 {
			document = d.brokenTrust()
		}
		decision := mustParse(t, document).Evaluate(requestOf(d.context()))
		if decision.Verdict == Allowed {
			continue
		}
		if decision.Need != "" {
			compared++
		}
		if decision.Have == decision.Need && (decision.Have != "" || decision.Statement > 0) {
			t.Fatalf("%s has and needs %q: %s", decision.Where, decision.Have, document)
		}
		if decision.Verdict == ExplicitlyDenied && decision.Need != "" {
			t.Fatalf("%s: a Deny needs %q: %s", decision.Where, decision.Need, document)
		}
	}
	if compared < 1000 {
		t.Errorf("only %d answers have a need", compared)
	}
}
