package snapshot

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
)

// Cluster returns how the cluster is known; what is not recorded is taken from the EKS cluster's ARN.
func (s *Snapshot) Cluster() Cluster {
	c := s.document.Cluster
	if s.document.AWS == nil || s.document.AWS.EKSCluster == nil {
		return c
	}
	eks := s.document.AWS.EKSCluster
	parsed, _ := ParseARN(eks.Arn)
	for _, field := range []struct {
		have *string
		from string
	}{{&c.Name, eks.Name}, {&c.Version, eks.Version}, {&c.Region, parsed.Region}, {&c.Account, parsed.Account}} {
		if *field.have == "" {
			*field.have = field.from
		}
	}
	return c
}

// Issuer answers with the cluster's service account issuer, a URL: from the API server's discovery
// document, else from eks:DescribeCluster.
func (s *Snapshot) Issuer() fact.Fact[string] {
	const source = "get /.well-known/openid-configuration"
	if s.document.Cluster.Issuer != "" {
		return fact.Known(s.document.Cluster.Issuer, source)
	}
	eks := s.EKSCluster()
	if e, ok := eks.Get(); ok {
		if e.Identity != nil && e.Identity.OIDC != nil && e.Identity.OIDC.Issuer != "" {
			return fact.Known(e.Identity.OIDC.Issuer, eks.Source())
		}
		return fact.Absent[string](eks.Source())
	}
	if f := absence[string](s, question{source: source, resources: []string{discovery}}); !f.Absent() {
		return f
	}
	return fact.Unasked[string](source, "the snapshot does not contain the cluster's issuer")
}

// EKSCluster answers with what eks:DescribeCluster said.
func (s *Snapshot) EKSCluster() fact.Fact[EKSCluster] {
	name := s.document.Cluster.Name
	q := question{source: strings.TrimSpace("eks:DescribeCluster " + name), resources: []string{"eks:DescribeCluster"}, names: []string{name}, aws: true}
	if s.document.AWS != nil && s.document.AWS.EKSCluster != nil {
		return fact.Known(*s.document.AWS.EKSCluster, q.source)
	}
	return absence[EKSCluster](s, q)
}

// CallerAccount answers with the account of the credentials that read AWS.
func (s *Snapshot) CallerAccount() fact.Fact[string] {
	q := question{source: "sts:GetCallerIdentity", resources: []string{"sts:GetCallerIdentity"}, aws: true}
	if s.document.AWS != nil && s.document.AWS.CallerAccount != "" {
		return fact.Known(s.document.AWS.CallerAccount, q.source)
	}
	return absence[string](s, q)
}

// Role answers for one role by its ARN. A role of another account than the caller's that is not in the
// snapshot is unknown.
func (s *Snapshot) Role(arn string) fact.Fact[Role] {
	parsed, _ := ParseARN(arn)
	name := parsed.RoleName()
	q := question{
		source: "iam:GetRole " + name, resources: []string{"iam:GetRole", "iam:ListRoles"},
		names: []string{name, arn}, aws: true, account: parsed.Account,
	}
	if role, ok := s.role(arn); ok {
		return fact.Known(role, q.source)
	}
	return absence[Role](s, q)
}

// role finds a role of the snapshot. A draft may have changed the list since its places were noted.
func (s *Snapshot) role(arn string) (Role, bool) {
	if role, ok := s.editedRoles[arn]; ok {
		return *role, true
	}
	if s.document.AWS == nil {
		return Role{}, false
	}
	roles := s.document.AWS.Roles
	if i, ok := s.rolePlaces()[arn]; ok && i < len(roles) && roles[i].Arn == arn {
		return roles[i], true
	}
	if s.base == nil {
		return Role{}, false
	}
	for _, role := range roles {
		if role.Arn == arn {
			return role, true
		}
	}
	return Role{}, false
}

