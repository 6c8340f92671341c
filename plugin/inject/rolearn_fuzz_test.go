package inject

import (
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// roleARN is the form of a role's ARN (IAM API reference, Role: the path has any printable ASCII character, a name those of
// RoleName).
var roleARN = regexp.MustCompile(`^arn:aws(-[a-z0-9]+)*:iam::[0-9]{12}:role/([\x21-\x7e]+/)?[\w+=,.@-]{1,64}$`)

// FuzzCheckRoleARN: a value without a complaint is the ARN of a role, which has a name; and an ARN of the documented form gets a
// complaint only for what somebody forgot to fill in or quoted.
func FuzzCheckRoleARN(f *testing.F) {
	for _, seed := range []string{
		"arn:aws:iam::111122223333:role/web", "arn:aws-cn:iam::111122223333:role/a/b/web", "arn:aws:iam::111122223333:role/a:b/web", "arn:aws:iam::111122223333:role/a//web",
		"arn:aws:iam::111122223333:role/web/", "arn:aws:sts::111122223333:assumed-role/web/x", "web", "arn:aws:iam::<account>:role/web", "111122223333",
		"arn:aws:iam::111122223333:role/${x}", "arn:aws:iam::111122223333:role/a\u00a0b", "\"arn:aws:iam::111122223333:role/web\"", " ",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		complaint := CheckRoleARN(value)
		if value == "" {
			return
		}
		if complaint == "" {
			parsed, err := arn.Parse(value)
			if err != nil || parsed.Service != "iam" || !strings.HasPrefix(parsed.Resource, "role/") || !roleARN.MatchString(value) {
				t.Errorf("%q is taken for a role's ARN: %+v, %v", value, parsed, err)
			}
			return
		}
		if roleARN.MatchString(value) && len(value) <= 2048 && !strings.ContainsAny(value, "\"'`") && unfilled(value) == "" {
			t.Errorf("%q: %s", value, complaint)
		}
	})
}
