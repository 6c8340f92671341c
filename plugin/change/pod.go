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

// A PodRef names a pod, what it belongs to, and how the webhook would treat it if it were made anew.
type PodRef struct {
	Namespace, Name string
	Owner           workload.Owner
	Settings        inject.Settings
	// Injects says that the webhook is registered, takes the pod in and can answer.
	Injects bool
}

// renew makes the pod anew in a draft: undoes the injection, edits what was submitted, injects again.
func (r PodRef) renew(d *snapshot.Draft, edit func(*corev1.Pod)) bool {
	pod, ok := snapshot.Edit[*corev1.Pod](d, r.Namespace, r.Name)
	if !ok {
		return false
	}
	submitted := inject.Undo(pod, r.Settings.AnnotationPrefix)
	edit(submitted)
	if r.Injects {
		account, _ := snapshot.Edit[*corev1.ServiceAccount](d, submitted.Namespace, submitted.Spec.ServiceAccountName)
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
		return a.Namespace == pod.Namespace && a.ServiceAccount == pod.Spec.ServiceAccountName
	})
}

// Recreate makes a pod anew, through its workload where it has one, so that the webhook sees it again.
type Recreate struct{ Pod PodRef }

func (c Recreate) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c Recreate) Summary() string {
	if resource, ok := c.Pod.Owner.Resource(); ok {
		return "restart " + resource
	}
	return "make pod " + c.Pod.Namespace + "/" + c.Pod.Name + " anew"
}

// Commands implements [Change].
func (c Recreate) Commands() [][]string {
	if resource, ok := c.Pod.Owner.Resource(); ok {
		return [][]string{kubectl(c.Pod.Namespace, "rollout", "restart", resource)}
	}
	// A pod of its own does not come back when it is deleted, and a Job counts its pods.
	if c.Pod.Owner.Kind == "ReplicaSet" {
		return [][]string{kubectl(c.Pod.Namespace, "delete", "pod", c.Pod.Name)}
	}
	return nil
}

// Diff implements [Change].
func (c Recreate) Diff(*snapshot.Snapshot) (name, before, after string) {
	return c.Object().String(), "", ""
}

// Done implements [Change].
func (c Recreate) Done() string {
	if c.Pod.Owner.Kind == "ReplicaSet" {
		return c.Object().String() + " deleted"
	}
	return c.Object().String() + " restarted"
}

// Object implements [Change].
func (c Recreate) Object() Object { return c.Pod.object() }

// Apply implements [Change].
func (c Recreate) Apply(d *snapshot.Draft) bool {
	return c.Pod.renew(d, func(*corev1.Pod) {})
}

// SetServiceAccount makes a workload's pods run under another service account, which makes them anew.
type SetServiceAccount struct {
	Pod            PodRef
	ServiceAccount string
}

func (c SetServiceAccount) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c SetServiceAccount) Summary() string {
	if resource, ok := c.Pod.Owner.Resource(); ok {
		return "run " + resource + " under service account " + c.ServiceAccount
	}
	return "make pod " + c.Pod.Namespace + "/" + c.Pod.Name + " anew with serviceAccountName " + c.ServiceAccount
}

// Commands implements [Change].
func (c SetServiceAccount) Commands() [][]string {
	if resource, ok := c.Pod.Owner.Resource(); ok {
		return [][]string{kubectl(c.Pod.Namespace, "set", "serviceaccount", resource, c.ServiceAccount)}
	}
	return nil
}

// Diff implements [Change].
func (c SetServiceAccount) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return c.Pod.diff(s, c.edit)
}

// Done implements [Change].
func (c SetServiceAccount) Done() string { return c.Object().String() + " serviceaccount updated" }

// Object implements [Change].
func (c SetServiceAccount) Object() Object { return c.Pod.object() }

// Apply implements [Change].
func (c SetServiceAccount) Apply(d *snapshot.Draft) bool { return c.Pod.renew(d, c.edit) }

func (c SetServiceAccount) edit(pod *corev1.Pod) {
	pod.Spec.ServiceAccountName = c.ServiceAccount
	pod.Spec.DeprecatedServiceAccount = c.ServiceAccount
}

// UnsetVariables removes variables from a container of a workload's template, which makes its pods anew.
type UnsetVariables struct {
	Pod       PodRef
	Container string
	Names     []string
}

func (c UnsetVariables) renews() PodRef { return c.Pod }

// Summary implements [Change].
func (c UnsetVariables) Summary() string {
	return "remove " + strings.Join(c.Names, " and ") + " from container " + c.Container
}

// Commands implements [Change].
func (c UnsetVariables) Commands() [][]string {
	resource, ok := c.Pod.Owner.Resource()
	if !ok {
		return nil
	}
	args := []string{"set", "env", resource, "-c", c.Container}
	for _, name := range c.Names {
		args = append(args, name+"-")
	}
	return [][]string{kubectl(c.Pod.Namespace, args...)}
}

// Diff implements [Change].
func (c UnsetVariables) Diff(s *snapshot.Snapshot) (name, before, after string) {
	return c.Pod.diff(s, c.edit)
}

// Done implements [Change].
func (c UnsetVariables) Done() string { return c.Object().String() + " env updated" }

// Object implements [Change].
func (c UnsetVariables) Object() Object { return c.Pod.object() }

// Apply implements [Change].
func (c UnsetVariables) Apply(d *snapshot.Draft) bool { return c.Pod.renew(d, c.edit) }

func (c UnsetVariables) edit(pod *corev1.Pod) {
	for _, list := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range list {
			if list[i].Name != c.Container {
				continue
			}
			list[i].Env = slices.DeleteFunc(list[i].Env, func(v corev1.EnvVar) bool { return slices.Contains(c.Names, v.Name) })
		}
	}
}
