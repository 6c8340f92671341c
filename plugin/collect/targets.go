package collect

import (
	"cmp"
	"context"
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

// resolve finds the targets and their pods. A target without a pod has one that its template would make among the
// pods: what is to be read about it is the same.
func (c *collector) resolve(ctx context.Context) ([]Target, []*corev1.Pod, error) {
	switch {
	case len(c.request.Manifests) > 0:
		targets, pods := c.resolveManifests()
		return targets, pods, nil
	case c.cluster == nil:
		return nil, nil, fmt.Errorf("there are no manifests, and %s", noCluster)
	case c.manyTargets():
		return c.resolveScope(ctx)
	}
	type found struct {
		pods []*corev1.Pod
		err  error
	}
	results := make([]chan found, len(c.request.Targets))
	for i, target := range c.request.Targets {
		results[i] = make(chan found, 1)
		c.engine.group.Go(func() {
			pods, err := c.podsOf(ctx, target)
			results[i] <- found{pods, err}
		})
	}
	var targets []Target
	var pods []*corev1.Pod
	for i, target := range c.request.Targets {
		result := <-results[i]
		if result.err != nil {
			return nil, nil, result.err
		}
		targets = append(targets, c.target(target, result.pods))
		pods = append(pods, result.pods...)
	}
	return targets, pods, nil
}

// target is a target with its pods, the newest first.
func (c *collector) target(t workload.Target, pods []*corev1.Pod) Target {
	slices.SortFunc(pods, workload.NewestFirst)
	target := Target{Target: t}
	for _, pod := range pods {
		if pod.Name == "" || len(c.request.Manifests) > 0 {
			continue // it does not exist
		}
		target.Pods = append(target.Pods, pod.Name)
		c.record.object("pods", pod)
	}
	return target
}

// resolveScope lists the pods of a namespace or of the cluster, and groups them by what made them.
func (c *collector) resolveScope(ctx context.Context) ([]Target, []*corev1.Pod, error) {
	namespace := c.scopeNamespace()
	f := request(ctx, c.engine, "pods in scope", func(ctx context.Context) fact.Fact[[]*corev1.Pod] {
		return c.cluster.Pods(ctx, namespace, kube.Selection{Labels: c.request.Selector})
	})
	pods, ok := f.Get()
	if !ok {
		return nil, nil, errorOf(f, "pods")
	}
	if c.request.Selector == "" {
		c.record.complete("pods", namespace)
	}
	groups := map[workload.Target][]*corev1.Pod{}
	for _, pod := range pods {
		target := workload.Target{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name}
		if owner := workload.OwnerOf(pod); owner.Kind != "" && owner.Kind != "Node" {
			target.Kind, target.Name = owner.Kind, owner.Name
		}
		groups[target] = append(groups[target], pod)
	}
	var targets []Target
	for owner, pods := range groups {
		targets = append(targets, c.target(owner, pods))
	}
	slices.SortFunc(targets, func(a, b Target) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return targets, pods, nil
}

// podsOf reads a target, and returns its pods: at least one, which may be one that does not exist.
func (c *collector) podsOf(ctx context.Context, t workload.Target) ([]*corev1.Pod, error) {
	switch t.Kind {
	case "Pod":
		pod, err := must(ctx, c, t, "pods", c.cluster.Pod)
		return []*corev1.Pod{pod}, err
	case "ServiceAccount":
		return c.podsOfAccount(ctx, t)
	case "Deployment":
		deployment, err := must(ctx, c, t, "deployments", c.cluster.Deployment)
		if err != nil {
			return nil, err
		}
		return c.podsOfDeployment(ctx, deployment)
	case "ReplicaSet":
		o, err := must(ctx, c, t, "replicasets", c.cluster.ReplicaSet)
		if err != nil {
			return nil, err
		}
		return c.controlled(ctx, t, o.Spec.Selector, map[types.UID]bool{o.UID: true}, o.Spec.Template)
	case "StatefulSet":
		o, err := must(ctx, c, t, "statefulsets", c.cluster.StatefulSet)
		if err != nil {
			return nil, err
		}
		return c.controlled(ctx, t, o.Spec.Selector, map[types.UID]bool{o.UID: true}, o.Spec.Template)
	case "DaemonSet":
		o, err := must(ctx, c, t, "daemonsets", c.cluster.DaemonSet)
		if err != nil {
			return nil, err
		}
		return c.controlled(ctx, t, o.Spec.Selector, map[types.UID]bool{o.UID: true}, o.Spec.Template)
	case "Job":
		o, err := must(ctx, c, t, "jobs", c.cluster.Job)
		if err != nil {
			return nil, err
		}
		return c.controlled(ctx, t, o.Spec.Selector, map[types.UID]bool{o.UID: true}, o.Spec.Template)
	case "CronJob":
		o, err := must(ctx, c, t, "cronjobs", c.cluster.CronJob)
		if err != nil {
			return nil, err
		}
		return c.podsOfCronJob(ctx, o)
	default:
		return nil, fmt.Errorf("%s %s/%s: pods of this kind are not known", t.Kind, t.Namespace, t.Name)
	}
}

// must reads the target itself: an answer about nothing would be none.
func must[T snapshot.Object](ctx context.Context, c *collector, t workload.Target, resource string, get func(context.Context, string, string) fact.Fact[T]) (T, error) {
	f := one(ctx, c, resource, t.Namespace, t.Name, get)
	object, ok := f.Get()
	if !ok {
		return object, errorOf(f, fmt.Sprintf("%s %q in namespace %q", resource, t.Name, t.Namespace))
	}
	return object, nil
}

// selected lists the pods that a selection finds.
func (c *collector) selected(ctx context.Context, namespace string, s kube.Selection) ([]*corev1.Pod, error) {
	f := request(ctx, c.engine, "pods "+namespace+" "+s.Labels+" "+s.Fields, func(ctx context.Context) fact.Fact[[]*corev1.Pod] {
		return c.cluster.Pods(ctx, namespace, s)
	})
	pods, ok := f.Get()
	if !ok {
		return nil, errorOf(f, "pods")
	}
	return slices.Clone(pods), nil
}

// controlled returns the pods that a selector finds and that one of the owners controls; where there are none, the
// one that the template would make.
func (c *collector) controlled(ctx context.Context, t workload.Target, selector *metav1.LabelSelector, owners map[types.UID]bool, template corev1.PodTemplateSpec) ([]*corev1.Pod, error) {
	pods, err := c.selected(ctx, t.Namespace, kube.Selection{Labels: labelsOf(selector)})
	if err != nil {
		return nil, err
	}
	return orTemplate(t.Namespace, template, slices.DeleteFunc(pods, func(pod *corev1.Pod) bool {
		owner := metav1.GetControllerOfNoCopy(pod)
		return owner == nil || !owners[owner.UID]
	})), nil
}

// labelsOf is a selector as lists take it; one that is malformed, which the API server does not store, narrows nothing.
func labelsOf(selector *metav1.LabelSelector) string {
	parsed, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return ""
	}
	return parsed.String()
}

func orTemplate(namespace string, template corev1.PodTemplateSpec, pods []*corev1.Pod) []*corev1.Pod {
	if len(pods) > 0 {
		return pods
	}
	pod := &corev1.Pod{ObjectMeta: *template.ObjectMeta.DeepCopy(), Spec: *template.Spec.DeepCopy()}
	pod.Namespace, pod.Name = namespace, ""
	return []*corev1.Pod{pod}
}

// podsOfDeployment goes by the ReplicaSets that the deployment controls; where those may not be read, by their names.
func (c *collector) podsOfDeployment(ctx context.Context, d *appsv1.Deployment) ([]*corev1.Pod, error) {
	labels := labelsOf(d.Spec.Selector)
	sets := make(chan fact.Fact[[]*appsv1.ReplicaSet], 1)
	c.engine.group.Go(func() {
		sets <- request(ctx, c.engine, "replicasets of "+d.Namespace+"/"+d.Name, func(ctx context.Context) fact.Fact[[]*appsv1.ReplicaSet] {
			return c.cluster.ReplicaSets(ctx, d.Namespace, kube.Selection{Labels: labels})
		})
	})
	pods, err := c.selected(ctx, d.Namespace, kube.Selection{Labels: labels})
	list, known := (<-sets).Get()
	if err != nil {
		return nil, err
	}
	owners := map[types.UID]bool{}
	for _, set := range list {
		if metav1.IsControlledBy(set, d) {
			owners[set.UID] = true
		}
	}
	return orTemplate(d.Namespace, d.Spec.Template, slices.DeleteFunc(pods, func(pod *corev1.Pod) bool {
		owner := metav1.GetControllerOfNoCopy(pod)
		if owner != nil && !known {
			return workload.OwnerOf(pod) != workload.Owner{Kind: "Deployment", Name: d.Name}
		}
		return owner == nil || !owners[owner.UID]
	})), nil
}

func (c *collector) podsOfCronJob(ctx context.Context, cron *batchv1.CronJob) ([]*corev1.Pod, error) {
	jobs := make(chan fact.Fact[[]*batchv1.Job], 1)
	c.engine.group.Go(func() {
		jobs <- request(ctx, c.engine, "jobs of "+cron.Namespace, func(ctx context.Context) fact.Fact[[]*batchv1.Job] {
			return c.cluster.Jobs(ctx, cron.Namespace)
		})
	})
	pods, err := c.selected(ctx, cron.Namespace, kube.Selection{})
	f := <-jobs
	if err != nil {
		return nil, err
	}
	list, ok := f.Get()
	if !ok {
		return nil, errorOf(f, "jobs")
	}
	owners := map[types.UID]bool{}
	for _, job := range list {
		if metav1.IsControlledBy(job, cron) {
			owners[job.UID] = true
		}
	}
	return orTemplate(cron.Namespace, cron.Spec.JobTemplate.Spec.Template, slices.DeleteFunc(pods, func(pod *corev1.Pod) bool {
		owner := metav1.GetControllerOfNoCopy(pod)
		return owner == nil || !owners[owner.UID]
	})), nil
}

func (c *collector) podsOfAccount(ctx context.Context, t workload.Target) ([]*corev1.Pod, error) {
	c.engine.begin("account object "+t.Namespace+"/"+t.Name, func() { c.serviceAccount(ctx, t.Namespace, t.Name) })
	pods, err := c.selected(ctx, t.Namespace, kube.Selection{Fields: "spec.serviceAccountName=" + t.Name})
	if _, missing := must(ctx, c, t, "serviceaccounts", c.cluster.ServiceAccount); missing != nil {
		return nil, missing
	}
	if err != nil {
		return nil, err
	}
	return orTemplate(t.Namespace, corev1.PodTemplateSpec{Spec: corev1.PodSpec{ServiceAccountName: t.Name}}, pods), nil
}

// resolveManifests makes a target of each workload among the manifests, and of each service account that none of them
// uses.
func (c *collector) resolveManifests() ([]Target, []*corev1.Pod) {
	var targets []Target
	var all []*corev1.Pod
	used := map[string]bool{}
	add := func(kind string, o snapshot.Object, template corev1.PodTemplateSpec) {
		pods := orTemplate(c.namespaceOf(o), template, nil)
		used[c.namespaceOf(o)+"/"+workload.ServiceAccountName(pods[0])] = true
		targets = append(targets, Target{Target: workload.Target{Kind: kind, Namespace: c.namespaceOf(o), Name: o.GetName()}})
		all = append(all, pods...)
	}
	for _, manifest := range c.request.Manifests {
		if kind, template := workload.Template(manifest); template != nil {
			add(kind, manifest, *template)
		}
	}
	for _, manifest := range c.request.Manifests {
		if o, ok := manifest.(*corev1.ServiceAccount); ok && !used[c.namespaceOf(o)+"/"+o.Name] {
			add("ServiceAccount", o, corev1.PodTemplateSpec{Spec: corev1.PodSpec{ServiceAccountName: o.Name}})
		}
	}
	c.recordManifests()
	return targets, all
}

func (c *collector) recordManifests() {
	for _, manifest := range c.request.Manifests {
		object := manifest.DeepCopyObject().(snapshot.Object) // a copy has the same type
		object.SetNamespace(c.namespaceOf(manifest))
		c.record.object(" manifest "+fmt.Sprintf("%T", manifest), object)
	}
}
