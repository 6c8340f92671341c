package kube

import (
	"context"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
)

// Pod reads one pod.
func (r *Reader) Pod(ctx context.Context, namespace, name string) fact.Fact[*corev1.Pod] {
	return named(ctx, "pods", namespace, name, r.core.Pods(namespace).Get)
}

// Pods lists pods of a namespace, or of the cluster if it is empty.
func (r *Reader) Pods(ctx context.Context, namespace string, s Selection) fact.Fact[[]*corev1.Pod] {
	return listed(ctx, "pods", namespace, s, func(ctx context.Context, o metav1.ListOptions) ([]corev1.Pod, string, error) {
		list, err := r.core.Pods(namespace).List(ctx, o)
		if err != nil {
			return nil, "", err
		}
		return list.Items, list.Continue, nil
	})
}

// ServiceAccount reads one service account.
func (r *Reader) ServiceAccount(ctx context.Context, namespace, name string) fact.Fact[*corev1.ServiceAccount] {
	return named(ctx, "serviceaccounts", namespace, name, r.core.ServiceAccounts(namespace).Get)
}

// ServiceAccounts lists the service accounts of a namespace, or of the cluster if it is empty.
func (r *Reader) ServiceAccounts(ctx context.Context, namespace string) fact.Fact[[]*corev1.ServiceAccount] {
	return listed(ctx, "serviceaccounts", namespace, Selection{}, func(ctx context.Context, o metav1.ListOptions) ([]corev1.ServiceAccount, string, error) {
		list, err := r.core.ServiceAccounts(namespace).List(ctx, o)
		if err != nil {
			return nil, "", err
		}
		return list.Items, list.Continue, nil
	})
}

// Node reads one node.
func (r *Reader) Node(ctx context.Context, name string) fact.Fact[*corev1.Node] {
	return named(ctx, "nodes", "", name, r.core.Nodes().Get)
}

// Nodes lists all nodes.
func (r *Reader) Nodes(ctx context.Context) fact.Fact[[]*corev1.Node] {
	return listed(ctx, "nodes", "", Selection{}, func(ctx context.Context, o metav1.ListOptions) ([]corev1.Node, string, error) {
		list, err := r.core.Nodes().List(ctx, o)
		if err != nil {
			return nil, "", err
		}
		return list.Items, list.Continue, nil
	})
}

// Namespace reads one namespace.
func (r *Reader) Namespace(ctx context.Context, name string) fact.Fact[*corev1.Namespace] {
	return named(ctx, "namespaces", "", name, r.core.Namespaces().Get)
}

// ConfigMap reads one ConfigMap, with its values: a snapshot keeps only its keys.
func (r *Reader) ConfigMap(ctx context.Context, namespace, name string) fact.Fact[*corev1.ConfigMap] {
	return named(ctx, "configmaps", namespace, name, r.core.ConfigMaps(namespace).Get)
}

// MutatingWebhooks lists the cluster's mutating webhook configurations.
func (r *Reader) MutatingWebhooks(ctx context.Context) fact.Fact[[]*admissionregistrationv1.MutatingWebhookConfiguration] {
	return listed(ctx, "mutatingwebhookconfigurations", "", Selection{}, func(ctx context.Context, o metav1.ListOptions) ([]admissionregistrationv1.MutatingWebhookConfiguration, string, error) {
		list, err := r.admission.MutatingWebhookConfigurations().List(ctx, o)
		if err != nil {
			return nil, "", err
		}
		return list.Items, list.Continue, nil
	})
}

// NetworkPolicies lists the network policies of a namespace, or of the cluster if it is empty.
func (r *Reader) NetworkPolicies(ctx context.Context, namespace string) fact.Fact[[]*networkingv1.NetworkPolicy] {
	return listed(ctx, "networkpolicies", namespace, Selection{}, func(ctx context.Context, o metav1.ListOptions) ([]networkingv1.NetworkPolicy, string, error) {
		list, err := r.networking.NetworkPolicies(namespace).List(ctx, o)
		if err != nil {
			return nil, "", err
		}
		return list.Items, list.Continue, nil
	})
}

// EndpointSlices lists the endpoint slices of a namespace.
func (r *Reader) EndpointSlices(ctx context.Context, namespace string) fact.Fact[[]*discoveryv1.EndpointSlice] {
	return listed(ctx, "endpointslices", namespace, Selection{}, func(ctx context.Context, o metav1.ListOptions) ([]discoveryv1.EndpointSlice, string, error) {
		list, err := r.discovery.EndpointSlices(namespace).List(ctx, o)
		if err != nil {
			return nil, "", err
		}
		return list.Items, list.Continue, nil
	})
}

// Deployment reads one deployment.
func (r *Reader) Deployment(ctx context.Context, namespace, name string) fact.Fact[*appsv1.Deployment] {
	return named(ctx, "deployments", namespace, name, r.apps.Deployments(namespace).Get)
}

// ReplicaSet reads one replica set.
func (r *Reader) ReplicaSet(ctx context.Context, namespace, name string) fact.Fact[*appsv1.ReplicaSet] {
	return named(ctx, "replicasets", namespace, name, r.apps.ReplicaSets(namespace).Get)
}

// ReplicaSets lists replica sets of a namespace.
func (r *Reader) ReplicaSets(ctx context.Context, namespace string, s Selection) fact.Fact[[]*appsv1.ReplicaSet] {
	return listed(ctx, "replicasets", namespace, s, func(ctx context.Context, o metav1.ListOptions) ([]appsv1.ReplicaSet, string, error) {
		list, err := r.apps.ReplicaSets(namespace).List(ctx, o)
		if err != nil {
			return nil, "", err
		}
		return list.Items, list.Continue, nil
	})
}

// StatefulSet reads one stateful set.
func (r *Reader) StatefulSet(ctx context.Context, namespace, name string) fact.Fact[*appsv1.StatefulSet] {
	return named(ctx, "statefulsets", namespace, name, r.apps.StatefulSets(namespace).Get)
}

// DaemonSet reads one daemon set.
func (r *Reader) DaemonSet(ctx context.Context, namespace, name string) fact.Fact[*appsv1.DaemonSet] {
	return named(ctx, "daemonsets", namespace, name, r.apps.DaemonSets(namespace).Get)
}

// Job reads one job.
func (r *Reader) Job(ctx context.Context, namespace, name string) fact.Fact[*batchv1.Job] {
	return named(ctx, "jobs", namespace, name, r.batch.Jobs(namespace).Get)
}

// Jobs lists the jobs of a namespace.
func (r *Reader) Jobs(ctx context.Context, namespace string) fact.Fact[[]*batchv1.Job] {
	return listed(ctx, "jobs", namespace, Selection{}, func(ctx context.Context, o metav1.ListOptions) ([]batchv1.Job, string, error) {
		list, err := r.batch.Jobs(namespace).List(ctx, o)
		if err != nil {
			return nil, "", err
		}
		return list.Items, list.Continue, nil
	})
}

// CronJob reads one cron job.
func (r *Reader) CronJob(ctx context.Context, namespace, name string) fact.Fact[*batchv1.CronJob] {
	return named(ctx, "cronjobs", namespace, name, r.batch.CronJobs(namespace).Get)
}
