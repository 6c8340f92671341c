package trust

import "bytes"

// The quota on a trust policy's length, in characters, white space not counted: what an account has by
// default, and the most that it can be raised to.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const (
	QuotaDefault = 2048
	QuotaMaximum = 8192
)

// Size is the length that IAM holds against the quota: the document's characters without white space. A
// document in percent encoding counts as what it stands for.
func Size(document []byte) int {
	if start := bytes.TrimLeft(document, " \t\r\n"); bytes.HasPrefix(start, []byte("%")) {
		if src, err := decoded(document); err == nil {
			return size(src)
		}
	}
	return size(string(document))
}

func size(src string) int {
	n := 0
	for _, r := range src {
		switch r {
		case ' ', '\t', '\n', '\r':
		default:
			n++
		}
	}
	return n
}

// An Edit is a change of a policy's text that was tried: Verdict is what the new text says.
type Edit struct {
	Summary  string  // what is changed, in words; empty where nothing has to be
	Document []byte  // the new text; what the edit is not about is byte for byte as it was
	Verdict  Verdict // Allowed, or Undetermined where it still depends on what cannot be known
	Size     int     // of the new text, against QuotaDefault
}

func (p *Policy) edit(summary string, r *Request) Edit {
	return Edit{Summary: summary, Document: p.Document(), Verdict: p.verdict(r), Size: size(p.text)}
}

// apply makes changes and reads the result. ok is false if it is no policy.
func (p *Policy) apply(changes ...change) (*Policy, bool) {
	next, err := Parse([]byte(splice(p.text, changes)))
	if err != nil || next.malformed {
		return nil, false
	}
	return next, true
}
