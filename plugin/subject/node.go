package subject

import (
	"net/netip"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A Platform is what kind of node a pod runs on, as far as it matters for credentials.
type Platform string

// The platforms. The label eks.amazonaws.com/compute-type and the form of spec.providerID distinguish them.
const (
	PlatformEC2     Platform = "EC2"
	PlatformAuto    Platform = "EKS Auto Mode"
	PlatformFargate Platform = "Fargate"
	PlatformHybrid  Platform = "hybrid node"
	PlatformOther   Platform = "not AWS"
	PlatformUnknown Platform = ""
)

// Reach is whether a container can reach the node's instance metadata service.
type Reach struct {
	State   ReachState
	Cause   ReachCause
	Gaps    []fact.Gap
	Sources []string
}

// A ReachState is the answer of [Reach].
type ReachState int

// The answers.
const (
	ReachUnknown ReachState = iota
	Reachable
	Unreachable
)

// A ReachCause is what decides whether a container reaches the metadata service.
type ReachCause int

// The causes.
const (
	NoReachCause      ReachCause = iota // it is unknown
	NoMetadataService                   // the platform has none
	NoInstance                          // the node is no EC2 instance
	EndpointDisabled                    // the instance's endpoint is disabled
	OnHostNetwork                       // the pod is on the host's network, which the hop limit does not bind
	TokensOptional                      // IMDSv1 answers, whatever the hop limit says
	HopLimitOne                         // the answer to the IMDSv2 PUT does not survive the hop to the pod network
	HopLimitMore                        // it does
	IPv6Disabled                        // the container uses the IPv6 address, which is disabled
)

// A NodePicture is what is known about a pod's node.
type NodePicture struct {
	Name       string
	Node       fact.Fact[*corev1.Node]
	Platform   Platform
	Windows    bool
	InstanceID string
	Instance   fact.Fact[snapshot.Instance]
	// Role is the ARN of the node's role: absent where the node has none.
	Role fact.Fact[string]
	// IMDS is whether this pod can reach the instance metadata service.
	IMDS Reach
}

// nodePicture derives what is known about the node of a pod.
func nodePicture(s *snapshot.Snapshot, pod *corev1.Pod) NodePicture {
	name := pod.Spec.NodeName
	if name == "" {
		reason := "the pod is not on a node yet"
		return NodePicture{
			Node:     fact.Unasked[*corev1.Node]("the pod's node", reason),
			Instance: fact.Unasked[snapshot.Instance]("the node's instance", reason),
			Role:     fact.Unasked[string]("the node's role", reason),
			IMDS:     Reach{Gaps: []fact.Gap{{What: "the pod's node", Reason: reason}}},
		}
	}
	p := NodePicture{Name: name, Node: s.Node(name)}
	node, known := p.Node.Get()
	if known {
		p.Platform, p.InstanceID = platformOf(node)
		p.Windows = node.Labels[corev1.LabelOSStable] == "windows" || node.Status.NodeInfo.OperatingSystem == "windows"
	} else if strings.HasPrefix(name, "fargate-") {
		p.Platform = PlatformFargate
	}
	switch {
	case p.InstanceID != "":
		p.Instance = s.Instance(p.InstanceID)
	case p.Platform == PlatformUnknown:
		g, gapped := p.Node.Gap()
		if !gapped {
			g = fact.Gap{What: "the node's instance", Reason: "spec.providerID of node " + name + " names no EC2 instance"}
		}
		p.Instance = fact.Unreadable[snapshot.Instance](g.What, g.Reason)
	default:
		p.Instance = fact.Absent[snapshot.Instance](p.Node.Source())
	}
	p.Role = nodeRole(s, p.Instance)
	p.IMDS = imdsReach(pod, p).behindPolicies(s, pod)
	return p
}

// behindPolicies makes a reach unknown that network policies or a security group of the pod may end.
func (r Reach) behindPolicies(s *snapshot.Snapshot, pod *corev1.Pod) Reach {
	if r.State != Reachable || pod.Spec.HostNetwork {
		return r
	}
	if gaps := linkLocalGaps(s, pod); len(gaps) > 0 {
		return Reach{Gaps: gaps}
	}
	blocking := EgressTo(s, pod, netip.MustParseAddr(MetadataIPv4), 80)
	if g, ok := blocking.Gap(); ok {
		return Reach{Gaps: []fact.Gap{g}}
	}
	names, _ := blocking.Get()
	if len(names) == 0 {
		return r
	}
	return Reach{Gaps: []fact.Gap{{
		What:   "the connection from the pod to the metadata service",
		Reason: "network policy " + strings.Join(names, ", ") + " does not allow it, and it is unknown whether the network plugin enforces the policy",
	}}}
}

// platformOf returns the platform of a node and its EC2 instance id, if it has one.
func platformOf(node *corev1.Node) (Platform, string) {
	provider, instance := node.Spec.ProviderID, snapshot.InstanceID(node)
	scheme, _, hasScheme := strings.Cut(provider, "://")
	foreign := hasScheme && scheme != "aws"
	last := provider[strings.LastIndex(provider, "/")+1:]
	switch compute := node.Labels["eks.amazonaws.com/compute-type"]; {
	case compute == "fargate", strings.HasPrefix(last, "fargate-"):
		return PlatformFargate, ""
	case compute == "hybrid", strings.HasPrefix(provider, "eks-hybrid:"):
		return PlatformHybrid, ""
	case compute == "auto":
		return PlatformAuto, instance
	case instance != "":
		return PlatformEC2, instance
	case foreign:
		return PlatformOther, ""
	default:
		return PlatformUnknown, ""
	}
}

// nodeRole follows an instance's profile to its role. A profile holds at most one role, and one without a
// role gives no credentials (IAM User Guide, instance profiles).
func nodeRole(s *snapshot.Snapshot, instance fact.Fact[snapshot.Instance]) fact.Fact[string] {
	i, ok := instance.Get()
	if !ok {
		return fact.Map(instance, func(snapshot.Instance) string { return "" })
	}
	if i.IamInstanceProfile == nil || i.IamInstanceProfile.Arn == "" {
		return fact.Absent[string](instance.Source())
	}
	profile := s.InstanceProfile(i.IamInstanceProfile.Arn)
	p, ok := profile.Get()
	if ok && len(p.Roles) == 0 {
		return fact.Absent[string](profile.Source())
	}
	return fact.Map(profile, func(p snapshot.InstanceProfile) string { return p.Roles[0].Arn })
}

// imdsReach reports whether a pod can reach IMDS. The hop limit is the TTL of the answer to the IMDSv2 PUT:
// at 1 it does not survive the hop to the pod network, and it binds neither host-network pods nor IMDSv1
// (EC2 User Guide, instance metadata options).
func imdsReach(pod *corev1.Pod, p NodePicture) Reach {
	switch p.Platform {
	case PlatformFargate, PlatformHybrid:
		return Reach{State: Unreachable, Cause: NoMetadataService, Sources: []string{p.Node.Source()}}
	case PlatformOther:
		return Reach{State: Unreachable, Cause: NoInstance, Sources: []string{p.Node.Source()}}
	}
	instance, ok := p.Instance.Get()
	if !ok {
		if g, gapped := p.Instance.Gap(); gapped {
			return Reach{Gaps: []fact.Gap{g}}
		}
		return Reach{Gaps: []fact.Gap{{What: p.Instance.Source(), Reason: "the instance does not exist any more"}}}
	}
	source := []string{p.Instance.Source()}
	options := instance.MetadataOptions
	switch {
	case options == nil:
		return Reach{Gaps: []fact.Gap{{What: p.Instance.Source(), Reason: "the answer has no MetadataOptions"}}}
	case options.State == "pending":
		return Reach{Gaps: []fact.Gap{{What: p.Instance.Source(), Reason: "its metadata options are being changed"}}}
	case options.HTTPEndpoint == "disabled":
		return Reach{State: Unreachable, Cause: EndpointDisabled, Sources: source}
	case pod.Spec.HostNetwork:
		return Reach{State: Reachable, Cause: OnHostNetwork, Sources: source}
	case options.HTTPTokens == "optional":
		return Reach{State: Reachable, Cause: TokensOptional, Sources: source}
	case options.HTTPTokens != "required" || options.HTTPPutResponseHopLimit == 0:
		return Reach{Gaps: []fact.Gap{{What: p.Instance.Source(), Reason: "the answer lacks HttpTokens or HttpPutResponseHopLimit"}}}
	case options.HTTPPutResponseHopLimit == 1:
		return Reach{State: Unreachable, Cause: HopLimitOne, Sources: source}
	default:
		return Reach{State: Reachable, Cause: HopLimitMore, Sources: source}
	}
}
