package check

import (
	"fmt"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// chain is the way from the pod to AWS, a line a link. A link's result is that of its checks; what a link
// says is what is there.
func chain(s *Subject, rows []row) []ChainLink {
	var links []ChainLink
	for _, link := range Links {
		text := s.linkText(link, rows)
		if text == "" {
			continue
		}
		links = append(links, ChainLink{Link: link, Result: linkResult(link, rows), Text: text})
	}
	return links
}

// linkResult is the worst of what the link's checks say that can break it.
func linkResult(link Link, rows []row) Result {
	result := Skip
	for _, r := range rows {
		if r.check.Link != link || r.check.Class != Breaks && !r.check.Gap {
			continue
		}
		switch {
		case r.outcome.Result == Fail && r.check.Gap:
			result = worseResult(result, Unknown)
		default:
			result = worseResult(result, r.outcome.Result)
		}
	}
	return result
}

func worseResult(a, b Result) Result {
	for _, r := range []Result{Fail, Unknown, Pass} {
		if a == r || b == r {
			return r
		}
	}
	return Skip
}

// linkText says in one line what stands at a link; empty where the link plays no part.
func (s *Subject) linkText(link Link, rows []row) string {
	web, pods := s.Intent.Mechanism == inject.WebIdentity || len(s.Roles) > 0, s.PodIdentity != nil
	switch link {
	case LinkAccount:
		return s.accountText()
	case LinkInjection:
		return s.injectionText()
	case LinkEnvironment:
		return s.environmentText()
	case LinkPodIdentity:
		if pods {
			return s.podIdentityText()
		}
	case LinkProvider:
		if web && len(s.Roles) > 0 {
			return s.providerText(s.Roles[0], rows)
		}
	case LinkRole:
		switch {
		case web && len(s.Roles) > 0:
			return factText(s.Roles[0].Role, s.Roles[0].RoleARN)
		case pods && s.Intent.Association != nil:
			return factText(s.PodIdentity.Role, s.PodIdentity.RoleARN)
		}
	case LinkTrust:
		if web && len(s.Roles) > 0 {
			return s.trustText(s.Roles[0])
		}
	case LinkFallback:
		return s.fallbackText()
	}
	return ""
}

// failed is the outcome of a check.
func failed(rows []row, code Code) Outcome {
	for _, r := range rows {
		if r.check.Code == code {
			return r.outcome
		}
	}
	return Outcome{}
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

func (s *Subject) accountText() string {
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

func (s *Subject) injectionText() string {
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

func (s *Subject) environmentText() string {
	for _, c := range s.Containers {
		if c.Type == inject.Ephemeral || c.Wants == inject.None {
			continue
		}
		switch c.Environment.Static {
		case sdk.Full, sdk.IDOnly:
			return c.Variables.describe("AWS_ACCESS_KEY_ID") + " in " + c.Name
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
			return c.Variables.describe("AWS_PROFILE") + " in " + c.Name
		}
	}
	if s.Intent.Mechanism == inject.None {
		return ""
	}
	return "no other credentials in front of the role"
}

func (s *Subject) providerText(j *RoleJudgement, rows []row) string {
	issuer, ok := s.Issuer.Get()
	switch {
	case s.IssuerFault.Cause != IssuerUsable:
		return failed(rows, issuerCodes[s.IssuerFault.Cause]).Have + ": no provider would do"
	case !ok:
		return factText(s.Issuer, "the cluster's issuer")
	}
	provider, known := j.Provider.Get()
	if !known {
		return factText(j.Provider, strings.TrimPrefix(issuer, "https://")+" in account "+j.ARN.Account)
	}
	return fmt.Sprintf("%s, audiences %s", j.ProviderARN, strings.Join(provider.ClientIDList, ", "))
}

func (s *Subject) trustText(j *RoleJudgement) string {
	switch {
	case j.Malformed != "" || j.Role.Absent():
		return ""
	case j.PolicyError != nil:
		return j.PolicyError.Error()
	case j.Decision == nil:
		return "not known"
	case j.Decision.Verdict == trust.Allowed:
		return fmt.Sprintf("statement %d allows %s", j.Decision.Statement, s.token())
	case j.Decision.Verdict == trust.Undetermined:
		return strings.Join(j.Decision.Conditions, "; ")
	default:
		return "does not allow " + s.token()
	}
}

func (s *Subject) podIdentityText() string {
	j := s.PodIdentity
	if j.Impossible != "" {
		return "not available: " + j.Impossible
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
	return agent + ", role " + j.RoleARN
}

func (s *Subject) fallbackText() string {
	reach := s.Node.IMDS
	role, known := s.Node.Role.Get()
	switch {
	case reach.State == Unreachable:
		return "none: " + reach.Why
	case reach.State == ReachUnknown:
		return "not known"
	case known:
		return "the node's role " + role + " through IMDS"
	case s.Node.Role.Absent():
		return "none: the node has no role"
	default:
		return "the node's role through IMDS; which one is not known"
	}
}
