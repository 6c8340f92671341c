// Package naive is a second evaluator of trust policies, for tests: written from the rules and not from plugin/trust, so that
// one can be held against the other. No positions, no compiled form, patterns by regular expression, every condition spelt
// out. It is slow, and takes only what the grammar allows.
package naive

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A Verdict is what a policy says to a request.
type Verdict string

// The verdicts; Undetermined is what AWS does not document.
const (
	Allowed          Verdict = "Allowed"
	ImplicitlyDenied Verdict = "ImplicitlyDenied"
	ExplicitlyDenied Verdict = "ExplicitlyDenied"
	Undetermined     Verdict = "Undetermined"
)

// A Principal is who calls, in the words of the element: Federated and the ARN of an OIDC provider, Service and its name.
type Principal struct{ Type, ID string }

type answer string

const (
	yes  answer = "yes"
	no   answer = "no"
	open answer = "open"
)

func yesIf(b bool) answer {
	if b {
		return yes
	}
	return no
}

func every(all []answer) answer {
	result := yes
	for _, a := range all {
		if a == no {
			return no
		}
		if a == open {
			result = open
		}
	}
	return result
}

func some(all []answer) answer { return opposite(every(mapped(all, opposite))) }

func opposite(a answer) answer { return map[answer]answer{yes: no, no: yes, open: open}[a] }

func mapped(all []answer, f func(answer) answer) []answer {
	out := make([]answer, len(all))
	for i, a := range all {
		out[i] = f(a)
	}
	return out
}

func several(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}

// Judge evaluates a document that is known to be valid.
func Judge(document []byte, who Principal, actions []string, context map[string][]string) Verdict {
	decoder := json.NewDecoder(strings.NewReader(string(document)))
	decoder.UseNumber()
	var policy map[string]any
	if err := decoder.Decode(&policy); err != nil {
		panic(err)
	}
	variables := policy["Version"] == "2012-10-17"
	var denies []answer
	allows := make([][]answer, len(actions))
	for _, s := range several(policy["Statement"]) {
		statement := s.(map[string]any)
		for i, action := range actions {
			matches := every([]answer{
				principalOf(statement, who),
				covers(statement, action),
				allConditions(statement["Condition"], context, variables),
			})
			if statement["Effect"] == "Deny" {
				denies = append(denies, matches)
			} else {
				allows[i] = append(allows[i], matches)
			}
		}
	}
	var all []answer
	for _, one := range allows {
		all = append(all, some(one))
	}
	denied, allowed := some(denies), every(all)
	switch {
	case denied == yes:
		return ExplicitlyDenied
	case allowed == no:
		return ImplicitlyDenied
	case allowed == yes && denied == no:
		return Allowed
	}
	return Undetermined
}

func principalOf(statement map[string]any, who Principal) answer {
	everybody := open
	if statement["Effect"] == "Deny" {
		everybody = yes
	}
	if statement["Principal"] == "*" {
		return everybody
	}
	var all []answer
	for kind, names := range statement["Principal"].(map[string]any) {
		for _, name := range several(names) {
			switch {
			case kind == "AWS" && name == "*":
				all = append(all, everybody)
			case kind != who.Type:
				all = append(all, no)
			case name == who.ID:
				all = append(all, yes)
			case kind == "Federated" && strings.EqualFold(name.(string), who.ID) && sameButHost(name.(string), who.ID):
				all = append(all, open)
			default:
				all = append(all, no)
			}
		}
	}
	return some(all)
}

var providerParts = regexp.MustCompile(`^(.*?:oidc-provider/)([^/]*)(.*)$`)

func sameButHost(a, b string) bool {
	x, y := providerParts.FindStringSubmatch(a), providerParts.FindStringSubmatch(b)
	return x != nil && y != nil && x[1] == y[1] && x[3] == y[3]
}

func covers(statement map[string]any, action string) answer {
	element, inverted := statement["Action"], false
	if element == nil {
		element, inverted = statement["NotAction"], true
	}
	found := false
	for _, pattern := range several(element) {
		found = found || regexp.MustCompile("(?is)^"+wildcardExpression(pattern.(string))+"$").MatchString(action)
	}
	return yesIf(found != inverted)
}

func wildcardExpression(pattern string) string {
	s := regexp.QuoteMeta(pattern)
	s = strings.ReplaceAll(s, `\*`, ".*")
	return strings.ReplaceAll(s, `\?`, ".")
}

func allConditions(element any, context map[string][]string, variables bool) answer {
	if element == nil {
		return yes
	}
	var all []answer
	for name, keys := range element.(map[string]any) {
		for key, values := range keys.(map[string]any) {
			twins := 0
			for other := range keys.(map[string]any) {
				if strings.EqualFold(other, key) {
					twins++
				}
			}
			if twins > 1 {
				all = append(all, open)
				continue
			}
			all = append(all, oneCondition(name, key, several(values), context, variables))
		}
	}
	return every(all)
}

