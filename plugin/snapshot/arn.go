package snapshot

import "strings"

// ARN is an Amazon resource name in its six parts.
type ARN struct {
	Partition, Service, Region, Account, Resource string
}

// ParseARN splits an ARN; ok is false for a text that is none. The parts are not checked any further.
func ParseARN(text string) (arn ARN, ok bool) {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		return ARN{}, false
	}
	return ARN{Partition: parts[1], Service: parts[2], Region: parts[3], Account: parts[4], Resource: parts[5]}, true
}

// String returns the ARN's text.
func (a ARN) String() string {
	return strings.Join([]string{"arn", a.Partition, a.Service, a.Region, a.Account, a.Resource}, ":")
}

// RoleName returns the name of the role that the ARN names, without its path, and "" if it names no role.
func (a ARN) RoleName() string {
	path, ok := strings.CutPrefix(a.Resource, "role/")
	if !ok || a.Service != "iam" {
		return ""
	}
	return path[strings.LastIndex(path, "/")+1:]
}

// RoleARN returns the ARN of a role by its name, with its path or without.
func RoleARN(partition, account, name string) string {
	return ARN{Partition: partition, Service: "iam", Account: account, Resource: "role/" + name}.String()
}

// ProviderARN returns the ARN of the IAM OIDC provider that an issuer has in an account: the issuer without
// its scheme (AWS IAM API reference, CreateOpenIDConnectProvider).
func ProviderARN(partition, account, issuer string) string {
	return "arn:" + partition + ":iam::" + account + ":oidc-provider/" + strings.TrimPrefix(issuer, "https://")
}