func rolePlaces(aws *AWS) map[string]int {
	places := map[string]int{}
	if aws != nil {
		for i := range aws.Roles {
			places[aws.Roles[i].Arn] = i
		}
	}
	return places
}

// RoleNamed returns a role that is in the snapshot by account and name: IAM finds a role by its name
// alone, without regard to case or path.
func (s *Snapshot) RoleNamed(account, name string) (Role, bool) {
	for _, role := range s.SeenRoles() {
		if parsed, ok := ParseARN(role.Arn); ok && parsed.Account == account && strings.EqualFold(parsed.RoleName(), name) {
			return role, true
		}
	}
	return Role{}, false
}

// hasRoleOf reports whether a role of the account is in the snapshot.
func (s *Snapshot) hasRoleOf(account string) bool {
	return s.document.AWS != nil && slices.ContainsFunc(s.document.AWS.Roles, func(r Role) bool {
		parsed, ok := ParseARN(r.Arn)
		return ok && parsed.Account == account
	})
}

// Roles answers with all roles of the caller's account.
func (s *Snapshot) Roles() fact.Fact[[]Role] {
	return awsList(s, []string{"iam:ListRoles", "iam:GetRole"}, func(*AWS) []Role { return s.AWS().Roles })
}

// SeenRoles returns the roles that are in the snapshot, whether or not all were listed.
func (s *Snapshot) SeenRoles() []Role {
	if s.document.AWS == nil {
		return nil
	}
	return s.AWS().Roles
}

// OpenIDConnectProvider answers for one provider by its ARN. One of another account than the caller's that is not in
// the snapshot is unknown, unless a role of that account is there: then that account was read.
func (s *Snapshot) OpenIDConnectProvider(arn string) fact.Fact[OpenIDConnectProvider] {
	parsed, _ := ParseARN(arn)
	q := question{
		source: "iam:GetOpenIDConnectProvider " + arn, aws: true, account: parsed.Account, names: []string{arn},
		resources: []string{"iam:GetOpenIDConnectProvider", "iam:ListOpenIDConnectProviders"},
	}
	if s.document.AWS != nil {
		for _, p := range s.document.AWS.OpenIDConnectProviders {
			if p.Arn == arn {
				return fact.Known(p, q.source)
			}
		}
	}
	q.read = s.document.AWS != nil && s.document.AWS.CallerAccount != parsed.Account && s.hasRoleOf(parsed.Account)
	return absence[OpenIDConnectProvider](s, q)
}

// OpenIDConnectProviders answers with all providers of the caller's account.
func (s *Snapshot) OpenIDConnectProviders() fact.Fact[[]OpenIDConnectProvider] {
	return awsList(s, []string{"iam:ListOpenIDConnectProviders"}, func(a *AWS) []OpenIDConnectProvider { return a.OpenIDConnectProviders })
}

// Associations answers with the Pod Identity associations of a service account; none is an empty list.
func (s *Snapshot) Associations(namespace, serviceAccount string) fact.Fact[[]PodIdentityAssociation] {
	name := namespace + "/" + serviceAccount
	q := question{
		source: "eks:ListPodIdentityAssociations " + name, aws: true, names: []string{name},
		resources: []string{"eks:ListPodIdentityAssociations", "eks:DescribePodIdentityAssociation"},
	}
	found := s.associationsOf(objectKey{namespace: namespace, name: serviceAccount})
	if len(found) > 0 {
		return fact.Known(found, q.source)
	}
	if f := absence[[]PodIdentityAssociation](s, q); !f.Absent() {
		return f
	}
	return fact.Known(found, q.source)
}

// SeenAssociations returns the associations that are in the snapshot, whether or not all were listed.
func (s *Snapshot) SeenAssociations() []PodIdentityAssociation {
	if s.document.AWS == nil {
		return nil
	}
	return s.document.AWS.PodIdentityAssociations
}

