package judge

import (
	"fmt"
	"slices"
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
		result := linkResult(link, rows)
		if link == check.LinkFallback && result == check.Skip {
			result = nodeRoleUseOf(s).result()
		}
		links = append(links, ChainLink{Link: link, Result: result, Text: text})
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
			return podIdentityText(s, rows)
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
	const nothing = "nothing injected into"
	order := []string{}
	containers := map[string][]string{}
	for _, c := range s.Reading.Containers {
		if c.Type == inject.Ephemeral {
			continue
		}
		what, name := injectedInto(c), c.Name
		if what == "" {
			what = nothing
			if c.ByHand != inject.None {
				name += " (set by the manifest)"
			}
		}
		if containers[what] == nil && what != nothing {
			order = append(order, what)
		}
		containers[what] = append(containers[what], name)
	}
	if containers[nothing] != nil {
		order = append(order, nothing)
	}
	parts := make([]string, len(order))
	for i, what := range order {
		noun := " container "
		if len(containers[what]) > 1 {
			noun = " containers "
		}
		parts[i] = what + noun + strings.Join(containers[what], ", ")
	}
	return strings.Join(parts, "; ")
}

// injectedInto says what of a mechanism's variables and volume a container has; empty where it has nothing of the webhook's.
func injectedInto(c inject.Container) string {
	var first, file string
	switch c.Mechanism {
	case inject.WebIdentity:
		first, file = "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"
	case inject.PodIdentity:
		first, file = subject.FullURI, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
	default:
		return ""
	}
	has := func(name string) bool {
		return slices.ContainsFunc(c.Env, func(v inject.Injected) bool { return v.Name == name })
	}
	lacksVolume := slices.ContainsFunc(c.Problems, func(p inject.Problem) bool {
		return p.Mechanism == c.Mechanism && (p.Kind == inject.VolumeMissing || p.Kind == inject.MountMissing)
	})
	switch {
	case has(first) && has(file) && lacksVolume:
		return first + " without token volume in"
	case has(first) && has(file):
		return first + " and token volume injected into"
	case has(first):
		return first + " without " + file + " in"
	case has(file):
		return file + " without " + first + " in"
	default:
		return "token volume without " + first + " in"
	}
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
		_, named := c.Variables.Known("AWS_PROFILE")
		switch {
		case c.Environment.Profile == sdk.None && c.Environment.ProfileOf == sdk.PerSDK{}:
		case named:
			return check.Describe(c.Variables, "AWS_PROFILE") + " in " + c.Name
		case c.ProfileUnknown():
			return "unknown: which profile " + c.Name + " finds"
		default:
			return "a profile in a shared file of " + c.Name
		}
	}
	for _, code := range []check.Code{check.IRSA616, check.IRSA617, check.IRSA618} {
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

func podIdentityText(s *subject.Subject, rows []row) string {
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
	if out := failed(rows, check.IRSA711); out.Result == check.Fail {
		agent += ", which the SDK does not accept at " + out.Have
	}
	if s.Intent.Association == nil {
		return agent
	}
	if j.Target != nil {
		return agent + ", role " + j.RoleARN + ", target role " + j.Target.ARN
	}
	return agent + ", role " + j.RoleARN
}

// A nodeRoleUse is which containers use the node's role.
type nodeRoleUse struct {
	containers []string // with what uses it
	all        bool     // whatever the SDK is
	meant      bool     // none of them should have another role
}

func nodeRoleUseOf(s *subject.Subject) nodeRoleUse {
	use := nodeRoleUse{all: true, meant: true}
	for _, c := range s.Containers {
		var names []string
		for _, o := range c.Outcomes {
			if o.Provider == sdk.IMDS {
				names = append(names, string(o.SDK))
			}
		}
		if c.Type == inject.Ephemeral || len(names) == 0 {
			continue
		}
		who := "SDKs"
		if len(names) < len(c.Outcomes) {
			who = strings.Join(names, ", ")
			use.all = false
		}
		use.containers = append(use.containers, who+" use in "+c.Name)
		use.meant = use.meant && (c.Wants == subject.FromNode || c.Wants == inject.None)
	}
	return use
}

// result is what the node's role is to the pod: nothing where no container uses it, and a break where one does that should have
// another.
func (u nodeRoleUse) result() check.Result {
	switch {
	case len(u.containers) == 0:
		return check.Skip
	case !u.all:
		return check.Unknown
	case u.meant:
		return check.Pass
	default:
		return check.Fail
	}
}

func (u nodeRoleUse) String() string {
	if len(u.containers) == 0 {
		return ""
	}
	return ", which " + strings.Join(u.containers, ", ")
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
		return "the node's role " + role + " through IMDS" + nodeRoleUseOf(s).String()
	case s.Node.Role.Absent():
		return "none: the node has no role"
	default:
		return "the node's role through IMDS" + nodeRoleUseOf(s).String() + "; which one is not known"
	}
}
