package change

import (
	"reflect"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

func TestMetadataOptions(t *testing.T) {
	const id = "i-0a1b2c3d4e5f60718"
	for _, c := range []struct {
		name    string
		change  Change
		shell   string
		options *snapshot.MetadataOptions
		want    *snapshot.MetadataOptions // nil: it cannot be foreseen
	}{
		{
			"open", OpenMetadata{InstanceID: id},
			"aws ec2 modify-instance-metadata-options --instance-id " + id + " --http-endpoint enabled --http-put-response-hop-limit 2",
			&snapshot.MetadataOptions{HTTPTokens: "required", HTTPPutResponseHopLimit: 1, HTTPEndpoint: "disabled"},
			&snapshot.MetadataOptions{HTTPTokens: "required", HTTPPutResponseHopLimit: 2, HTTPEndpoint: "enabled"},
		},
		{
			"close", CloseMetadata{InstanceID: id},
			"aws ec2 modify-instance-metadata-options --instance-id " + id + " --http-tokens required --http-put-response-hop-limit 1",
			&snapshot.MetadataOptions{HTTPTokens: "optional", HTTPPutResponseHopLimit: 3, HTTPEndpoint: "enabled"},
			&snapshot.MetadataOptions{HTTPTokens: "required", HTTPPutResponseHopLimit: 1, HTTPEndpoint: "enabled"},
		},
		{
			"options that were not read", CloseMetadata{InstanceID: id},
			"aws ec2 modify-instance-metadata-options --instance-id " + id + " --http-tokens required --http-put-response-hop-limit 1",
			nil, nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if shell := nowhere.Shell([]Change{c.change}); !reflect.DeepEqual(shell, []string{c.shell}) {
				t.Errorf("commands %q, want %q", shell, c.shell)
			}
			if c.change.Summary() == "" {
				t.Error("it has no summary")
			}
			before := snapshot.New(snapshot.Document{AWS: &snapshot.AWS{Instances: []snapshot.Instance{{InstanceID: "i-1"}, {InstanceID: id, MetadataOptions: c.options}}}})
			after, ok := Apply(before, []Change{c.change})
			if ok != (c.want != nil) {
				t.Fatalf("foreseen: %v", ok)
			}
			if !ok {
				return
			}
			if got, _ := after.Instance(id).Get(); !reflect.DeepEqual(got.MetadataOptions, c.want) {
				t.Errorf("options %+v, want %+v", got.MetadataOptions, c.want)
			}
			if same, _ := before.Instance(id).Get(); reflect.DeepEqual(same.MetadataOptions, c.want) {
				t.Error("the snapshot was changed")
			}
		})
	}
	for name, d := range map[string]snapshot.Document{"nothing of AWS": {}, "another instance": {AWS: &snapshot.AWS{Instances: []snapshot.Instance{{InstanceID: "i-1"}}}}} {
		if _, ok := Apply(snapshot.New(d), []Change{OpenMetadata{InstanceID: id}}); ok {
			t.Errorf("%s: it is said to be foreseen", name)
		}
	}
}
