package judge_test

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/demo"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// TestProvenance holds that an answer says where it is from, and nothing that the snapshot does not: least of all the account
// of the credentials that read, which need not be the cluster's.
func TestProvenance(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*snapshot.Document)
		want judge.Provenance
	}{
		"all": {
			func(*snapshot.Document) {},
			judge.Provenance{Cluster: "demo", Account: "111122223333", Region: "eu-west-1", Time: "2026-06-15T12:00:00Z", Version: "v1.2.3"},
		},
		"another zone": {
			func(d *snapshot.Document) { d.TakenAt = d.TakenAt.In(time.FixedZone("", 3600)) },
			judge.Provenance{Cluster: "demo", Account: "111122223333", Region: "eu-west-1", Time: "2026-06-15T12:00:00Z", Version: "v1.2.3"},
		},
		"by the ARN of the EKS cluster": {
			func(d *snapshot.Document) {
				d.Cluster = snapshot.Cluster{}
				d.AWS = &snapshot.AWS{EKSCluster: &snapshot.EKSCluster{Name: "prod", Arn: "arn:aws:eks:us-west-2:444455556666:cluster/prod"}}
			},
			judge.Provenance{Cluster: "prod", Account: "444455556666", Region: "us-west-2", Time: "2026-06-15T12:00:00Z", Version: "v1.2.3"},
		},
		"nothing": {
			func(d *snapshot.Document) {
				d.Cluster, d.TakenAt, d.AWS = snapshot.Cluster{}, time.Time{}, &snapshot.AWS{CallerAccount: "444455556666"}
			},
			judge.Provenance{Version: "v1.2.3"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			whole, _, err := snapshot.Read(demo.Snapshot)
			if err != nil {
				t.Fatal(err)
			}
			document := whole.Document()
			c.edit(&document)
			for _, r := range judge.DiagnoseAll(snapshot.New(document), "", labels.Everything(), judge.Options{Version: "v1.2.3", NoFixes: true}) {
				if r.Provenance == nil || *r.Provenance != c.want {
					t.Fatalf("%s: %+v, want %+v", r.Target.Name, r.Provenance, c.want)
				}
			}
		})
	}
}
