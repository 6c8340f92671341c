package trust

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// An Index holds the service accounts of a cluster, to find quickly which of them a policy allows. It may be used from
// several goroutines.
type Index struct {
	subjects []Subject // sorted by their text
	texts    []string
	long     bool // there are subjects that STS does not accept
}

// NewIndex makes an index. The list is copied; its order and repetitions do not matter.
func NewIndex(subjects []Subject) *Index {
	x := &Index{subjects: slices.Clone(subjects)}
	slices.SortFunc(x.subjects, func(a, b Subject) int { return strings.Compare(a.String(), b.String()) })
	x.subjects = slices.Compact(x.subjects)
	x.texts = make([]string, len(x.subjects))
	for i, s := range x.subjects {
		x.texts[i] = s.String()
		x.long = x.long || len(x.texts[i]) > MaxSubject
	}
	return x
}

// Matches are the service accounts of an index that a policy allows. The slices may be shared: do not write to them.
type Matches struct {
	All          bool      // the answer does not depend on the service account
	Allowed      []Subject // sorted
	Undetermined []Subject // allowed or denied, by what cannot be known from here; sorted
}

// Match finds the service accounts that p allows. r is the request of any one of them, by WebIdentity or PodIdentity;
// its subject does not count.
func (x *Index) Match(p *Policy, r Request) Matches {
	base := r.anySubject()
	keys := r.subjectKeys()
	open := slices.ContainsFunc(keys, func(key string) bool { return base.context.lookup(key).unknown })
	if !open || !x.long && p.verdict(&base) != Undetermined {
		return x.all(p, &base)
	}
	var m Matches
	values := make([][]string, len(keys))
	for i := range values {
		values[i] = make([]string, 1)
		base.context.values[keys[i]] = value{values: values[i]}
	}
	for _, i := range x.candidates(p, r) {
		if len(keys) == 1 {
			values[0][0] = x.texts[i]
		} else {
			values[0][0], values[1][0] = x.subjects[i].Namespace, x.subjects[i].Name
		}
		if r.longest > 0 && utf8.RuneCountInString(x.texts[i]) > r.longest {
			continue
		}
		switch p.verdict(&base) {
		case Allowed:
			m.Allowed = append(m.Allowed, x.subjects[i])
		case Undetermined:
			m.Undetermined = append(m.Undetermined, x.subjects[i])
		}
	}
	return m
}

// all is the answer for a request in which the subject is left open, and makes no difference.
func (x *Index) all(p *Policy, base *Request) Matches {
	switch p.verdict(base) {
	case Allowed:
		return Matches{All: true, Allowed: x.subjects}
	case Undetermined:
		return Matches{All: true, Undetermined: x.subjects}
	}
	return Matches{All: true}
}

// candidates are the subjects that some Allow of the policy could be about, in order.
func (x *Index) candidates(p *Policy, r Request) []int {
	base := r.anySubject()
	var found []int
	for i := range p.statements {
		s := &p.statements[i]
		if s.effect == deny || !p.mayApply(s, &base) {
			continue
		}
		narrowed := false
		for j := range s.conditions {
			c := &s.conditions[j]
			if !narrowed && slices.Contains(r.subjectKeys(), c.lower) && c.selects() {
				found = x.selected(found, c)
				narrowed = true
			}
		}
		if !narrowed {
			found = found[:0]
			for i := range x.texts {
				found = append(found, i)
			}
			return found
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// selects reports whether subjects can be looked up by a condition's values.
func (c *condition) selects() bool {
	if c.op.negated || c.several || c.op.family != stringEquals && c.op.family != stringLike || !strings.HasSuffix(c.lower, ":sub") {
		return false
	}
	for i := range c.values {
		v := &c.values[i]
		if v.parts != nil || v.kind != text || wild(v.text) && strings.Contains(v.text, "${") {
			return false
		}
	}
	return true
}

func (x *Index) selected(found []int, c *condition) []int {
	for i := range c.values {
		value := c.values[i].text
		if c.op.family == stringEquals || !wild(value) {
			if at, ok := slices.BinarySearch(x.texts, value); ok {
				found = append(found, at)
			}
			continue
		}
		prefix := value[:strings.IndexAny(value, "*?")]
		from, _ := slices.BinarySearch(x.texts, prefix)
		for at := from; at < len(x.texts) && strings.HasPrefix(x.texts[at], prefix); at++ {
			if Like(value, x.texts[at]) {
				found = append(found, at)
			}
		}
	}
	return found
}
