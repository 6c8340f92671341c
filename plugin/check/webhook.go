package check

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"maps"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A Registration is one registration of the pod identity webhook.
type Registration struct {
	Configuration string
	Webhook       admissionv1.MutatingWebhook
}

// Where names the registration in the user's terms.
func (r Registration) Where() string {
	return "MutatingWebhookConfiguration " + r.Configuration + ", webhook " + r.Webhook.Name
}

// registrations answers with the registrations of the pod identity webhook. EKS calls its webhook
// iam-for-pods.amazonaws.com, the project's own manifests pod-identity-webhook.amazonaws.com; both stand in
// a configuration named pod-identity-webhook.
func registrations(s *snapshot.Snapshot) fact.Fact[[]Registration] {
	return fact.Map(s.MutatingWebhooks(), func(list []*admissionv1.MutatingWebhookConfiguration) []Registration {
		found := []Registration{}
		for _, configuration := range list {
			for _, webhook := range configuration.Webhooks {
				if isPodIdentityWebhook(configuration.Name, webhook) {
					found = append(found, Registration{configuration.Name, webhook})
				}
			}
		}
		return found
	})
}

func isPodIdentityWebhook(configuration string, webhook admissionv1.MutatingWebhook) bool {
	const name = snapshot.WebhookConfiguration
	service := webhook.ClientConfig.Service
	return webhook.Name == "iam-for-pods.amazonaws.com" || strings.Contains(webhook.Name, name) ||
		strings.Contains(configuration, name) || service != nil && strings.Contains(service.Name, name)
}

// An exclusion says why the API server does not call a webhook for a pod.
type exclusion struct {
	Excluded   bool
	Where      string
	Have, Need string
	Advice     string
	// Pod and Namespace are the labels that let the pod in, where one of them does.
	Pod, Namespace *change.Labels
	Gaps           []fact.Gap
}

// excludes says whether the registration leaves the pod out: by its rules or one of its selectors. The
// pod's labels are taken as they are now.
func (r Registration) excludes(s *snapshot.Snapshot, pod *corev1.Pod) exclusion {
	if r.shortened() {
		return exclusion{Gaps: []fact.Gap{{What: r.Where(), Reason: "the snapshot has neither its rules nor whom it calls"}}}
	}
	if !slices.ContainsFunc(r.Webhook.Rules, createsPods) {
		return exclusion{
			Excluded: true, Where: r.Where() + ", rules", Have: "no rule for CREATE of pods", Need: "CREATE of pods in version v1",
			Advice: "give the webhook a rule for CREATE of pods",
		}
	}
	out, labels := selects(r.Where()+", objectSelector", r.Webhook.ObjectSelector, pod.Labels, "the pod")
	if out.Excluded {
		out.Pod = labels
		return out
	}
	gaps := out.Gaps
	if len(r.Webhook.MatchConditions) > 0 {
		gaps = append(gaps, fact.Gap{What: r.Where() + ", matchConditions", Reason: "CEL expressions are not evaluated"})
	}
	if selectsAll(r.Webhook.NamespaceSelector) {
		return exclusion{Gaps: gaps}
	}
	namespace := s.Namespace(pod.Namespace)
	n, ok := namespace.Get()
	switch {
	case namespace.Absent() && byName(r.Webhook.NamespaceSelector):
		n = &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: pod.Namespace}}
	case namespace.Absent(): // though there is a pod in it
		return exclusion{Gaps: append(gaps, fact.Gap{What: "the labels of namespace " + pod.Namespace, Reason: "the namespace was not read"})}
	case !ok:
		return exclusion{Gaps: append(gaps, gapsOf(namespace)...)}
	}
	out, labels = selects(r.Where()+", namespaceSelector", r.Webhook.NamespaceSelector, namespaceLabels(n), "namespace "+n.Name)
	if out.Excluded {
		out.Namespace = labels
		return out
	}
	return exclusion{Gaps: append(gaps, out.Gaps...)}
}

// shortened reports whether the registration is one that the API server would not take: it calls nobody. Then its rules
// were left out with that.
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

// selects says whether a selector leaves labels out, and which change of them would bring them in.
func selects(where string, selector *metav1.LabelSelector, have map[string]string, whose string) (exclusion, *change.Labels) {
	if selectsAll(selector) {
		return exclusion{}, nil
	}
	parsed, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return exclusion{Gaps: []fact.Gap{{What: where, Reason: err.Error()}}}, nil
	}
	if parsed.Matches(labels.Set(have)) {
		return exclusion{}, nil
	}
	return exclusion{
		Excluded: true, Where: where, Have: whose + " has " + labelText(parsed, have), Need: parsed.String(),
		Advice: "change the labels of " + whose + ", or the selector",
	}, admitted(parsed, have)
}

