package neterr

import (
	"fmt"
	"regexp"

	"al.essio.dev/pkg/shellescape"
)

// A CommandError is that of a program that should have logged in and did not: a kubeconfig's exec plugin, a profile's
// credential_process.
type CommandError struct {
	What    string // "exec plugin", "credential_process of profile dev"
	Command string // without its arguments, which may be secrets
	Failure string // "failed with exit code 1", "was not found"
	Text    string // its own last line, without secrets
	Do      string // what to do about it
}

// Error implements error.
func (e *CommandError) Error() string {
	text := fmt.Sprintf("%s %q %s", e.What, e.Command, e.Failure)
	for _, more := range []string{e.Text, e.Do} {
		if more != "" {
			text += ": " + more
		}
	}
	return Line(text)
}

// Exited is the failure of a program that ended with an exit code.
func Exited(code string) string { return "failed with exit code " + code }

// LoginCommand is the command of the AWS CLI that begins a new session of a profile, of the default one if profile is empty.
func LoginCommand(profile string, verb ...string) string {
	argv := append([]string{"aws"}, verb...)
	if profile != "" {
		argv = append(argv, "--profile", profile)
	}
	return shellescape.QuoteCommand(argv)
}

// ssoExpired is what the AWS CLI and botocore print where `aws sso login` is needed: botocore/exceptions.py
// (SSOTokenLoadError, UnauthorizedSSOTokenError, TokenRetrievalError of the provider sso).
var ssoExpired = regexp.MustCompile(`(?i)error loading sso token|sso session .*(expired|invalid)|retrieving token from sso|aws sso login`)

// NeedsSSOLogin reports whether a program says that the session of IAM Identity Center has expired.
func NeedsSSOLogin(text string) bool { return ssoExpired.MatchString(text) }
