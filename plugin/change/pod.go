package change

import (
	"maps"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A PodRef names a pod, what it belongs to, and how the webhook would treat it if it were recreated.
type PodRef struct {
	Namespace, Name string
	Owner           workload.Owner
	// Rollout is how the owner replaces its pods, and Revision which template of it the pod was created from, where it was read.
	Rollout  workload.Rollout
	Revision workload.Revision
	Settings inject.Settings
	// Injects reports that the webhook is registered, mutates the pod and can answer.
	Injects bool
}

// renew recreates the pod in a draft: edits the template, creates the pod from it, and injects. Where the template was not read,
// it is assumed to be the pod without what the webhook injected.
func (r PodRef) renew(d *snapshot.Draft, edit func(*corev1.Pod)) bool {
	pod, ok := snapshot.Edit[*corev1.Pod](d, r.Namespace, r.Name)
	if !ok {
		return false
	}
	submitted := inject.Undo(pod, r.Settings.AnnotationPrefix)
	if template, ok := r.template(d); ok {
		before := template.DeepCopy()
		editTemplate(template, edit)
		submitted = r.madeFrom(before, template, submitted)
	} else {
		edit(submitted)
	}
	if r.Injects {
		account, _ := snapshot.Edit[*corev1.ServiceAccount](d, submitted.Namespace, workload.ServiceAccountName(submitted))
		submitted = inject.Predict(r.Settings, account, submitted, associated(d, submitted))
	}
	submitted.CreationTimestamp = metav1.NewTime(d.TakenAt)
	submitted.Spec.EphemeralContainers = nil
	d.Put(submitted)
	return true
}

// template returns the template that the workload creates a new pod from, as it is in the draft, to be changed in place.
func (r PodRef) template(d *snapshot.Draft) (*corev1.PodTemplateSpec, bool) {
	if !r.hasTemplate() || r.Rollout.Keeps(r.Name) {
		return nil, false
	}
	object, ok := d.EditObject(r.Owner.Kind, r.Namespace, r.Owner.Name)
	if !ok {
		return nil, false
	}
	_, template := workload.Template(object)
	return template, template != nil
}

// hasTemplate reports whether the owner is a workload that a deleted or restarted pod is replaced by.
func (r PodRef) hasTemplate() bool {
	_, restarts := r.Owner.Resource()
	return restarts || r.Owner.ReplacesDeleted()
}

func editTemplate(template *corev1.PodTemplateSpec, edit func(*corev1.Pod)) {
	pod := &corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
	edit(pod)
	template.Labels, template.Annotations, template.Spec = pod.Labels, pod.Annotations, pod.Spec
}

// controllerLabels are what the workloads' controllers add to the labels of the template.
var controllerLabels = []string{
	appsv1.DefaultDeploymentUniqueLabelKey, appsv1.ControllerRevisionHashLabelKey, appsv1.StatefulSetPodNameLabel, appsv1.PodIndexLabel,
	"pod-template-generation",
}

// madeFrom returns the pod that replaces an earlier one, without what the webhook injected, after the
// template has changed. What the template before did not have was added at admission, and is again: whole containers and
// volumes always, and single values where the earlier pod is known to be of that template.
func (r PodRef) madeFrom(before, template *corev1.PodTemplateSpec, earlier *corev1.Pod) *corev1.Pod {
	pod := earlier.DeepCopy()
	pod.Labels, pod.Annotations, pod.Spec = maps.Clone(template.Labels), maps.Clone(template.Annotations), *template.Spec.DeepCopy()
	workload.NameServiceAccount(&pod.Spec)
	pod.Spec.NodeName = earlier.Spec.NodeName
	same := r.Revision == workload.CurrentRevision
	pod.Labels = withAdded(pod.Labels, before.Labels, earlier.Labels, func(key string) bool { return same || slices.Contains(controllerLabels, key) })
	pod.Annotations = withAdded(pod.Annotations, before.Annotations, earlier.Annotations, func(string) bool { return same })
	if pod.Spec.SecurityContext == nil && before.Spec.SecurityContext == nil && same {
		pod.Spec.SecurityContext = earlier.Spec.SecurityContext
	}
	added := map[string]bool{}
	for _, volume := range earlier.Spec.Volumes {
		if !slices.ContainsFunc(before.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == volume.Name }) {
			added[volume.Name] = true
			pod.Spec.Volumes = append(pod.Spec.Volumes, volume)
		}
	}
	pod.Spec.InitContainers = madeContainers(before.Spec.InitContainers, pod.Spec.InitContainers, earlier.Spec.InitContainers, added, same)
	pod.Spec.Containers = madeContainers(before.Spec.Containers, pod.Spec.Containers, earlier.Spec.Containers, added, same)
	return pod
}

