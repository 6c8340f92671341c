package change

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// In another account than that of the credentials, which the AWS CLI has no flag for, the commands need others: a role of
// the same name may exist in both.

// Credentials describes which AWS credentials the commands of changes need, empty where those that read the snapshot do.
func Credentials(s *snapshot.Snapshot, changes ...Change) string {
	caller, ok := s.CallerAccount().Get()
	if !ok {
		return ""
	}
	var accounts []string
	for _, c := range changes {
		arn, _ := snapshot.ParseARN(c.Object().ARN)
		if arn.Account != "" && arn.Account != caller && !slices.Contains(accounts, arn.Account) {
			accounts = append(accounts, arn.Account)
		}
	}
	if len(accounts) == 0 {
		return ""
	}
	return "with AWS credentials of account " + strings.Join(accounts, " and ")
}