func (s *Snapshot) associationsOf(account objectKey) []PodIdentityAssociation {
	found := []PodIdentityAssociation{}
	switch {
	case s.document.AWS == nil:
	case s.bound != nil:
		for _, i := range s.bound()[account] {
			found = append(found, s.document.AWS.PodIdentityAssociations[i])
		}
	default:
		for _, a := range s.document.AWS.PodIdentityAssociations {
			if a.Namespace == account.namespace && a.ServiceAccount == account.name {
				found = append(found, a)
			}
		}
	}
	return found
}

// boundAccounts maps every service account that has associations to their places in the list.
func boundAccounts(aws *AWS) map[objectKey][]int {
	bound := map[objectKey][]int{}
	if aws == nil {
		return bound
	}
	for i, a := range aws.PodIdentityAssociations {
		account := objectKey{namespace: a.Namespace, name: a.ServiceAccount}
		bound[account] = append(bound[account], i)
	}
	return bound
}

// Simulation answers with what the policy simulator said of a role's call of actions on a resource. Where nobody asked it,
// that is unknown.
func (s *Snapshot) Simulation(roleARN, resource string) fact.Fact[[]EvaluationResult] {
	parsed, _ := ParseARN(roleARN)
	name := parsed.RoleName()
	q := question{source: simulate + " " + name, aws: true, account: parsed.Account, names: []string{name, roleARN}, resources: []string{simulate}}
	if s.document.AWS != nil {
		for _, one := range s.document.AWS.PolicySimulations {
			var found []EvaluationResult
			for _, r := range one.EvaluationResults {
				if one.PolicySourceArn == roleARN && r.EvalResourceName == resource {
					found = append(found, r)
				}
			}
			if len(found) > 0 {
				return fact.Known(found, q.source)
			}
		}
	}
	if f := absence[[]EvaluationResult](s, q); !f.Absent() {
		return f
	}
	return fact.Unasked[[]EvaluationResult](q.source, "the policy simulator was not called")
}

const simulate = "iam:SimulatePrincipalPolicy"

// Instance answers for one EC2 instance by its id.
func (s *Snapshot) Instance(id string) fact.Fact[Instance] {
	q := question{source: "ec2:DescribeInstances " + id, resources: []string{"ec2:DescribeInstances"}, names: []string{id}, aws: true}
	if s.document.AWS != nil {
		for _, i := range s.document.AWS.Instances {
			if i.InstanceID == id {
				return fact.Known(i, q.source)
			}
		}
	}
	return absence[Instance](s, q)
}

// InstanceProfile answers for one instance profile by its ARN.
func (s *Snapshot) InstanceProfile(arn string) fact.Fact[InstanceProfile] {
	parsed, _ := ParseARN(arn)
	name := parsed.Resource[strings.LastIndex(parsed.Resource, "/")+1:]
	q := question{
		source: "iam:GetInstanceProfile " + name, resources: []string{"iam:GetInstanceProfile"},
		names: []string{name, arn}, aws: true, account: parsed.Account,
	}
	if s.document.AWS != nil {
		for _, p := range s.document.AWS.InstanceProfiles {
			if p.Arn == arn {
				return fact.Known(p, q.source)
			}
		}
	}
	return absence[InstanceProfile](s, q)
}

// VPCEndpoints answers with the endpoints of the cluster's VPC.
func (s *Snapshot) VPCEndpoints() fact.Fact[[]VPCEndpoint] {
	return awsList(s, []string{"ec2:DescribeVpcEndpoints"}, func(a *AWS) []VPCEndpoint { return a.VPCEndpoints })
}

// awsList answers with a whole list: not known where one of its operations was refused or not asked. The first is what
// lists.
func awsList[T any](s *Snapshot, operations []string, list func(*AWS) []T) fact.Fact[[]T] {
	if f := absence[[]T](s, question{source: operations[0], resources: operations, aws: true}); !f.Absent() {
		return f
	}
	return fact.Known(list(s.document.AWS), operations[0])
}
