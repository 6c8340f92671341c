package collect

import (
	"context"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// about starts all reading around pods. What several of them need is read once.
func (c *collector) about(ctx context.Context, pods []*corev1.Pod) {
	byAccount := map[serviceAccountQuestion][]*corev1.Pod{}
	for _, pod := range pods {
		account := serviceAccountQuestion{pod.Namespace, workload.ServiceAccountName(pod)}
		byAccount[account] = append(byAccount[account], pod)
		c.aboutPod(ctx, pod)
	}
	c.flight.start(func() { c.hosts(ctx, pods) })
	for account, pods := range byAccount {
		c.flight.start(func() { c.aboutAccount(ctx, account, pods) })
	}
	if c.request.Wide && c.account != nil {
		begin(ctx, c, vpcEndpointsQuestion{})
	}
}

// aboutPod starts what the pod itself names.
func (c *collector) aboutPod(ctx context.Context, pod *corev1.Pod) {
	namespace, node := pod.Namespace, pod.Spec.NodeName
	if !c.inScope(namespace) && namespace != "" {
		begin(ctx, c, networkPoliciesQuestion{namespace})
	}
	if node != "" {
		begin(ctx, c, nodeQuestion{node})
	}
	for _, arn := range injectedRoles(pod) {
		c.beginWebIdentity(ctx, arn)
	}
	configMaps, secrets := decisive(pod)
	for _, name := range configMaps {
		begin(ctx, c, configMapQuestion{namespace, name})
	}
	for _, name := range secrets {
		begin(ctx, c, secretQuestion{namespace, name})
	}
	if owner := workload.OwnerOf(pod); owner.Kind == "Pod" && c.cluster != nil && workload.ServiceAccountName(pod) == workload.DefaultServiceAccount {
		c.flight.start(func() { c.aboutCreator(ctx, namespace, owner.Name) })
	}
	if pod.Annotations[snapshot.PodENI] != "" && !pod.Spec.HostNetwork {
		begin(ctx, c, vpcCNIQuestion{})
	}
	if node != "" && noBoundary(pod) {
		begin(ctx, c, neighboursQuestion{node})
	}
}

// aboutCreator reads the pod that created one which names no service account, and what binds the account that
// it runs under: that account may be meant for both.
func (c *collector) aboutCreator(ctx context.Context, namespace, name string) {
	creator, ok := ask(ctx, c, podQuestion{namespace, name}).Get()
	if !ok {
		return
	}
	account := workload.ServiceAccountName(creator)
	begin(ctx, c, associationsQuestion{namespace, account})
	begin(ctx, c, serviceAccountQuestion{namespace, account})
}

// aboutAccount reads a service account and what binds it to a role, and what is needed then for its pods.
func (c *collector) aboutAccount(ctx context.Context, q serviceAccountQuestion, pods []*corev1.Pod) {
	bound := begin(ctx, c, associationsQuestion(q))
	account, known := ask(ctx, c, q).Get()
	annotated := ""
	if known {
		annotated = inject.EKS(c.request.Cluster.Region).Binding(account, q.namespace, q.name).RoleARN
	}
	c.beginWebIdentity(ctx, annotated)
	if annotated != "" && roleIn(annotated) == "" {
		c.flight.start(func() { c.meant(ctx, account, pods) }) // one of the roles
	}
	associations, _ := bound.wait().Get()
	for _, association := range associations {
		c.beginRole(ctx, association.RoleArn)
		if association.TargetRoleArn != "" {
			c.beginRole(ctx, association.TargetRoleArn)
			begin(ctx, c, simulationQuestion{
				association.RoleArn, association.TargetRoleArn, association.ClusterName, association.Namespace, association.ServiceAccount, association.ExternalID,
			})
		}
	}
	if annotated == "" && c.account != nil {
		begin(ctx, c, eksClusterQuestion{}) // that there is no association means something if it is of this cluster
	}
	if known && annotated == "" && c.noAssociation(ctx, bound.wait()) {
		c.unbound(ctx, q, pods)
		c.flight.start(func() { c.meant(ctx, account, pods) })
	}
	c.flight.start(func() { c.otherARN(ctx, annotated, pods) })
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

// unbound starts what may explain that nothing binds a service account: a role that expects it, or another service
// account that the pod was meant to run under.
func (c *collector) unbound(ctx context.Context, q serviceAccountQuestion, pods []*corev1.Pod) {
	begin(ctx, c, rolesQuestion{})
	if c.cluster != nil {
		c.beginWebhooks(ctx, q.namespace)
	}
	if c.cluster == nil || c.inScope(q.namespace) {
		return
	}
	begin(ctx, c, serviceAccountsQuestion{q.namespace})
	c.flight.start(func() { c.namesakes(ctx, q) })
	if q.name == workload.DefaultServiceAccount {
		begin(ctx, c, podsQuestion{q.namespace})
		return
	}
	c.flight.start(func() { c.usersOfNamesake(ctx, q, pods) })
}

// usersOfNamesake reads the namespace's pods where another service account has a role and the name of the pods' workload: if no pod
// runs under it, the workload names the wrong one.
func (c *collector) usersOfNamesake(ctx context.Context, q serviceAccountQuestion, pods []*corev1.Pod) {
	accounts, _ := ask(ctx, c, serviceAccountsQuestion{q.namespace}).Get()
	settings := inject.EKS(c.request.Cluster.Region)
	for _, account := range accounts {
		named := func(pod *corev1.Pod) bool { return slices.Contains(workload.Names(pod), account.Name) }
		if account.Name != q.name && settings.Binding(account, account.Namespace, account.Name).RoleARN != "" && slices.ContainsFunc(pods, named) {
			begin(ctx, c, podsQuestion{q.namespace})
			return
		}
	}
}

// beginWebhooks starts what decides whether the webhook is called for a new pod.
func (c *collector) beginWebhooks(ctx context.Context, namespace string) {
	begin(ctx, c, webhooksQuestion{})
	begin(ctx, c, namespaceQuestion{namespace})
}

// aboutInjection starts what may explain that a pod did not get what it should have, or what a new one would get in its
// place, and the agent that Pod Identity needs.
func (c *collector) aboutInjection(ctx context.Context, pod *corev1.Pod, want inject.Mechanism, annotated string) {
	reading := inject.Read(pod, inject.EKS(c.request.Cluster.Region).AnnotationPrefix)
	node := pod.Spec.NodeName
	if node != "" && (want == inject.PodIdentity || reading.Mechanism == inject.PodIdentity || setsContainerCredentials(pod)) {
		begin(ctx, c, agentsQuestion{node})
	}
	lacks := func(container inject.Container) bool {
		other := want == inject.WebIdentity && container.RoleARN != annotated
		return container.Type != inject.Ephemeral && (container.Mechanism != want || other || len(container.Problems) > 0)
	}
	if want == inject.None || c.cluster == nil {
		return
	}
	if !slices.ContainsFunc(reading.Containers, lacks) {
		if annotated != "" && roleIn(annotated) != annotated || bringsSettings(pod) {
			c.beginRenewal(ctx, pod)
		}
		return
	}
	c.beginRenewal(ctx, pod)
	if c.account != nil {
		begin(ctx, c, eksClusterQuestion{}) // on EKS the webhook's CA is the cluster's
	}
}

// beginWebIdentity starts a role, and the OIDC provider in its account.
func (c *collector) beginWebIdentity(ctx context.Context, text string) {
	if arn := roleIn(text); arn != "" {
		c.beginRole(ctx, arn)
		begin(ctx, c, providerQuestion{roleARN: arn})
	}
}

func (c *collector) beginRole(ctx context.Context, text string) {
	if arn := roleIn(text); arn != "" {
		begin(ctx, c, roleQuestion{arn})
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

// injectedRoles are the roles that a pod's containers have, from the webhook or from the manifest.
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
