package bind

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// guardRole refuses roles that are meant for somebody else than pods.
func (p *planner) guardRole() error {
	if !p.roleExists() {
		return nil
	}
	name, path := p.role.RoleName(), p.path()
	switch {
	case strings.HasPrefix(path, "/aws-service-role/"):
		return refusef("role %s is linked to an AWS service, which alone may change it", name)
	case strings.HasPrefix(path, "/aws-reserved/"):
		return refusef("role %s is kept by AWS itself (%s), which would undo every change", name, path)
	}
	if node := p.nodeWith(p.found.Arn); node != "" {
		return refusef("role %s is the role of node %s: every pod that reaches the node's metadata service has it already, and a binding would "+
			"give the pod all that the node may do; use a role of its own", name, node)
	}
	// That the policy cannot be read is said where it is edited; then it names nobody here.
	for _, principal := range principals(p.found) {
		if principal.Type != trust.Service || principal.ID == trust.PodIdentityService {
			continue
		}
		if strings.HasPrefix(principal.ID, "ec2.") {
			return refusef("role %s is one of instances (its trust policy names %s), such as a cluster's nodes; use a role of its own", name, principal.ID)
		}
		return refusef("role %s is the role of an AWS service (its trust policy names %s); use a role of its own", name, principal.ID)
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

// nodeWith returns a node of the snapshot whose instance has the role, empty if none is seen.
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
				if strings.HasSuffix(node.Spec.ProviderID, "/"+instance.InstanceID) {
					return node.Name
				}
			}
		}
		return profile.InstanceProfileName
	}
	return ""
}

// guardPatterns refuses to take a pattern for a binding: who is let in by one is let in with others. With EKS Pod
// Identity it is the association that decides who gets the role.
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
		p.plan.warn("role %s lets %s in by %s, with others: %s", name, p.request.account(), pattern(exposure), whom)
		return nil
	}
	return refusef("role %s lets %s in by %s, and with it whatever else fits: %s; narrow the trust policy, or bind nonetheless with --allow-pattern",
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

// admitted names the service accounts that the policy lets in, as far as they are in the snapshot.
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
