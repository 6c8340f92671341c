package change

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

func modifyMetadata(instance string, settings ...string) [][]string {
	return [][]string{append([]string{"aws", "ec2", "modify-instance-metadata-options", "--instance-id", instance}, settings...)}
}

// nextNodes describes that the nodes which Karpenter creates from now on get the same settings.
func nextNodes(class string) string {
	if class == "" {
		return ""
	}
	return ", and in EC2NodeClass " + class + " for the nodes that Karpenter creates (it replaces those that have drifted)"
}

// patchNodeClass sets the options of an EC2NodeClass of Karpenter
// (https://karpenter.sh/docs/concepts/nodeclasses/#specmetadataoptions).
func patchNodeClass(class string, options map[string]any) [][]string {
	if class == "" {
		return nil
	}
	patch := jsonArgument(map[string]any{"spec": map[string]any{"metadataOptions": options}})
	return [][]string{{"kubectl", "patch", "ec2nodeclass/" + class, "--type=merge", "-p", patch}}
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
