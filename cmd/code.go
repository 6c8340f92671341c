package cmd

import (
	"strings"
	"unicode"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/near"
)

// meansCode reports whether an argument is a code, right or mistyped: it begins as codes do and has an upper-case letter, which
// the name of a pod never has (RFC 1123 subdomains are lower case).
func meansCode(arg string) bool {
	letters, _ := codeParts(arg)
	_, ok := near.To(letters, []string{"irsa"})
	return ok && strings.ToLower(arg) != arg && !strings.Contains(arg, "/")
}

// unknownCode is the error of an argument that was meant as a code.
func unknownCode(arg string) error {
	if code := codeNear(arg); code != "" {
		return usagef("unknown code %q: did you mean %s?", arg, code)
	}
	return usagef("unknown code %q: \"kubectl irsa explain --codes\" lists all codes", arg)
}

// codeNear returns the code that was meant by irsa-402, IRSA4O2 or 402; empty if none was. Another number is another code,
// so only the writing may differ.
func codeNear(arg string) check.Code {
	letters, number := codeParts(arg)
	if _, ok := near.To(letters, []string{"irsa"}); letters != "" && !ok {
		return ""
	}
	number = strings.NewReplacer("o", "0", "l", "1", "i", "1").Replace(number)
	if c, ok := check.ByCode(check.Code("IRSA" + number)); ok {
		return c.Code
	}
	return ""
}

// codeParts takes a code apart, in lower case: its letters, and from the first digit on the number.
func codeParts(arg string) (letters, number string) {
	arg = strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(arg))
	at := strings.IndexFunc(arg, unicode.IsDigit)
	if at < 0 {
		return arg, ""
	}
	return arg[:at], arg[at:]
}
