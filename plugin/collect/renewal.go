package collect

import (
	"context"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// What is read here is for the fixes alone: what they lead to is worked out on the snapshot, too. No verdict needs it, and a
// refusal changes none.

// beginRenewal starts what tells what a new pod in the place of this one would be: the webhook, and the workload's template.
func (c *collector) beginRenewal(ctx context.Context, pod *corev1.Pod) {
	if c.cluster == nil {
		return
	}
	c.beginWebhooks(ctx, pod.Namespace)
	if c.manyTargets() {
		return // a list shows no fixes
	}
	owner := workload.OwnerOf(pod)
	if _, restarts := owner.Resource(); restarts || owner.Kind == "ReplicaSet" {
		begin(ctx, c, targetQuestion{workload.Target{Kind: owner.Kind, Namespace: pod.Namespace, Name: owner.Name}})
	}
}

// bringsSettings reports whether a container has its own settings that may take precedence over the role.
func bringsSettings(pod *corev1.Pod) bool {
	configMaps, secrets := decisive(pod)
	return len(configMaps)+len(secrets) > 0 || slices.ContainsFunc(inject.ContainersOf(pod), func(container *corev1.Container) bool {
		return slices.ContainsFunc(container.Env, func(v corev1.EnvVar) bool { return precedes[v.Name] })
	})
}

// precedes are the variables that take precedence over a role, as far as a template sets them.
var precedes = map[string]bool{
	"AWS_ACCESS_KEY_ID": true, "AWS_PROFILE": true, "AWS_DEFAULT_PROFILE": true, "AWS_SHARED_CREDENTIALS_FILE": true, "AWS_CONFIG_FILE": true,
}

// meant starts what a service account that nothing binds needs to be bound: the roles that were meant, with their providers, and
// what a new pod would be.
func (c *collector) meant(ctx context.Context, account *corev1.ServiceAccount, pods []*corev1.Pod) {
	prefix := inject.EKS(c.request.Cluster.Region).AnnotationPrefix
	values := map[string]bool{account.Annotations[inject.LegacyRole]: true}
	for _, key := range inject.MisspelledRole(account.Annotations, prefix) {
		values[account.Annotations[key]] = true
	}
	for _, pod := range pods {
		values[pod.Annotations[prefix+"/"+inject.RoleARN]], values[pod.Annotations[inject.LegacyRole]] = true, true
	}
	delete(values, "")
	for _, value := range slices.Sorted(maps.Keys(values)) {
		c.beginWebIdentity(ctx, value)
	}
	for _, pod := range pods {
		c.beginRenewal(ctx, pod)
	}
	if roles, _ := ask(ctx, c, rolesQuestion{}).Get(); len(roles) > 0 {
		begin(ctx, c, providerQuestion{roleARN: roles[0].Arn, listed: true}) // of any role of the account: the one that is meant may be known by its name
	}
}

// otherARN starts what a new pod would be where the role exists and has another ARN than the annotated one.
func (c *collector) otherARN(ctx context.Context, annotated string, pods []*corev1.Pod) {
	arn := roleIn(annotated)
	if arn == "" || c.account == nil || len(pods) == 0 {
		return
	}
	if role, ok := ask(ctx, c, roleQuestion{arn}).Get(); !ok || role.Arn == arn {
		return
	}
	for _, pod := range pods {
		c.beginRenewal(ctx, pod)
	}
}
