package render

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
)

// deciding is what leaves a verdict open.
func deciding(r *judge.Report) []fact.Gap {
	if len(r.Deciding) > 0 {
		return r.Deciding
	}
	return r.Unknown
}

// because says why a verdict is open, in the words of a sentence; empty where nothing says it.
func because(r *judge.Report) string {
	if found := undecided(r); len(found) > 0 {
		return found[0].Title
	}
	const most = 2
	groups := byReason(deciding(r))
	var parts []string
	for _, group := range groups {
		if len(parts) == most {
			break
		}
		if part := group.words(); !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	text := strings.Join(parts, ", and ")
	if more := len(groups) - most; more > 0 {
		text += ", and for " + strconv.Itoa(more) + " more reasons"
	}
	return text
}

// words say what is unknown and why, in short where somebody may not read it: who that is and what it takes comes with the next
// step.
func (g gapGroup) words() string {
	const most = 3
	names := make([]string, 0, most)
	for _, what := range g.what[:min(len(g.what), most)] {
		if role, ok := strings.CutPrefix(what, "iam:GetRole "); ok && !strings.HasPrefix(role, "arn:") {
			what = "iam:GetRole of role/" + role
		}
		names = append(names, what)
	}
	what := strings.Join(names, " and ")
	if more := len(g.what) - most; more > 0 {
		what += " and " + strconv.Itoa(more) + " more"
	}
	verb := " was denied"
	if len(g.what) > 1 {
		verb = " were denied"
	}
	switch _, _, denied := refused(g.reason); {
	case denied, strings.HasPrefix(g.reason, "AccessDenied"):
		return what + verb
	case g.reason == nothingFromAWS:
		return g.reason
	default:
		return what + ": " + g.reason
	}
}

// nothingFromAWS is the reason with --no-aws, and of a snapshot that was taken so.
const nothingFromAWS = "nothing was read from AWS"

// How IAM and the API server refuse a request: they name who may not do what.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html and
// https://github.com/kubernetes/apiserver/blob/v0.34.0/pkg/endpoints/handlers/responsewriters/errors.go
var (
	deniedByIAM  = regexp.MustCompile(`User: (\S+) is not authorized to perform: (\S+)`)
	deniedByRBAC = regexp.MustCompile(`User "([^"]+)" cannot (\w+ resource "[^"]+"(?: in API group "[^"]*")?(?: in the namespace "[^"]+"| at the cluster scope)?)`)
)

// refused takes a refusal apart: who may not do what.
func refused(reason string) (who, what string, ok bool) {
	for _, pattern := range []*regexp.Regexp{deniedByIAM, deniedByRBAC} {
		if m := pattern.FindStringSubmatch(reason); m != nil {
			return m[1], strings.TrimSuffix(m[2], ":"), true
		}
	}
	return "", "", false
}
