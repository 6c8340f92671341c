package subject

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"maps"
	"slices"
	"strings"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// WebhookAnswers reports whether the webhook is known to be called for the pod, and not known to be unable
// to answer.
func (s *Subject) WebhookAnswers() bool {
	registered, known := s.Registrations.Get()
	return known && WebhookAnswers(s.Snapshot, registered, s.Pod)
}

// WebhookAnswers reports whether one of the registrations is known to be called for the pod, and not known to be unable to answer.
func WebhookAnswers(s *snapshot.Snapshot, registered []Registration, pod *corev1.Pod) bool {
	return slices.ContainsFunc(registered, func(r Registration) bool {
		e := r.excludes(s, pod)
		return e.Cause == NotExcluded && len(e.Gaps) == 0 && r.Outage(s).Cause == NoOutage
	})
}

// A Registration is one registration of the pod identity webhook.
type Registration struct {
	Configuration string
	Webhook       admissionv1.MutatingWebhook
	Created       time.Time // of the configuration; the zero time where that is not recorded
}

// Where names the registration in the user's terms.
func (r Registration) Where() string {
	return "MutatingWebhookConfiguration " + r.Configuration + ", webhook " + r.Webhook.Name
}

// registrations answers with the registrations of the pod identity webhook. EKS calls its webhook
// iam-for-pods.amazonaws.com, the project's own manifests pod-identity-webhook.amazonaws.com; both are in
// a configuration named pod-identity-webhook.
func registrations(s *snapshot.Snapshot) fact.Fact[[]Registration] {
	return fact.Map(s.MutatingWebhooks(), func(list []*admissionv1.MutatingWebhookConfiguration) []Registration {
		found := []Registration{}
		for _, configuration := range list {
			for _, webhook := range configuration.Webhooks {
				if isPodIdentityWebhook(configuration.Name, webhook) {
					found = append(found, Registration{configuration.Name, webhook, configuration.CreationTimestamp.Time})
				}
			}
		}
		return found
	})
}

func isPodIdentityWebhook(configuration string, webhook admissionv1.MutatingWebhook) bool {
	const name = snapshot.WebhookConfiguration
	service := webhook.ClientConfig.Service
	return namesPodIdentityWebhook(webhook.Name) || strings.Contains(configuration, name) || service != nil && strings.Contains(service.Name, name)
}

// namesPodIdentityWebhook reports whether a webhook's own name is one of the pod identity webhook.
func namesPodIdentityWebhook(webhook string) bool {
	return webhook == "iam-for-pods.amazonaws.com" || strings.Contains(webhook, snapshot.WebhookConfiguration)
}

// An Exclusion is why the API server does not call a webhook for a pod.
type Exclusion struct {
	Cause        ExclusionCause
	Registration Registration
	// Selector and Labels are the selector that excludes the labels, where labels decide.
	Selector labels.Selector
	Labels   map[string]string
	Gaps     []fact.Gap
}

// An ExclusionCause is the part of a registration that excludes a pod.
type ExclusionCause int

// The causes.
const (
	NotExcluded               ExclusionCause = iota // or unknown, where there are gaps
	ExcludedByRules                                 // no rule is for the creation of pods
	ExcludedByPodLabels                             // the objectSelector
	ExcludedByNamespaceLabels                       // the namespaceSelector
)

// excludes returns whether and how the registration excludes the pod: by its rules or one of its selectors. The
// pod's labels count as they are now.
func (r Registration) excludes(s *snapshot.Snapshot, pod *corev1.Pod) Exclusion {
	if r.shortened() {
		return Exclusion{Gaps: []fact.Gap{{What: r.Where(), Reason: "the snapshot does not contain its rules and its clientConfig"}}}
	}
	if !slices.ContainsFunc(r.Webhook.Rules, createsPods) {
		return Exclusion{Cause: ExcludedByRules, Registration: r}
	}
	out := r.selects(ExcludedByPodLabels, "objectSelector", r.Webhook.ObjectSelector, pod.Labels)
	if out.Cause != NotExcluded {
		return out
	}
	gaps := out.Gaps
	if len(r.Webhook.MatchConditions) > 0 {
		gaps = append(gaps, fact.Gap{What: r.Where() + ", matchConditions", Reason: "CEL expressions are not evaluated"})
	}
	if selectsAll(r.Webhook.NamespaceSelector) {
		return Exclusion{Gaps: gaps}
	}
	namespace := s.Namespace(pod.Namespace)
	n, ok := namespace.Get()
	switch {
	case namespace.Absent() && byName(r.Webhook.NamespaceSelector):
		n = &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: pod.Namespace}}
	case namespace.Absent(): // though there is a pod in it
		return Exclusion{Gaps: append(gaps, fact.Gap{What: "the labels of namespace " + pod.Namespace, Reason: "the namespace was not read"})}
	case !ok:
		return Exclusion{Gaps: append(gaps, fact.GapsOf(namespace)...)}
	}
	out = r.selects(ExcludedByNamespaceLabels, "namespaceSelector", r.Webhook.NamespaceSelector, namespaceLabels(n))
	if out.Cause == NotExcluded {
		out.Gaps = append(gaps, out.Gaps...)
	}
	return out
}

// shortened reports whether the registration is one that the API server would not accept: it calls nobody. Then its rules
// were left out of the snapshot, too.
func (r Registration) shortened() bool {
	return len(r.Webhook.Rules) == 0 && r.Webhook.ClientConfig.URL == nil && r.Webhook.ClientConfig.Service == nil
}

