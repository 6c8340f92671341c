package trust

import (
	"math/rand/v2"
	"testing"
)

// TestNarrow: the request's own subject and those that are kept stay as they are, nobody gains, and nothing is open any more.
func TestNarrow(t *testing.T) {
	source := rand.New(rand.NewPCG(11, 12))
	own, other := callers(genIssuer), callers(genOther)
	done := 0
	for range 4_000 {
		d := rolled(source, 120)
		document := d.brokenTrust()
		p := mustParse(t, document)
		subject, kept := Subject{pick(&d, genNamespaces), pick(&d, genNames)}, Subject{pick(&d, genNamespaces), pick(&d, genNames)}
		request := own[subject]
		var keep []Subject
		if p.Verdict(own[kept]).MayAllow() {
			keep = append(keep, kept)
		}
		edit, err := p.Narrow(request, keep...)
		if err != nil || edit.Summary == "" || !p.Verdict(request).MayAllow() {
			continue
		}
		done++
		after := mustParse(t, edit.Document)
		if after.Exposure(request).Open() {
			t.Fatalf("%s leaves it open: %s", edit.Summary, edit.Document)
		}
		for s, now := range verdicts(after, own) {
			was := p.Verdict(own[s]).degree()
			stays := s == subject || len(keep) > 0 && s == kept
			if now > was || stays && now != was {
				t.Fatalf("%s for %v moved %v from %d to %d\n%s\n%s", edit.Summary, subject, s, was, now, document, edit.Document)
			}
		}
		for s, now := range verdicts(after, other) {
			if now != p.Verdict(other[s]).degree() {
				t.Fatalf("%s for %v moved %v of the other cluster\n%s\n%s", edit.Summary, subject, s, document, edit.Document)
			}
		}
	}
	if done < 50 {
		t.Errorf("narrowed %d only", done)
	}
}
