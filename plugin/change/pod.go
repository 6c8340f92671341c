package change

import (
	"slices"
	"strings"

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
	Settings        inject.Settings
	// Injects says that the webhook is registered, takes the pod in and can answer.
	Injects bool
}

// renew recreates the pod in a draft: undoes the injection, edits what was submitted, injects again.
func (r PodRef) renew(d *snapshot.Draft, edit func(*corev1.Pod)) bool {
	pod, ok := snapshot.Edit[*corev1.Pod](d, r.Namespace, r.Name)
	if !ok {
		return false
	}
	submitted := inject.Undo(pod, r.Settings.AnnotationPrefix)
	edit(submitted)
	if r.Injects {
		account, _ := snapshot.Edit[*corev1.ServiceAccount](d, submitted.Namespace, workload.ServiceAccountName(submitted))
		submitted = inject.Predict(r.Settings, account, submitted, associated(d, submitted))
	}
	submitted.CreationTimestamp = metav1.NewTime(d.TakenAt)
	submitted.Spec.EphemeralContainers = nil
	d.Put(submitted)
	return true
}

// object is what a change of the pod's template changes: its workload where that has a template to change.
func (r PodRef) object() Object {
	if resource, ok := r.Owner.Resource(); ok {
		kind, name, _ := strings.Cut(resource, "/")
		return Object{Kind: kind, Name: name}
	}
	return Object{Kind: "pod", Name: r.Name}
}

// diff is what an edit makes of the pod as it was submitted.
func (r PodRef) diff(s *snapshot.Snapshot, edit func(*corev1.Pod)) (name, before, after string) {
	pod, ok := s.Pod(r.Namespace, r.Name).Get()
	if !ok {
		return r.object().String(), "", ""
	}
	submitted := inject.Undo(pod, r.Settings.AnnotationPrefix)
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
