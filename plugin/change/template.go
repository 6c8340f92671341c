package change

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// patchTemplate returns the command that merges a patch into the template of the pod's workload. Lists are
// merged by their keys (strategic merge patch), and null takes a key out.
func patchTemplate(pod PodRef, template map[string]any) [][]string {
	resource, ok := pod.Owner.Resource()
	if !ok {
		return nil
	}
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"template": template}})
	if err != nil {
		return nil
	}
	return [][]string{kubectl(pod.Namespace, "patch", resource, "-p", string(patch))}
}

// templateOf names the template that a change is made in.
func templateOf(pod PodRef) string {
	if resource, ok := pod.Owner.Resource(); ok {
		return "the template of " + resource
	}
	return "the manifest of pod " + pod.Namespace + "/" + pod.Name
}

// AnnotateTemplate sets an annotation of a workload's template, or removes it where Value is empty; that
// makes its pods anew.
type AnnotateTemplate struct {
	Pod        PodRef
	Key, Value string
}

func (c AnnotateTemplate) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c AnnotateTemplate) Summary() string {
	if c.Value == "" {
		return "remove annotation " + c.Key + " from " + templateOf(c.Pod)
	}
	return "set annotation " + c.Key + "=" + c.Value + " in " + templateOf(c.Pod)
}

// Commands implements [Change].
func (c AnnotateTemplate) Commands() [][]string {
	var value any
	if c.Value != "" {
		value = c.Value
	}
	return patchTemplate(c.Pod, map[string]any{"metadata": map[string]any{"annotations": map[string]any{c.Key: value}}})
}

// Diff implements [Change].
func (c AnnotateTemplate) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return c.Pod.diff(s, c.edit)
}

// Done implements [Change].
func (c AnnotateTemplate) Done() string { return c.Object().String() + " patched" }

// Object implements [Change].
func (c AnnotateTemplate) Object() Object { return c.Pod.object() }

// Apply implements [Change].
func (c AnnotateTemplate) Apply(d *snapshot.Draft) bool { return c.Pod.renew(d, c.edit) }

func (c AnnotateTemplate) edit(pod *corev1.Pod) {
	if c.Value == "" {
		delete(pod.Annotations, c.Key)
		return
	}
	if pod.Annotations == nil {
		pod.Annotations = map[string]string{}
	}
	pod.Annotations[c.Key] = c.Value
}

// Labels are labels to set, and keys of labels to remove.
type Labels struct {
	Set    map[string]string
	Remove []string
}

func (l Labels) summary() string {
	words := ""
	add := func(verb, what string) {
		if words != "" {
			words += " and "
		}
		words += verb + " label " + what
	}
	for _, key := range l.Remove {
		add("remove", key)
	}
	for _, key := range slices.Sorted(maps.Keys(l.Set)) {
		add("set", key+"="+l.Set[key])
	}
	return words
}

// To returns labels with the change made; what is given stays as it is.
func (l Labels) To(labels map[string]string) map[string]string {
	out := maps.Clone(labels)
	if out == nil {
		out = map[string]string{}
	}
	for _, key := range l.Remove {
		delete(out, key)
	}
	maps.Copy(out, l.Set)
	return out
}

// LabelTemplate changes the labels of a workload's template, which makes its pods anew.
type LabelTemplate struct {
	Pod    PodRef
	Labels Labels
}

func (c LabelTemplate) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c LabelTemplate) Summary() string { return c.Labels.summary() + " in " + templateOf(c.Pod) }

// Commands implements [Change].
func (c LabelTemplate) Commands() [][]string {
	labels := map[string]any{}
	for _, key := range c.Labels.Remove {
		labels[key] = nil
	}
	for key, value := range c.Labels.Set {
		labels[key] = value
	}
	return patchTemplate(c.Pod, map[string]any{"metadata": map[string]any{"labels": labels}})
}

// Diff implements [Change].
func (c LabelTemplate) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return c.Pod.diff(s, c.edit)
}

// Done implements [Change].
func (c LabelTemplate) Done() string { return c.Object().String() + " patched" }

