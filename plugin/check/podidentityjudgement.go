package check

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/evidence"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// A PodIdentityJudgement is what the Pod Identity agent can be expected to answer.
type PodIdentityJudgement struct {
	// Impossible says why Pod Identity does not work where the pod runs; empty if it may.
	Impossible string
	// Agent says whether a ready agent runs on the pod's node.
	Agent       evidence.Fact[bool]
	RoleARN     string
	Role        evidence.Fact[evidence.Role]
	Policy      *trust.Policy
	PolicyError error
	Request     trust.Request
	Decision    *trust.Decision
}

// judgePodIdentity judges the association's role, where Pod Identity is what the pod is meant to use, or
// what it was given.
func (s *Subject) judgePodIdentity() {
	if s.Intent.Mechanism != inject.PodIdentity && s.Reading.Mechanism != inject.PodIdentity {
		return
	}
	j := &PodIdentityJudgement{Impossible: s.podIdentityImpossible(), Agent: s.agent(), RoleARN: s.Intent.RoleARN}
	s.PodIdentity = j
	if s.Intent.Association == nil {
		j.Role = evidence.Map(s.Associations, func([]evidence.PodIdentityAssociation) evidence.Role { return evidence.Role{} })
		return
	}
	j.Role = s.Snapshot.Role(j.RoleARN)
	role, known := j.Role.Get()
	if !known || role.AssumeRolePolicyDocument == "" {
		return
	}
	if j.Policy, j.PolicyError = trust.Parse([]byte(role.AssumeRolePolicyDocument)); j.PolicyError != nil {
		return
	}
	cluster, arn := s.Snapshot.Cluster(), ""
	if eks, ok := s.Snapshot.EKSCluster().Get(); ok {
		arn = eks.Arn
	}
	if role, _ := evidence.ParseARN(j.RoleARN); arn == "" && cluster.Name != "" && cluster.Region != "" && cluster.Account != "" {
		arn = evidence.ARN{Partition: role.Partition, Service: "eks", Region: cluster.Region, Account: cluster.Account, Resource: "cluster/" + cluster.Name}.String()
	}
	j.Request = trust.PodIdentity(trust.PodIdentityRequest{
		ClusterARN: arn, ClusterName: cluster.Name, Account: cluster.Account, Region: cluster.Region,
		Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, PodName: s.Pod.Name, PodUID: string(s.Pod.UID),
		RoleARN: j.RoleARN, Time: s.Snapshot.TakenAt(), DisableSessionTags: s.Intent.Association.DisableSessionTags,
	})
	decision := j.Policy.Evaluate(j.Request)
	j.Decision = &decision
}

// podIdentityImpossible says where EKS Pod Identity does not exist (EKS User Guide, EKS Pod Identity
// restrictions).
func (s *Subject) podIdentityImpossible() string {
	eks, _ := s.Snapshot.EKSCluster().Get()
	switch {
	case s.Node.Platform == PlatformFargate:
		return "the pod runs on Fargate"
	case s.Node.Windows:
		return "the pod runs on a Windows node"
	case eks.OutpostConfig != nil:
		return "the cluster is a local cluster on Outposts"
	default:
		return ""
	}
}

// agent says whether the agent answers on the pod's node. Auto Mode nodes have it built in.
func (s *Subject) agent() evidence.Fact[bool] {
	if s.Node.Platform == PlatformAuto {
		return evidence.Known(true, s.Node.Node.Source())
	}
	if s.Node.Name == "" {
		return evidence.Unasked[bool]("the Pod Identity agent", "the pod is not on a node yet")
	}
	if s.Node.Platform == PlatformUnknown && !s.Node.Node.Known() {
		if agents, ok := s.Snapshot.Agents(s.Node.Name).Get(); !ok || len(agents) == 0 {
			return evidence.Map(s.Node.Node, func(*corev1.Node) bool { return false })
		}
	}
	return evidence.Map(s.Snapshot.Agents(s.Node.Name), func(agents []*corev1.Pod) bool { return slices.ContainsFunc(agents, ready) })
}

func ready(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

// Answer is what the agent can be expected to say, as a state of an SDK's environment.
func (j *PodIdentityJudgement) Answer() (sdk.State, []evidence.Gap) {
	up, agentKnown := j.Agent.Get()
	denied := j.Decision != nil && j.Decision.Verdict != trust.Allowed && j.Decision.Verdict != trust.Undetermined
	if j.Impossible != "" || agentKnown && !up || j.Role.Absent() || j.PolicyError != nil || denied {
		return sdk.Denied, nil
	}
	var gaps []evidence.Gap
	if g, ok := j.Agent.Gap(); ok {
		gaps = append(gaps, g)
	}
	if g, ok := j.Role.Gap(); ok {
		gaps = append(gaps, g)
	}
	switch {
	case len(gaps) > 0 || j.Decision == nil:
		return sdk.Unknown, gaps
	case j.Decision.Verdict == trust.Undetermined:
		return sdk.Unknown, []evidence.Gap{{What: "the trust policy of the association's role", Reason: j.Decision.Reason}}
	default:
		return sdk.OK, nil
	}
}
