package subject

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// AssociationGone reports whether the pod was given Pod Identity and its service account is known to have no
// association.
func (s *Equipped) AssociationGone() bool {
	list, known := s.Associations.Get()
	return s.UsesAgent() && known && len(list) == 0
}

// A PodIdentityJudgement is what the Pod Identity agent can be expected to answer.
type PodIdentityJudgement struct {
	// Impossible is why Pod Identity does not work where the pod runs.
	Impossible Impossibility
	// Agent is whether a ready agent runs on the pod's node, and AgentFault is why none does.
	Agent      fact.Fact[bool]
	AgentFault AgentFault
	// WayGaps say why it is unknown whether the pod reaches the agent.
	WayGaps []fact.Gap
	// RoleARN is the role that the association names; empty where no association is known.
	RoleARN     string
	Role        fact.Fact[snapshot.Role]
	Policy      *trust.Policy
	PolicyError error
	Request     trust.Request
	Decision    *trust.Decision
	// Target judges the role that is assumed with RoleARN's credentials; nil where the association names none.
	Target *TargetJudgement
	// ElsewhereAccount is the account of RoleARN where it is not the cluster's and no target role is named: EKS
	// then gives no credentials.
	ElsewhereAccount string
}

// judgePodIdentity judges the association's role, where Pod Identity is what the pod is meant to use, or
// what it was given.
func (s *Subject) judgePodIdentity() {
	if s.Intent.Mechanism != inject.PodIdentity && !s.UsesAgent() {
		return
	}
	j := &PodIdentityJudgement{Impossible: s.podIdentityImpossible(), Agent: s.agent(), WayGaps: linkLocalGaps(s.Snapshot, s.Pod)}
	if up, known := j.Agent.Get(); known && !up {
		j.AgentFault = s.agentFault()
	}
	s.PodIdentity = j
	association := s.Intent.Association
	if association == nil {
		j.Role = fact.Map(s.Associations, func([]snapshot.PodIdentityAssociation) snapshot.Role { return snapshot.Role{} })
		return
	}
	j.RoleARN = association.RoleArn
	j.Role = s.Snapshot.Role(j.RoleARN)
	arn, _ := snapshot.ParseARN(j.RoleARN)
	call := trust.PodIdentityRequest{
		ClusterARN: s.ClusterARN(arn.Partition), ClusterName: s.Snapshot.Cluster().Name, Account: s.ClusterAccount(), Region: s.Snapshot.Cluster().Region,
		Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, PodName: s.Pod.Name, PodUID: string(s.Pod.UID),
		RoleARN: j.RoleARN, Time: s.Snapshot.TakenAt(), DisableSessionTags: association.DisableSessionTags,
	}
	if association.TargetRoleArn != "" {
		j.Target = judgeTarget(s.Snapshot, association, j.Role, call)
	}
	if account := s.ClusterAccount(); account != "" && arn.Account != "" && arn.Account != account && j.Target == nil {
		j.ElsewhereAccount = arn.Account
	}
	j.Request = trust.PodIdentity(call)
	role, known := j.Role.Get()
	if !known || role.AssumeRolePolicyDocument == "" {
		return
	}
	if j.Policy, j.PolicyError = trust.ParseReturned([]byte(role.AssumeRolePolicyDocument)); j.PolicyError != nil {
		return
	}
	decision := j.Policy.Evaluate(j.Request)
	j.Decision = &decision
}

// UsesAgent reports whether a container asks the Pod Identity agent for credentials: because the webhook
// or its manifest configured it.
func (s *Equipped) UsesAgent() bool { return slices.ContainsFunc(s.Containers, (*Container).UsesAgent) }

// agentAt is how the container reaches the agent.
func (c *Container) agentAt() sdk.Agent {
	a := sdk.Agent{Mode: sdk.IPv4}
	switch c.Variables.Get(FullURI).Value {
	case inject.PodIdentityURI:
		a.Family = sdk.IPv4
	case inject.PodIdentityURIv6:
		a.Family = sdk.IPv6
	}
	switch mode := c.Variables.Get(MetadataMode); {
	case mode.Presence != inject.Unset && !mode.Known:
		a.Mode = ""
	case strings.EqualFold(mode.Value, "IPv6"):
		a.Mode = sdk.IPv6
	}
	return a
}

