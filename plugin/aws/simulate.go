package aws

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// MayAssume asks the policy simulator whether a role may assume another one for EKS Pod Identity, by its own policies, its
// permissions boundary and the organization's service control policies
// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html), in a call that carries session
// tags and an external ID.
func (r *Reader) MayAssume(ctx context.Context, roleARN, targetARN string, tags map[string]string, externalID string) fact.Fact[snapshot.PolicySimulation] {
	parsed, _ := snapshot.ParseARN(roleARN)
	in := &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: &roleARN, ActionNames: []string{"sts:AssumeRole", "sts:TagSession"}, ResourceArns: []string{targetARN},
	}
	key := func(name, value string) {
		if value != "" {
			in.ContextEntries = append(in.ContextEntries, types.ContextEntry{
				ContextKeyName: &name, ContextKeyType: types.ContextKeyTypeEnumString, ContextKeyValues: []string{value},
			})
		}
	}
	key("sts:ExternalId", externalID)
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		key("aws:RequestTag/"+name, tags[name])
		key("aws:PrincipalTag/"+name, tags[name])
	}
	return ask(ctx, r, "iam:SimulatePrincipalPolicy "+parsed.RoleName(), never, func(ctx context.Context) (snapshot.PolicySimulation, error) {
		results, err := pages(func(marker *string) ([]snapshot.EvaluationResult, more, error) {
			in.Marker = marker
			out, err := r.iam().SimulatePrincipalPolicy(ctx, in, r.iamIn(parsed.Partition))
			if err != nil {
				return nil, more{}, err
			}
			found := each(out.EvaluationResults, func(e *types.EvaluationResult) snapshot.EvaluationResult {
				return snapshot.EvaluationResult{
					EvalActionName: aws.ToString(e.EvalActionName), EvalResourceName: aws.ToString(e.EvalResourceName),
					EvalDecision: string(e.EvalDecision), MissingContextValues: e.MissingContextValues,
				}
			})
			return found, marked(out.IsTruncated, out.Marker), nil
		})
		return snapshot.PolicySimulation{PolicySourceArn: roleARN, EvaluationResults: results}, err
	})
}
