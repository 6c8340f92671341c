package aws

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLoginReasons holds what a person is told to do where the credentials of a profile cannot be had: by the SDK itself, with
// real configuration and cache files, real processes, and a server in the place of IAM Identity Center.
func TestLoginReasons(t *testing.T) {
	identityCenter := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		code, status := "InvalidGrantException", http.StatusBadRequest
		switch r.URL.Query().Get("role_name") {
		case "": // CreateToken
		case "forbidden":
			code, status = "ForbiddenException", http.StatusForbidden
		default:
			code, status = "UnauthorizedException", http.StatusUnauthorized
		}
		w.Header().Set("X-Amzn-ErrorType", code)
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"message": "%s"}`, strings.TrimSuffix(code, "Exception"))
	}))
	t.Cleanup(identityCenter.Close)

	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "AWS_CONFIG_FILE": filepath.Join(home, "config"), "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(home, "credentials"),
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL_SSO": identityCenter.URL, "AWS_ENDPOINT_URL_SSO_OIDC": identityCenter.URL,
		"AWS_PROFILE": "", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_MAX_ATTEMPTS": "1",
	} {
		t.Setenv(name, value)
	}
	write := func(path, text string, mode os.FileMode) {
		t.Helper()
		path = filepath.Join(home, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	cache := func(key, expires, refresh string) {
		t.Helper()
		sum := sha1.Sum([]byte(key))
		write(".aws/sso/cache/"+hex.EncodeToString(sum[:])+".json", `{"accessToken": "hunter2", "expiresAt": "`+expires+`"`+refresh+`}`, 0o600)
	}
	const past, future = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"
	cache("https://old.awsapps.com/start", past, "")
	cache("https://new.awsapps.com/start", future, "")
	cache("over", past, "")
	cache("refused", past, `, "refreshToken": "r", "clientId": "c", "clientSecret": "s", "registrationExpiresAt": "`+future+`"`)
	write("fails", "#!/bin/sh\necho 'no, ASIAIOSFODNN7EXAMPLE' >&2\nexit 3\n", 0o700)
	write("config", `
[default]
sso_session = over
sso_account_id = 111122223333
sso_role_name = dev
[sso-session over]
sso_start_url = https://old.awsapps.com/start
sso_region = us-west-2
[sso-session refused]
sso_start_url = https://old.awsapps.com/start
sso_region = us-west-2
[profile never]
sso_start_url = https://never.awsapps.com/start
sso_region = us-west-2
sso_account_id = 111122223333
sso_role_name = dev
[profile old]
sso_start_url = https://old.awsapps.com/start
sso_region = us-west-2
sso_account_id = 111122223333
sso_role_name = dev
[profile unauthorized]
sso_start_url = https://new.awsapps.com/start
sso_region = us-west-2
sso_account_id = 111122223333
sso_role_name = dev
[profile forbidden]
sso_start_url = https://new.awsapps.com/start
sso_region = us-west-2
sso_account_id = 111122223333
sso_role_name = forbidden
[profile the team]
sso_session = over
sso_account_id = 111122223333
sso_role_name = dev
[profile refused]
sso_session = refused
sso_account_id = 111122223333
sso_role_name = dev
[profile through]
role_arn = arn:aws:iam::111122223333:role/dev
source_profile = the team
[profile login]
login_session = arn:aws:iam::111122223333:user/dev
[profile process]
credential_process = `+home+`/fails --secret hunter2
[profile throughprocess]
role_arn = arn:aws:iam::111122223333:role/dev
source_profile = process
[profile missing]
credential_process = "nosuch program" --secret hunter2
[profile garbage]
credential_process = echo '{"Version": 1, "SecretAccessKey": "hunter2"'
[profile incomplete]
credential_process = echo '{"Version": 2, "SecretAccessKey": "hunter2"}'
`, 0o600)

	for profile, want := range map[string]string{
		"":               `the SSO session of profile default has expired or does not exist: run "aws sso login"`,
		"never":          `run "aws sso login --profile never"`,
		"old":            `run "aws sso login --profile old"`,
		"unauthorized":   `run "aws sso login --profile unauthorized"`,
		"the team":       `run "aws sso login --profile 'the team'"`,
		"refused":        `run "aws sso login --profile refused"`,
		"through":        `run "aws sso login --profile 'the team'"`,
		"login":          `run "aws login --profile login"`,
		"forbidden":      "Forbidden", // to log in again does not help
		"process":        `credential_process of profile process "` + home + `/fails" failed with exit code 3: no, REDACTED: `,
		"throughprocess": `credential_process of profile process "` + home + `/fails" failed with exit code 3: `,
		"missing":        `credential_process of profile missing "nosuch program" was not found: install it`,
		"garbage":        `"echo" printed something else than one JSON object: correct credential_process`,
		"incomplete":     `"echo" printed JSON without "Version": 1: correct`,
	} {
		r, err := New(t.Context(), Options{Profile: profile, Region: "us-west-2", ProcessText: func() string { return "warning\nno, ASIAIOSFODNN7EXAMPLE\n" }})
		if err != nil {
			t.Errorf("%s: %v", profile, err)
			continue
		}
		got := r.Login(t.Context())
		if !strings.HasPrefix(got, "no AWS credentials: ") || !strings.Contains(got, want) {
			t.Errorf("profile %q: %s\nwant %s", profile, got, want)
		}
		if strings.Contains(got, "hunter2") || strings.Contains(got, "connection") || profile == "forbidden" && strings.Contains(got, "aws sso login") {
			t.Errorf("profile %q: %s", profile, got)
		}
	}
}

func TestFirstWord(t *testing.T) {
	for line, want := range map[string]string{
		"granted credential-process":    "granted",
		`"C:\Program Files\x.exe" -p x`: `C:\Program Files\x.exe`,
		"'/opt/a b' c":                  "/opt/a b",
		"  aws-vault\texec dev":         "aws-vault",
		"TOKEN=hunter2 /opt/login":      "/opt/login",
		"TOKEN='hunter 2' /opt/login":   "sh",
		"":                              "",
		"one":                           "one",
		`"unclosed quote`:               "unclosed quote",
	} {
		if got := firstWord(line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
