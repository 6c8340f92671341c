package cmd

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// completeRole offers roles: by name, or by ARN where one was begun. On any error it offers nothing.
func (s *source) completeRole(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	if strings.HasPrefix(typed, "arn:") {
		return s.completeRoleARN(cmd, nil, typed)
	}
	offers := s.roles(cmd.Context())
	for i, arn := range offers {
		offers[i] = arn[strings.LastIndex(arn, "/")+1:]
	}
	slices.Sort(offers)
	return matching(slices.Compact(offers), typed), cobra.ShellCompDirectiveNoFileComp
}

// completeRoleARN offers roles by ARN.
func (s *source) completeRoleARN(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	return matching(s.roles(cmd.Context()), typed), cobra.ShellCompDirectiveNoFileComp
}

// roles returns the ARNs of the roles of the snapshot or of the account that a pod could be given: no service has them for
// its own.
func (s *source) roles(ctx context.Context) []string {
	var arns []string
	for _, role := range s.seenRoles(ctx) {
		if !strings.Contains(role.Arn, ":role/aws-service-role/") {
			arns = append(arns, role.Arn)
		}
	}
	slices.Sort(arns)
	return arns
}

func (s *source) seenRoles(ctx context.Context) []snapshot.Role {
	if s.snapshot != "" {
		snapshot, ok := s.quietly()
		if !ok {
			return nil
		}
		return snapshot.SeenRoles()
	}
	l, err := s.open(ctx)
	if err != nil {
		l, err = s.openWithoutCluster(ctx)
	}
	if err != nil || l.account == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, completionTimeout)
	defer cancel()
	roles, _ := l.account.Roles(ctx).Get()
	return roles
}
