package judge

import (
	"fmt"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// chain is the way from the pod to AWS, a line a link. A link's result is that of its checks; its text
// is what is there.
func chain(s *subject.Subject, rows []row) []ChainLink {
	var links []ChainLink
	for _, link := range check.Links {
		text := linkText(s, link, rows)
		if text == "" {
			continue
		}
		links = append(links, ChainLink{Link: link, Result: linkResult(link, rows), Text: text})
	}
	return links
}

// linkResult is the worst result of the link's checks that can break it.
func linkResult(link check.Link, rows []row) check.Result {
	result := check.Skip
	for _, r := range rows {
		if r.check.Link != link || r.check.Class != check.Breaks && !r.check.Gap {
			continue
		}
		switch {
		case r.outcome.Result == check.Fail && r.check.Gap:
			result = worseResult(result, check.Unknown)
		default:
			result = worseResult(result, r.outcome.Result)
		}
	}
	return result
}

func worseResult(a, b check.Result) check.Result {
	for _, r := range []check.Result{check.Fail, check.Unknown, check.Pass} {
		if a == r || b == r {
			return r
		}
	}
	return check.Skip
}

// linkText is one line about what is there; empty where the link does not matter.
func linkText(s *subject.Subject, link check.Link, rows []row) string {
	web, pods := s.Intent.Mechanism == inject.WebIdentity || len(s.Roles) > 0, s.PodIdentity != nil
	switch link {
	case check.LinkAccount:
		return accountText(s)
	case check.LinkInjection:
		return injectionText(s)
	case check.LinkEnvironment:
		return environmentText(s, rows)
	case check.LinkPodIdentity:
		if pods {
			return podIdentityText(s)
		}
	case check.LinkProvider:
		if web && len(s.Roles) > 0 {
			return providerText(s, s.Roles[0], rows)
		}
	case check.LinkRole:
		switch {
		case web && len(s.Roles) > 0:
			return factText(s.Roles[0].Role, s.Roles[0].RoleARN)
		case pods && s.Intent.Association != nil:
			return associationRolesText(s.PodIdentity)
		}
	case check.LinkTrust:
		if web && len(s.Roles) > 0 {
			return trustText(s, s.Roles[0])
		}
	case check.LinkFallback:
		return fallbackText(s)
	}
	return ""
}

// failed is the outcome of a check.
func failed(rows []row, code check.Code) check.Outcome {
	for _, r := range rows {
		if r.check.Code == code {
			return r.outcome
		}
	}
	return check.Outcome{}
}

func factText[T any](f fact.Fact[T], known string) string {
	if f.Absent() {
		return known + " does not exist"
	}
	if g, ok := f.Gap(); ok {
		return known + ", not readable: " + g.Reason
	}
	return known
}

// associationRolesText names the roles that EKS assumes one after the other.
func associationRolesText(j *subject.PodIdentityJudgement) string {
	text := factText(j.Role, j.RoleARN)
	if j.Target != nil {
		text += ", then target role " + factText(j.Target.Role, j.Target.ARN)
	}
	return text
}

func accountText(s *subject.Subject) string {
	name := s.Pod.Namespace + "/" + s.AccountName
	switch {
	case s.Account.Absent():
		return name + " does not exist"
	case s.Intent.Association != nil:
		return name + ", Pod Identity association with " + s.Intent.RoleARN
	case s.Binding.RoleARN != "":
		return name + ", annotated with " + s.Binding.RoleARN
	case !s.Account.Known():
		return factText(s.Account, name)
	default:
		return name + ", no role"
	}
}

func injectionText(s *subject.Subject) string {
	if _, refused := s.Refused(); refused {
		return "no pod is created: the API server refuses them"
	}
	var web, pods, none []string
	for _, c := range s.Reading.Containers {
		switch {
		case c.Type == inject.Ephemeral:
		case c.Mechanism == inject.WebIdentity:
			web = append(web, c.Name)
		case c.Mechanism == inject.PodIdentity:
			pods = append(pods, c.Name)
		case c.ByHand != inject.None:
			none = append(none, c.Name+" (set by the manifest)")
		default:
			none = append(none, c.Name)
		}
	}
	var parts []string
	add := func(what string, names []string) {
		if len(names) > 0 {
			parts = append(parts, what+" into "+strings.Join(names, ", "))
		}
	}
	add("web identity", web)
	add("Pod Identity", pods)
	add("nothing", none)
	return strings.Join(parts, "; ")
}

func environmentText(s *subject.Subject, rows []row) string {
	for _, c := range s.Containers {
		if c.Type == inject.Ephemeral || c.Wants == inject.None {
			continue
		}
		switch c.Environment.Static {
		case sdk.Full, sdk.IDOnly:
			return check.Describe(c.Variables, "AWS_ACCESS_KEY_ID") + " in " + c.Name
		case sdk.Maybe:
			return "not known: whether access keys are set in " + c.Name
		}
		switch c.Environment.Profile {
		case sdk.None:
		case sdk.Maybe, sdk.Unknown:
			return "not known: whether " + c.Name + " finds a profile"
		case sdk.DefaultFile:
			return "a shared credentials file in " + c.Name
		default:
			return check.Describe(c.Variables, "AWS_PROFILE") + " in " + c.Name
		}
	}
	for _, code := range []check.Code{check.IRSA616, check.IRSA617} {
		if out := failed(rows, code); out.Result == check.Fail {
			return out.Where + ": " + out.Have
		}
	}
	if s.Intent.Mechanism == inject.None {
		return ""
	}
	return "no other credentials in front of the role"
}

func providerText(s *subject.Subject, j *subject.RoleJudgement, rows []row) string {
	issuer, ok := s.Issuer.Get()
	switch {
	case s.IssuerFault.Cause != subject.IssuerUsable:
		return failed(rows, check.IssuerCode(s.IssuerFault)).Have + ": no provider would do"
	case !ok:
		return factText(s.Issuer, "the cluster's issuer")
	}
	provider, known := j.Provider.Get()
	if !known {
		return factText(j.Provider, strings.TrimPrefix(issuer, "https://")+" in account "+j.ARN.Account)
	}
	return fmt.Sprintf("%s, audiences %s", j.ProviderARN, strings.Join(provider.ClientIDList, ", "))
}

func trustText(s *subject.Subject, j *subject.RoleJudgement) string {
	switch {
	case j.Malformed != "" || j.Role.Absent():
		return ""
	case j.PolicyError != nil:
		return j.PolicyError.Error()
	case j.Decision == nil:
		return "not known"
	case j.Decision.Verdict == trust.Allowed:
		return fmt.Sprintf("statement %d allows %s", j.Decision.Statement, s.TokenSubject())
	case j.Decision.Verdict == trust.Undetermined:
		return strings.Join(j.Decision.Conditions, "; ")
	default:
		return "does not allow " + s.TokenSubject()
	}
}

func podIdentityText(s *subject.Subject) string {
	j := s.PodIdentity
	if j.Impossible != subject.Possible {
		return "not available: " + check.Impossible(j.Impossible)
	}
	up, known := j.Agent.Get()
	agent := "agent not known"
	switch {
	case known && up:
		agent = "agent ready on the node"
	case known:
		agent = "no ready agent on the node"
	}
	if s.Intent.Association == nil {
		return agent
	}
	if j.Target != nil {
		return agent + ", role " + j.RoleARN + ", target role " + j.Target.ARN
	}
	return agent + ", role " + j.RoleARN
}

func fallbackText(s *subject.Subject) string {
	reach := s.Node.IMDS
	role, known := s.Node.Role.Get()
	switch {
	case reach.State == subject.Unreachable:
		return "none: " + check.Reach(s, reach)
	case reach.State == subject.ReachUnknown:
		return "not known"
	case known:
		return "the node's role " + role + " through IMDS"
	case s.Node.Role.Absent():
		return "none: the node has no role"
	default:
		return "the node's role through IMDS; which one is not known"
	}
}
