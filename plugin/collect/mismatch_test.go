package collect_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

const otherIssuer = "https://oidc.eks.us-west-2.amazonaws.com/id/0000000000000000000000000000BEEF"

// try is a request, and what it ends in.
func (w *world) try(t *testing.T, r collect.Request) (*snapshot.Snapshot, error) {
	t.Helper()
	return collect.Collect(t.Context(), w.reader, accountReader(t, aws.Options{}), r)
}

// about is a request about a pod of a cluster that is found by other means.
func (w *world) about(pod string, cluster, typed kube.Identity) collect.Request {
	r := w.request("Pod/" + pod)
	r.Cluster, r.Typed = cluster, typed
	return r
}

// mismatched holds that an error names both clusters.
func mismatched(t *testing.T, err error, parts ...string) {
	t.Helper()
	var mismatch *collect.MismatchError
	if !errors.As(err, &mismatch) {
		t.Errorf("error %v, want a mismatch", err)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in %q", part, err)
		}
	}
}

// TestAnotherCluster holds that nothing is answered where the cluster that EKS finds is not the one whose API server is read,
// whoever named it, and that nothing is accused by what another cluster has or lacks.
func TestAnotherCluster(t *testing.T) {
	w := newWorld(t)
	other := w.aws.SetCluster(testbed.Cluster{Name: "other", Issuer: otherIssuer})
	there := kube.Identity{Name: "other", Region: testbed.Region, Account: testbed.Account}
	w.account(t, "api", "")
	w.injected(t, "api-0", "api", inject.PodIdentity)

	_, err := w.try(t, w.about("web-0", there, kube.Identity{Name: "other"}))
	mismatched(t, err, other.ARN(), otherIssuer, w.cluster.Issuer, w.proxy.URL)

	// The association that the pod has is not in the other cluster.
	_, err = w.try(t, w.about("api-0", there, kube.Identity{}))
	mismatched(t, err, otherIssuer, w.cluster.Issuer)

	// The kubeconfig names it, and it has an association of that name.
	w.aws.Association(t, other, w.namespace, "web", webRole)
	_, err = w.try(t, w.about("web-0", there, kube.Identity{}))
	mismatched(t, err, otherIssuer, w.cluster.Issuer)
	many := w.about("web-0", there, kube.Identity{})
	many.Targets = nil
	_, err = w.try(t, many)
	mismatched(t, err, otherIssuer)
	_, _, err = collect.Binding(t.Context(), w.reader, accountReader(t, aws.Options{}), collect.BindingRequest{Request: many, ServiceAccount: "web", Role: "web"})
	mismatched(t, err, otherIssuer)

	// What is right is not verified where nothing needs it.
	w.forget()
	w.collect(t, w.request("Pod/web-0"))
	if n := countOf(w.aws.Names(), "eks:DescribeCluster"); n != 0 {
		t.Errorf("%d times DescribeCluster for an ordinary pod", n)
	}
}

// TestRegion holds that the API server's issuer decides on the region: against the word of a kubeconfig silently, and against
// what was typed with an error.
func TestRegion(t *testing.T) {
	w := newWorld(t)
	w.aws.SetCluster(testbed.Cluster{Name: "prod", Region: "eu-west-1", Issuer: strings.Replace(otherIssuer, "us-west-2", "eu-west-1", 1)})
	abroad := kube.Identity{Name: "prod", Region: "eu-west-1", Account: testbed.Account}
	_, err := w.try(t, w.about("web-0", abroad, kube.Identity{Region: "eu-west-1"}))
	mismatched(t, err, w.cluster.Issuer, "us-west-2", "eu-west-1")

	s, err := w.try(t, w.about("web-0", abroad, kube.Identity{}))
	if err != nil {
		t.Fatal(err)
	}
	if region := s.Cluster().Region; region != testbed.Region {
		t.Errorf("region %s", region)
	}
	if !s.Associations(w.namespace, "web").Known() || !s.Instance(w.instance).Known() {
		t.Error("the associations and the instance were looked for elsewhere")
	}
}

