package snapshot

import (
	"fmt"
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
)

// A question is what a lookup asked, as far as it takes to say why there is no answer.
type question struct {
	source    string
	resources []string // the resource in the plural, or the operations of which either may have been refused
	namespace string
	names     []string // the ways an entry may name the object; none for a whole list
	aws       bool
	account   string // the AWS account that the object belongs to; empty if that does not matter
	read      bool   // that account was read, be it the caller's or not
}

// notReadReason is why a fact of AWS is unknown in a snapshot that has no `aws`.
const notReadReason = "nothing was read from AWS"

// absence says what it means that the document does not hold what was asked for: a snapshot is complete
// unless it says otherwise.
func absence[T any](s *Snapshot, q question) fact.Fact[T] {
	d := &s.document
	if q.in(d.NotFound, true) != nil {
		return fact.Absent[T](q.source)
	}
	if m := q.in(d.Unreadable, false); m != nil {
		return fact.Unreadable[T](q.source, m.Error)
	}
	if m := q.in(d.NotAsked, false); m != nil {
		return fact.Unasked[T](q.source, m.Error)
	}
	if !q.aws {
		return fact.Absent[T](q.source)
	}
	if d.AWS == nil {
		return fact.Unasked[T](q.source, notReadReason)
	}
	// IAM answers by name and only for the caller's own account.
	if caller := d.AWS.CallerAccount; caller != "" && q.account != "" && q.account != caller && !q.read {
		return fact.Unreadable[T](q.source, fmt.Sprintf("it is in account %s, but these AWS credentials are of account %s", q.account, caller))
	}
	return fact.Absent[T](q.source)
}

// in returns the entry that speaks of the question; exact asks for one that names the object.
func (q question) in(list []Missing, exact bool) *Missing {
	for i := range list {
		m := &list[i]
		switch {
		case !slices.Contains(q.resources, m.Resource),
			m.Namespace != "" && q.namespace != "" && m.Namespace != q.namespace,
			m.Account != "" && q.account != "" && m.Account != q.account,
			m.Name != "" && !slices.Contains(q.names, m.Name),
			q.namespace != "" && slices.Contains(m.Except, q.namespace),
			exact && m.Name == "":
			continue
		}
		return m
	}
	return nil
}
