package neterr

import (
	"strings"
	"testing"
)

func TestScrub(t *testing.T) {
	const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"
	for text, want := range map[string]string{
		// A login page is opened as it is printed.
		"open https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH in a browser": "open https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH in a browser",
		"https://oidc.us-east-1.amazonaws.com/authorize?response_type=code&client_id=a&state=0f2504e0-4f89-11d3-9a0c-0305e82c3301&code_challenge_method=S256&code_challenge=AbCdEfGh0123456789AbCdEfGh0123456789AbCdEfG": "https://oidc.us-east-1.amazonaws.com/authorize?response_type=code&client_id=a&state=0f2504e0-4f89-11d3-9a0c-0305e82c3301&code_challenge_method=S256&code_challenge=AbCdEfGh0123456789AbCdEfGh0123456789AbCdEfG",
		"http://127.0.0.1:1/?code=AbCdEf&state=1": "http://127.0.0.1:1/?code=REDACTED&state=1",
		// What is named in an error stays.
		"User: arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/me@example.com is not authorized": "User: arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/me@example.com is not authorized",
		"role arn:aws:iam::111122223333:role/eksctl-apps-addon-iamserviceaccount-kube-sys-Role1-1GZ8V0XUQ3K2L denied":                       "role arn:aws:iam::111122223333:role/eksctl-apps-addon-iamserviceaccount-kube-sys-Role1-1GZ8V0XUQ3K2L denied",
		"/home/Me/.aws/cli/cache/Prod1/0123456789abcdef0123456789.json does not exist":                                                      "/home/Me/.aws/cli/cache/Prod1/0123456789abcdef0123456789.json does not exist",
		"no credentials: access denied":                                         "no credentials: access denied",
		"basic authentication failed":                                           "basic authentication failed",
		"Authorization: Basic dXNlcjpwYXNz":                                     "Authorization: Basic REDACTED",
		"bearer abcdefgh1 x":                                                    "bearer REDACTED x",
		"https://user:p@ss@host/x":                                              "https://REDACTED@host/x",
		"/wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE":                              "REDACTED",
		"InvalidClientTokenId for AKIAIOSFODNN7EXAMPLE":                         "InvalidClientTokenId for REDACTED",
		"key ASIAIOSFODNN7EXAMPLE has expired":                                  "key REDACTED has expired",
		"secret wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY leaked":                "secret REDACTED leaked",
		"aws_secret_access_key=hunter2 x":                                       "aws_secret_access_key=REDACTED x",
		`{"SecretAccessKey": "hun ter2", "Version": 1}`:                         `{"SecretAccessKey": REDACTED, "Version": 1}`,
		"Error loading SSO Token: Token for dev does not exist":                 "Error loading SSO Token: Token for dev does not exist",
		"session_token=abcdef":                                                  "session_token=REDACTED",
		"token: abc123 was refused":                                             "token: REDACTED was refused",
		"token=abcdef, expired":                                                 "token=REDACTED expired",
		"\x1b[31mred\x1b[0m":                                                    "red",
		`{'SessionToken': 'abc'}`:                                               `{'SessionToken': REDACTED}`,
		"token " + jwt + " refused":                                             "token REDACTED refused",
		"Authorization: Bearer abcdef123":                                       "Authorization: Bearer REDACTED",
		"proxy http://dev:hunter2@proxy:3128 refused":                           "proxy http://REDACTED@proxy:3128 refused",
		"dial dev:hunter2@vault":                                                "dial REDACTED@vault",
		"GET https://sts/?Action=x&X-Amz-Signature=0a1b&X-Amz-Credential=AKIA1": "GET https://sts/?Action=x&X-Amz-Signature=REDACTED&X-Amz-Credential=REDACTED",
		"k8s-aws-v1.aHR0cHM6Ly9zdHM refused":                                    "REDACTED refused",
		"vault --token hvs.CAESI run":                                           "vault --token REDACTED run",
		"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----":  "REDACTED",
		"--client-secret 'a b' c":                                               "--client-secret REDACTED c",
		// What is no secret stays.
		"Error when retrieving token from sso: Token has expired and refresh failed": "Error when retrieving token from sso: Token has expired and refresh failed",
		"sh: 1: granted: not found": "sh: 1: granted: not found",
		"AccessDenied: User: arn:aws:sts::111122223333:assumed-role/dev/me is not authorized to perform: eks:DescribeCluster": "AccessDenied: User: arn:aws:sts::111122223333:assumed-role/dev/me is not authorized to perform: eks:DescribeCluster",
		"no such file: /home/dev/a-very-long-folder-name/and-another-one/config":                                              "no such file: /home/dev/a-very-long-folder-name/and-another-one/config",
		"/tmp/Folder2675235586/001/a-long-name-of-a-file":                                                                     "/tmp/Folder2675235586/001/a-long-name-of-a-file",
		"": "",
	} {
		if got := Scrub(text); got != want {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestLastLine(t *testing.T) {
	for text, want := range map[string]string{
		"Traceback:\n  File x\nToken has expired.\n\n": "Token has expired",
		"login\r\nAKIAIOSFODNN7EXAMPLE is disabled\n":  "REDACTED is disabled",
		"\n \n":       "",
		"why\n^^^^\n": "why",
	} {
		if got := LastLine(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := LastLine(strings.Repeat("a b ", 10_000)); len(got) > longestLine+10 {
		t.Errorf("a line of %d bytes", len(got))
	}
}

func FuzzScrub(f *testing.F) {
	f.Add("the error is ", " of the profile")
	f.Fuzz(func(t *testing.T, before, after string) {
		const key = "AKIAIOSFODNN7EXAMPLE"
		if strings.Contains(Scrub(before+" "+key+" "+after), key) {
			t.Errorf("%q %q", before, after)
		}
	})
}