var operatorName = regexp.MustCompile(`^(?i)(forallvalues:|foranyvalue:)?(.*?)(ifexists)?$`)

func oneCondition(name, key string, values []any, context map[string][]string, variables bool) answer {
	parts := operatorName.FindStringSubmatch(strings.ToLower(name))
	set, base, ifExists := parts[1], parts[2], parts[3] != ""
	negated := strings.Contains(base, "not")
	has, present := lookup(context, key)
	if base == "null" {
		return nullCondition(set, values, has, present)
	}
	if !present {
		switch {
		case set == "foranyvalue:" && ifExists:
			return open
		case set == "foranyvalue:":
			return no
		case set == "forallvalues:" || ifExists:
			return yes
		case negated && len(values) == 0:
			return open
		}
		return yesIf(negated)
	}
	if len(values) == 0 {
		if negated && set == "" && !ifExists {
			return open
		}
		return no
	}
	var each []answer
	for _, h := range has {
		var equal []answer
		for _, v := range values {
			equal = append(equal, compared(strings.Replace(base, "not", "", 1), key, v, h, negated, context, variables))
		}
		one := some(equal)
		if negated {
			one = opposite(one)
		}
		each = append(each, one)
	}
	nothing := strings.Join(has, "") == ""
	switch {
	case set == "forallvalues:" && nothing:
		return yes
	case set == "forallvalues:":
		return every(each)
	case set == "foranyvalue:" && nothing:
		return no
	case set == "foranyvalue:":
		return some(each)
	case len(has) != 1:
		return open
	}
	return each[0]
}

func lookup(context map[string][]string, key string) ([]string, bool) {
	for k, v := range context {
		if strings.EqualFold(k, key) {
			return v, true
		}
	}
	return nil, false
}

func nullCondition(set string, values []any, has []string, present bool) answer {
	switch set {
	case "forallvalues:":
		return yes
	case "foranyvalue:":
		return no
	}
	want := map[string]bool{}
	for _, v := range values {
		s := strings.ToLower(fmt.Sprint(v))
		if s != "true" && s != "false" {
			return open
		}
		want[s] = true
	}
	if len(want) != 1 || present && strings.Join(has, "") == "" {
		return open
	}
	return yesIf(want["true"] != present)
}

func compared(base, key string, policy any, request string, negated bool, context map[string][]string, variables bool) answer {
	written, isText := policy.(string)
	switch base {
	case "stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike":
		if !isText || !strings.HasPrefix(base, "arn") && oddType[strings.ToLower(key)] {
			return open
		}
		return textMatches(base, written, request, negated, context, variables)
	}
	_, isBool := policy.(bool)
	_, isNumber := policy.(json.Number)
	written = fmt.Sprint(policy)
	switch {
	case base == "bool":
		a, b := strings.ToLower(written), strings.ToLower(request)
		if isNumber || a != "true" && a != "false" || b != "true" && b != "false" {
			return open
		}
		return yesIf(a == b)
	case isBool:
		return open
	case base == "binaryequals":
		a, errA := base64.StdEncoding.DecodeString(written)
		b, errB := base64.StdEncoding.DecodeString(request)
		if errA != nil || errB != nil || string(a) == string(b) && written != request {
			return open
		}
		return yesIf(string(a) == string(b))
	case base == "ipaddress":
		return inBlock(written, request)
	case strings.HasPrefix(base, "numeric"):
		a, errA := strconv.ParseFloat(request, 64)
		b, errB := strconv.ParseFloat(written, 64)
		if errA != nil || errB != nil {
			return open
		}
		return ordered(strings.TrimPrefix(base, "numeric"), a < b, a == b)
	}
	a, okA := dateOf(request)
	b, okB := dateOf(written)
	if !okA || !okB {
		return open
	}
	return ordered(strings.TrimPrefix(base, "date"), a.Before(b), a.Equal(b))
}

var oddType = map[string]bool{
	"aws:sourceip": true, "aws:securetransport": true, "aws:currenttime": true, "aws:epochtime": true,
}

func ordered(relation string, less, equal bool) answer {
	return yesIf(map[string]bool{
		"equals": equal, "lessthan": less, "lessthanequals": less || equal,
		"greaterthan": !less && !equal, "greaterthanequals": !less,
	}[relation])
}

func dateOf(s string) (time.Time, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) != 4 {
		return time.Unix(n, 0), true
	}
	for _, layout := range []string{"2006", "2006-01", "2006-01-02", "2006-01-02T15:04Z07:00", time.RFC3339Nano} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func inBlock(policy, request string) answer {
	address := net.ParseIP(request)
	if address == nil {
		return open
	}
	v6 := strings.Contains(request, ":")
	if !strings.Contains(policy, "/") {
		bare := net.ParseIP(policy)
		switch {
		case bare == nil:
			return open
		case bare.Equal(address):
			return yes
		case v6 && strings.Contains(policy, ":") && string(bare[:4]) == string(address[:4]):
			return open
		}
		return no
	}
	_, block, err := net.ParseCIDR(policy)
	if err != nil {
		return open
	}
	return yesIf(v6 == strings.Contains(policy, ":") && block.Contains(address))
}

