package bind

import (
	"reflect"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// findPods returns the service account's pods that are not ending, the newest first.
func (p *planner) findPods() []*corev1.Pod {
	var all []*corev1.Pod
	for _, pod := range snapshot.ObjectsOf[*corev1.Pod](p.snapshot) {
		if pod.Namespace == p.request.Namespace && workload.ServiceAccountName(pod) == p.request.ServiceAccount && lives(pod) {
			all = append(all, pod)
		}
	}
	slices.SortStableFunc(all, func(a, b *corev1.Pod) int { return b.CreationTimestamp.Compare(a.CreationTimestamp.Time) })
	return all
}

func lives(pod *corev1.Pod) bool {
	return pod.DeletionTimestamp == nil && pod.Status.Phase != corev1.PodSucceeded && pod.Status.Phase != corev1.PodFailed
}

// An Injection is what new pods of a service account are given.
type Injection struct {
	Mechanism inject.Mechanism
	RoleARN   string // with IRSA; with Pod Identity the agent alone knows it
	Audience  string // of the token, with IRSA
	Prefix    string // of the webhook's annotations
}

// In reports whether a pod was given that: every container that the webhook mutates.
func (i Injection) In(pod *corev1.Pod) bool {
	reading := inject.Read(pod, i.Prefix)
	if reading.Mechanism != i.Mechanism {
		return false
	}
	return i.Mechanism != inject.WebIdentity || !slices.ContainsFunc(reading.Containers, func(c inject.Container) bool {
		return c.Mechanism == inject.WebIdentity && (c.RoleARN != i.RoleARN || c.Audience != i.Audience)
	})
}

// injection is what the plan's new pods get.
func (p *planner) injection() Injection {
	i := Injection{Mechanism: p.request.mechanism(), Prefix: p.settings.AnnotationPrefix}
	if i.Mechanism == inject.WebIdentity {
		i.RoleARN, i.Audience = p.request.RoleARN, p.audience()
	}
	return i
}

// restart plans what recreates the pods that do not have what new ones get.
func (p *planner) restart() {
	p.plan.Injection = p.injection()
	seen := map[workload.Owner]bool{}
	for _, pod := range p.pods {
		owner := workload.OwnerOf(pod)
		if p.plan.Injection.In(pod) || owner.Name != "" && seen[owner] {
			continue
		}
		seen[owner] = true
		ref := p.podRef(pod, owner)
		c := change.Recreate{Pod: ref}
		if !p.request.Restart || len(c.Commands()) == 0 {
			p.plan.Later = append(p.plan.Later, c)
			continue
		}
		p.plan.add(c, "its pods were created before the binding, and the webhook mutates new pods only")
	}
}

// podRef names a pod for changes that recreate it.
func (p *planner) podRef(pod *corev1.Pod, owner workload.Owner) change.PodRef {
	submitted := inject.Undo(pod, p.settings.AnnotationPrefix)
	if p.bound == nil {
		p.bound = p.bindAll()
	}
	return change.PodRef{
		Namespace: pod.Namespace, Name: pod.Name, Owner: owner, Settings: p.settings,
		Injects: p.snapshot.MutatingWebhooks().Known() && !reflect.DeepEqual(subject.Admit(p.bound, submitted).Spec, submitted.Spec),
	}
}

// bindAll is the snapshot in which the service account is bound, so that it shows whether a pod would be injected.
func (p *planner) bindAll() *snapshot.Snapshot {
	draft := p.snapshot.Draft()
	account, ok := snapshot.Edit[*corev1.ServiceAccount](draft, p.request.Namespace, p.request.ServiceAccount)
	if !ok {
		account = &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: p.request.Namespace, Name: p.request.ServiceAccount}}
	}
	if account.Annotations == nil {
		account.Annotations = map[string]string{}
	}
	account.Annotations[p.roleKey()] = p.request.RoleARN
	draft.Put(account)
	return draft.Snapshot()
}
