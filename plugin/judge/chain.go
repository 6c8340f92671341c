package judge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// chain is the way from the pod to AWS, a line a link. A link's result is that of its checks; its text
// is what is there, in a few words: a line of a terminal has room for them.
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
			return roleText(s.Roles[0].Role, s.Roles[0].RoleARN) + permissionsText(rows)
		case pods && s.Intent.Association != nil:
			return associationRolesText(s.PodIdentity) + permissionsText(rows)
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
		return known + ", unknown: " + g.Reason
	}
	return known
}

// roleText names a role. Why it was not read is in the answer's first line.
func roleText(role fact.Fact[snapshot.Role], arn string) string {
	switch {
	case role.Absent():
		return arn + " does not exist"
	case !role.Known():
		return arn + ", not read"
	default:
		return arn
	}
}

// permissionsText says that a role may do nothing.
func permissionsText(rows []row) string {
	if failed(rows, check.IRSA304).Result == check.Fail {
		return ", without permissions"
	}
	return ""
}

// associationRolesText names the roles that EKS assumes one after the other.
func associationRolesText(j *subject.PodIdentityJudgement) string {
	text := roleText(j.Role, j.RoleARN)
	if j.Target != nil {
		text += ", then target role " + roleText(j.Target.Role, j.Target.ARN)
	}
	return text
}

func accountText(s *subject.Subject) string {
	name := s.Pod.Namespace + "/" + s.AccountName
	switch {
	case s.Account.Absent():
		return name + " does not exist"
	case s.Intent.Association != nil:
		return name + ", associated with " + s.Intent.RoleARN
	case s.Binding.RoleARN != "":
		return name + ", annotated with " + s.Binding.RoleARN
	case !s.Account.Known():
		return factText(s.Account, name)
	default:
		return name + ", without a role" + namesakeText(s)
	}
}

// namesakeText says where an association is that may have been meant for the pod. Most pods without a role need none, and what is
// known about them is not printed at length.
func namesakeText(s *subject.Subject) string {
	namesakes := s.Namesakes()
	if len(namesakes) == 0 {
		return ""
	}
	text := "; an association of that name is in another namespace: " + namesakes[0].Namespace
	if more := len(namesakes) - 1; more > 0 {
		text += " and " + strconv.Itoa(more) + " more"
	}
	return text
}

func injectionText(s *subject.Subject) string {
	if _, refused := s.Refused(); refused {
		return "no pod is created"
	}
	const nothing = "nothing in"
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
	const most = 2 // containers that are named where all have the same
	parts := make([]string, len(order))
	for i, what := range order {
		noun, names := " container ", strings.Join(containers[what], ", ")
		switch n := len(containers[what]); {
		case n > most && len(order) == 1:
			noun, names = " all ", strconv.Itoa(n)+" containers"
		case n > 1:
			noun = " containers "
		}
		parts[i] = what + noun + names
	}
	return strings.Join(parts, "; ")
}

// injectedInto says what of a mechanism's variables and volume a container has; empty where it has nothing of the webhook's.
func injectedInto(c inject.Container) string {
	var first, file, both string
	switch c.Mechanism {
	case inject.WebIdentity:
		first, file, both = "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"
	case inject.PodIdentity:
		first, file, both = subject.FullURI, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "credentials URI"
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
		return both + " and token volume in"
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
			return "unknown whether access keys are set in " + c.Name
		}
		_, named := c.Variables.Known("AWS_PROFILE")
		switch {
		case c.Environment.Profile == sdk.None && c.Environment.ProfileOf == sdk.PerSDK{}:
		case named:
			return check.Describe(c.Variables, "AWS_PROFILE") + " in " + c.Name
		case c.ProfileUnknown():
			return "unknown which profile " + c.Name + " finds"
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
	return "nothing takes precedence over the role"
}

func providerText(s *subject.Subject, j *subject.RoleJudgement, rows []row) string {
	issuer, ok := s.Issuer.Get()
	switch {
	case s.IssuerFault.Cause != subject.IssuerUsable:
		return failed(rows, check.IssuerCode(s.IssuerFault)).Have + ": no provider can match it"
	case !ok:
		return factText(s.Issuer, "the cluster's issuer")
	}
	provider, known := j.Provider.Get()
	if !known {
		text := "none for " + strings.TrimPrefix(issuer, "https://") + " in account " + j.ARN.Account
		if !j.Provider.Absent() {
			text = j.ProviderARN + ", not read"
		}
		return text
	}
	noun := "audiences"
	if len(provider.ClientIDList) == 1 {
		noun = "audience"
	}
	return fmt.Sprintf("%s, %s %s", j.ProviderARN, noun, strings.Join(provider.ClientIDList, ", "))
}

func trustText(s *subject.Subject, j *subject.RoleJudgement) string {
	switch {
	case j.Malformed != "" || j.Role.Absent():
		return ""
	case j.PolicyError != nil:
		return j.PolicyError.Error()
	case j.Decision == nil:
		return "not read"
	case j.Decision.Verdict == trust.Allowed:
		return fmt.Sprintf("statement %d allows this service account", j.Decision.Statement)
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
	agent := "unknown whether the agent is ready on the node"
	switch {
	case known && up:
		agent = "agent ready on the node"
	case known:
		agent = "no ready agent on the node"
	}
	if out := failed(rows, check.IRSA711); out.Result == check.Fail {
		agent += ", which the SDK does not accept at " + out.Have
	}
	if out := failed(rows, check.IRSA704); out.Result == check.Fail {
		agent += "; a trust policy does not allow EKS"
	}
	return agent
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
		use.containers = append(use.containers, who+" in "+c.Name)
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
	return ", used by " + strings.Join(u.containers, ", ")
}

// fallbackText says what the pod gets if its role fails.
func fallbackText(s *subject.Subject) string {
	reach := s.Node.IMDS
	role, known := s.Node.Role.Get()
	switch {
	case reach.State == subject.Unreachable:
		return "none: " + unreachableText(s, reach)
	case reach.State == subject.ReachUnknown:
		return "unknown whether the pod reaches IMDS"
	case s.Node.Role.Absent():
		return "none: the node has no role"
	}
	text := "the node's role"
	if known {
		text = role + ", the node's role"
	}
	if use := nodeRoleUseOf(s).String(); use != "" {
		return text + use
	}
	if sdks := fallbackSDKs(s); len(sdks) > 0 {
		return text + ", if the role fails, in " + strings.Join(sdks, ", ")
	}
	return text
}

// unreachableText says in a few words why the pod does not reach the metadata service.
func unreachableText(s *subject.Subject, reach subject.Reach) string {
	switch reach.Cause {
	case subject.HopLimitOne:
		return "IMDS is not reachable (hop limit 1)"
	case subject.EndpointDisabled:
		return "IMDS is disabled on the instance"
	default:
		return check.Reach(s, reach)
	}
}

// fallbackSDKs are the SDKs that use the node's role without an error if the role fails.
func fallbackSDKs(s *subject.Subject) []string {
	var names []string
	for _, c := range s.Containers {
		for _, o := range c.Outcomes {
			if o.Fallback == sdk.IMDS && !slices.Contains(names, string(o.SDK)) {
				names = append(names, string(o.SDK))
			}
		}
	}
	return names
}