// withAdded returns values with those that an earlier pod has, its template did not have, and that are wanted.
func withAdded(values, before, earlier map[string]string, wanted func(key string) bool) map[string]string {
	for key, value := range earlier {
		if _, there := before[key]; there || !wanted(key) {
			continue
		}
		if values == nil {
			values = map[string]string{}
		}
		values[key] = value
	}
	return values
}

// madeContainers returns the template's containers with what was added to those of the earlier pod, and those that were added
// to the pod.
func madeContainers(before, template, earlier []corev1.Container, added map[string]bool, same bool) []corev1.Container {
	for _, old := range earlier {
		named := func(c corev1.Container) bool { return c.Name == old.Name }
		was, is := slices.IndexFunc(before, named), slices.IndexFunc(template, named)
		if was < 0 {
			template = append(template, old)
		}
		if was < 0 || is < 0 {
			continue
		}
		c := &template[is]
		for _, mount := range old.VolumeMounts {
			if added[mount.Name] {
				c.VolumeMounts = append(c.VolumeMounts, mount)
			}
		}
		for _, v := range old.Env {
			there := slices.ContainsFunc(before[was].Env, func(have corev1.EnvVar) bool { return have.Name == v.Name })
			if same && !there {
				c.Env = append(c.Env, v)
			}
		}
	}
	return template
}

// replaced are the commands after which the workload has created a new pod in place of this one; edited says that a command
// before them has changed the template. ok is false where no command leads to a new pod, or to one of that template.
func (r PodRef) replaced(edited bool) (commands [][]string, ok bool) {
	remove := [][]string{kubectl(r.Namespace, "delete", "pod", r.Name)}
	resource, restarts := r.Owner.Resource()
	switch {
	case !restarts && r.Owner.ReplacesDeleted() && !edited:
		// A pod without a controller does not come back when it is deleted, and a Job counts its pods.
		return remove, true
	case !restarts, r.Rollout.Keeps(r.Name) && edited:
		return nil, false
	case r.Rollout.OnDelete, r.Rollout.Keeps(r.Name):
		return remove, true
	case r.Rollout.Paused:
		commands = append(commands, kubectl(r.Namespace, "rollout", "resume", resource))
	}
	if !edited {
		commands = append(commands, kubectl(r.Namespace, "rollout", "restart", resource))
	}
	return commands, true
}

// then returns an edit of the template with the commands that create the new pod; none where there are none.
func (r PodRef) then(edit []string) [][]string {
	after, ok := r.replaced(true)
	if !ok {
		return nil
	}
	return append([][]string{edit}, after...)
}

// owner names what the pod belongs to, as kubectl does.
func (r PodRef) owner() string {
	if k, ok := workload.KindOf(r.Owner.Kind); ok {
		return k.Singular + "/" + r.Owner.Name
	}
	return strings.ToLower(r.Owner.Kind) + "/" + r.Owner.Name
}

// object is what a change of the pod's template changes: its workload where that has a template to change.
func (r PodRef) object() Object {
	if resource, ok := r.Owner.Resource(); ok {
		kind, name, _ := strings.Cut(resource, "/")
		return Object{Kind: kind, Name: name}
	}
	return Object{Kind: "pod", Name: r.Name}
}

// diff is the pod as it was submitted, before and after an edit.
func (r PodRef) diff(s *snapshot.Snapshot, edit func(*corev1.Pod)) (name, before, after string) {
	pod, ok := s.Pod(r.Namespace, r.Name).Get()
	if !ok {
		return r.object().String(), "", ""
	}
	submitted := inject.Undo(pod, r.Settings.AnnotationPrefix)
	if template, ok := r.template(s.Draft()); ok {
		submitted = &corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
	}
	before = templateText(submitted)
	edit(submitted)
	return r.object().String(), before, templateText(submitted)
}

func templateText(pod *corev1.Pod) string {
	return asYAML(corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: pod.Labels, Annotations: pod.Annotations}, Spec: pod.Spec})
}

func associated(d *snapshot.Draft, pod *corev1.Pod) bool {
	return d.AWS != nil && slices.ContainsFunc(d.AWS.PodIdentityAssociations, func(a snapshot.PodIdentityAssociation) bool {
		return a.Namespace == pod.Namespace && a.ServiceAccount == workload.ServiceAccountName(pod)
	})
}
