package judge_test

import (
	"slices"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/cases"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// TestGaps removes each thing that a healthy answer was made of, one at a time, as if it had been
// refused: the answer must not be that it works on the strength of what was not read, nor that it is
// broken, and must name the gap.
func TestGaps(t *testing.T) {
	for _, c := range []struct {
		base     string
		resource string
		// decides says that without it the verdict is unknown.
		decides bool
	}{
		{"irsa", "serviceaccounts", true},
		{"irsa", "nodes", false}, // nothing in the pod is about Windows
		{"irsa", "openid-configuration", true},
		{"irsa", "iam:GetRole", true},
		{"irsa", "iam:GetOpenIDConnectProvider", true},
		{"irsa", "eks:ListPodIdentityAssociations", false}, // it concerns new pods
		{"irsa", "mutatingwebhookconfigurations", false},   // what was injected shows that it answered
		{"irsa", "ec2:DescribeInstances", false},
		{"irsa", "iam:GetInstanceProfile", false},
		{"podidentity", "pods", true},   // whether the agent runs
		{"podidentity", "nodes", false}, // the agent runs there
		{"podidentity", "iam:GetRole", true},
		{"podidentity", "eks:ListPodIdentityAssociations", true},
		{"podidentity", "serviceaccounts", true}, // whether it exists
		{"podidentity", "ec2:DescribeInstances", false},
	} {
		s := without(cases.Patched(t, c.base, nil), c.resource)
		r, err := judge.Diagnose(s, workload.Target{Kind: "Pod", Namespace: "shop", Name: "web-0"}, judge.Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := judge.Works
		if c.decides {
			want = judge.Undetermined
		}
		if r.Verdict != want {
			t.Errorf("%s without %s: %s, want %s", c.base, c.resource, r.Verdict, want)
		}
		if r.RestsOn("refused: "+c.resource) != c.decides || r.RestsOn("refused: another") {
			t.Errorf("%s without %s: whether the verdict rests on it: %v, want %v", c.base, c.resource, !c.decides, c.decides)
		}
		if c.decides && !slices.ContainsFunc(r.Unknown, func(g fact.Gap) bool { return g.Reason == "refused: "+c.resource }) {
			t.Errorf("%s without %s: the gap is not named: %v", c.base, c.resource, r.Unknown)
		}
	}
}

// without returns the snapshot as it would be if everything of a resource had been refused.
func without(s *snapshot.Snapshot, resource string) *snapshot.Snapshot {
	d := s.Document()
	d.Unreadable = append(slices.Clone(d.Unreadable), snapshot.Missing{Resource: resource, Error: "refused: " + resource})
	gone := map[string]string{"serviceaccounts": "ServiceAccount", "nodes": "Node", "mutatingwebhookconfigurations": "MutatingWebhookConfiguration"}[resource]
	d.Kubernetes = slices.DeleteFunc(slices.Clone(d.Kubernetes), func(o snapshot.Object) bool {
		return o.GetObjectKind().GroupVersionKind().Kind == gone || resource == "pods" && o.GetNamespace() == snapshot.AgentNamespace
	})
	aws := *d.AWS
	switch resource {
	case "openid-configuration":
		d.Cluster.Issuer = ""
		aws.EKSCluster = nil
		d.Unreadable = append(d.Unreadable, snapshot.Missing{Resource: "eks:DescribeCluster", Error: "refused: " + resource})
	case "iam:GetRole":
		aws.Roles = nil
	case "iam:GetOpenIDConnectProvider":
		aws.OpenIDConnectProviders = nil
	case "eks:ListPodIdentityAssociations":
		aws.PodIdentityAssociations = nil
	case "ec2:DescribeInstances":
		aws.Instances = nil
	case "iam:GetInstanceProfile":
		aws.InstanceProfiles = nil
	}
	d.AWS = &aws
	return snapshot.New(d)
}
