package check

import (
	"fmt"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// nodeRoleInReach is what the way to the node's role says to 606 (a pod on the host's network) or 607 (one on
// the pod network): exactly one of 606, 607 and 608 speaks.
func (s *Subject) nodeRoleInReach(hostNetwork bool, fail func(role string) Outcome) Outcome {
	reach := s.Node.IMDS
	switch {
	case s.Predicted:
		return skip(noNodeYet)
	case s.Pod.Spec.HostNetwork != hostNetwork && hostNetwork:
		return skip("the pod is on the pod network")
	case s.Pod.Spec.HostNetwork != hostNetwork:
		return skip("the pod is on the host's network")
	case s.relies() == reliesWholly:
		return skip("the pod is to have the node's role")
	case reach.State == Unreachable:
		return skip(IRSA608)
	case reach.State == ReachUnknown:
		return unknown(reach.Gaps...)
	case s.Node.Role.Absent():
		return pass(s.Node.Role.Source())
	}
	role, known := s.Node.Role.Get()
	if !known {
		return gap(s.Node.Role)
	}
	out := fail(role)
	out.Evidence = append([]string{s.Node.Role.Source()}, reach.Sources...)
	return out
}

// noNodeYet is why a manifest is not asked what its node offers.
const noNodeYet = "the pod does not exist yet, so nothing is known of its node"

// A reliance says which of a pod's containers live on the node's role.
type reliance int

const (
	reliesNot reliance = iota
	reliesPartly
	reliesWholly
)

func (s *Subject) relies() reliance {
	some, all := false, true
	for _, c := range s.Containers {
		if c.Type == inject.Ephemeral {
			continue
		}
		some = some || c.Wants == FromNode
		all = all && c.Wants == FromNode
	}
	switch {
	case some && all:
		return reliesWholly
	case some:
		return reliesPartly
	default:
		return reliesNot
	}
}

// nodeRoleText names the node's role as far as it is known.
func (s *Subject) nodeRoleText() string {
	role, known := s.Node.Role.Get()
	switch {
	case known:
		return "the node's role " + role
	case s.Node.Role.Absent():
		return "the node, which has no role"
	default:
		return "the node's role"
	}
}

// nodeRoleAside names the node's role at the end of a sentence, where it is known.
func (s *Subject) nodeRoleAside() string {
	if role, known := s.Node.Role.Get(); known {
		return "; the node's role is " + role
	}
	return ""
}

// instanceWhere names the pod's instance.
func (s *Subject) instanceWhere() string {
	if s.Node.InstanceID == "" {
		return "node " + s.Node.Name
	}
	return "instance " + s.Node.InstanceID + " of node " + s.Node.Name
}

// metadataOptions are those of the pod's instance; nil where they are not known.
func (s *Seen) metadataOptions() *snapshot.MetadataOptions {
	instance, _ := s.Node.Instance.Get()
	return instance.MetadataOptions
}

// optionsText shows those metadata options that decide who reaches the service.
func optionsText(o *snapshot.MetadataOptions) string {
	if o == nil {
		return ""
	}
	if o.HTTPEndpoint == "disabled" {
		return "HttpEndpoint=disabled"
	}
	return fmt.Sprintf("HttpTokens=%s, HttpPutResponseHopLimit=%d", o.HTTPTokens, o.HTTPPutResponseHopLimit)
}
