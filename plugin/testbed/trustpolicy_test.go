package testbed_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

// TestMalformedTrust holds what IAM refuses to store, so that no command that is printed passes here and fails on AWS.
func TestMalformedTrust(t *testing.T) {
	client, name := bed.AWS(t).IAM(testbed.Account), "web"
	for text, message := range map[string]string{
		`{"Version": "2012-10-17"}`:                                                             "Missing required field Statement",
		`{"Version": "2013-10-17", "Statement": {"Effect": "Allow"}}`:                           "Syntax errors",
		strings.Replace(anyTrust, `"Effect"`, `"Resource": "*", "Effect"`, 1):                   "Syntax errors",
		strings.Replace(anyTrust, "Allow", "allow", 1):                                          "Invalid effect",
		strings.Replace(anyTrust, "sts:AssumeRole", "s3:GetObject", 1):                          "AssumeRole policy may only specify STS AssumeRole actions",
		strings.Replace(anyTrust, "sts:AssumeRole", "*", 1):                                     "AssumeRole policy may only specify STS AssumeRole actions",
		strings.Replace(anyTrust, `"Service": "ec2.amazonaws.com"`, `"Federated": "x"`, 1):      "Federated principals must be valid",
		strings.Replace(anyTrust, `"Service": "ec2.amazonaws.com"`, `"AWS": "me"`, 1):           `Invalid principal in policy: "AWS"`,
		strings.Replace(anyTrust, `"Service": "ec2.amazonaws.com"`, `"OIDC": "x"`, 1):           `Invalid principal in policy: "OIDC"`,
		strings.Replace(anyTrust, `"Action"`, `"Condition": {"Like": {"x": "y"}}, "Action"`, 1): "Invalid Condition type : Like",
		strings.Replace(anyTrust, `"Action"`, `"Sid": "a b", "Action"`, 1):                      "Statement IDs",
	} {
		_, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &text})
		if codeOf(err) != "MalformedPolicyDocument" || !strings.Contains(err.Error(), message) {
			t.Errorf("%s: %v, want %q", text, err, message)
		}
	}
}
