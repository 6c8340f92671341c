package inject

import (
	"fmt"
	"regexp"
	"strings"
)

// A marker is how one family of tools writes a place that it fills in. No ARN of a role holds any of these texts: IAM
// takes letters, digits and _+=,.@- in names.
type marker struct {
	pattern *regexp.Regexp
	what    string // what the place is called
	missing string // what did not happen
}

// The markers, those first that hold others: a template may have a variable in it.
var markers = []marker{
	{regexp.MustCompile(`\{\{[^{}]*(\}\}|$)`), "template expression", "was not rendered (Helm, Argo, Jinja)"},
	{regexp.MustCompile(`\{%.*?(%\}|$)`), "template expression", "was not rendered (Jinja)"},
	{regexp.MustCompile(`<%.*?(%>|$)`), "template expression", "was not rendered (ERB)"},
	{regexp.MustCompile(`\$\{[^{}]*(\}|$)`), "variable", "was not replaced (envsubst, Terraform, Kustomize, CloudFormation)"},
	{regexp.MustCompile(`\$\([^()]*(\)|$)`), "variable", "was not replaced"},
	{regexp.MustCompile(`#\{[^{}]*(\}|$)`), "variable", "was not replaced"},
	{regexp.MustCompile(`\$[A-Za-z_][A-Za-z0-9_]*`), "variable", "was not replaced"},
	{regexp.MustCompile(`%[A-Za-z_][A-Za-z0-9_]*%`), "variable", "was not replaced"},
	{regexp.MustCompile(`<[^<>]*(>|$)`), "placeholder", "was not replaced"},
	{regexp.MustCompile(`\[[^\[\]]*\]`), "placeholder", "was not replaced"},
	{regexp.MustCompile(`\{[^{}]*\}`), "placeholder", "was not replaced"},
}

// unfilled returns the placeholder in a value that was not replaced; empty if there is none.
func unfilled(value string) string {
	for _, m := range markers {
		if place := m.pattern.FindString(value); place != "" {
			return fmt.Sprintf("it has the %s %s, which %s", m.what, shortened(place), m.missing)
		}
	}
	return ""
}

// shortened is a place as a sentence can hold it.
func shortened(place string) string {
	const most = 60
	if runes := []rune(place); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return place
}

// standsForAccount reports whether a text in the place of an account number is a word for one, as documentation writes it:
// ACCOUNT_ID, YOUR-ACCOUNT, xxxxxxxxxxxx.
func standsForAccount(account string) bool {
	word := plain(account)
	return strings.Contains(word, "account") || strings.Contains(word, "awsid") || word != "" && strings.Trim(word, "x") == ""
}
