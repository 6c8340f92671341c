package trust

import "strconv"

// A place is a part of a policy, in the words of its author.
type place struct {
	statement int    // from 1; 0 is the document
	element   string // Principal, Action, or an operator
	detail    string // the type of a principal, or the key of a condition
}

func (p place) String() string {
	element, detail := clip(p.element), clip(p.detail)
	beforeElement, beforeDetail := ", ", " "
	if element == "" {
		beforeElement = ""
	}
	if detail == "" {
		beforeDetail = ""
	}
	switch {
	case p.statement > 0:
		return "statement " + strconv.Itoa(p.statement) + beforeElement + element + beforeDetail + detail
	case element != "":
		return element + beforeDetail + detail
	}
	return "the document"
}
