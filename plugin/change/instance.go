package change

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// OpenMetadata lets the pods of a node reach its instance metadata service: the endpoint on, and two hops for
// the answer to the IMDSv2 PUT.
type OpenMetadata struct {
	InstanceID string
	Region     string // empty where it is not known
}

// CloseMetadata keeps the pods on a node's pod network from its instance metadata service: tokens required,
// and one hop for the answer to the IMDSv2 PUT.
type CloseMetadata struct {
	InstanceID string
	Region     string // empty where it is not known
}

// Summary implements [Change].
func (c OpenMetadata) Summary() string {
	return "raise the hop limit of instance " + c.InstanceID + " to 2, which lets every pod of the node take its role"
}

// Summary implements [Change].
func (c CloseMetadata) Summary() string {
	return "require tokens on instance " + c.InstanceID + " with a hop limit of 1, which keeps every pod on the pod network from the node's role"
}

// Commands implements [Change].
func (c OpenMetadata) Commands() [][]string {
	return modifyMetadata(c.InstanceID, c.Region, "--http-endpoint", "enabled", "--http-put-response-hop-limit", "2")
}

// Commands implements [Change].
func (c CloseMetadata) Commands() [][]string {
	return modifyMetadata(c.InstanceID, c.Region, "--http-tokens", "required", "--http-put-response-hop-limit", "1")
}

func modifyMetadata(instance, region string, settings ...string) [][]string {
	argv := append([]string{"aws", "ec2", "modify-instance-metadata-options", "--instance-id", instance}, settings...)
	if region != "" {
		argv = append(argv, "--region", region)
	}
	return [][]string{argv}
}

// Diff implements [Change].
func (c OpenMetadata) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return diffMetadata(s, c.InstanceID, c.edit)
}

// Diff implements [Change].
func (c CloseMetadata) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return diffMetadata(s, c.InstanceID, c.edit)
}

func diffMetadata(s *snapshot.Snapshot, id string, edit func(*snapshot.MetadataOptions)) (name, before, after string) {
	instance, _ := s.Instance(id).Get()
	if instance.MetadataOptions == nil {
		return id, "", ""
	}
	options := *instance.MetadataOptions
	edit(&options)
	return id, asYAML(instance.MetadataOptions), asYAML(options)
}

// Done implements [Change].
func (c OpenMetadata) Done() string { return c.Object().String() + " updated" }

// Done implements [Change].
func (c CloseMetadata) Done() string { return c.Object().String() + " updated" }

// Object implements [Change].
func (c OpenMetadata) Object() Object {
	return Object{Kind: "instance", Name: c.InstanceID, InAWS: true}
}

// Object implements [Change].
func (c CloseMetadata) Object() Object {
	return Object{Kind: "instance", Name: c.InstanceID, InAWS: true}
}

// Apply implements [Change].
func (c OpenMetadata) Apply(d *snapshot.Draft) bool { return editMetadata(d, c.InstanceID, c.edit) }

// Apply implements [Change].
func (c CloseMetadata) Apply(d *snapshot.Draft) bool { return editMetadata(d, c.InstanceID, c.edit) }

func (c OpenMetadata) edit(o *snapshot.MetadataOptions) {
	o.HTTPEndpoint, o.HTTPPutResponseHopLimit = "enabled", max(2, o.HTTPPutResponseHopLimit)
}

func (c CloseMetadata) edit(o *snapshot.MetadataOptions) {
	o.HTTPTokens, o.HTTPPutResponseHopLimit = "required", 1
}

func editMetadata(d *snapshot.Draft, id string, edit func(*snapshot.MetadataOptions)) bool {
	if d.AWS == nil {
		return false
	}
	i := slices.IndexFunc(d.AWS.Instances, func(one snapshot.Instance) bool { return one.InstanceID == id })
	if i < 0 || d.AWS.Instances[i].MetadataOptions == nil {
		return false
	}
	options := *d.AWS.Instances[i].MetadataOptions
	edit(&options)
	d.AWS.Instances = slices.Clone(d.AWS.Instances)
	d.AWS.Instances[i].MetadataOptions = &options
	return true
}