// Object implements [Change].
func (c LabelTemplate) Object() Object { return c.Pod.object() }

// Apply implements [Change].
func (c LabelTemplate) Apply(d *snapshot.Draft) bool { return c.Pod.renew(d, c.edit) }

func (c LabelTemplate) edit(pod *corev1.Pod) { pod.Labels = c.Labels.To(pod.Labels) }

// LabelNamespace changes the labels of a namespace.
type LabelNamespace struct {
	Name   string
	Labels Labels
}

// Summary implements [Change].
func (c LabelNamespace) Summary() string { return c.Labels.summary() + " of namespace " + c.Name }

// Commands implements [Change].
func (c LabelNamespace) Commands() [][]string {
	args := []string{"label", "namespace", c.Name}
	for _, key := range c.Labels.Remove {
		args = append(args, key+"-")
	}
	for _, key := range slices.Sorted(maps.Keys(c.Labels.Set)) {
		args = append(args, key+"="+c.Labels.Set[key])
	}
	return [][]string{kubectl("", append(args, "--overwrite")...)}
}

// Diff implements [Change].
func (c LabelNamespace) Diff(s *snapshot.Snapshot) (name, before, after string) {
	namespace, ok := s.Namespace(c.Name).Get()
	if !ok {
		return c.Object().String(), "", ""
	}
	return c.Object().String(), asYAML(namespace.Labels), asYAML(c.Labels.To(namespace.Labels))
}

// Done implements [Change].
func (c LabelNamespace) Done() string { return c.Object().String() + " labeled" }

// Object implements [Change].
func (c LabelNamespace) Object() Object { return Object{Kind: "namespace", Name: c.Name} }

// Apply implements [Change].
func (c LabelNamespace) Apply(d *snapshot.Draft) bool {
	namespace, ok := snapshot.Edit[*corev1.Namespace](d, "", c.Name)
	if !ok {
		return false
	}
	namespace.Labels = c.Labels.To(namespace.Labels)
	return true
}

// SelectWindows gives a workload's template the node selector by which the webhook knows a Windows pod, which
// makes its pods anew.
type SelectWindows struct{ Pod PodRef }

func (c SelectWindows) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c SelectWindows) Summary() string {
	return "set node selector " + corev1.LabelOSStable + "=windows in " + templateOf(c.Pod)
}

// Commands implements [Change].
func (c SelectWindows) Commands() [][]string {
	return patchTemplate(c.Pod, map[string]any{"spec": map[string]any{"nodeSelector": map[string]any{corev1.LabelOSStable: "windows"}}})
}

// Diff implements [Change].
func (c SelectWindows) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return c.Pod.diff(s, c.edit)
}

// Done implements [Change].
func (c SelectWindows) Done() string { return c.Object().String() + " patched" }

// Object implements [Change].
func (c SelectWindows) Object() Object { return c.Pod.object() }

// Apply implements [Change].
func (c SelectWindows) Apply(d *snapshot.Draft) bool { return c.Pod.renew(d, c.edit) }

func (c SelectWindows) edit(pod *corev1.Pod) {
	if pod.Spec.NodeSelector == nil {
		pod.Spec.NodeSelector = map[string]string{}
	}
	pod.Spec.NodeSelector[corev1.LabelOSStable] = "windows"
}

// SetFSGroup gives a workload's pods an fsGroup, to which the kubelet gives the token's file; that makes its
// pods anew.
type SetFSGroup struct {
	Pod   PodRef
	Group int64
}

func (c SetFSGroup) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c SetFSGroup) Summary() string {
	return "set securityContext.fsGroup to " + strconv.FormatInt(c.Group, 10) + " in " + templateOf(c.Pod)
}

// Commands implements [Change].
func (c SetFSGroup) Commands() [][]string {
	return patchTemplate(c.Pod, map[string]any{"spec": map[string]any{"securityContext": map[string]any{"fsGroup": c.Group}}})
}

// Diff implements [Change].
func (c SetFSGroup) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return c.Pod.diff(s, c.edit)
}