// TestSameCluster holds that different addresses, names and CAs of one cluster are no mismatch, and that where the API
// server's issuer is refused one of endpoint and CA has to agree.
func TestSameCluster(t *testing.T) {
	w := newWorld(t)
	ours := base64.StdEncoding.EncodeToString(w.reader.CA)
	theirs := base64.StdEncoding.EncodeToString([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
	dualStack := strings.NewReplacer("oidc.eks.", "oidc-eks.", "amazonaws.com", "api.aws").Replace(w.cluster.Issuer)
	const endpoint = "https://0123456789ABCDEF.gr7.us-west-2.eks.amazonaws.com"
	for _, c := range []struct {
		name                 string
		issuer, ca, endpoint string
		refused              bool // the API server's issuer
		want                 snapshot.Match
	}{
		{"through a tunnel", w.cluster.Issuer, ours, endpoint, false, snapshot.Matches},
		{"through a proxy with a CA of its own", w.cluster.Issuer, theirs, endpoint, false, snapshot.Matches},
		{"the dual-stack host", dualStack, "", "", false, snapshot.Matches},
		{"another issuer, and a CA that was copied", otherIssuer, ours, endpoint, false, snapshot.Differs},
		{"through a tunnel, the issuer refused", w.cluster.Issuer, ours, endpoint, true, snapshot.Matches},
		{"the address, the issuer refused", w.cluster.Issuer, theirs, w.proxy.URL, true, snapshot.Matches},
		{"no issuer in EKS", "", ours, endpoint, false, snapshot.Matches},
		{"another CA, the issuer refused", w.cluster.Issuer, theirs, endpoint, true, snapshot.Differs},
		{"nothing to compare", w.cluster.Issuer, "", "", true, snapshot.MatchUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.proxy.Heal()
			fields := map[string]any{}
			if c.ca != "" {
				fields["certificateAuthority"] = map[string]string{"data": c.ca}
			}
			if c.endpoint != "" {
				fields["endpoint"] = c.endpoint
			}
			w.aws.SetCluster(testbed.Cluster{Name: "prod", Issuer: c.issuer, Fields: fields})
			if c.refused {
				w.proxy.Inject(testbed.Fault{On: "kubernetes:get", Effect: testbed.Denied(), Match: func(c testbed.Call) bool { return strings.Contains(c.Path, "openid-configuration") }})
			}
			s, err := w.try(t, w.about("web-0", prod, kube.Identity{Name: "prod"}))
			if c.want == snapshot.Differs {
				mismatched(t, err, "prod", w.proxy.URL)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			eks, _ := s.EKSCluster().Get()
			if got, text := snapshot.Compare(s.Document().Cluster, eks); got != c.want {
				t.Errorf("match %v %s, want %v", got, text, c.want)
			}
			if recorded := s.Document().Cluster.Server != ""; recorded != (c.refused || c.issuer == "") {
				t.Errorf("the API server's address is recorded: %v", recorded)
			}
		})
	}
}

// TestInsecure holds that a CA that verifies nothing tells nothing.
func TestInsecure(t *testing.T) {
	reader, err := kube.New(&rest.Config{Host: "https://127.0.0.1:1", TLSClientConfig: rest.TLSClientConfig{Insecure: true}})
	if err != nil || len(reader.CA) > 0 {
		t.Errorf("CA %q, %v", reader.CA, err)
	}
}

// TestCredentialsElsewhere holds that what EKS does not know is told by whose the credentials are.
func TestCredentialsElsewhere(t *testing.T) {
	w := newWorld(t)
	s, err := w.try(t, w.about("web-0", kube.Identity{Name: "elsewhere", Region: testbed.Region, Account: "444455556666"}, kube.Identity{}))
	if err != nil {
		t.Fatal(err)
	}
	gap, _ := s.Associations(w.namespace, "web").Gap()
	for _, part := range []string{"the cluster is in account 444455556666", "of account " + testbed.Account, "ResourceNotFoundException"} {
		if !strings.Contains(gap.Reason, part) {
			t.Errorf("%q is not in %q", part, gap.Reason)
		}
	}
}
