package collect_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// TestHostNetwork holds, on a node whose hop limit is 1, that a pod on the host's network reaches the
// node's role, which is named, and that the same pod on the pod network does not.
func TestHostNetwork(t *testing.T) {
	const nodeRole = "arn:aws:iam::111122223333:role/node"
	w := newWorld(t)
	w.account(t, "plain", "")
	for _, c := range []struct {
		name     string
		host     bool
		code     string
		provider sdk.Provider
		roleArn  string
	}{
		{"on-the-host", true, "IRSA606", sdk.IMDS, nodeRole},
		{"on-the-pod-network", false, "IRSA608", sdk.NoProvider, ""},
	} {
		pod := w.plain(c.name, "plain")
		pod.Spec.HostNetwork = c.host
		w.cluster.Pod(t, pod)
		s := w.collect(t, w.request("Pod/"+c.name))
		r, err := judge.Diagnose(s, workload.Target{Kind: "Pod", Namespace: w.namespace, Name: c.name}, judge.Options{})
		if err != nil {
			t.Fatal(err)
		}
		identity := r.Containers[0].Identity
		if !slices.ContainsFunc(r.Findings, func(f judge.Finding) bool { return string(f.Code) == c.code }) || identity.Provider != c.provider || identity.RoleArn != c.roleArn {
			t.Errorf("%s: %+v, findings %+v; want %s and %s %s", c.name, identity, r.Findings, c.code, c.provider, c.roleArn)
		}
		named := false
		for _, link := range r.Chain {
			named = named || link.Link == check.LinkFallback && strings.Contains(link.Text, nodeRole)
		}
		if named != c.host {
			t.Errorf("%s: the fallback names the node's role: %v, chain %+v", c.name, named, r.Chain)
		}
	}
}
