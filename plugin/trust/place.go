package trust

import "strconv"

// A place is where in a policy something stands, in the words of its author.
type place struct {
	statement int    // from 1; 0 is the document
	element   string // Principal, Action, or an operator
	detail    string // the type of a principal, or the key of a condition
}

func (p place) String() string {
	where := "the document"
	switch {
	case p.statement > 0:
		where = "statement " + strconv.Itoa(p.statement)
		if p.element != "" {
			where += ", " + clip(p.element)
		}
	case p.element != "":
		where = clip(p.element)
	}
	if p.detail != "" {
		where += " " + clip(p.detail)
	}
	return where
}
