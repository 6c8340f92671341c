package collect

import (
	"context"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// about starts all reading around pods. What several of them need is read once.
func (c *collector) about(ctx context.Context, pods []*corev1.Pod) {
	byAccount := map[string][]*corev1.Pod{}
	for _, pod := range pods {
		key := pod.Namespace + "/" + workload.ServiceAccountName(pod)
		byAccount[key] = append(byAccount[key], pod)
		c.aboutPod(ctx, pod)
	}
	c.engine.begin("hosts", func() { c.hosts(ctx, pods) })
	for key, pods := range byAccount {
		namespace, name, _ := strings.Cut(key, "/")
		c.engine.begin("account "+key, func() { c.aboutAccount(ctx, namespace, name, pods) })
	}
	if c.request.Wide && c.account != nil {
		c.engine.begin("VPC endpoints", func() { c.vpcEndpoints(ctx) })
	}
}

// aboutPod starts what the pod itself names.
func (c *collector) aboutPod(ctx context.Context, pod *corev1.Pod) {
	namespace := pod.Namespace
	if !c.inScope(namespace) && namespace != "" {
		c.engine.begin("policies "+namespace, func() { c.networkPolicies(ctx, namespace) })
	}
	node := pod.Spec.NodeName
	if node != "" {
		c.engine.begin("node "+node, func() { c.node(ctx, node) })
	}
	for _, arn := range injectedRoles(pod) {
		c.beginWebIdentity(ctx, arn)
	}
	configMaps, secrets := decisive(pod)
	for _, name := range configMaps {
		c.engine.begin("configmap "+namespace+"/"+name, func() { c.configMap(ctx, namespace, name) })
	}
	for _, name := range secrets {
		c.engine.begin("secret "+namespace+"/"+name, func() { c.secret(ctx, namespace, name) })
	}
	if node != "" && noBoundary(pod) {
		c.engine.begin("neighbours "+node, func() { c.neighbours(ctx, node) })
	}
}

// aboutAccount reads a service account and what binds it to a role, and what is needed then for its pods.
func (c *collector) aboutAccount(ctx context.Context, namespace, name string, pods []*corev1.Pod) {
	c.engine.begin("associations "+namespace+"/"+name, func() { c.associations(ctx, namespace, name) })
	account, known := c.serviceAccount(ctx, namespace, name).Get()
	annotated := ""
	if known {
		annotated = inject.EKS(c.request.Cluster.Region).Binding(account, namespace, name).RoleARN
	}
	c.beginWebIdentity(ctx, annotated)
	if annotated != "" && roleIn(annotated) == "" {
		c.engine.begin("roles", func() { c.roles(ctx) }) // one of them may be meant
	}
	found := c.associations(ctx, namespace, name)
	associations, _ := found.Get()
	for _, association := range associations {
		c.beginRole(ctx, association.RoleArn)
		c.beginRole(ctx, association.TargetRoleArn)
	}
	if known && annotated == "" && c.noAssociation(ctx, found) {
		c.unbound(ctx, namespace, name)
	}
	want := inject.None
	if annotated != "" {
		want = inject.WebIdentity
	}
	if len(associations) > 0 {
		want = inject.PodIdentity
	}
	for _, pod := range pods {
		c.aboutInjection(ctx, pod, want, annotated)
	}
}

// unbound reads what may explain that nothing binds a service account: a role that expects it, or another one that the pod
// was meant to run under.
func (c *collector) unbound(ctx context.Context, namespace, name string) {
	c.engine.begin("roles", func() { c.roles(ctx) })
	if c.cluster != nil {
		c.beginWebhooks(ctx, namespace)
	}
	if c.cluster == nil || c.inScope(namespace) {
		return
	}
	c.engine.begin("accounts "+namespace, func() { c.serviceAccounts(ctx, namespace) })
	if name == workload.DefaultServiceAccount {
		c.engine.begin("pods "+namespace, func() { c.pods(ctx, namespace) })
	}
}

// beginWebhooks reads what decides whether the webhook is called for a pod that is made now.
func (c *collector) beginWebhooks(ctx context.Context, namespace string) {
	c.engine.begin("webhooks", func() { c.webhooks(ctx) })
	c.engine.begin("namespace "+namespace, func() { c.namespace(ctx, namespace) })
}

// aboutInjection reads what may explain that a pod did not get what it was to get, or what a new one would get in its
// place, and the agent that Pod Identity needs.
func (c *collector) aboutInjection(ctx context.Context, pod *corev1.Pod, want inject.Mechanism, annotated string) {
	reading := inject.Read(pod, inject.EKS(c.request.Cluster.Region).AnnotationPrefix)
	node := pod.Spec.NodeName
	if node != "" && (want == inject.PodIdentity || reading.Mechanism == inject.PodIdentity || setsContainerCredentials(pod)) {
		c.engine.begin("agents "+node, func() { c.agents(ctx, node) })
	}
	lacks := func(container inject.Container) bool {
		other := want == inject.WebIdentity && container.RoleARN != annotated
		return container.Type != inject.Ephemeral && (container.Mechanism != want || other || len(container.Problems) > 0)
	}
	if want == inject.None || c.cluster == nil || !slices.ContainsFunc(reading.Containers, lacks) {
		return
	}
	c.beginWebhooks(ctx, pod.Namespace)
	if c.account != nil {
		// On EKS the webhook's CA is the cluster's.
		c.engine.begin("eks cluster", func() { c.eksCluster(ctx, c.region(ctx)) })
	}
}

// beginWebIdentity reads a role, and the OIDC provider in its account.
func (c *collector) beginWebIdentity(ctx context.Context, text string) {
	if arn := roleIn(text); arn != "" {
		c.beginRole(ctx, arn)
		c.engine.begin("provider of "+arn, func() { c.provider(ctx, arn) })
	}
}

func (c *collector) beginRole(ctx context.Context, text string) {
	if arn := roleIn(text); arn != "" {
		c.engine.begin("role "+arn, func() { c.role(ctx, arn) })
	}
}

// roleIn is the role's ARN that a text is, or was meant to be where blanks or quotes around it spoil it; empty if there
// is none: IAM is not asked about what cannot be a role.
func roleIn(text string) string {
	arn := strings.Trim(text, " \t\r\n\"'`")
	if inject.CheckRoleARN(arn) != "" {
		return ""
	}
	return arn
}

// injectedRoles are the roles that a pod's containers are given, whoever gave them.
func injectedRoles(pod *corev1.Pod) []string {
	var roles []string
	for _, container := range inject.ContainersOf(pod) {
		for _, variable := range container.Env {
			if variable.Name != "AWS_ROLE_ARN" || slices.Contains(roles, variable.Value) {
				continue
			}
			roles = append(roles, variable.Value)
		}
	}
	return roles
}

func setsContainerCredentials(pod *corev1.Pod) bool {
	return slices.ContainsFunc(inject.ContainersOf(pod), func(c *corev1.Container) bool {
		return slices.ContainsFunc(c.Env, func(v corev1.EnvVar) bool { return strings.HasPrefix(v.Name, "AWS_CONTAINER_") })
	})
}

// noBoundary says whether a container of the pod can see the files of the others on its node.
func noBoundary(pod *corev1.Pod) bool {
	if pod.Spec.HostPID {
		return true
	}
	for _, container := range inject.ContainersOf(pod) {
		if s := container.SecurityContext; s != nil && s.Privileged != nil && *s.Privileged {
			return true
		}
	}
	return slices.ContainsFunc(pod.Spec.Volumes, func(v corev1.Volume) bool {
		return v.HostPath != nil && within("/var/lib/kubelet/pods", path.Clean("/"+v.HostPath.Path))
	})
}

// within says whether a path is a folder or below it.
func within(name, folder string) bool {
	return folder == "/" || name == folder || strings.HasPrefix(name, folder+"/")
}
