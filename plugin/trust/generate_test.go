package trust

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// dice makes choices of bytes, so that a fuzzer can make them too. When the bytes run out, every choice is the first.
type dice []byte

func (d *dice) below(n int) int {
	if len(*d) == 0 {
		return 0
	}
	v := int((*d)[0]) % n
	*d = (*d)[1:]
	return v
}

func (d *dice) oneIn(n int) bool { return d.below(n) == n-1 }

func pick[T any](d *dice, from []T) T { return from[d.below(len(from))] }

const (
	genIssuer   = "oidc.eks.us-east-1.amazonaws.com/id/A1"
	genOther    = "oidc.eks.us-west-2.amazonaws.com/id/B2"
	genProvider = "arn:aws:iam::111122223333:oidc-provider/" + genIssuer
)

var genOperators = slices.Sorted(maps.Keys(operators))

var genKeys = []string{
	genIssuer + ":sub", genIssuer + ":aud", genIssuer + ":amr", genOther + ":sub", "OIDC.eks.us-east-1.amazonaws.com/id/a1:SUB",
	"aws:SourceIp", "aws:CurrentTime", "aws:EpochTime", "aws:SecureTransport", "aws:TagKeys", "aws:RequestTag/app",
	"aws:PrincipalOrgID", "sts:RoleSessionName", "aws:SourceArn", "AWS:tagkeys",
}

var genValues = []any{
	"system:serviceaccount:payments:api", "system:serviceaccount:payments:*", "system:serviceaccount:*", "*", "",
	"system:serviceaccount:Payments:API", "system:serviceaccount:other:api", "system:serviceaccount:p?yments:ap?",
	"sts.amazonaws.com", "STS.amazonaws.com", "s*s.amazonaws.com",
	"true", "false", "True", true, false, json.Number("1781524800"), json.Number("1.5"), "1781524799", "1781524801.5",
	"2026-06-15T12:00:00Z", "2026-06-15", "2026-06", "2026", "2026-06-15T14:00:00+02:00", "not a date",
	"203.0.113.0/24", "203.0.113.10", "0.0.0.0/0", "::/0", "2001:db8::1", "2001:db8::/32", "203.0.113.10/33",
	"arn:aws:eks:us-east-1:111122223333:cluster/prod", "arn:aws:eks:*:*:cluster/p*", "arn:aws:eks:*:cluster/prod",
	"${aws:RequestTag/app}", "system:serviceaccount:payments:${aws:RequestTag/app, 'api'}", "${*}", "a${?}b${$}", "${aws:TagKeys}",
	"${sts:RoleSessionName}*", "${aws:PrincipalOrgID}", "app", "a*b", "YXBw", "o-example", "x",
}

var genContext = map[string][][]string{
	genIssuer + ":sub":    {{"system:serviceaccount:payments:api"}, {"system:serviceaccount:payments:*"}, {""}, {"a*b"}},
	genIssuer + ":aud":    {{"sts.amazonaws.com"}, {"sts.amazonaws.com", "x"}, {"true"}, {}},
	genIssuer + ":amr":    {{"app", "x"}, {""}, {"app"}},
	"aws:SourceIp":        {{"203.0.113.10"}, {"2001:db8::1"}, {"2001:db8:1::2"}, {"nonsense"}},
	"aws:CurrentTime":     {{"2026-06-15T12:00:00Z"}, {"2026-06-15T12:00:00.25Z"}},
	"aws:EpochTime":       {{"1781524800"}},
	"aws:SecureTransport": {{"true"}, {"false"}},
	"aws:TagKeys":         {{"app", "x"}, {"app"}, {}, {"", ""}},
	"aws:RequestTag/app":  {{"api"}, {"*"}, {"pay?"}, {""}},
	"sts:RoleSessionName": {{"app"}, {"system:serviceaccount:payments:api"}},
	"aws:SourceArn":       {{"arn:aws:eks:us-east-1:111122223333:cluster/prod"}, {"arn:aws"}},
}

var genPrincipals = []any{
	map[string]any{"Federated": genProvider},
	map[string]any{"Federated": []any{"arn:aws:iam::111122223333:oidc-provider/" + genOther, genProvider}},
	map[string]any{"Federated": "arn:aws:iam::111122223333:oidc-provider/" + genOther},
	map[string]any{"AWS": "*"}, "*", map[string]any{}, map[string]any{"Federated": []any{}},
	map[string]any{"Service": "pods.eks.amazonaws.com", "AWS": "111122223333"},
	map[string]any{"Federated": "arn:aws:iam::111122223333:oidc-provider/OIDC.eks.us-east-1.amazonaws.com/id/A1"},
}

var genActions = []any{
	"sts:AssumeRoleWithWebIdentity", []any{"sts:TagSession", "STS:assumerolewith*"}, "sts:AssumeRole", "*", []any{}, "sts:*WebIdentit?",
}

// policy makes a document of the language, with all of its corners and without what IAM would not accept.
func (d *dice) policy() []byte {
	doc := map[string]any{"Version": "2012-10-17"}
	switch d.below(6) {
	case 4:
		doc["Version"] = "2008-10-17"
	case 5:
		delete(doc, "Version")
	}
	var statements []any
	for range 1 + d.below(3) {
		statements = append(statements, d.statement(d.oneIn(3)))
	}
	doc["Statement"] = statements
	if len(statements) == 1 && d.oneIn(2) {
		doc["Statement"] = statements[0]
	}
	return marshal(doc)
}

func (d *dice) statement(deny bool) map[string]any {
	s := map[string]any{"Effect": "Allow", "Principal": pick(d, genPrincipals)}
	if deny {
		s["Effect"] = "Deny"
	}
	action := "Action"
	if d.oneIn(8) {
		action = "NotAction"
	}
	s[action] = pick(d, genActions)
	if d.oneIn(8) {
		return s
	}
	conditions := map[string]any{}
	for range d.below(4) {
		name := pick(d, genOperators)
		if name != "Null" && d.oneIn(4) {
			name += "IfExists"
		}
		name = pick(d, []string{"", "", "", "ForAllValues:", "ForAnyValue:"}) + name
		keys, _ := conditions[name].(map[string]any)
		if keys == nil {
			keys = map[string]any{}
		}
		values := pick(d, genValues)
		if d.oneIn(3) {
			list := []any{}
			for range d.below(3) {
				list = append(list, pick(d, genValues))
			}
			values = list
		}
		keys[pick(d, genKeys)] = values
		conditions[name] = keys
	}
	s["Condition"] = conditions
	return s
}

func (d *dice) context() map[string][]string {
	context := make(map[string][]string)
	for _, key := range slices.Sorted(maps.Keys(genContext)) {
		if !d.oneIn(4) {
			context[key] = pick(d, genContext[key])
		}
	}
	return context
}

func requestOf(context map[string][]string) Request {
	r := newRequest(Principal{Federated, genProvider}, ActionWebIdentity)
	for key, values := range context {
		r.context.set(key, values...)
	}
	return r
}

func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("%v: %v", v, err))
	}
	return b
}
