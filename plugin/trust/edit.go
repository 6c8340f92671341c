package trust

import (
	"errors"
	"fmt"
	"strings"
)

// Size is the length that IAM compares with the quota: the document's characters without white space. A document in
// percent encoding counts as the text that it encodes.
func Size(document []byte) int {
	src := string(document)
	if strings.HasPrefix(src[afterSpace(src, 0):], "%") {
		if plain, err := decoded(document); err == nil {
			return size(plain)
		}
	}
	return size(src)
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

// Why Fix, Repair, Grant and Revoke make no edit. Their errors wrap one of these.
var (
	// ErrInvalid: IAM does not accept the policy.
	ErrInvalid = errors.New("IAM does not accept the trust policy")
	// ErrIncomplete: the request leaves open which service account it is about, or which OIDC provider, so that an
	// edit would leave out a condition.
	ErrIncomplete = errors.New("the request has no caller")
	// ErrSubject: no service account can have that name, or STS does not accept a subject of that length.
	ErrSubject = errors.New("the subject is not a service account's")
	// ErrDenied: a Deny of the policy matches, and Grant does not edit it.
	ErrDenied = errors.New("a Deny in the trust policy matches")
	// ErrPattern: the subject is allowed by a pattern, or by a statement that tests no subject, so that Revoke cannot
	// remove it without others.
	ErrPattern = errors.New("a statement allows the subject together with others")
	// ErrNoEdit: Fix or Repair found no edit that does what it promises.
	ErrNoEdit = errors.New("no edit of the trust policy does this")
)

// An Edit is a change of a policy's text. It was tried: Verdict is the new text's. An Edit without a Summary changes
// nothing, because nothing has to be changed.
type Edit struct {
	Summary  string  // what is changed, in words for people
	first    words   // what the first step does
	Document []byte  // the new text; what the edit is not about is byte for byte as it was
	Verdict  Verdict // of the new text about the request
	Size     int     // of the new text, to be compared with QuotaDefault
	Widens   bool    // it may allow others, which Summary names
}

// editable says why no edit of the policy can be made for a request.
func (p *Policy) editable(r *Request) error {
	if p.malformed || p.root.kind != object {
		return ErrInvalid
	}
	if err := r.editable(); err != nil {
		return err
	}
	if n := size(p.text); n > QuotaMaximum {
		return fmt.Errorf("it has %d characters, more than %d: %w", n, QuotaMaximum, ErrInvalid)
	}
	return nil
}

// In is the summary of an edit of a role's trust policy: that of the edit, with the role's name.
func (e Edit) In(role string) string {
	return e.first.place + " of role " + role + strings.TrimPrefix(e.Summary, e.first.place)
}

// A step is one change of the text, and what it does in words.
type step struct {
	words
	changes []change
}

// words say what a step does and where, and the rest: between the two the role can be named.
type words struct{ place, rest string }

func (w words) String() string { return w.place + w.rest }

// A draft is a policy that is being edited.
type draft struct {
	policy *Policy
	done   []words // what the steps so far do
}

// take does a step. It fails where the result would not be a policy, or would be the same.
func (d *draft) take(s step) error {
	next, err := d.policy.apply(s.changes)
	if err != nil {
		return err
	}
	if next.text == d.policy.text {
		return ErrNoEdit
	}
	d.policy, d.done = next, append(d.done, s.words)
	return nil
}

// edit is the finished edit.
func (d *draft) edit(r *Request) Edit {
	p := d.policy
	e := Edit{Document: p.Document(), Verdict: p.verdict(r), Size: size(p.text)}
	for i, does := range d.done {
		if i == 0 {
			e.first, e.Summary = does, does.String()
			continue
		}
		e.Summary += "; " + does.String()
	}
	return e
}

// apply makes changes and reads the result.
func (p *Policy) apply(changes []change) (*Policy, error) {
	next, err := Parse([]byte(splice(p.text, changes)))
	if err != nil || next.malformed {
		return nil, ErrInvalid
	}
	return next, nil
}