// UsesAgent reports whether the container requests credentials from the Pod Identity agent.
func (c *Container) UsesAgent() bool {
	if uri := c.Variables.Get(FullURI); uri.Known && uri.Value != "" {
		return uri.Value == inject.PodIdentityURI || uri.Value == inject.PodIdentityURIv6
	}
	return c.Mechanism == inject.PodIdentity
}

// ClusterARN is the ARN of the EKS cluster, as it was read or as it must be; empty where it is unknown.
func (s *Intended) ClusterARN(partition string) string {
	if eks, ok := s.Snapshot.EKSCluster().Get(); ok && eks.Arn != "" {
		return eks.Arn
	}
	c := s.Snapshot.Cluster()
	if partition == "" || c.Name == "" || c.Region == "" || c.Account == "" {
		return ""
	}
	return snapshot.ARN{Partition: partition, Service: "eks", Region: c.Region, Account: c.Account, Resource: "cluster/" + c.Name}.String()
}

// ClusterAccount is the account of the cluster, by what is known of it or by the association's ARN; empty where
// it is unknown.
func (s *Intended) ClusterAccount() string {
	if account := s.Snapshot.Cluster().Account; account != "" || s.Intent.Association == nil {
		return account
	}
	arn, _ := snapshot.ParseARN(s.Intent.Association.AssociationArn)
	return arn.Account
}

// podIdentityImpossible returns why, where EKS Pod Identity does not exist (EKS User Guide, EKS Pod Identity
// restrictions).
func (s *Seen) podIdentityImpossible() Impossibility {
	eks, _ := s.Snapshot.EKSCluster().Get()
	switch {
	case s.Node.Platform == PlatformFargate:
		return OnFargate
	case s.Node.Windows:
		return OnWindows
	case eks.OutpostConfig != nil:
		return OnOutposts
	default:
		return Possible
	}
}

// An Impossibility is why Pod Identity does not work where a pod runs.
type Impossibility int

// The reasons.
const (
	Possible   Impossibility = iota // or unknown
	OnFargate                       // the pod runs on Fargate
	OnWindows                       // it runs on a Windows node
	OnOutposts                      // the cluster is a local cluster on Outposts
)

// Answer is the answer that the agent can be expected to give, as a state of an SDK's environment.
func (j *PodIdentityJudgement) Answer() (sdk.State, []fact.Gap) {
	up, agentKnown := j.Agent.Get()
	switch {
	case j.Impossible != Possible, agentKnown && !up, j.Role.Absent(), j.PolicyError != nil, j.Denied(), j.Target.refused(), j.ElsewhereAccount != "":
		return sdk.Denied, nil
	}
	var gaps []fact.Gap
	if !agentKnown {
		gaps = append(gaps, fact.GapOf(j.Agent))
	}
	gaps = append(gaps, j.WayGaps...)
	gaps = append(gaps, j.TrustGaps()...)
	if len(gaps) > 0 {
		return sdk.Unknown, gaps
	}
	return sdk.OK, nil
}

// Denied reports whether the role's trust policy refuses EKS Pod Identity.
func (j *PodIdentityJudgement) Denied() bool {
	return j.Decision != nil && !j.Decision.Verdict.MayAllow()
}

// TrustGaps returns why it is unknown whether EKS can assume the role for the pod.
func (j *PodIdentityJudgement) TrustGaps() []fact.Gap {
	switch {
	case !j.Role.Known():
		return []fact.Gap{fact.GapOf(j.Role)}
	case j.Decision == nil:
		return []fact.Gap{{What: j.Role.Source(), Reason: NoTrustPolicy}}
	case j.Decision.Verdict == trust.Undetermined:
		return []fact.Gap{{What: "the trust policy of the association's role", Reason: j.Decision.Reason}}
	default:
		return j.Target.gaps()
	}
}