// In an expanded text these stand for a * and a ? that are no wildcards.
const (
	plainStar     = "\ue000"
	plainQuestion = "\ue001"
)

var variablePattern = regexp.MustCompile(`\$\{([^}]*)\}`)

func textMatches(base, policy, request string, negated bool, context map[string][]string, variables bool) answer {
	if variables {
		var answers []answer
		for _, escape := range []bool{true, false} {
			unknown, missing := false, false
			expanded := variablePattern.ReplaceAllStringFunc(policy, func(v string) string {
				inside := v[2 : len(v)-1]
				switch inside {
				case "*":
					return plainStar
				case "?":
					return plainQuestion
				case "$":
					return "$"
				}
				name, fallback, hasDefault := strings.Cut(inside, ", ")
				has, ok := lookup(context, name)
				switch {
				case !ok && !hasDefault:
					missing = true
				case !ok:
					has = []string{strings.Trim(fallback, "'")}
				case len(has) != 1:
					unknown = true
					return ""
				}
				if missing {
					return ""
				}
				if escape {
					return strings.NewReplacer("*", plainStar, "?", plainQuestion).Replace(has[0])
				}
				return has[0]
			})
			trouble := firstTrouble(policy, context)
			switch {
			case trouble == "missing", trouble == "list" && !negated:
				answers = append(answers, no)
			case trouble == "list":
				answers = append(answers, open)
			case unknown:
				answers = append(answers, open)
			default:
				answers = append(answers, naiveMatch(base, expanded, request, negated))
			}
		}
		if base == "stringequals" || base == "stringequalsignorecase" || answers[0] == answers[1] {
			return answers[0]
		}
		return open
	}
	if base == "stringlike" && strings.Contains(policy, "${") {
		literally := variablePattern.ReplaceAllStringFunc(policy, strings.NewReplacer("*", plainStar, "?", plainQuestion).Replace)
		special := strings.NewReplacer("${*}", plainStar, "${?}", plainQuestion).Replace(policy)
		special = variablePattern.ReplaceAllStringFunc(special, strings.NewReplacer("*", plainStar, "?", plainQuestion).Replace)
		a, b, c := matchesText(base, policy, request), matchesText(base, literally, request), matchesText(base, special, request)
		if a != b || b != c {
			return open
		}
	}
	return naiveMatch(base, policy, request, negated)
}

// naiveMatch: what is no ARN is open under a negated operator of ARNs.
func naiveMatch(base, expanded, request string, negated bool) answer {
	isARN := func(s string) bool { return len(strings.SplitN(s, ":", 6)) == 6 }
	if strings.HasPrefix(base, "arn") && negated && !(isARN(expanded) && isARN(request)) {
		return open
	}
	return yesIf(matchesText(base, expanded, request))
}

var listKey = regexp.MustCompile(`(?i):amr$|^aws:tagkeys$`)

// firstTrouble: variables are put in from left to right, and the first that cannot be decides.
func firstTrouble(policy string, context map[string][]string) string {
	for _, v := range variablePattern.FindAllStringSubmatch(policy, -1) {
		if v[1] == "*" || v[1] == "?" || v[1] == "$" {
			continue
		}
		name, _, hasDefault := strings.Cut(v[1], ", ")
		has, ok := lookup(context, name)
		switch {
		case ok && listKey.MatchString(name):
			return "list"
		case ok && len(has) != 1:
			return "unknown"
		case !ok && !hasDefault:
			return "missing"
		}
	}
	return ""
}

func matchesText(base, expanded, request string) bool {
	plain := strings.NewReplacer(plainStar, "*", plainQuestion, "?")
	switch base {
	case "stringequals":
		return plain.Replace(expanded) == request
	case "stringequalsignorecase":
		return strings.EqualFold(plain.Replace(expanded), request)
	case "stringlike":
		return matchesPattern(expanded, request)
	}
	have, want := strings.SplitN(expanded, ":", 6), strings.SplitN(request, ":", 6)
	if len(have) != 6 || len(want) != 6 {
		return false
	}
	for i := range have {
		if !matchesPattern(have[i], want[i]) {
			return false
		}
	}
	return true
}

func matchesPattern(pattern, s string) bool {
	expression := wildcardExpression(pattern)
	expression = strings.NewReplacer(plainStar, `\*`, plainQuestion, `\?`).Replace(expression)
	return regexp.MustCompile("(?s)^(?:" + expression + ")$").MatchString(s)
}
