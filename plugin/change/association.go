package change

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// associationOf is the association of a service account. It is in the cluster's account, so its ARN is not needed.
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

// editAssociation edits the association with an ID in a draft; it returns false where the draft holds none.
func editAssociation(d *snapshot.Draft, id string, edit func(*snapshot.PodIdentityAssociation)) bool {
	if d.AWS == nil {
		return false
	}
	i := slices.IndexFunc(d.AWS.PodIdentityAssociations, func(a snapshot.PodIdentityAssociation) bool { return a.AssociationID == id })
	if i < 0 {
		return false
	}
	d.AWS.PodIdentityAssociations = slices.Clone(d.AWS.PodIdentityAssociations)
	edit(&d.AWS.PodIdentityAssociations[i])
	return true
}
