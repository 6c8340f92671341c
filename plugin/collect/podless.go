package collect

import (
	"context"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A deploymentsQuestion asks for the Deployments of a namespace, or of the cluster. Only those without pods are taken down.
type deploymentsQuestion struct{ namespace string }

func (q deploymentsQuestion) find(ctx context.Context, c *collector) fact.Fact[[]*appsv1.Deployment] {
	return request(c, func() fact.Fact[[]*appsv1.Deployment] { return c.cluster.Deployments(ctx, q.namespace) })
}

// A refusalsQuestion asks for the Events about refused pods of a namespace, or of the cluster.
type refusalsQuestion struct{ namespace string }

func (q refusalsQuestion) find(ctx context.Context, c *collector) fact.Fact[[]*corev1.Event] {
	return all(c, "events", q.namespace, func() fact.Fact[[]*corev1.Event] {
		return c.cluster.Events(ctx, q.namespace, workload.FailedCreate)
	})
}

// aboutPodless reads the workloads in scope that should have pods and have none, and what is needed about the pods that
// they would create. It takes two lists: the Deployments, which record in their status that pods are refused, and the Events in
// which all other controllers record it, of which there are few. The StatefulSets, DaemonSets, Jobs and ReplicaSets that these
// are about are read one by one: a list of them all would cost more than it tells.
func (c *collector) aboutPodless(ctx context.Context, pods []*corev1.Pod) {
	selector, err := labels.Parse(c.request.Selector)
	if err != nil {
		return // the API server has refused it, too
	}
	owners := ownersOf(pods)
	var made []*corev1.Pod
	add := func(object snapshot.Object) {
		_, template := workload.Template(object)
		if template != nil && workload.Wants(object) > 0 && workload.HasNone(object) && selector.Matches(labels.Set(template.Labels)) {
			made = append(made, orTemplate(object.GetNamespace(), *template, nil)...)
			c.record.object(resourceOf(object), object)
		}
	}
	deployments, _ := ask(ctx, c, deploymentsQuestion{c.scopeNamespace()}).Get()
	for _, deployment := range deployments {
		target := workload.Target{Kind: "Deployment", Namespace: deployment.Namespace, Name: deployment.Name}
		if !owners[target] {
			add(deployment)
		}
		owners[target] = true
	}
	events, _ := ask(ctx, c, refusalsQuestion{c.scopeNamespace()}).Get()
	for _, target := range refusedTargets(events, owners) {
		if object, ok := ask(ctx, c, targetQuestion{target}).Get(); ok {
			add(object)
		}
	}
	c.about(ctx, made)
}

// ownersOf are the workloads that have pods.
func ownersOf(pods []*corev1.Pod) map[workload.Target]bool {
	owners := map[workload.Target]bool{}
	for _, pod := range pods {
		owners[workload.Group(pod)] = true
		for _, owner := range pod.OwnerReferences {
			owners[workload.Target{Kind: owner.Kind, Namespace: pod.Namespace, Name: owner.Name}] = true
		}
	}
	return owners
}

// refusedTargets are the workloads that Events are about, but for those of which something is known: a Deployment answers for
// its ReplicaSets, which are named after it.
func refusedTargets(events []*corev1.Event, known map[workload.Target]bool) []workload.Target {
	var targets []workload.Target
	for _, event := range events {
		about := event.InvolvedObject
		target := workload.Target{Kind: about.Kind, Namespace: about.Namespace, Name: about.Name}
		parent := target
		if i := strings.LastIndexByte(about.Name, '-'); about.Kind == "ReplicaSet" && i > 0 {
			parent.Kind, parent.Name = "Deployment", about.Name[:i]
		}
		if _, ok := workload.KindOf(about.Kind); !ok || known[target] || known[parent] {
			continue
		}
		known[target] = true
		targets = append(targets, target)
	}
	return targets
}

// resourceOf is the resource of a workload as a snapshot names it.
func resourceOf(object snapshot.Object) string {
	kind, _ := workload.Template(object)
	k, _ := workload.KindOf(kind)
	return k.Plural
}
