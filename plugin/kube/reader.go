package kube

import (
	"fmt"
	"time"

	admissionv1 "k8s.io/client-go/kubernetes/typed/admissionregistration/v1"
	appsv1 "k8s.io/client-go/kubernetes/typed/apps/v1"
	batchv1 "k8s.io/client-go/kubernetes/typed/batch/v1"
	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	discoveryv1 "k8s.io/client-go/kubernetes/typed/discovery/v1"
	networkingv1 "k8s.io/client-go/kubernetes/typed/networking/v1"
	"k8s.io/client-go/rest"
)

// defaultTimeout ends a request to a server that takes connections and never answers, where the user has
// set no time of their own.
const defaultTimeout = 30 * time.Second

// A Reader reads one cluster.
type Reader struct {
	core       *corev1.CoreV1Client
	apps       *appsv1.AppsV1Client
	batch      *batchv1.BatchV1Client
	admission  *admissionv1.AdmissionregistrationV1Client
	networking *networkingv1.NetworkingV1Client
	discovery  *discoveryv1.DiscoveryV1Client
}

// New returns a reader of the cluster that the configuration names. It makes no request. All clients share
// one transport, so that requests in parallel share one HTTP/2 connection.
func New(given *rest.Config) (*Reader, error) {
	config := rest.CopyConfig(given)
	config.QPS = -1 // no limit of our own: the API server has priority and fairness
	config.WarningHandler = rest.NoWarnings{}
	if config.Timeout == 0 {
		config.Timeout = defaultTimeout
	}
	// Lists of pods and nodes are a third of their JSON; where a server in between knows JSON only, it answers in that.
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("client of %s: %w", config.Host, err)
	}
	r := &Reader{}
	for _, build := range []func() error{
		func() (err error) { r.core, err = corev1.NewForConfigAndClient(config, client); return },
		func() (err error) { r.apps, err = appsv1.NewForConfigAndClient(config, client); return },
		func() (err error) { r.batch, err = batchv1.NewForConfigAndClient(config, client); return },
		func() (err error) { r.admission, err = admissionv1.NewForConfigAndClient(config, client); return },
		func() (err error) { r.networking, err = networkingv1.NewForConfigAndClient(config, client); return },
		func() (err error) { r.discovery, err = discoveryv1.NewForConfigAndClient(config, client); return },
	} {
		if err := build(); err != nil {
			return nil, fmt.Errorf("client of %s: %w", config.Host, err)
		}
	}
	return r, nil
}
