package snapshot

import "slices"

// keptAWS is what a snapshot keeps of AWS beyond what the types leave out: of the roles in an instance profile their names,
// since their trust policies are those of the list of roles, and of a session policy that there is one.
func keptAWS(aws *AWS) *AWS {
	if aws == nil {
		return nil
	}
	kept := *aws
	kept.InstanceProfiles = slices.Clone(aws.InstanceProfiles)
	for i := range kept.InstanceProfiles {
		roles := slices.Clone(kept.InstanceProfiles[i].Roles)
		for j := range roles {
			roles[j] = Role{RoleName: roles[j].RoleName, Arn: roles[j].Arn}
		}
		kept.InstanceProfiles[i].Roles = roles
	}
	kept.PodIdentityAssociations = slices.Clone(aws.PodIdentityAssociations)
	for i := range kept.PodIdentityAssociations {
		if kept.PodIdentityAssociations[i].Policy != "" {
			kept.PodIdentityAssociations[i].Policy = Redacted
		}
	}
	return &kept
}

// withoutCallers is a list of what is missing as it is written: who asked is left out of the errors.
func withoutCallers(list []Missing) []Missing {
	list = slices.Clone(list)
	for i := range list {
		list[i].Error = withoutCaller(list[i].Error)
	}
	return list
}
