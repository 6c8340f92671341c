package kube

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/wait"
)

// A Reader reads one cluster, by a client for each API group.
type Reader struct {
	core, apps, batch, admission, networking, discovery client

	bounds    wait.Bounds
	hasPlugin bool // an exec plugin logs in

	// Server is the API server's URL, and CA the certificates that its own is verified with, PEM; empty where it is not
	// verified, or with those of the system.
	Server string
	CA     []byte

	// PluginText returns what the kubeconfig's exec plugin has printed to standard error; nil: that is unknown.
	PluginText func() string
	// PluginAsks reports whether it has asked a person something; nil: it has not.
	PluginAsks func() bool
}

// New returns a reader of the cluster that the configuration names. It makes no request. All clients share
// one transport, so that requests in parallel share one HTTP/2 connection.
func New(given *rest.Config) (*Reader, error) {
	config := rest.CopyConfig(given)
	config.QPS = -1 // no limit of our own: the API server has priority and fairness
	config.WarningHandler = rest.NoWarnings{}
	r := &Reader{Server: withoutLogin(config.Host), bounds: wait.For(config.Timeout), hasPlugin: config.ExecProvider != nil}
	r.bounds.Asks = func() bool { return r.PluginAsks != nil && r.PluginAsks() }
	config.Timeout = 0 // each request has its own
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return timedTransport{next} })
	// Lists of pods and nodes are a third of their JSON; where a server in between knows JSON only, it answers in that.
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	shared, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("client of %s: %w", config.Host, err)
	}
	// Client-go's own scheme has every group and version, and its typed clients bring that along: together a third of the
	// program, and a third of the time that it takes to start.
	scheme := runtime.NewScheme()
	config.NegotiatedSerializer = rest.CodecFactoryForGeneratedClient(scheme, serializer.NewCodecFactory(scheme)).WithoutConversion()
	if config.ExecProvider != nil {
		shared.Transport = newPluginTransport(shared.Transport, config.ExecProvider, r)
	}
	if !config.Insecure && rest.LoadTLSFiles(config) == nil {
		r.CA = config.CAData
	}
	for _, group := range []struct {
		client      *client
		version     schema.GroupVersion
		path        string
		addToScheme func(*runtime.Scheme) error
	}{
		{&r.core, corev1.SchemeGroupVersion, "/api", corev1.AddToScheme},
		{&r.apps, appsv1.SchemeGroupVersion, "/apis", appsv1.AddToScheme},
		{&r.batch, batchv1.SchemeGroupVersion, "/apis", batchv1.AddToScheme},
		{&r.admission, admissionv1.SchemeGroupVersion, "/apis", admissionv1.AddToScheme},
		{&r.networking, networkingv1.SchemeGroupVersion, "/apis", networkingv1.AddToScheme},
		{&r.discovery, discoveryv1.SchemeGroupVersion, "/apis", discoveryv1.AddToScheme},
	} {
		if err := group.addToScheme(scheme); err != nil {
			return nil, fmt.Errorf("client of %s: %w", config.Host, err)
		}
		config.GroupVersion, config.APIPath = &group.version, group.path
		requests, err := rest.RESTClientForConfigAndClient(config, shared)
		if err != nil {
			return nil, fmt.Errorf("client of %s: %w", config.Host, err)
		}
		*group.client = client{requests, r}
	}
	return r, nil
}

// withoutLogin returns a server's URL without user and password.
func withoutLogin(server string) string {
	address, err := url.Parse(server)
	if err != nil || address.User == nil {
		return server
	}
	address.User = nil
	return address.String()
}

// An object is a pointer to a Kubernetes type.
type object[T any] interface {
	*T
	runtime.Object
}

// read reads one object of a namespace, or of the cluster if it is empty.
func read[T any, P object[T]](ctx context.Context, group client, resource, namespace, name string) (*T, error) {
	found, _, err := one[T, P](ctx, group, group.Get().NamespaceIfScoped(namespace, namespace != "").Resource(resource).Name(name))
	return found, err
}
