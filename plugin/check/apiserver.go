package check

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// A token for the API server is not one for AWS. Where a container offers it as its web identity, the container is fixed:
// neither a provider's client IDs nor a trust policy is widened to the API server's audience, since every pod has such a token.

// apiToken is the finding about a container whose manifest names a token for the API server.
func apiToken(s *subject.Subject, c *subject.Container, audience string) Outcome {
	out := Outcome{
		Result: Fail, Where: where(c, "env AWS_WEB_IDENTITY_TOKEN_FILE"),
		Have: c.TokenFile + ", a token for the API server (audience " + audience + ")", Need: "a token with audience " + s.IntendedAudience(),
		Why: "the manifest sets the variables to a token for the API server, which STS does not accept; the webhook adds its own token only if neither variable is set",
	}
	role, _ := c.Variables.Known("AWS_ROLE_ARN")
	switch {
	case s.Bound():
		out.Fix = unsetPair(s, c, inject.WebIdentity)
	case inject.CheckRoleARN(role) == "":
		bind := change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: s.RoleKey(), Value: role}
		out.Fix = append([]change.Change{bind}, unsetPair(s, c, inject.WebIdentity)...)
	default:
		out.Advice = "annotate the service account with the role, and remove both variables from the template"
	}
	return out
}

// apiAudience is the finding about a service account whose annotation asks for tokens for the API server.
func apiAudience(s *subject.Subject, j *subject.RoleJudgement) Outcome {
	key := s.Settings.AnnotationPrefix + "/" + inject.Audience
	out := Outcome{
		Result: Fail, Where: accountWhere(s) + ", annotation " + key, Have: j.Audience, Need: "an audience for AWS",
		Why:      "because of the annotation, the webhook projects a token for the API server, which STS does not accept",
		Advice:   "project a token with an audience for AWS, such as sts.amazonaws.com; do not make IAM accept tokens for the API server",
		Evidence: []string{s.Account.Source()},
	}
	if strings.EqualFold(s.Binding.Audience, j.Audience) {
		remove := change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: key}
		out.Need, out.Fix, out.Advice = "no such annotation, or an audience for AWS", append([]change.Change{remove}, recreate(s)...), ""
		return out
	}
	out.Where = podWhere(s) + ", the projected token"
	out.Why = "the token is for the API server, and STS does not accept it"
	return out
}
