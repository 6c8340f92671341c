package collect

import (
	"context"
	"errors"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// targetPods returns the pods that the request is about. For a target without a pod it is the one that its template
// would create: the same is read about it.
func (c *collector) targetPods(ctx context.Context) ([]*corev1.Pod, error) {
	switch {
	case len(c.request.Manifests) > 0:
		return c.manifestPods(), nil
	case c.cluster == nil:
		return nil, fmt.Errorf("there are no manifests, and %s", noCluster)
	case c.manyTargets():
		return c.podsInScope(ctx)
	}
	var begun []*answer[podsOrError]
	for _, target := range c.request.Targets {
		begun = append(begun, begin(ctx, c, podsOfQuestion{target}))
	}
	var pods []*corev1.Pod
	for i, a := range begun {
		found := a.wait()
		if found.err != nil {
			c.missed = append(c.missed, MissedTarget{c.request.Targets[i], found.err, errors.Is(found.err, errNotFound)})
		}
		pods = append(pods, found.pods...)
	}
	if len(c.missed) == len(begun) {
		return nil, &MissedError{c.missed}
	}
	c.recordPods(pods)
	return pods, nil
}

// recordPods takes down those pods that exist.
func (c *collector) recordPods(pods []*corev1.Pod) {
	for _, pod := range pods {
		if pod.Name != "" {
			c.record.object("pods", pod)
		}
	}
}

// podsInScope lists the pods of a namespace or of the cluster.
func (c *collector) podsInScope(ctx context.Context) ([]*corev1.Pod, error) {
	namespace := c.scopeNamespace()
	f := ask(ctx, c, selectedPodsQuestion{namespace, kube.Selection{Labels: c.request.Selector}})
	pods, ok := f.Get()
	if !ok {
		return nil, errorOf(f, "pods")
	}
	if c.request.Selector == "" {
		c.record.complete("pods", namespace)
	}
	c.recordPods(pods)
	return pods, nil
}

// A selectedPodsQuestion asks for the pods of a namespace, or of the cluster, that are selected.
type selectedPodsQuestion struct {
	namespace string
	selection kube.Selection
}

func (q selectedPodsQuestion) find(ctx context.Context, c *collector) fact.Fact[[]*corev1.Pod] {
	return request(c, func() fact.Fact[[]*corev1.Pod] { return c.cluster.Pods(ctx, q.namespace, q.selection) })
}

// A podsOfQuestion asks for a target's pods: at least one, which may be one that does not exist.
type podsOfQuestion struct{ workload.Target }

type podsOrError struct {
	pods []*corev1.Pod
	err  error
}

func (q podsOfQuestion) find(ctx context.Context, c *collector) podsOrError {
	pods, err := c.podsOf(ctx, q.Target)
	return podsOrError{pods, err}
}

func (c *collector) podsOf(ctx context.Context, t workload.Target) ([]*corev1.Pod, error) {
	if t.Kind == "ServiceAccount" {
		return c.podsOfAccount(ctx, t)
	}
	object, err := c.target(ctx, t)
	if err != nil {
		return nil, err
	}
	if pod, ok := object.(*corev1.Pod); ok {
		return []*corev1.Pod{pod}, nil
	}
	owners := begin(ctx, c, ownersQuestion{t})
	pods, err := c.selectedPods(ctx, t.Namespace, kube.Selection{Labels: selectorOf(object)})
	if err != nil {
		return nil, err
	}
	controllers, known := owners.wait().Get()
	if !known && t.Kind == "CronJob" {
		return nil, errorOf(owners.wait(), "jobs")
	}
	_, template := workload.Template(object)
	pods = slices.DeleteFunc(pods, func(pod *corev1.Pod) bool {
		owner := metav1.GetControllerOfNoCopy(pod)
		if owner != nil && !known { // without the right to list ReplicaSets, their names tell
			return workload.OwnerOf(pod) != workload.Owner{Kind: t.Kind, Name: t.Name}
		}
		return owner == nil || !controllers[owner.UID]
	})
	if len(pods) == 0 && workload.Wants(object) > 0 && !workload.HasRefusalCondition(t.Kind) {
		begin(ctx, c, refusalsQuestion{t.Namespace})
	}
	return orTemplate(t.Namespace, *template, pods), nil
}

// podsOfAccount reads a service account and the pods that run under it at the same time.
func (c *collector) podsOfAccount(ctx context.Context, t workload.Target) ([]*corev1.Pod, error) {
	begin(ctx, c, serviceAccountQuestion{t.Namespace, t.Name})
	pods, err := c.selectedPods(ctx, t.Namespace, kube.Selection{Fields: "spec.serviceAccountName=" + t.Name})
	if _, missing := c.target(ctx, t); missing != nil {
		return nil, missing
	}
	if err != nil {
		return nil, err
	}
	return orTemplate(t.Namespace, corev1.PodTemplateSpec{Spec: corev1.PodSpec{ServiceAccountName: t.Name}}, pods), nil
}

// target reads the object that a target names: an answer about nothing would be none.
func (c *collector) target(ctx context.Context, t workload.Target) (snapshot.Object, error) {
	f := ask(ctx, c, targetQuestion{t})
	object, ok := f.Get()
	if !ok {
		k, _ := workload.KindOf(t.Kind)
		return nil, errorOf(f, fmt.Sprintf("%s %q in namespace %q", k.Plural, t.Name, t.Namespace))
	}
	return object, nil
}

// A targetQuestion asks for the object that a target names.
type targetQuestion struct{ workload.Target }

func (q targetQuestion) find(ctx context.Context, c *collector) fact.Fact[snapshot.Object] {
	switch q.Kind {
	case "Pod":
		return oneTarget(ctx, c, q.Target, c.cluster.Pod)
	case "ServiceAccount":
		return asObject(ask(ctx, c, serviceAccountQuestion{q.Namespace, q.Name}))
	case "Deployment":
		return oneTarget(ctx, c, q.Target, c.cluster.Deployment)
	case "ReplicaSet":
		return oneTarget(ctx, c, q.Target, c.cluster.ReplicaSet)
	case "StatefulSet":
		return oneTarget(ctx, c, q.Target, c.cluster.StatefulSet)
	case "DaemonSet":
		return oneTarget(ctx, c, q.Target, c.cluster.DaemonSet)
	case "Job":
		return oneTarget(ctx, c, q.Target, c.cluster.Job)
	case "CronJob":
		return oneTarget(ctx, c, q.Target, c.cluster.CronJob)
	default:
		return fact.Unreadable[snapshot.Object](q.Kind+" "+q.Namespace+"/"+q.Name, "pods of this kind are unknown")
	}
}

func oneTarget[T snapshot.Object](ctx context.Context, c *collector, t workload.Target, get func(context.Context, string, string) fact.Fact[T]) fact.Fact[snapshot.Object] {
	k, _ := workload.KindOf(t.Kind)
	return asObject(one(ctx, c, k.Plural, t.Namespace, t.Name, get))
}

func asObject[T snapshot.Object](f fact.Fact[T]) fact.Fact[snapshot.Object] {
	return fact.Map(f, func(object T) snapshot.Object { return object })
}

// An ownersQuestion asks for the UIDs of the controllers of a workload's pods: its own, or those of a Deployment's
// ReplicaSets or a CronJob's Jobs.
type ownersQuestion struct{ workload.Target }

func (q ownersQuestion) find(ctx context.Context, c *collector) fact.Fact[map[types.UID]bool] {
	f := ask(ctx, c, targetQuestion(q))
	object, _ := f.Get()
	switch object.(type) {
	case *appsv1.Deployment:
		return controlledBy(object, request(c, func() fact.Fact[[]*appsv1.ReplicaSet] {
			return c.cluster.ReplicaSets(ctx, q.Namespace, kube.Selection{Labels: selectorOf(object)})
		}))
	case *batchv1.CronJob:
		return controlledBy(object, ask(ctx, c, jobsQuestion{q.Namespace}))
	default:
		return fact.Map(f, func(object snapshot.Object) map[types.UID]bool { return map[types.UID]bool{object.GetUID(): true} })
	}
}

func controlledBy[T snapshot.Object](owner snapshot.Object, f fact.Fact[[]T]) fact.Fact[map[types.UID]bool] {
	return fact.Map(f, func(list []T) map[types.UID]bool {
		controlled := map[types.UID]bool{}
		for _, object := range list {
			if metav1.IsControlledBy(object, owner) {
				controlled[object.GetUID()] = true
			}
		}
		return controlled
	})
}

// A jobsQuestion asks for the Jobs of a namespace.
type jobsQuestion struct{ namespace string }

func (q jobsQuestion) find(ctx context.Context, c *collector) fact.Fact[[]*batchv1.Job] {
	return request(c, func() fact.Fact[[]*batchv1.Job] { return c.cluster.Jobs(ctx, q.namespace) })
}

// selectedPods returns a copy of the list of the pods that are selected.
func (c *collector) selectedPods(ctx context.Context, namespace string, s kube.Selection) ([]*corev1.Pod, error) {
	f := ask(ctx, c, selectedPodsQuestion{namespace, s})
	pods, ok := f.Get()
	if !ok {
		return nil, errorOf(f, "pods")
	}
	return slices.Clone(pods), nil
}

// selectorOf is the selector of a workload's pods as lists take it. A CronJob has none, and one that is malformed, which
// the API server does not store, narrows nothing.
func selectorOf(object snapshot.Object) string {
	var selector *metav1.LabelSelector
	switch o := object.(type) {
	case *appsv1.Deployment:
		selector = o.Spec.Selector
	case *appsv1.ReplicaSet:
		selector = o.Spec.Selector
	case *appsv1.StatefulSet:
		selector = o.Spec.Selector
	case *appsv1.DaemonSet:
		selector = o.Spec.Selector
	case *batchv1.Job:
		selector = o.Spec.Selector
	}
	parsed, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return ""
	}
	return parsed.String()
}

// orTemplate returns pods, or where there are none the one that the template would make, without a name: it is in no
// cluster.
func orTemplate(namespace string, template corev1.PodTemplateSpec, pods []*corev1.Pod) []*corev1.Pod {
	if len(pods) > 0 {
		return pods
	}
	return []*corev1.Pod{workload.Pod(&metav1.ObjectMeta{Namespace: namespace}, &template)}
}
