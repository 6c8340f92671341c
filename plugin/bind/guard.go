package bind

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// guardRole refuses roles that are not for pods.
func (p *planner) guardRole() error {
	if !p.roleExists() {
		return nil
	}
	name, path := p.role.RoleName(), p.path()
	switch {
	case strings.HasPrefix(path, "/aws-service-role/"):
		return refusef("role %s is a service-linked role, which only its AWS service may change", name)
	case strings.HasPrefix(path, "/aws-reserved/"):
		return refusef("AWS manages role %s (path %s) and reverts every change", name, path)
	}
	if node := p.nodeWith(p.found.Arn); node != "" {
		return refusef("role %s is the role of node %s: a binding would give the pod all permissions of the node; use a separate role", name, node)
	}
	// Where the policy is edited an error says that it cannot be read; then it names nobody here.
	for _, principal := range principals(p.found) {
		if principal.Type != trust.Service || principal.ID == trust.PodIdentityService {
			continue
		}
		if strings.HasPrefix(principal.ID, "ec2.") {
			return refusef("role %s is for EC2 instances, such as the nodes of a cluster (its trust policy names %s); use a separate role", name, principal.ID)
		}
		return refusef("role %s is for an AWS service (its trust policy names %s); use a separate role", name, principal.ID)
	}
	return nil
}

// principals are those that a role's trust policy names.
func principals(role snapshot.Role) []trust.Principal {
	policy, err := trust.ParseReturned([]byte(role.AssumeRolePolicyDocument))
	if err != nil {
		return nil
	}
	return policy.Principals()
}

// nodeWith returns a node of the snapshot whose instance has the role, empty if none is.
func (p *planner) nodeWith(role string) string {
	aws := p.snapshot.AWS()
	for _, profile := range aws.InstanceProfiles {
		if !slices.ContainsFunc(profile.Roles, func(r snapshot.Role) bool { return r.Arn == role }) {
			continue
		}
		for _, instance := range aws.Instances {
			if instance.IamInstanceProfile == nil || instance.IamInstanceProfile.Arn != profile.Arn {
				continue
			}
			for _, node := range snapshot.ObjectsOf[*corev1.Node](p.snapshot) {
				if id := snapshot.InstanceID(node); id != "" && id == instance.InstanceID {
					return node.Name
				}
			}
		}
		return profile.InstanceProfileName
	}
	return ""
}

// guardPatterns refuses to accept a pattern as a binding: a pattern allows others as well. With EKS Pod Identity it is the
// association that decides who gets the role.
func (p *planner) guardPatterns(policy *trust.Policy, request trust.Request) error {
	if request.Principal().Type == trust.Service {
		return nil
	}
	exposure := policy.Exposure(request)
	if !exposure.Open() || !policy.Verdict(request).MayAllow() {
		return nil
	}
	if slices.Contains(exposure.Exact, p.subject().String()) {
		return nil
	}
	name, whom := p.role.RoleName(), p.admitted(policy, request)
	if p.request.AllowPattern {
		p.plan.warn("role %s allows %s by %s, and so everything else that matches: %s", name, p.request.account(), pattern(exposure), whom)
		return nil
	}
	return refusef("role %s allows %s by %s, and so everything else that matches: %s; narrow the trust policy, or use --allow-pattern",
		name, p.request.account(), pattern(exposure), whom)
}

func pattern(e trust.Exposure) string {
	if e.Any {
		return "a statement that tests no subject"
	}
	var texts []string
	for _, one := range e.Patterns {
		texts = append(texts, one.Text)
	}
	return "the pattern " + few(texts)
}

// admitted names the service accounts that the policy allows, as far as they are in the snapshot.
func (p *planner) admitted(policy *trust.Policy, request trust.Request) string {
	var subjects []trust.Subject
	for _, account := range snapshot.ObjectsOf[*corev1.ServiceAccount](p.snapshot) {
		subjects = append(subjects, trust.Subject{Namespace: account.Namespace, Name: account.Name})
	}
	found := trust.NewIndex(subjects).Match(policy, request)
	if found.All {
		return "every service account of the cluster"
	}
	var names []string
	for _, subject := range append(slices.Clone(found.Allowed), found.Undetermined...) {
		if subject != p.subject() {
			names = append(names, subject.Namespace+"/"+subject.Name)
		}
	}
	whom := "no other service account that was read"
	if len(names) > 0 {
		whom = few(names)
	}
	if !p.snapshot.ServiceAccounts("").Known() {
		whom += " (not all service accounts of the cluster were read)"
	}
	return whom
}
