package collect

import (
	"cmp"
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// sortAWS makes the order independent of who answered first. What was read twice, as one pod's and as one of
// many, is there once.
func sortAWS(a *snapshot.AWS) {
	a.OpenIDConnectProviders = sorted(a.OpenIDConnectProviders, func(p snapshot.OpenIDConnectProvider) string { return p.Arn })
	a.PodIdentityAssociations = sorted(a.PodIdentityAssociations, func(p snapshot.PodIdentityAssociation) string { return p.AssociationID })
	a.Instances = sorted(a.Instances, func(i snapshot.Instance) string { return i.InstanceID })
	a.InstanceProfiles = sorted(a.InstanceProfiles, func(p snapshot.InstanceProfile) string { return p.Arn })
	a.VPCEndpoints = sorted(a.VPCEndpoints, func(e snapshot.VPCEndpoint) string { return e.VpcEndpointID })
}

func sorted[T any](list []T, key func(T) string) []T {
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	return slices.CompactFunc(list, func(a, b T) bool { return key(a) == key(b) })
}
