package kube

import (
	"context"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
)

// Pod reads one pod.
func (r *Reader) Pod(ctx context.Context, namespace, name string) fact.Fact[*corev1.Pod] {
	return get[corev1.Pod](ctx, r.core, "pods", namespace, name)
}

// Pods lists pods of a namespace, or of the cluster if it is empty.
func (r *Reader) Pods(ctx context.Context, namespace string, s Selection) fact.Fact[[]*corev1.Pod] {
	return list(ctx, r.core, "pods", namespace, s, func(l *corev1.PodList) []corev1.Pod { return l.Items })
}

// ServiceAccount reads one service account.
func (r *Reader) ServiceAccount(ctx context.Context, namespace, name string) fact.Fact[*corev1.ServiceAccount] {
	return get[corev1.ServiceAccount](ctx, r.core, "serviceaccounts", namespace, name)
}

// ServiceAccounts lists the service accounts of a namespace, or of the cluster if it is empty.
func (r *Reader) ServiceAccounts(ctx context.Context, namespace string) fact.Fact[[]*corev1.ServiceAccount] {
	return list(ctx, r.core, "serviceaccounts", namespace, Selection{}, func(l *corev1.ServiceAccountList) []corev1.ServiceAccount { return l.Items })
}

// Events lists the Events of a namespace, or of the cluster if it is empty, that have a reason.
func (r *Reader) Events(ctx context.Context, namespace, reason string) fact.Fact[[]*corev1.Event] {
	return list(ctx, r.core, "events", namespace, Selection{Fields: "reason=" + reason}, func(l *corev1.EventList) []corev1.Event { return l.Items })
}

// Node reads one node.
func (r *Reader) Node(ctx context.Context, name string) fact.Fact[*corev1.Node] {
	return get[corev1.Node](ctx, r.core, "nodes", "", name)
}

// Nodes lists all nodes.
func (r *Reader) Nodes(ctx context.Context) fact.Fact[[]*corev1.Node] {
	return list(ctx, r.core, "nodes", "", Selection{}, func(l *corev1.NodeList) []corev1.Node { return l.Items })
}

// Namespace reads one namespace.
func (r *Reader) Namespace(ctx context.Context, name string) fact.Fact[*corev1.Namespace] {
	return get[corev1.Namespace](ctx, r.core, "namespaces", "", name)
}

// ConfigMap reads one ConfigMap, with its values: a snapshot keeps only its keys, and what sdk.Keep keeps of AWS's files.
func (r *Reader) ConfigMap(ctx context.Context, namespace, name string) fact.Fact[*corev1.ConfigMap] {
	return get[corev1.ConfigMap](ctx, r.core, "configmaps", namespace, name)
}

// MutatingWebhooks lists the cluster's mutating webhook configurations.
func (r *Reader) MutatingWebhooks(ctx context.Context) fact.Fact[[]*admissionregistrationv1.MutatingWebhookConfiguration] {
	return list(ctx, r.admission, "mutatingwebhookconfigurations", "", Selection{}, func(l *admissionregistrationv1.MutatingWebhookConfigurationList) []admissionregistrationv1.MutatingWebhookConfiguration {
		return l.Items
	})
}

// NetworkPolicies lists the network policies of a namespace, or of the cluster if it is empty.
func (r *Reader) NetworkPolicies(ctx context.Context, namespace string) fact.Fact[[]*networkingv1.NetworkPolicy] {
	return list(ctx, r.networking, "networkpolicies", namespace, Selection{}, func(l *networkingv1.NetworkPolicyList) []networkingv1.NetworkPolicy { return l.Items })
}

// EndpointSlices lists the endpoint slices of a namespace.
func (r *Reader) EndpointSlices(ctx context.Context, namespace string) fact.Fact[[]*discoveryv1.EndpointSlice] {
	return list(ctx, r.discovery, "endpointslices", namespace, Selection{}, func(l *discoveryv1.EndpointSliceList) []discoveryv1.EndpointSlice { return l.Items })
}

// Deployment reads one deployment.
func (r *Reader) Deployment(ctx context.Context, namespace, name string) fact.Fact[*appsv1.Deployment] {
	return get[appsv1.Deployment](ctx, r.apps, "deployments", namespace, name)
}

// ReplicaSet reads one replica set.
func (r *Reader) ReplicaSet(ctx context.Context, namespace, name string) fact.Fact[*appsv1.ReplicaSet] {
	return get[appsv1.ReplicaSet](ctx, r.apps, "replicasets", namespace, name)
}

// ReplicaSets lists replica sets of a namespace.
func (r *Reader) ReplicaSets(ctx context.Context, namespace string, s Selection) fact.Fact[[]*appsv1.ReplicaSet] {
	return list(ctx, r.apps, "replicasets", namespace, s, func(l *appsv1.ReplicaSetList) []appsv1.ReplicaSet { return l.Items })
}

// StatefulSet reads one stateful set.
func (r *Reader) StatefulSet(ctx context.Context, namespace, name string) fact.Fact[*appsv1.StatefulSet] {
	return get[appsv1.StatefulSet](ctx, r.apps, "statefulsets", namespace, name)
}

// DaemonSet reads one daemon set.
func (r *Reader) DaemonSet(ctx context.Context, namespace, name string) fact.Fact[*appsv1.DaemonSet] {
	return get[appsv1.DaemonSet](ctx, r.apps, "daemonsets", namespace, name)
}

// Deployments lists deployments of a namespace, or of the cluster if it is empty.
func (r *Reader) Deployments(ctx context.Context, namespace string) fact.Fact[[]*appsv1.Deployment] {
	return list(ctx, r.apps, "deployments", namespace, Selection{}, func(l *appsv1.DeploymentList) []appsv1.Deployment { return l.Items })
}

// DaemonSets lists daemon sets of a namespace.
func (r *Reader) DaemonSets(ctx context.Context, namespace string, s Selection) fact.Fact[[]*appsv1.DaemonSet] {
	return list(ctx, r.apps, "daemonsets", namespace, s, func(l *appsv1.DaemonSetList) []appsv1.DaemonSet { return l.Items })
}

// Job reads one job.
func (r *Reader) Job(ctx context.Context, namespace, name string) fact.Fact[*batchv1.Job] {
	return get[batchv1.Job](ctx, r.batch, "jobs", namespace, name)
}

// Jobs lists the jobs of a namespace.
func (r *Reader) Jobs(ctx context.Context, namespace string) fact.Fact[[]*batchv1.Job] {
	return list(ctx, r.batch, "jobs", namespace, Selection{}, func(l *batchv1.JobList) []batchv1.Job { return l.Items })
}

// CronJob reads one cron job.
func (r *Reader) CronJob(ctx context.Context, namespace, name string) fact.Fact[*batchv1.CronJob] {
	return get[batchv1.CronJob](ctx, r.batch, "cronjobs", namespace, name)
}
