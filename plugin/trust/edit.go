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
	// ErrInvalid: IAM would not accept the policy as it is.
	ErrInvalid = errors.New("the trust policy is not one that IAM would accept")
	// ErrIncomplete: the request leaves open which service account it is about, or which OIDC provider, so that an
	// edit would leave out a condition.
	ErrIncomplete = errors.New("the request does not say who calls")
	// ErrSubject: no service account can have that name, or STS does not accept a subject of that length.
	ErrSubject = errors.New("the subject is not that of a service account")
	// ErrDenied: a Deny of the policy matches, and Grant does not edit it.
	ErrDenied = errors.New("a Deny of the trust policy matches")
	// ErrPattern: the subject is allowed by a pattern, or by a statement that tests no subject, so that Revoke cannot
	// remove it without others.
	ErrPattern = errors.New("the subject is admitted together with others")
	// ErrNoEdit: Fix or Repair found no edit that does what it promises.
	ErrNoEdit = errors.New("no such edit of the trust policy was found")
)

// An Edit is a change of a policy's text. It was tried: Verdict is the new text's. An Edit without a Summary changes
// nothing, because nothing has to be changed.
type Edit struct {
	Summary  string  // what is changed, in words for people
	Document []byte  // the new text; what the edit is not about is byte for byte as it was
	Verdict  Verdict // of the new text about the request
	Size     int     // of the new text, to be compared with QuotaDefault
	Widens   bool    // it may allow others, whom Summary names
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

// A step is one change of the text, and what it does in words.
type step struct {
	summary string
	changes []change
}

// A draft is a policy that is being edited.
type draft struct {
	policy *Policy
	done   []string // the summaries of the steps so far
}

// take carries out a step. It fails where the result would not be a policy, or would be the same.
func (d *draft) take(s step) error {
	next, err := d.policy.apply(s.changes)
	if err != nil {
		return err
	}
	if next.text == d.policy.text {
		return ErrNoEdit
	}
	d.policy, d.done = next, append(d.done, s.summary)
	return nil
}

// edit is the finished edit.
func (d *draft) edit(r *Request) Edit {
	p := d.policy
	return Edit{Summary: strings.Join(d.done, "; "), Document: p.Document(), Verdict: p.verdict(r), Size: size(p.text)}
}

// apply makes changes and reads the result.
func (p *Policy) apply(changes []change) (*Policy, error) {
	next, err := Parse([]byte(splice(p.text, changes)))
	if err != nil || next.malformed {
		return nil, ErrInvalid
	}
	return next, nil
}
