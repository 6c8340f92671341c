package subject

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// A TargetJudgement is whether EKS can assume an association's target role with the credentials of the association's role.
type TargetJudgement struct {
	ARN         string
	Role        fact.Fact[snapshot.Role]
	Policy      *trust.Policy
	PolicyError error
	Request     trust.Request
	Decision    *trust.Decision
	// Permission is whether the policies of the association's role allow the call, and Lacks the actions that they do not
	// allow. They need not where the target role is in the same account and its trust policy names the role itself.
	Permission fact.Fact[bool]
	Lacks      []string
	// Forbidden says that a policy denies the call explicitly, so that no other can allow it.
	Forbidden bool
}

// judgeTarget judges the target role of an association, first being the association's role.
func judgeTarget(s *snapshot.Snapshot, association *snapshot.PodIdentityAssociation, first fact.Fact[snapshot.Role], call trust.PodIdentityRequest) *TargetJudgement {
	j := &TargetJudgement{ARN: association.TargetRoleArn, Role: s.Role(association.TargetRoleArn)}
	j.Request = trust.TargetRole(trust.TargetRoleRequest{PodIdentityRequest: call, TargetRoleARN: j.ARN, ExternalID: association.ExternalID})
	if role, known := j.Role.Get(); known && role.AssumeRolePolicyDocument != "" {
		if j.Policy, j.PolicyError = trust.ParseReturned([]byte(role.AssumeRolePolicyDocument)); j.PolicyError == nil {
			decision := j.Policy.Evaluate(j.Request)
			j.Decision = &decision
		}
	}
	j.judgePermission(s, association, first)
	return j
}

// judgePermission: across accounts both the trust policy and the caller's own policies must allow the call; in one account
// a trust policy that names the role is enough
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html).
func (j *TargetJudgement) judgePermission(s *snapshot.Snapshot, association *snapshot.PodIdentityAssociation, first fact.Fact[snapshot.Role]) {
	own, _ := snapshot.ParseARN(association.RoleArn)
	target, _ := snapshot.ParseARN(j.ARN)
	if own.Account == target.Account && j.Decision != nil && j.Decision.Names(j.Request.Principal()) {
		j.Permission = fact.Known(true, j.Role.Source())
		return
	}
	actions := []string{"sts:AssumeRole"}
	if !association.DisableSessionTags {
		actions = append(actions, "sts:TagSession")
	}
	if role, known := first.Get(); known && hasNoPolicies(role) {
		j.Permission, j.Lacks = fact.Known(false, first.Source()), actions
		return
	}
	simulated := s.Simulation(association.RoleArn, j.ARN)
	results, known := simulated.Get()
	if !known {
		g, _ := simulated.Gap()
		j.Permission = fact.Unreadable[bool]("whether role "+own.RoleName()+" may call "+strings.Join(actions, " and ")+" on "+j.ARN, g.Reason+" (iam:SimulatePrincipalPolicy)")
		return
	}
	for _, action := range actions {
		decision, missing := simulatedAnswer(results, action)
		switch {
		case len(missing) > 0:
			j.Permission = fact.Unreadable[bool]("whether role "+own.RoleName()+" may call "+action+" on "+j.ARN, "its policies test "+strings.Join(missing, ", "))
			return
		case decision != "allowed":
			j.Lacks, j.Forbidden = append(j.Lacks, action), j.Forbidden || decision == "explicitDeny"
		}
	}
	j.Permission = fact.Known(len(j.Lacks) == 0, simulated.Source())
}

// hasNoPolicies reports whether it is known that a role has no policy at all.
func hasNoPolicies(role snapshot.Role) bool {
	return role.AttachedManagedPolicies != nil && len(*role.AttachedManagedPolicies) == 0 && role.RolePolicyList != nil && len(*role.RolePolicyList) == 0
}

// simulatedAnswer is what the simulator said of an action; the keys that it lacked make a refusal unknown.
func simulatedAnswer(results []snapshot.EvaluationResult, action string) (decision string, missing []string) {
	for _, r := range results {
		if !strings.EqualFold(r.EvalActionName, action) {
			continue
		}
		if decision = r.EvalDecision; decision == "allowed" {
			return decision, nil
		}
		missing = r.MissingContextValues
	}
	return decision, missing
}

// refused reports whether the target role is known not to be assumed.
func (j *TargetJudgement) refused() bool {
	if j == nil {
		return false
	}
	permitted, known := j.Permission.Get()
	return j.Role.Absent() || j.PolicyError != nil || j.Denied() || known && !permitted
}

// Denied reports whether the target role's trust policy refuses the association's role.
func (j *TargetJudgement) Denied() bool { return j.Decision != nil && !j.Decision.Verdict.MayAllow() }

// gaps are why it is unknown whether the target role is assumed.
func (j *TargetJudgement) gaps() []fact.Gap {
	if j == nil {
		return nil
	}
	var gaps []fact.Gap
	switch {
	case !j.Role.Known():
		gaps = append(gaps, fact.GapOf(j.Role))
	case j.Decision == nil:
		gaps = append(gaps, fact.Gap{What: j.Role.Source(), Reason: NoTrustPolicy})
	case j.Decision.Verdict == trust.Undetermined:
		gaps = append(gaps, fact.Gap{What: "the trust policy of the association's target role", Reason: strings.Join(j.Decision.Conditions, "; ")})
	}
	if g, ok := j.Permission.Gap(); ok {
		gaps = append(gaps, g)
	}
	return gaps
}
