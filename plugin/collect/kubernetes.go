package collect

import (
	"context"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

const noCluster = "no cluster was read"

// one reads one object and takes down what came of it. A manifest stands for the object of its name.
func one[T snapshot.Object](ctx context.Context, c *collector, resource, namespace, name string, get func(context.Context, string, string) fact.Fact[T]) fact.Fact[T] {
	source := "get " + resource + "/" + name
	if manifest, ok := manifestFor[T](c, namespace, name); ok {
		return fact.Known(manifest, source)
	}
	if c.cluster == nil {
		return fact.Unasked[T](source, noCluster)
	}
	f := request(c, func() fact.Fact[T] { return get(ctx, namespace, name) })
	m := snapshot.Missing{Resource: resource, Namespace: namespace, Name: name}
	if object, ok := f.Get(); ok {
		c.record.object(resource, object)
	} else if gap, ok := f.Gap(); ok {
		c.record.refused(m, gap.Reason)
	} else {
		c.record.gone(m)
	}
	return f
}

// oneOfCluster is one for a resource without namespaces.
func oneOfCluster[T snapshot.Object](ctx context.Context, c *collector, resource, name string, get func(context.Context, string) fact.Fact[T]) fact.Fact[T] {
	return one(ctx, c, resource, "", name, func(ctx context.Context, _, name string) fact.Fact[T] { return get(ctx, name) })
}

// all reads all objects of a resource of a namespace, or of the cluster if it is empty, and takes them down.
func all[T snapshot.Object](c *collector, resource, namespace string, list func() fact.Fact[[]T]) fact.Fact[[]T] {
	if c.cluster == nil {
		return fact.Unasked[[]T]("list "+resource, noCluster)
	}
	f := request(c, list)
	objects, ok := f.Get()
	if gap, refused := f.Gap(); refused {
		c.record.refused(snapshot.Missing{Resource: resource, Namespace: namespace}, gap.Reason)
	}
	for _, object := range objects {
		c.record.object(resource, object)
	}
	if ok {
		c.record.complete(resource, namespace)
	}
	return f
}

// index is a list by name, to be looked up very often.
func index[T snapshot.Object](list fact.Fact[[]T]) map[objectName]T {
	objects, _ := list.Get()
	byName := make(map[objectName]T, len(objects))
	for _, object := range objects {
		byName[objectName{object.GetNamespace(), object.GetName()}] = object
	}
	return byName
}

type objectName struct{ namespace, name string }

// listed answers for one object out of the list of all.
func listed[T snapshot.Object](list fact.Fact[[]T], byName map[objectName]T, namespace, name string) fact.Fact[T] {
	if object, ok := byName[objectName{namespace, name}]; ok {
		return fact.Known(object, list.Source())
	}
	if gap, ok := list.Gap(); ok {
		return fact.Unreadable[T](gap.What, gap.Reason)
	}
	return fact.Absent[T](list.Source())
}

// A serviceAccountQuestion asks for one service account, which is looked up in the list where that is read anyway.
type serviceAccountQuestion struct{ namespace, name string }

func (q serviceAccountQuestion) find(ctx context.Context, c *collector) fact.Fact[*corev1.ServiceAccount] {
	if c.inScope(q.namespace) {
		all := serviceAccountsQuestion{c.scopeNamespace()}
		return listed(ask(ctx, c, all), ask(ctx, c, accountsByName{all}), q.namespace, q.name)
	}
	return one(ctx, c, "serviceaccounts", q.namespace, q.name, c.cluster.ServiceAccount)
}

// A serviceAccountsQuestion asks for the service accounts of a namespace, or of the cluster.
type serviceAccountsQuestion struct{ namespace string }

func (q serviceAccountsQuestion) find(ctx context.Context, c *collector) fact.Fact[[]*corev1.ServiceAccount] {
	return all(c, "serviceaccounts", q.namespace, func() fact.Fact[[]*corev1.ServiceAccount] {
		return c.cluster.ServiceAccounts(ctx, q.namespace)
	})
}

// accountsByName are the service accounts of a list; a cluster may have very many.
type accountsByName struct{ list serviceAccountsQuestion }

func (q accountsByName) find(ctx context.Context, c *collector) map[objectName]*corev1.ServiceAccount {
	return index(ask(ctx, c, q.list))
}

// A nodeQuestion asks for one node, which is looked up in the list where there are many.
type nodeQuestion struct{ name string }

func (q nodeQuestion) find(ctx context.Context, c *collector) fact.Fact[*corev1.Node] {
	if c.manyNodes {
		return listed(ask(ctx, c, nodesQuestion{}), ask(ctx, c, nodesByName{}), "", q.name)
	}
	return oneOfCluster(ctx, c, "nodes", q.name, c.cluster.Node)
}

// A nodesQuestion asks for all nodes.
type nodesQuestion struct{}

func (nodesQuestion) find(ctx context.Context, c *collector) fact.Fact[[]*corev1.Node] {
	return all(c, "nodes", "", func() fact.Fact[[]*corev1.Node] { return c.cluster.Nodes(ctx) })
}

type nodesByName struct{}

func (nodesByName) find(ctx context.Context, c *collector) map[objectName]*corev1.Node {
	return index(ask(ctx, c, nodesQuestion{}))
}

// A networkPoliciesQuestion asks for the network policies of a namespace, or of the cluster.
type networkPoliciesQuestion struct{ namespace string }

func (q networkPoliciesQuestion) find(ctx context.Context, c *collector) fact.Fact[[]*networkingv1.NetworkPolicy] {
	return all(c, "networkpolicies", q.namespace, func() fact.Fact[[]*networkingv1.NetworkPolicy] {
		return c.cluster.NetworkPolicies(ctx, q.namespace)
	})
}

// A podQuestion asks for one pod that is not a target, which is looked up in the list where that has all of them.
type podQuestion struct{ namespace, name string }

func (q podQuestion) find(ctx context.Context, c *collector) fact.Fact[*corev1.Pod] {
	if c.inScope(q.namespace) && c.request.Selector == "" {
		all := selectedPodsQuestion{namespace: c.scopeNamespace()}
		return listed(ask(ctx, c, all), ask(ctx, c, podsByName{all}), q.namespace, q.name)
	}
	return one(ctx, c, "pods", q.namespace, q.name, c.cluster.Pod)
}

// podsByName are the pods of a list; a Spark driver may have very many executors.
type podsByName struct{ list selectedPodsQuestion }

func (q podsByName) find(ctx context.Context, c *collector) map[objectName]*corev1.Pod {
	return index(ask(ctx, c, q.list))
}

// A podsQuestion asks for all pods of a namespace.
type podsQuestion struct{ namespace string }

func (q podsQuestion) find(ctx context.Context, c *collector) fact.Fact[[]*corev1.Pod] {
	return all(c, "pods", q.namespace, func() fact.Fact[[]*corev1.Pod] {
		return c.cluster.Pods(ctx, q.namespace, kube.Selection{})
	})
}

// A namespaceQuestion asks for a namespace, whose labels a webhook's selector reads.
type namespaceQuestion struct{ name string }

func (q namespaceQuestion) find(ctx context.Context, c *collector) fact.Fact[*corev1.Namespace] {
	return oneOfCluster(ctx, c, "namespaces", q.name, c.cluster.Namespace)
}

// A configMapQuestion and a secretQuestion ask for what a container's environment or files are made of.
type (
	configMapQuestion struct{ namespace, name string }
	secretQuestion    struct{ namespace, name string }
)

func (q configMapQuestion) find(ctx context.Context, c *collector) fact.Fact[*corev1.ConfigMap] {
	return one(ctx, c, "configmaps", q.namespace, q.name, c.cluster.ConfigMap)
}

func (q secretQuestion) find(ctx context.Context, c *collector) fact.Fact[*corev1.Secret] {
	return one(ctx, c, "secrets", q.namespace, q.name, c.cluster.Secret)
}

// A webhooksQuestion asks for the mutating webhooks, and begins the endpoints of those that are a service in the cluster
// and have to do with pods.
type webhooksQuestion struct{}

func (webhooksQuestion) find(ctx context.Context, c *collector) fact.Fact[[]*admissionv1.MutatingWebhookConfiguration] {
	f := all(c, "mutatingwebhookconfigurations", "", func() fact.Fact[[]*admissionv1.MutatingWebhookConfiguration] {
		return c.cluster.MutatingWebhooks(ctx)
	})
	list, _ := f.Get()
	for _, configuration := range list {
		for _, webhook := range configuration.Webhooks {
			service := webhook.ClientConfig.Service
			if service == nil || !strings.Contains(configuration.Name+" "+webhook.Name+" "+service.Name, "pod-identity") {
				continue
			}
			begin(ctx, c, endpointSlicesQuestion{service.Namespace})
		}
	}
	return f
}

// An endpointSlicesQuestion asks for the endpoint slices of a namespace.
type endpointSlicesQuestion struct{ namespace string }

func (q endpointSlicesQuestion) find(ctx context.Context, c *collector) fact.Fact[[]*discoveryv1.EndpointSlice] {
	return all(c, "endpointslices", q.namespace, func() fact.Fact[[]*discoveryv1.EndpointSlice] {
		return c.cluster.EndpointSlices(ctx, q.namespace)
	})
}

// An agentsQuestion asks for the Pod Identity agent's pods on a node, or for those that are on none, and begins what says
// why none is ready.
type agentsQuestion struct{ node string }

func (q agentsQuestion) find(ctx context.Context, c *collector) fact.Fact[[]*corev1.Pod] {
	if c.cluster == nil {
		return fact.Unasked[[]*corev1.Pod]("the agents", noCluster)
	}
	if c.request.AllNamespaces && c.manyTargets() && c.request.Selector == "" {
		begin(ctx, c, agentDaemonSetsQuestion{})
		return fact.Unasked[[]*corev1.Pod]("the agents", "they are among the pods that were listed")
	}
	f := request(c, func() fact.Fact[[]*corev1.Pod] {
		return c.cluster.Pods(ctx, snapshot.AgentNamespace, kube.Selection{
			Labels: snapshot.AgentLabel + "=" + snapshot.AgentName, Fields: "spec.nodeName=" + q.node,
		})
	})
	pods, _ := f.Get()
	c.recordPods(pods)
	m := snapshot.Missing{Resource: "pods", Namespace: snapshot.AgentNamespace, Name: snapshot.AgentMissing(q.node)}
	if gap, ok := f.Gap(); ok {
		c.record.refused(m, gap.Reason)
	} else if len(pods) == 0 {
		c.record.gone(m)
	}
	if f.Known() && q.node != "" && !slices.ContainsFunc(pods, ready) {
		begin(ctx, c, agentsQuestion{}) // a pod that is meant for the node may not be on it yet
		begin(ctx, c, agentDaemonSetsQuestion{})
	}
	return f
}

func ready(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

// An agentDaemonSetsQuestion asks for the DaemonSets of the Pod Identity agent, which say why no agent runs on a node.
type agentDaemonSetsQuestion struct{}

func (agentDaemonSetsQuestion) find(ctx context.Context, c *collector) fact.Fact[[]*appsv1.DaemonSet] {
	f := request(c, func() fact.Fact[[]*appsv1.DaemonSet] {
		return c.cluster.DaemonSets(ctx, snapshot.AgentNamespace, kube.Selection{Labels: snapshot.AgentLabel + "=" + snapshot.AgentName})
	})
	sets, _ := f.Get()
	for _, set := range sets {
		c.record.object("daemonsets", set)
	}
	m := snapshot.Missing{Resource: "daemonsets", Namespace: snapshot.AgentNamespace, Name: snapshot.AgentName}
	if gap, ok := f.Gap(); ok {
		c.record.refused(m, gap.Reason)
	} else if len(sets) == 0 {
		c.record.gone(m)
	}
	return f
}

// A vpcCNIQuestion asks for the DaemonSet of the VPC CNI, which says how security groups of pods are enforced.
type vpcCNIQuestion struct{}

func (vpcCNIQuestion) find(ctx context.Context, c *collector) fact.Fact[*appsv1.DaemonSet] {
	return one(ctx, c, "daemonsets", "kube-system", snapshot.AWSNode, c.cluster.DaemonSet)
}

// A neighboursQuestion asks for the pods of a node, whose tokens a privileged container there can read.
type neighboursQuestion struct{ node string }

func (q neighboursQuestion) find(ctx context.Context, c *collector) fact.Fact[[]*corev1.Pod] {
	if c.cluster == nil || c.request.AllNamespaces && c.manyTargets() {
		return fact.Unasked[[]*corev1.Pod]("the node's pods", "they are among the pods that were listed")
	}
	f := request(c, func() fact.Fact[[]*corev1.Pod] {
		return c.cluster.Pods(ctx, "", kube.Selection{Fields: "spec.nodeName=" + q.node})
	})
	pods, _ := f.Get()
	c.recordPods(pods)
	if gap, ok := f.Gap(); ok {
		c.record.refused(snapshot.Missing{Resource: "pods", Name: "*@" + q.node}, gap.Reason)
	}
	return f
}
