package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// imdsGaps returns why it is unknown whether the container gets the node's role.
func imdsGaps(s *subject.Subject, c *subject.Container) []fact.Gap {
	gaps := subject.AppendNew(c.Variables.Gaps(subject.MetadataDisabled), c.Reach.Gaps)
	if g, ok := s.Node.Role.Gap(); ok && c.Reach.State == subject.Reachable {
		gaps = append(gaps, g)
	}
	return gaps
}

// nodeRoleInReach is the outcome of IRSA606 (a pod on the host network) or IRSA607 (one on
// the pod network) about access to the node's role: exactly one of 606, 607 and 608 reports it.
func nodeRoleInReach(s *subject.Subject, hostNetwork bool, fail func(role string) Outcome) Outcome {
	reach := s.Node.IMDS
	switch {
	case s.Predicted:
		return skip(noNodeYet)
	case s.Pod.Spec.HostNetwork != hostNetwork && hostNetwork:
		return skip("the pod is on the pod network")
	case s.Pod.Spec.HostNetwork != hostNetwork:
		return skip("the pod is on the host network")
	case s.Relies() == subject.ReliesWholly:
		return skip("the pod should use the node's role")
	case reach.State == subject.Unreachable:
		return skip(IRSA608)
	case reach.State == subject.ReachUnknown:
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

// noNodeYet is why a check of the node is skipped for a manifest.
const noNodeYet = "the pod does not exist yet, so its node is unknown"

// hopLimitSource names where the options of the metadata service are set, so that the next node has them too.
func hopLimitSource(s *subject.Subject) string {
	source := s.Node.Source()
	switch {
	case source.NodeClass != "":
		return "; the options come from EC2NodeClass " + source.NodeClass + " (spec.metadataOptions)"
	case source.AutoClass != "":
		return "; EKS Auto Mode sets the options, and NodeClass " + source.AutoClass + " cannot change them"
	case source.LaunchTemplate != "" && source.NodeGroup != "":
		version := ""
		if source.Version != "" {
			version = " version " + source.Version
		}
		return "; the options come from launch template " + source.LaunchTemplate + version + " of node group " + source.NodeGroup + " (MetadataOptions)"
	case source.NodeGroup != "":
		return "; the options come from node group " + source.NodeGroup + ", which needs a launch template to change them"
	default:
		return ""
	}
}
