package trust

import "strings"

type family uint8

const (
	stringEquals family = iota
	stringEqualsIgnoreCase
	stringLike
	numeric
	date
	boolFamily
	binary
	ipAddress
	arn
	nullFamily
)

type relation uint8

const (
	equal relation = iota
	less
	lessEqual
	greater
	greaterEqual
)

type quantifier uint8

const (
	plain quantifier = iota
	forAllValues
	forAnyValue
)

// An operator is a parsed condition operator:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
type operator struct {
	family     family
	negated    bool
	relation   relation
	ifExists   bool
	quantifier quantifier
}

var operators = map[string]operator{
	"StringEquals":              {family: stringEquals},
	"StringNotEquals":           {family: stringEquals, negated: true},
	"StringEqualsIgnoreCase":    {family: stringEqualsIgnoreCase},
	"StringNotEqualsIgnoreCase": {family: stringEqualsIgnoreCase, negated: true},
	"StringLike":                {family: stringLike},
	"StringNotLike":             {family: stringLike, negated: true},
	"NumericEquals":             {family: numeric},
	"NumericNotEquals":          {family: numeric, negated: true},
	"NumericLessThan":           {family: numeric, relation: less},
	"NumericLessThanEquals":     {family: numeric, relation: lessEqual},
	"NumericGreaterThan":        {family: numeric, relation: greater},
	"NumericGreaterThanEquals":  {family: numeric, relation: greaterEqual},
	"DateEquals":                {family: date},
	"DateNotEquals":             {family: date, negated: true},
	"DateLessThan":              {family: date, relation: less},
	"DateLessThanEquals":        {family: date, relation: lessEqual},
	"DateGreaterThan":           {family: date, relation: greater},
	"DateGreaterThanEquals":     {family: date, relation: greaterEqual},
	"Bool":                      {family: boolFamily},
	"BinaryEquals":              {family: binary},
	"IpAddress":                 {family: ipAddress},
	"NotIpAddress":              {family: ipAddress, negated: true},
	"ArnEquals":                 {family: arn},
	"ArnLike":                   {family: arn},
	"ArnNotEquals":              {family: arn, negated: true},
	"ArnNotLike":                {family: arn, negated: true},
	"Null":                      {family: nullFamily},
}

// parseOperator parses the name of an operator. IAM's documents never say that case is ignored,
// yet tools and IAM itself behave so; exact says whether the name is written as documented.
func parseOperator(name string) (op operator, exact, ok bool) {
	if op, ok := operators[name]; ok {
		return op, true, true
	}
	exact = true
	quantified := plain
	base := name
	for _, q := range [...]struct {
		prefix string
		value  quantifier
	}{{"ForAllValues:", forAllValues}, {"ForAnyValue:", forAnyValue}} {
		if len(base) >= len(q.prefix) && strings.EqualFold(base[:len(q.prefix)], q.prefix) {
			exact = base[:len(q.prefix)] == q.prefix
			base, quantified = base[len(q.prefix):], q.value
			break
		}
	}
	const suffix = "IfExists"
	ifExists := false
	if cut := len(base) - len(suffix); cut >= 0 && strings.EqualFold(base[cut:], suffix) {
		exact = exact && base[cut:] == suffix
		base, ifExists = base[:cut], true
	}
	op, ok = operators[base]
	if !ok {
		exact = false
		for known, candidate := range operators {
			if strings.EqualFold(known, base) {
				op, ok = candidate, true
				break
			}
		}
	}
	if !ok || op.family == nullFamily && ifExists {
		return operator{}, false, false
	}
	op.quantifier, op.ifExists = quantified, ifExists
	return op, exact, true
}

// takesVariables reports whether ${…} means anything in the operator's values.
func (o operator) takesVariables() bool {
	switch o.family {
	case stringEquals, stringEqualsIgnoreCase, stringLike, arn:
		return true
	}
	return false
}

// wildcards reports whether * and ? match other characters in the operator's values.
func (o operator) wildcards() bool { return o.family == stringLike || o.family == arn }
