package collect

import (
	"context"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

const noCluster = "no cluster was asked"

// one reads one object and takes down what came of it. A manifest stands for the object of its name.
func one[T snapshot.Object](ctx context.Context, c *collector, resource, namespace, name string, get func(context.Context, string, string) fact.Fact[T]) fact.Fact[T] {
	source := "get " + resource + "/" + name
	for _, manifest := range c.request.Manifests {
		if object, ok := manifest.(T); ok && object.GetName() == name && c.namespaceOf(object) == namespace {
			return fact.Known(object, source)
		}
	}
	if c.cluster == nil {
		return fact.Unasked[T](source, noCluster)
	}
	return request(ctx, c.engine, source+" -n "+namespace, func(ctx context.Context) fact.Fact[T] {
		f := get(ctx, namespace, name)
		m := snapshot.Missing{Resource: resource, Namespace: namespace, Name: name}
		if object, ok := f.Get(); ok {
			c.record.object(resource, object)
		} else if gap, ok := f.Gap(); ok {
			c.record.refused(m, gap.Reason)
		} else {
			c.record.gone(m)
		}
		return f
	})
}

// all reads all objects of a resource of a namespace, or of the cluster if it is empty, and takes them down.
func all[T snapshot.Object](ctx context.Context, c *collector, resource, namespace string, list func(context.Context, string) fact.Fact[[]T]) fact.Fact[[]T] {
	if c.cluster == nil {
		return fact.Unasked[[]T]("list "+resource, noCluster)
	}
	return request(ctx, c.engine, "list "+resource+" -n "+namespace, func(ctx context.Context) fact.Fact[[]T] {
		f := list(ctx, namespace)
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
	})
}

// namespaceOf is the namespace of a manifest.
func (c *collector) namespaceOf(o snapshot.Object) string {
	switch o.(type) {
	case *corev1.Node, *corev1.Namespace, *admissionv1.MutatingWebhookConfiguration:
		return ""
	}
	if namespace := o.GetNamespace(); namespace != "" {
		return namespace
	}
	return c.request.Namespace
}

// serviceAccount answers for one service account.
func (c *collector) serviceAccount(ctx context.Context, namespace, name string) fact.Fact[*corev1.ServiceAccount] {
	if c.inScope(namespace) {
		return c.listedAccount(ctx, namespace, name)
	}
	return one(ctx, c, "serviceaccounts", namespace, name, func(ctx context.Context, namespace, name string) fact.Fact[*corev1.ServiceAccount] {
		return c.cluster.ServiceAccount(ctx, namespace, name)
	})
}

// listedAccount answers out of the list of all service accounts; a cluster may have very many.
func (c *collector) listedAccount(ctx context.Context, namespace, name string) fact.Fact[*corev1.ServiceAccount] {
	list := c.serviceAccounts(ctx, c.scopeNamespace())
	index := once(c.engine, "accounts by name", func() map[string]*corev1.ServiceAccount {
		accounts, _ := list.Get()
		index := make(map[string]*corev1.ServiceAccount, len(accounts))
		for _, account := range accounts {
			index[account.Namespace+"/"+account.Name] = account
		}
		return index
	})
	if account := index[namespace+"/"+name]; account != nil {
		return fact.Known(account, list.Source())
	}
	if gap, ok := list.Gap(); ok {
		return fact.Unreadable[*corev1.ServiceAccount](gap.What, gap.Reason)
	}
	return fact.Absent[*corev1.ServiceAccount](list.Source())
}

func (c *collector) serviceAccounts(ctx context.Context, namespace string) fact.Fact[[]*corev1.ServiceAccount] {
	return all(ctx, c, "serviceaccounts", namespace, func(ctx context.Context, namespace string) fact.Fact[[]*corev1.ServiceAccount] {
		return c.cluster.ServiceAccounts(ctx, namespace)
	})
}

// node answers for one node.
func (c *collector) node(ctx context.Context, name string) fact.Fact[*corev1.Node] {
	if c.manyNodes {
		return c.listedNode(ctx, name)
	}
	return one(ctx, c, "nodes", "", name, func(ctx context.Context, _, name string) fact.Fact[*corev1.Node] {
		return c.cluster.Node(ctx, name)
	})
}

func (c *collector) listedNode(ctx context.Context, name string) fact.Fact[*corev1.Node] {
	list := c.nodes(ctx)
	index := once(c.engine, "nodes by name", func() map[string]*corev1.Node {
		nodes, _ := list.Get()
		index := make(map[string]*corev1.Node, len(nodes))
		for _, node := range nodes {
			index[node.Name] = node
		}
		return index
	})
	if node := index[name]; node != nil {
		return fact.Known(node, list.Source())
	}
	if gap, ok := list.Gap(); ok {
		return fact.Unreadable[*corev1.Node](gap.What, gap.Reason)
	}
	return fact.Absent[*corev1.Node](list.Source())
}

func (c *collector) nodes(ctx context.Context) fact.Fact[[]*corev1.Node] {
	return all(ctx, c, "nodes", "", func(ctx context.Context, _ string) fact.Fact[[]*corev1.Node] { return c.cluster.Nodes(ctx) })
}

func (c *collector) networkPolicies(ctx context.Context, namespace string) {
	all(ctx, c, "networkpolicies", namespace, func(ctx context.Context, namespace string) fact.Fact[[]*networkingv1.NetworkPolicy] {
		return c.cluster.NetworkPolicies(ctx, namespace)
	})
}

// pods reads all pods of a namespace.
func (c *collector) pods(ctx context.Context, namespace string) {
	all(ctx, c, "pods", namespace, func(ctx context.Context, namespace string) fact.Fact[[]*corev1.Pod] {
		return c.cluster.Pods(ctx, namespace, kube.Selection{})
	})
}

// namespace reads the namespace that a webhook's selector looks at.
func (c *collector) namespace(ctx context.Context, name string) {
	one(ctx, c, "namespaces", "", name, func(ctx context.Context, _, name string) fact.Fact[*corev1.Namespace] {
		return c.cluster.Namespace(ctx, name)
	})
}

// configMap and secret read what a container's environment or files are made of.
func (c *collector) configMap(ctx context.Context, namespace, name string) {
	one(ctx, c, "configmaps", namespace, name, func(ctx context.Context, namespace, name string) fact.Fact[*corev1.ConfigMap] {
		return c.cluster.ConfigMap(ctx, namespace, name)
	})
}

func (c *collector) secret(ctx context.Context, namespace, name string) {
	one(ctx, c, "secrets", namespace, name, func(ctx context.Context, namespace, name string) fact.Fact[*corev1.Secret] {
		return c.cluster.Secret(ctx, namespace, name)
	})
}

// webhooks reads the mutating webhooks, and the endpoints of those that are a service in the cluster and have to do
// with pods.
func (c *collector) webhooks(ctx context.Context) {
	f := all(ctx, c, "mutatingwebhookconfigurations", "", func(ctx context.Context, _ string) fact.Fact[[]*admissionv1.MutatingWebhookConfiguration] {
		return c.cluster.MutatingWebhooks(ctx)
	})
	list, _ := f.Get()
	for _, configuration := range list {
		for _, webhook := range configuration.Webhooks {
			service := webhook.ClientConfig.Service
			if service == nil || !strings.Contains(configuration.Name+" "+webhook.Name+" "+service.Name, "pod-identity") {
				continue
			}
			namespace := service.Namespace
			c.engine.begin("endpoints "+namespace, func() { c.endpoints(ctx, namespace) })
		}
	}
}

func (c *collector) endpoints(ctx context.Context, namespace string) {
	all(ctx, c, "endpointslices", namespace, func(ctx context.Context, namespace string) fact.Fact[[]*discoveryv1.EndpointSlice] {
		return c.cluster.EndpointSlices(ctx, namespace)
	})
}

// agents reads the Pod Identity agent's pods on a node.
func (c *collector) agents(ctx context.Context, node string) {
	if c.cluster == nil || c.request.AllNamespaces && c.manyTargets() && c.request.Selector == "" {
		return // they are among the pods that were listed
	}
	request(ctx, c.engine, "agents "+node, func(ctx context.Context) fact.Fact[[]*corev1.Pod] {
		f := c.cluster.Pods(ctx, snapshot.AgentNamespace, kube.Selection{
			Labels: snapshot.AgentLabel + "=" + snapshot.AgentName, Fields: "spec.nodeName=" + node,
		})
		m := snapshot.Missing{Resource: "pods", Namespace: snapshot.AgentNamespace, Name: snapshot.AgentMissing(node)}
		pods, _ := f.Get()
		for _, pod := range pods {
			c.record.object("pods", pod)
		}
		if gap, ok := f.Gap(); ok {
			c.record.refused(m, gap.Reason)
		} else if len(pods) == 0 {
			c.record.gone(m)
		}
		return f
	})
}

// neighbours reads the pods of a node: whose tokens a container that is no boundary can read.
func (c *collector) neighbours(ctx context.Context, node string) {
	if c.cluster == nil || c.request.AllNamespaces && c.manyTargets() {
		return
	}
	request(ctx, c.engine, "neighbours "+node, func(ctx context.Context) fact.Fact[[]*corev1.Pod] {
		f := c.cluster.Pods(ctx, "", kube.Selection{Fields: "spec.nodeName=" + node})
		pods, _ := f.Get()
		for _, pod := range pods {
			c.record.object("pods", pod)
		}
		if gap, ok := f.Gap(); ok {
			c.record.refused(snapshot.Missing{Resource: "pods", Name: "*@" + node}, gap.Reason)
		}
		return f
	})
}
