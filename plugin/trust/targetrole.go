package trust

import "strings"

// A TargetRoleRequest describes the call by which EKS Pod Identity assumes the target role of an association, with the
// credentials of the association's role: RoleARN of the PodIdentityRequest that it follows.
type TargetRoleRequest struct {
	PodIdentityRequest
	TargetRoleARN string
	ExternalID    string // of the association
}

const (
	externalID   = "sts:ExternalId"
	principalTag = "aws:PrincipalTag/"
)

// TargetRole is the request that the trust policy of an association's target role has to allow
// (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html): sts:AssumeRole, and sts:TagSession
// unless session tags are disabled, for the association's role. Whether that role's own policies allow the call as well,
// as they must across accounts, is not the trust policy's to say.
//
// The session tags are transitive, so that they are keys of the request and of the principal
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining).
func TargetRole(t TargetRoleRequest) Request {
	_, account := partitionAndAccount(t.RoleARN)
	r := newRequest(Principal{AWS, t.RoleARN}, actionAssumeRole, actionTagSession)
	r.permitted = true
	c := &r.context
	if names := t.putTags(c, requestTag); len(names) > 0 {
		t.putTags(c, principalTag)
		c.set("aws:TagKeys", names...)
		c.put("sts:TransitiveTagKeys", value{unknown: true, maybeAbsent: true, reason: notListed})
	} else {
		r.actions = r.actions[:1]
		c.put("aws:TagKeys", value{})
		c.put("sts:TransitiveTagKeys", value{})
	}
	switch {
	case t.ExternalID == "":
		c.setUnknown(externalID, true, "the external ID of the association is unknown")
	case t.DisableSessionTags:
		c.set(externalID, t.ExternalID)
	default:
		// The API's reference says that EKS sends it, the user guide says so of associations without session tags.
		c.put(externalID, value{values: []string{t.ExternalID}, maybeAbsent: true, reason: "the EKS User Guide documents it only for associations with disableSessionTags"})
	}
	c.set("aws:PrincipalArn", t.RoleARN)
	c.setOrUnknown("aws:PrincipalAccount", account, notKnown)
	c.set("aws:PrincipalType", "AssumedRole")
	c.set("aws:PrincipalIsAWSService", "false")
	c.setUnknown("aws:PrincipalOrgID", true, "the organization of the association's role was not read")
	c.setUnknown("aws:PrincipalOrgPaths", true, "the organization of the association's role was not read")
	c.setUnknown("aws:userid", false, "EKS chooses the name of the session")
	c.put("aws:MultiFactorAuthPresent", value{values: []string{"false"}, maybeAbsent: true})
	c.ofTheCall(t.Time, t.Region)
	_, targetAccount := partitionAndAccount(t.TargetRoleARN)
	c.ofTheRole(targetAccount)
	c.setUnknown("sts:RoleSessionName", false, "EKS chooses it")
	c.fromNetwork("")
	c.never, c.families = notOfTargetRole, targetRoleFamilies
	return r
}

// notOfTargetRole are the keys that do not come with the call: it is that of a role, without MFA, source identity or
// duration, and not that of a service for a resource.
var notOfTargetRole = map[string]bool{
	"aws:username":                  true,
	"aws:federatedprovider":         true,
	"aws:assumedroot":               true,
	"aws:principalservicename":      true,
	"aws:principalservicenameslist": true,
	"aws:sourceidentity":            true,
	"aws:multifactorauthage":        true,
	"aws:chatbotsourcearn":          true,
	"sts:sourceidentity":            true,
	"sts:roleauthorizedbyidp":       true,
	"sts:awsservicename":            true,
	"sts:taskpolicyarn":             true,
}

// targetRoleFamilies: the tags of the association's role are keys of the principal as well.
var targetRoleFamilies = append([]keyFamily{
	{strings.ToLower(principalTag), value{unknown: true, maybeAbsent: true, reason: "the tags of the association's role were not read"}},
}, usualFamilies...)

// Names reports whether every statement that a decision found to allow the request names this principal itself.
func (d *Decision) Names(who Principal) bool {
	found := false
	for _, t := range d.Trace {
		if t.Effect != "Allow" || t.Result != True {
			continue
		}
		if len(t.Parts) == 0 || t.Parts[0].Have != who.ID {
			return false
		}
		found = true
	}
	return found
}