// byName reports whether a namespace's name alone decides a selector.
func byName(selector *metav1.LabelSelector) bool {
	for key := range selector.MatchLabels {
		if key != corev1.LabelMetadataName {
			return false
		}
	}
	return !slices.ContainsFunc(selector.MatchExpressions, func(r metav1.LabelSelectorRequirement) bool { return r.Key != corev1.LabelMetadataName })
}

// namespaceLabels are a namespace's labels with the one that the API server gives every namespace (Kubernetes 1.21).
func namespaceLabels(n *corev1.Namespace) map[string]string {
	all := map[string]string{corev1.LabelMetadataName: n.Name}
	maps.Copy(all, n.Labels)
	return all
}

func createsPods(rule admissionv1.RuleWithOperations) bool {
	has := func(list []string, want string) bool {
		return slices.Contains(list, want) || slices.Contains(list, "*")
	}
	create := slices.Contains(rule.Operations, admissionv1.Create) || slices.Contains(rule.Operations, admissionv1.OperationAll)
	namespaced := rule.Scope == nil || *rule.Scope != admissionv1.ClusterScope
	return create && namespaced && has(rule.APIGroups, "") && has(rule.APIVersions, "v1") && (has(rule.Resources, "pods") || slices.Contains(rule.Resources, "*/*"))
}

func selectsAll(selector *metav1.LabelSelector) bool {
	return selector == nil || len(selector.MatchLabels) == 0 && len(selector.MatchExpressions) == 0
}

// selects returns whether a selector of the registration excludes labels.
func (r Registration) selects(cause ExclusionCause, field string, selector *metav1.LabelSelector, have map[string]string) Exclusion {
	if selectsAll(selector) {
		return Exclusion{}
	}
	parsed, err := metav1.LabelSelectorAsSelector(selector)
	switch {
	case err != nil:
		return Exclusion{Gaps: []fact.Gap{{What: r.Where() + ", " + field, Reason: err.Error()}}}
	case parsed.Matches(labels.Set(have)):
		return Exclusion{}
	default:
		return Exclusion{Cause: cause, Registration: r, Selector: parsed, Labels: have}
	}
}

// An Outage is why a registered webhook cannot answer.
type Outage struct {
	Cause        OutageCause
	Registration Registration
	Service      string // NAMESPACE/NAME, where it is a service that has no endpoint
	Gaps         []fact.Gap
}

// An OutageCause is why a webhook cannot answer.
type OutageCause int

// The causes.
const (
	NoOutage         OutageCause = iota // none is found
	WithoutCA                           // the CA bundle is empty
	OtherCA                             // the CA bundle is not the cluster's
	WithoutEndpoints                    // its service has no ready endpoint
)

// Outage returns why the webhook cannot answer, as far as that was read: it calls a Service without a ready
// endpoint, or its CA bundle cannot be the right one. On EKS the webhook is in the control plane and is
// served with the cluster's own CA.
func (r Registration) Outage(s *snapshot.Snapshot) Outage {
	config := r.Webhook.ClientConfig
	if len(config.CABundle) == 0 && (config.Service != nil || config.URL != nil && strings.Contains(*config.URL, "://127.0.0.1")) {
		return Outage{Cause: WithoutCA, Registration: r}
	}
	if service := config.Service; service != nil {
		return r.endpoints(s, service.Namespace, service.Name)
	}
	eks, ok := s.EKSCluster().Get()
	if !ok || eks.CertificateAuthority == nil || config.URL == nil || !strings.Contains(*config.URL, "://127.0.0.1") {
		return Outage{}
	}
	ca, err := base64.StdEncoding.DecodeString(eks.CertificateAuthority.Data)
	if err != nil || len(ca) == 0 || haveInCommon(ca, config.CABundle) {
		return Outage{}
	}
	return Outage{Cause: OtherCA, Registration: r}
}

// haveInCommon reports whether two CA bundles share a certificate: while a CA is being replaced, either may
// hold the old and the new one.
func haveInCommon(a, b []byte) bool {
	if bytes.Equal(bytes.TrimSpace(a), bytes.TrimSpace(b)) {
		return true
	}
	known := map[string]bool{}
	for _, certificate := range certificates(a) {
		known[string(certificate)] = true
	}
	return slices.ContainsFunc(certificates(b), func(certificate []byte) bool { return known[string(certificate)] })
}

func certificates(bundle []byte) [][]byte {
	var list [][]byte
	for block, rest := pem.Decode(bundle); block != nil; block, rest = pem.Decode(rest) {
		list = append(list, block.Bytes)
	}
	return list
}

func (r Registration) endpoints(s *snapshot.Snapshot, namespace, name string) Outage {
	slices := snapshot.ListOf[*discoveryv1.EndpointSlice](s, namespace)
	list, ok := slices.Get()
	if !ok {
		return Outage{Gaps: fact.GapsOf(slices)}
	}
	for _, slice := range list {
		if slice.Labels[discoveryv1.LabelServiceName] != name {
			continue
		}
		for _, endpoint := range slice.Endpoints {
			if endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready {
				return Outage{}
			}
		}
	}
	return Outage{Cause: WithoutEndpoints, Registration: r, Service: namespace + "/" + name}
}
