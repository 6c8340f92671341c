package export_test

import (
	"flag"
	"os"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind/export"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/demo"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden holds every format, byte for byte, for a service account that Helm manages, whose annotation is to change in
// the release's values, and for the second run of a migration, which removes the annotation and edits the trust policy, and for a
// role of another account than the cluster's.
func TestGolden(t *testing.T) {
	for name, request := range map[string]bind.Request{
		"helm":           {Namespace: "shop", ServiceAccount: "web", RoleARN: webRole},
		"migrate-second": {Namespace: "shop", ServiceAccount: "web", RoleARN: webRole, Migrate: true},
		"cross-account": { // of the demo
			Namespace: "kube-system", ServiceAccount: "external-dns", RoleARN: "arn:aws:iam::444455556666:role/external-dns", CrossAccount: true, Export: true,
			At: change.Coordinates{Profile: "ops"}, // of another account
		},
	} {
		data, err := os.ReadFile("../../../testdata/bind/export/" + name + ".json")
		if name == "cross-account" {
			data, err = demo.Snapshot, nil
		}
		if err != nil {
			t.Fatal(err)
		}
		s, _, err := snapshot.Read(data)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := bind.New(s, request)
		if err != nil {
			t.Fatal(err)
		}
		for _, format := range export.Formats() {
			t.Run(name+"/"+format, func(t *testing.T) {
				text := printed(t, format, plan, s)
				file := "../../../testdata/bind/export/" + name + "." + format + ".golden"
				if *update {
					if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if text != string(want) {
					t.Errorf("%s is\n%s\nwant\n%s", file, text, want)
				}
			})
		}
	}
}
