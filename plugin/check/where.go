package check

import (
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
)

// The objects that findings are about, in the user's terms.

func (s *Subject) accountWhere() string {
	return "service account " + s.Pod.Namespace + "/" + s.AccountName
}

func (s *Subject) podWhere() string { return "pod " + s.Pod.Namespace + "/" + s.Pod.Name }

func (s *Subject) clusterWhere() string {
	if name := s.Snapshot.Cluster().Name; name != "" {
		return "cluster " + name
	}
	return "the cluster"
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// injection is what the webhook gives a container.
const injection = "AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE and the volume " + inject.WebIdentityVolume