// Done implements [Change].
func (c SetFSGroup) Done() string { return c.Object().String() + " patched" }

// Object implements [Change].
func (c SetFSGroup) Object() Object { return c.Pod.object() }

// Apply implements [Change].
func (c SetFSGroup) Apply(d *snapshot.Draft) bool { return c.Pod.renew(d, c.edit) }

func (c SetFSGroup) edit(pod *corev1.Pod) {
	if pod.Spec.SecurityContext == nil {
		pod.Spec.SecurityContext = &corev1.PodSecurityContext{}
	}
	pod.Spec.SecurityContext.FSGroup = &c.Group
}

// RemoveVolume takes a volume and its mounts out of a workload's template, which makes its pods anew.
type RemoveVolume struct {
	Pod  PodRef
	Name string
	// Mounts are the paths at which containers mount it.
	Mounts []VolumeMount
}

// A VolumeMount is where a container mounts a volume.
type VolumeMount struct {
	Container string
	Init      bool // the container is an init container
	Path      string
}

func (c RemoveVolume) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c RemoveVolume) Summary() string {
	return "remove volume " + c.Name + " and its mounts from " + templateOf(c.Pod)
}

// Commands implements [Change].
func (c RemoveVolume) Commands() [][]string {
	spec := map[string]any{"volumes": []any{removed("name", c.Name)}}
	for list, init := range map[string]bool{"containers": false, "initContainers": true} {
		if containers := c.unmounted(init); len(containers) > 0 {
			spec[list] = containers
		}
	}
	return patchTemplate(c.Pod, map[string]any{"spec": spec})
}

// removed is how a strategic merge patch takes the entry with that key out of a list.
func removed(key, value string) map[string]any {
	return map[string]any{"$patch": "delete", key: value}
}

// unmounted are the entries of one of the pod's lists of containers, each with the mounts that go.
func (c RemoveVolume) unmounted(init bool) []any {
	mounts := map[string][]any{}
	var containers []any
	for _, m := range c.Mounts {
		if m.Init != init {
			continue
		}
		if _, seen := mounts[m.Container]; !seen {
			containers = append(containers, map[string]any{"name": m.Container})
		}
		mounts[m.Container] = append(mounts[m.Container], removed("mountPath", m.Path))
	}
	for _, entry := range containers {
		entry := entry.(map[string]any)
		entry["volumeMounts"] = mounts[entry["name"].(string)]
	}
	return containers
}

// Diff implements [Change].
func (c RemoveVolume) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return c.Pod.diff(s, c.edit)
}

// Done implements [Change].
func (c RemoveVolume) Done() string { return c.Object().String() + " patched" }

// Object implements [Change].
func (c RemoveVolume) Object() Object { return c.Pod.object() }

// Apply implements [Change].
func (c RemoveVolume) Apply(d *snapshot.Draft) bool { return c.Pod.renew(d, c.edit) }

func (c RemoveVolume) edit(pod *corev1.Pod) {
	pod.Spec.Volumes = slices.DeleteFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == c.Name })
	for _, list := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range list {
			list[i].VolumeMounts = slices.DeleteFunc(list[i].VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == c.Name })
		}
	}
}

// Submit applies the manifest of a pod that does not exist yet, so that what was changed before counts.
type Submit struct{ Pod PodRef }

func (c Submit) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c Submit) Summary() string { return "make the pod, which does not exist yet" }

// Commands implements [Change]: which manifest, or which scale, makes it is not known.
func (c Submit) Commands() [][]string { return nil }

// Diff implements [Change].
func (c Submit) Diff(*snapshot.Snapshot) (name, before, after string) {
	return c.Object().String(), "", ""
}

// Done implements [Change].
func (c Submit) Done() string { return c.Object().String() + " created" }

// Object implements [Change].
func (c Submit) Object() Object { return Object{Kind: "pod", Name: c.Pod.Name} }

// Apply implements [Change].
func (c Submit) Apply(d *snapshot.Draft) bool {
	return c.Pod.renew(d, func(*corev1.Pod) {})
}
