package aws

import (
	"context"
	"errors"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/neterr"
)

// A loginExplainer says why the credentials of a profile cannot be had, and what to do about it.
type loginExplainer struct {
	profile *config.SharedConfig // as the SDK loaded it; nil if it loaded none
	// processText returns what a credential_process has printed to standard error; nil: that is unknown.
	processText func() string
}

func explainerOf(loaded aws.Config, o Options) loginExplainer {
	e := loginExplainer{processText: o.ProcessText}
	for _, source := range loaded.ConfigSources {
		if shared, ok := source.(config.SharedConfig); ok {
			e.profile = &shared
		}
	}
	return e
}

// noCredentials is the reason in one line.
func (e loginExplainer) noCredentials(err error) string {
	if errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	return "no AWS credentials: " + e.why(err)
}

func (e loginExplainer) why(err error) string {
	if process, ok := errors.AsType[*processcreds.ProviderError](err); ok {
		return e.process(process).Error()
	}
	if profile := e.source(func(p *config.SharedConfig) bool { return p.SSOStartURL != "" || p.SSOSession != nil }); profile != nil && sessionOver(err) {
		return "the SSO session of profile " + profile.Profile + " has expired or does not exist: run " + strconv.Quote(loginCommand(profile, "sso", "login"))
	}
	if profile := e.source(func(p *config.SharedConfig) bool { return p.LoginSession != "" }); profile != nil && sessionOver(err) {
		return "the login session of profile " + profile.Profile + " has expired or does not exist: run " + strconv.Quote(loginCommand(profile, "login"))
	}
	text := reason(err)
	for _, noise := range []string{"failed to refresh cached credentials, ", "get identity: ", "get credentials: "} {
		text = strings.ReplaceAll(text, noise, "")
	}
	return text
}

// source returns the profile that the credentials come from, through those that name another as their source; nil if it is
// not of the kind.
func (e loginExplainer) source(is func(*config.SharedConfig) bool) *config.SharedConfig {
	const deepest = 20 // the SDK refuses a circle
	profile := e.profile
	for range deepest {
		if profile == nil || is(profile) {
			return profile
		}
		profile = profile.Source
	}
	return nil
}

// sessionOver reports whether logging in again helps: the cached token of the session is missing, has expired, or is refused
// where it is exchanged (https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html,
// https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html). What the SDK finds wrong
// with its cache has no type of its own.
func sessionOver(err error) bool {
	if _, ok := errors.AsType[*ssocreds.InvalidTokenError](err); ok {
		return true
	}
	for _, code := range []string{"UnauthorizedException", "InvalidGrantException", "ExpiredTokenException", "InvalidClientException"} {
		if hasCode(err, code) {
			return true
		}
	}
	text := err.Error()
	for _, part := range []string{"cached SSO token", "SSO token is expired", "load login token", "validate login token", "please reauthenticate"} {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// loginCommand is the command of the AWS CLI that begins a new session of the profile.
func loginCommand(profile *config.SharedConfig, verb ...string) string {
	if profile.Profile == config.DefaultSharedConfigProfile {
		return neterr.LoginCommand("", verb...)
	}
	return neterr.LoginCommand(profile.Profile, verb...)
}

// notFound is the exit code of a shell that does not find the command (POSIX, Shell Command Language, 2.8.2).
const notFound = 127

// process says what is wrong with a credential_process. What it printed to standard output is not repeated: that is where its
// credentials are.
func (e loginExplainer) process(err *processcreds.ProviderError) *neterr.CommandError {
	failed := &neterr.CommandError{What: "credential_process", Failure: "failed"}
	profile := e.source(func(p *config.SharedConfig) bool { return p.CredentialProcess != "" })
	if profile != nil {
		failed.What, failed.Command = "credential_process of profile "+profile.Profile, firstWord(profile.CredentialProcess)
	}
	var said string
	if e.processText != nil {
		said = neterr.LastLine(e.processText())
	}
	exit, exited := errors.AsType[*exec.ExitError](err)
	switch text := err.Err.Error(); {
	case strings.HasPrefix(text, "credential process timed out"):
		failed.Failure, failed.Text = "did not end in time", said
	case exited && exit.ExitCode() == notFound:
		failed.Failure, failed.Do = "was not found", "install it, or correct credential_process in the AWS configuration file"
	case exited:
		failed.Failure, failed.Text = neterr.Exited(strconv.Itoa(exit.ExitCode())), said
		failed.Do = "correct credential_process in the AWS configuration file, or log in again"
		if neterr.NeedsSSOLogin(said) && profile != nil {
			failed.Do = "log in again with \"aws sso login\""
		}
	default:
		failed.Failure = outputFailure(text)
		failed.Do = "correct credential_process in the AWS configuration file"
	}
	return failed
}

// outputFailure says what is wrong with what a credential_process printed, by the SDK's error. Nothing of that is passed on: it may
// quote the output, which has the credentials.
func outputFailure(text string) string {
	for _, known := range []struct{ part, failure string }{
		{"parse failed of process output", "printed something else than one JSON object"},
		{"wrong version in process output", "printed JSON without \"Version\": 1"},
		{"missing AccessKeyId in process output", "printed no AccessKeyId"},
		{"missing SecretAccessKey in process output", "printed no SecretAccessKey"},
	} {
		if strings.HasPrefix(text, known.part) {
			return known.failure
		}
	}
	return "failed"
}

// assignment is a variable that is set for one command.
var assignment = regexp.MustCompile(`^[A-Za-z_]\w*=`)

// firstWord is the program of a command line, as a shell takes it apart.
func firstWord(line string) string {
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		var word string
		if quote := line[0]; quote == '"' || quote == '\'' {
			word, line, _ = strings.Cut(line[1:], string(quote))
		} else if at := strings.IndexAny(line, " \t"); at >= 0 {
			word, line = line[:at], line[at:]
		} else {
			word, line = line, ""
		}
		if !assignment.MatchString(word) {
			return word
		}
		if quotes := strings.Count(word, `"`) + strings.Count(word, "'"); quotes == 1 {
			// A value with blanks is not taken apart: it may be a secret.
			return "sh"
		}
	}
	return ""
}
