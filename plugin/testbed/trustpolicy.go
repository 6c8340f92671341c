package testbed

import (
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A trustDocument is a trust policy as IAM reads it. Lists may be single values.
type trustDocument struct {
	Version   string
	ID        string `json:"Id"`
	Statement list[trustStatement]
}

type trustStatement struct {
	Sid, Effect string
	Principal   any
	Action      list[string]
	NotAction   list[string]
	Condition   map[string]map[string]any
}

// A list is a JSON array, or its only element without the brackets.
type list[T any] []T

// UnmarshalJSON implements [json.Unmarshaler].
func (l *list[T]) UnmarshalJSON(text []byte) error {
	var many []T
	if strings.HasPrefix(string(text), "[") {
		if err := unmarshalStrict(text, &many); err != nil {
			return err
		}
		*l = many
		return nil
	}
	var one T
	if err := unmarshalStrict(text, &one); err != nil {
		return err
	}
	*l = list[T]{one}
	return nil
}

func unmarshalStrict(text []byte, into any) error {
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// malformed is what IAM has against a trust policy; empty if it takes it. It refuses more: principals that do not exist are
// not looked up here. The messages are IAM's own, from recorded answers.
func malformed(policy string) string {
	var document trustDocument
	if err := unmarshalStrict([]byte(policy), &document); err != nil {
		return "Syntax errors in policy."
	}
	if !slices.Contains([]string{"", "2012-10-17", "2008-10-17"}, document.Version) {
		return "Syntax errors in policy."
	}
	if len(document.Statement) == 0 {
		return "Missing required field Statement"
	}
	for _, statement := range document.Statement {
		if message := statement.malformed(); message != "" {
			return message
		}
	}
	return ""
}

// trustActions are the actions that a trust policy may name.
var trustActions = []string{
	"sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext",
}

func (s trustStatement) malformed() string {
	switch {
	case s.Effect != "Allow" && s.Effect != "Deny":
		return "Invalid effect: " + s.Effect
	case s.Principal == nil:
		return "Missing required field Principal"
	case (s.Action == nil) == (s.NotAction == nil):
		return "Missing required field Action"
	case regexp.MustCompile(`[^0-9A-Za-z]`).MatchString(s.Sid):
		return "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
	}
	for _, action := range slices.Concat(s.Action, s.NotAction) {
		if !strings.HasPrefix(strings.ToLower(action), "sts:") || !slices.ContainsFunc(trustActions, func(known string) bool {
			ok, err := path.Match(strings.ToLower(action), known)
			return ok && err == nil
		}) {
			return "AssumeRole policy may only specify STS AssumeRole actions."
		}
	}
	for operator := range s.Condition {
		if !conditionType.MatchString(operator) {
			return "Invalid Condition type : " + operator + "."
		}
	}
	return malformedPrincipal(s.Principal)
}

var (
	conditionType = regexp.MustCompile(`^(?i:(ForAnyValue:|ForAllValues:)?(String(Not)?Equals(IgnoreCase)?|String(Not)?Like|Arn(Not)?(Equals|Like)|` +
		`Bool|BinaryEquals|(Not)?IpAddress|Null|(Numeric|Date)((Not)?Equals|(LessThan|GreaterThan)(Equals)?))(IfExists)?)$`)
	federated = regexp.MustCompile(`^(arn:aws[a-z-]*:iam::\d{12}:(saml|oidc)-provider/.+|[\w-]+(\.[\w-]+)+)$`)
	principal = regexp.MustCompile(`^(\*|\d{12}|A(ROA|IDA)\w+|arn:aws[a-z-]*:(iam|sts)::\d{12}:(root|(user|role|assumed-role|federated-user)/.+))$`)
)

func malformedPrincipal(element any) string {
	kinds, ok := element.(map[string]any)
	if !ok {
		if element == "*" {
			return ""
		}
		return "Invalid principal in policy"
	}
	for kind, value := range kinds {
		var names list[string]
		text, err := json.Marshal(value)
		if err != nil || json.Unmarshal(text, &names) != nil {
			return "Syntax errors in policy."
		}
		for _, name := range names {
			switch {
			case !slices.Contains([]string{"AWS", "Federated", "Service", "CanonicalUser"}, kind):
				return `Invalid principal in policy: "` + kind + `"`
			case kind == "Federated" && !federated.MatchString(name):
				return "Federated principals must be valid domain names or SAML metadata ARNs"
			case kind == "AWS" && !principal.MatchString(name):
				return `Invalid principal in policy: "AWS":"` + name + `"`
			}
		}
	}
	return ""
}
