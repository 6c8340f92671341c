package render

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
)

// A shortener writes the names in sentences short: an IAM ARN of the cluster's own account as role/web, and the OIDC issuer of an
// EKS cluster as id/0F1E…E1F0. Values to compare and commands to copy never pass through it.
//
// Two different names must not look the same in one answer: see inShort.
type shortener struct {
	account string            // of the cluster; empty where it is unknown
	off     bool              // everything stays in full
	meaning map[string]string // what each short name stands for
	full    map[string]bool   // short names that would stand for two
	clash   bool              // one was found since the last attempt
}

func newShortener(account string, off bool) *shortener {
	return &shortener{account: account, off: off, meaning: map[string]string{}, full: map[string]bool{}}
}

// inShort returns what write writes, with short names. Where two names would become the same one, it is written again with both in
// full.
func inShort(account string, s Style, write func(*page)) string {
	names := newShortener(account, s.Wide)
	for {
		p := newPage(s)
		p.names = names
		write(p)
		if !names.clash {
			return p.String()
		}
		names.clash, names.meaning = false, map[string]string{}
	}
}

// accountOf is the account of the cluster that a report is about.
func accountOf(r *judge.Report) string {
	return provenanceOf(r).Account
}

// Both patterns are wide: what they find is only shortened if it is of the cluster's account, or of EKS.
var (
	arnPattern = regexp.MustCompile(`arn:[a-z0-9-]+:(?:iam|sts)::([0-9]{12}):(?:role|user|group|policy|assumed-role)/[A-Za-z0-9_+=,.@/-]+`)
	// https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html; the second is the dual-stack form.
	// It may be the end of a provider's ARN, and have a claim behind it as a condition key has.
	issuerPattern = regexp.MustCompile(`(arn:[a-z0-9-]+:iam::[0-9]{0,12}:oidc-provider/)?(?:https://)?oidc[.-]eks\.[a-z0-9.-]+/id/([A-Za-z0-9]+)(:[a-z]+\b)?(/)?`)
)

// sentence shortens the names in a sentence.
func (s *shortener) sentence(text string) string {
	if s.skips(text) {
		return text
	}
	text = replaceNames(issuerPattern, text, func(found string) string {
		i := issuerIn(found)
		own := s.account != "" && strings.Contains(i.arn, ":"+s.account+":")
		switch {
		case i.path, i.arn != "" && !own: // a URL, or the ARN of another account
			return found
		case i.claim != "":
			return s.name(i.issuer, strings.TrimSuffix(found, i.claim), shortID(i.id), "…") + i.claim
		default:
			return s.name(i.issuer, found, shortID(i.id))
		}
	})
	if s.account == "" {
		return text
	}
	text = replaceNames(arnPattern, text, func(found string) string {
		arn := strings.TrimRight(found, ",.") // which may also end a sentence
		_, resource, own := strings.Cut(arn, "::"+s.account+":")
		if !own {
			return found
		}
		return s.name(arn, arn, resource) + found[len(arn):]
	})
	return strings.ReplaceAll(text, "role role/", "role/") // "create role arn:…" has the word already
}

// document shortens the issuers in a line of a policy. Its ARNs are shown as they are written.
func (s *shortener) document(line string) string {
	if s.skips(line) {
		return line
	}
	return issuerPattern.ReplaceAllStringFunc(line, func(found string) string {
		switch i := issuerIn(found); {
		case i.path:
			return found
		case i.claim != "":
			return s.name(i.issuer, strings.TrimSuffix(found, i.claim), "…/"+shortID(i.id), "…") + i.claim
		default:
			return s.name(i.issuer, found, i.arn+"…/"+shortID(i.id))
		}
	})
}

// replaceNames replaces what a pattern finds, but for what is behind a quotation mark or a =: that is a value to type.
func replaceNames(pattern *regexp.Regexp, text string, short func(string) string) string {
	var out strings.Builder
	end := 0
	for _, at := range pattern.FindAllStringIndex(text, -1) {
		if at[0] > 0 && strings.IndexByte(`"'=`, text[at[0]-1]) >= 0 {
			continue
		}
		out.WriteString(text[end:at[0]] + short(text[at[0]:at[1]]))
		end = at[1]
	}
	return out.String() + text[end:]
}

// An issuerName is the name of an issuer as a text has it.
type issuerName struct {
	arn    string // what makes it a provider's ARN, before it
	issuer string // without the scheme
	id     string
	claim  string // behind it, as in a condition key: :sub
	path   bool   // it is the beginning of a URL
}

func issuerIn(found string) issuerName {
	m := issuerPattern.FindStringSubmatch(found)
	i := issuerName{arn: m[1], id: m[2], claim: m[3], path: m[4] != ""}
	i.issuer = strings.TrimPrefix(strings.TrimSuffix(strings.TrimPrefix(found, i.arn), i.claim), "https://")
	return i
}

// skips reports whether a text has nothing to shorten, without a look at all of its characters.
func (s *shortener) skips(text string) bool {
	return s == nil || s.off || !strings.Contains(text, "arn:") && !strings.Contains(text, "oidc")
}

// name returns the shortest of the short forms of a name that stands for nothing else in this answer, or else the text in full. The
// forms are given from the longest to the shortest.
func (s *shortener) name(name, text string, forms ...string) string {
	for _, short := range slices.Backward(forms) {
		if s.full[short] {
			continue
		}
		if other, used := s.meaning[short]; used && other != name {
			s.full[short], s.clash = true, true
			continue
		}
		s.meaning[short] = name
		return short
	}
	return text
}

// shortID is the id of an issuer by its ends.
func shortID(id string) string {
	const ends = 4
	if len(id) <= 2*ends {
		return "id/" + id
	}
	return "id/" + id[:ends] + "…" + id[len(id)-ends:]
}
