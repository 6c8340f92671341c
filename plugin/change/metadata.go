package change

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

func modifyMetadata(instance string, settings ...string) [][]string {
	return [][]string{append([]string{"aws", "ec2", "modify-instance-metadata-options", "--instance-id", instance}, settings...)}
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
