package change

import "github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"

// associationOf is the association of a service account. It is in the cluster's account, and so needs no ARN.
func associationOf(serviceAccount string) Object {
	return Object{Kind: "podidentityassociation", Name: serviceAccount, InAWS: true}
}

// associationWith returns the association with an ID, zero if the snapshot holds none.
func associationWith(s *snapshot.Snapshot, id string) snapshot.PodIdentityAssociation {
	if s.AWS() != nil {
		for _, a := range s.AWS().PodIdentityAssociations {
			if a.AssociationID == id {
				return a
			}
		}
	}
	return snapshot.PodIdentityAssociation{}
}
