package inject

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// CheckRoleARN says why the value of a role annotation is not the ARN of an IAM role, empty if it is
// one. The webhook only logs what is wrong and injects the value as it stands; STS then answers
// "Request ARN is invalid". An empty value is not looked at: it is no annotation to the webhook.
func CheckRoleARN(value string) string {
	if value == "" {
		return ""
	}
	if reason := spoiled(value); reason != "" {
		return reason
	}
	parts := strings.SplitN(value, ":", 6)
	if parts[0] != "arn" {
		if strings.Contains(value, ":") {
			return "it does not start with arn:"
		}
		if digits(value) {
			return "it is an account ID, not an ARN"
		}
		if strings.Contains(plain(value), "rolearn") {
			return "it is the placeholder " + shortened(value) + ", which was not replaced"
		}
		return "it is a role name, not an ARN"
	}
	if len(parts) < 6 {
		return fmt.Sprintf("it has %d of the 6 parts of an ARN", len(parts))
	}
	partition, service, region, account, resource := parts[1], parts[2], parts[3], parts[4], parts[5]
	switch {
	case service == "sts" && strings.HasPrefix(resource, "assumed-role/"):
		return "it is the ARN of a session (assumed-role), not of the role"
	case service == "" && region == "iam":
		return "it has an extra colon after the partition"
	case service != "iam":
		return fmt.Sprintf("it is an ARN of service %q, not of iam", service)
	case !partitionForm.MatchString(partition):
		return fmt.Sprintf("its partition is %q", partition)
	case region != "":
		return fmt.Sprintf("it has the region %q, and a role ARN has no region", region)
	case standsForAccount(account):
		return fmt.Sprintf("its account is the placeholder %s, which was not replaced", account)
	case len(account) != 12 || !digits(account):
		return fmt.Sprintf("its account is %q, not 12 digits", account)
	}
	return checkRoleResource(resource)
}

// spoiled finds what makes a value no ARN at all, whatever it was meant to be. What was not filled in comes first: its
// white space and its quotes are not what is wrong.
func spoiled(value string) string {
	if strings.TrimSpace(value) == "" {
		return "it is only white space"
	}
	if reason := unfilled(value); reason != "" {
		return reason
	}
	switch {
	case strings.TrimSpace(value) != value:
		return "it has white space around it"
	case strings.ContainsFunc(value, unicode.IsSpace):
		return "it contains white space"
	case strings.ContainsAny(value, "\"'`"):
		return "it contains quotes"
	case len(value) > 2048:
		return "it is longer than 2048 characters, the limit of STS"
	}
	return ""
}

// partitionForm is the form of a partition's name: aws, aws-cn, aws-iso-b. Which there are changes.
var partitionForm = regexp.MustCompile(`^aws(-[a-z0-9]+)*$`)

func checkRoleResource(resource string) string {
	kind, name, found := strings.Cut(resource, "/")
	switch kind {
	case "role":
	case "user":
		return "it is the ARN of a user, not of a role"
	case "group":
		return "it is the ARN of a group, not of a role"
	case "policy":
		return "it is the ARN of a policy, not of a role"
	case "instance-profile":
		return "it is the ARN of an instance profile, not of its role"
	case "assumed-role":
		return "it is the ARN of a session (assumed-role), not of the role"
	case "oidc-provider":
		return "it is the ARN of an OIDC provider, not of a role"
	case "root":
		return "it is the ARN of an account, not of a role"
	default:
		return fmt.Sprintf("it is the ARN of a %q, not of a role", kind)
	}
	path, last := name[:strings.LastIndexByte(name, '/')+1], name[strings.LastIndexByte(name, '/')+1:]
	switch {
	case !found || last == "":
		return "it names no role"
	case len(last) > 64:
		return "the role's name is longer than 64 characters"
	}
	for _, r := range path {
		if r < '!' || r > '~' { // IAM API reference, CreateRole: any printable character of ASCII
			return fmt.Sprintf("the role's path has the character %q", r)
		}
	}
	for _, r := range last {
		if !isNameRune(r) {
			return fmt.Sprintf("the role's name has the character %q", r)
		}
	}
	return ""
}

// isNameRune reports whether IAM takes the character in a role's name (letters, digits and _+=,.@-).
func isNameRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_+=,.@-", r)
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
