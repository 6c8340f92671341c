package change

import (
	"reflect"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/evidence"
)

func TestMetadataOptions(t *testing.T) {
	const id = "i-0a1b2c3d4e5f60718"
	for _, c := range []struct {
		name    string
		change  Change
		shell   string
		options *evidence.MetadataOptions
		want    *evidence.MetadataOptions // nil: it cannot be foreseen
	}{
		{
			"open", OpenMetadata{InstanceID: id, Region: "us-west-2"},
			"aws ec2 modify-instance-metadata-options --instance-id " + id + " --http-endpoint enabled --http-put-response-hop-limit 2 --region us-west-2",
			&evidence.MetadataOptions{HTTPTokens: "required", HTTPPutResponseHopLimit: 1, HTTPEndpoint: "disabled"},
			&evidence.MetadataOptions{HTTPTokens: "required", HTTPPutResponseHopLimit: 2, HTTPEndpoint: "enabled"},
		},
		{
			"close", CloseMetadata{InstanceID: id},
			"aws ec2 modify-instance-metadata-options --instance-id " + id + " --http-tokens required --http-put-response-hop-limit 1",
			&evidence.MetadataOptions{HTTPTokens: "optional", HTTPPutResponseHopLimit: 3, HTTPEndpoint: "enabled"},
			&evidence.MetadataOptions{HTTPTokens: "required", HTTPPutResponseHopLimit: 1, HTTPEndpoint: "enabled"},
		},
		{
			"options that were not read", CloseMetadata{InstanceID: id},
			"aws ec2 modify-instance-metadata-options --instance-id " + id + " --http-tokens required --http-put-response-hop-limit 1",
			nil, nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if shell := Shell([]Change{c.change}); !reflect.DeepEqual(shell, []string{c.shell}) {
				t.Errorf("commands %q, want %q", shell, c.shell)
			}
			if c.change.Summary() == "" {
				t.Error("it has no summary")
			}
			before := evidence.New(evidence.Document{AWS: &evidence.AWS{Instances: []evidence.Instance{{InstanceID: "i-1"}, {InstanceID: id, MetadataOptions: c.options}}}})
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
	for name, d := range map[string]evidence.Document{"nothing of AWS": {}, "another instance": {AWS: &evidence.AWS{Instances: []evidence.Instance{{InstanceID: "i-1"}}}}} {
		if _, ok := Apply(evidence.New(d), []Change{OpenMetadata{InstanceID: id}}); ok {
			t.Errorf("%s: it is said to be foreseen", name)
		}
	}
}