// admitted is the change of labels that fulfils a selector, nil where none is plain to see.
func admitted(selector labels.Selector, have map[string]string) *change.Labels {
	requirements, selectable := selector.Requirements()
	if !selectable {
		return nil
	}
	l := change.Labels{Set: map[string]string{}}
	for _, r := range requirements {
		if r.Matches(labels.Set(have)) {
			continue
		}
		if r.Key() == corev1.LabelMetadataName { // is always the namespace's name
			return nil
		}
		switch r.Operator() {
		case selection.DoesNotExist, selection.NotIn, selection.NotEquals:
			l.Remove = append(l.Remove, r.Key())
		case selection.In, selection.Equals, selection.DoubleEquals:
			l.Set[r.Key()] = r.Values().List()[0]
		case selection.Exists:
			l.Set[r.Key()] = ""
		}
	}
	if !selector.Matches(labels.Set(l.To(have))) {
		return nil
	}
	return &l
}

// labelText shows those labels that a selector speaks of.
func labelText(selector labels.Selector, have map[string]string) string {
	requirements, _ := selector.Requirements()
	var shown []string
	for _, r := range requirements {
		value, ok := have[r.Key()]
		switch {
		case ok && value == "":
			shown = append(shown, r.Key())
		case ok:
			shown = append(shown, r.Key()+"="+value)
		default:
			shown = append(shown, "no label "+r.Key())
		}
	}
	return strings.Join(shown, ", ")
}

// An outage says why a registered webhook cannot answer.
type outage struct {
	Down       bool
	Where      string
	Have, Need string
	Why        string
	Gaps       []fact.Gap
}

// outage says whether the webhook can be seen to be unable to answer: it calls a Service without a ready
// endpoint, or its CA bundle cannot be the right one. On EKS the webhook is in the control plane and is
// served with the cluster's own CA.
func (r Registration) outage(s *snapshot.Snapshot) outage {
	config := r.Webhook.ClientConfig
	if len(config.CABundle) == 0 && (config.Service != nil || config.URL != nil && strings.Contains(*config.URL, "://127.0.0.1")) {
		return outage{Down: true, Where: r.Where() + ", clientConfig.caBundle", Have: "empty", Need: "the CA that signed the webhook's certificate",
			Why: "the API server then trusts only public CAs, so it refuses the webhook's certificate" + r.consequence()}
	}
	if service := config.Service; service != nil {
		return r.endpoints(s, service.Namespace, service.Name)
	}
	eks, ok := s.EKSCluster().Get()
	if !ok || eks.CertificateAuthority == nil || config.URL == nil || !strings.Contains(*config.URL, "://127.0.0.1") {
		return outage{}
	}
	ca, err := base64.StdEncoding.DecodeString(eks.CertificateAuthority.Data)
	if err != nil || len(ca) == 0 || haveInCommon(ca, config.CABundle) {
		return outage{}
	}
	return outage{Down: true, Where: r.Where() + ", clientConfig.caBundle", Have: "another CA than the cluster's", Need: "the cluster's CA (eks:DescribeCluster, certificateAuthority.data)",
		Why: "on EKS the webhook's certificate is of the cluster's own CA, so the API server refuses it" + r.consequence()}
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

func (r Registration) endpoints(s *snapshot.Snapshot, namespace, name string) outage {
	slices := snapshot.ListOf[*discoveryv1.EndpointSlice](s, namespace)
	list, ok := slices.Get()
	if !ok {
		g, _ := slices.Gap()
		return outage{Gaps: []fact.Gap{g}}
	}
	for _, slice := range list {
		if slice.Labels[discoveryv1.LabelServiceName] != name {
			continue
		}
		for _, endpoint := range slice.Endpoints {
			if endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready {
				return outage{}
			}
		}
	}
	return outage{Down: true, Where: "Service " + namespace + "/" + name + " of " + r.Where(), Have: "no ready endpoint", Need: "a ready endpoint",
		Why: "the API server cannot reach the webhook" + r.consequence()}
}

// consequence says what becomes of pods while the webhook cannot answer.
func (r Registration) consequence() string {
	switch {
	case r.Webhook.FailurePolicy == nil:
		return ""
	case *r.Webhook.FailurePolicy == admissionv1.Ignore:
		return " and, with failurePolicy Ignore, admits pods as they are, without an event"
	default:
		return " and, with failurePolicy Fail, creates no pods"
	}
}
