package snapshot

import (
	"regexp"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

// redactVariable returns what a snapshot keeps of a variable's value.
func redactVariable(name, value string) string {
	if value == "" || value == Redacted {
		return value
	}
	switch sdk.KindOf(name) {
	case sdk.Setting:
		return value
	case sdk.Address:
		return withoutQuery(withoutUserInfo(value))
	case sdk.KeyID:
		return maskKeyID(value)
	default:
		return Redacted
	}
}

// maskKeyID keeps the first and the last four characters of an access key id, which tell its kind and
// which key it is, and no more.
func maskKeyID(id string) string {
	const ends = 4
	if len(id) < 4*ends || strings.ContainsAny(id, "$( \n") {
		return Redacted
	}
	return id[:ends] + strings.Repeat("*", len(id)-2*ends) + id[len(id)-ends:]
}

// withoutUserInfo removes user and password from an address, with or without a scheme (proxy variables may
// have none). A password may hold any character, so everything up to the last @ goes.
func withoutUserInfo(value string) string {
	at := strings.LastIndex(value, "@")
	if at < 0 {
		return value
	}
	scheme, _, ok := strings.Cut(value[:at], "://")
	if !ok {
		return value[at+1:]
	}
	return scheme + "://" + value[at+1:]
}

// withoutQuery removes query and fragment from an address: they may hold a token or a signature.
func withoutQuery(value string) string {
	if at := strings.IndexAny(value, "?#"); at >= 0 {
		return value[:at]
	}
	return value
}

// How errors name who asked, and what they quote: the API server, IAM and STS, and addresses with a query.
var quoted = []struct {
	form *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`\b(User|user) "[^"]*"`), `$1 "` + Redacted + `"`},
	{regexp.MustCompile(`\b(User: )\S+`), "${1}" + Redacted},
	{regexp.MustCompile(`\b(arn:[\w-]+:sts::\d+:(?:assumed-role|federated-user)/)[^\s"',;]+`), "${1}" + Redacted},
	{regexp.MustCompile(`\b(arn:[\w-]+:iam::\d+:user/)[^\s"',;]+`), "${1}" + Redacted},
	{regexp.MustCompile(`\b([a-z][a-z0-9+.-]*://)[^\s/"'@]*@`), "${1}"},
	{regexp.MustCompile(`\b([a-z][a-z0-9+.-]*://[^\s"'?#]+)[?#][^\s"']*`), "${1}"},
}

// withoutCaller is an error without the name of who asked, and without the queries of addresses.
func withoutCaller(text string) string {
	for _, one := range quoted {
		text = one.form.ReplaceAllString(text, one.with)
	}
	return text
}
