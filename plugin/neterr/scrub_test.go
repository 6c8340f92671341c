package neterr

import (
	"strings"
	"testing"
)

func TestScrub(t *testing.T) {
	const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"
	for text, want := range map[string]string{
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
