package subject

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A Refusal is that the API server refuses the pods of a workload, as its controller recorded it.
type Refusal struct {
	Workload workload.Owner
	// Recorded is where: the object, with the condition or the Event.
	Recorded string
	Message  string
	At       time.Time
	Cause    RefusalCause
	// Named is the admission webhook, the quota or the service account that the message names.
	Named string
	// TokenPath is where the token is mounted twice, and Mounts are the template's own mounts there, each a container's name
	// with that of its volume.
	TokenPath string
	Mounts    []TemplateMount
	// Others are the other mutating webhooks that the API server calls for pods.
	Others []string
}

// A TemplateMount is a volume mount in the template of a workload.
type TemplateMount struct{ Container, Volume string }

// A RefusalCause is what refuses a pod.
type RefusalCause int

// The causes.
const (
	RefusedOtherwise       RefusalCause = iota // what the message says
	RefusedTokenTwice                          // the token's mount path or volume is there twice
	RefusedAccount                             // the service account does not exist
	RefusedIdentityWebhook                     // the pod identity webhook, which fails closed
	RefusedWebhookFails                        // another admission webhook, which cannot be called
	RefusedWebhookDenies                       // another admission webhook denies it
	RefusedQuota                               // a ResourceQuota
	RefusedPodSecurity                         // Pod Security admission
	RefusedInvalid                             // the pod is invalid
)

// refusal answers whether the API server refuses new pods of the pod's workload; absent where nothing records that. A pod that
// does not exist is judged by all that its workload's controller records, one that does by the condition alone: Events are
// searched for workloads without pods.
func (s *Seen) refusal() fact.Fact[Refusal] {
	owner := workload.OwnerOf(s.Pod)
	object, ok := s.Snapshot.Object(owner.Kind, s.Pod.Namespace, owner.Name)
	name := strings.ToLower(owner.Kind) + "/" + owner.Name
	source := "get " + name + " -n " + s.Pod.Namespace
	if !ok || workload.Wants(object) == 0 {
		return fact.Absent[Refusal](source)
	}
	if refused, ok := workload.RefusedByCondition(object); ok {
		return s.refused(owner, name+", condition ReplicaFailure", refused, source)
	}
	if !s.Predicted || workload.HasRefusalCondition(owner.Kind) {
		return fact.Absent[Refusal](source)
	}
	list := snapshot.ListOf[*corev1.Event](s.Snapshot, s.Pod.Namespace)
	events, known := list.Get()
	if !known {
		return fact.Map(list, func([]*corev1.Event) Refusal { return Refusal{} })
	}
	refused, ok := workload.RefusedByEvents(owner.Kind, s.Pod.Namespace, owner.Name, events)
	if !ok {
		return fact.Absent[Refusal](list.Source())
	}
	return s.refused(owner, name+", Event "+workload.FailedCreate, refused, list.Source())
}

func (s *Seen) refused(owner workload.Owner, recorded string, r workload.Refused, source string) fact.Fact[Refusal] {
	refusal := Refusal{Workload: owner, Recorded: recorded, Message: r.Message, At: r.At}
	s.classify(&refusal)
	account, known := s.Account.Get()
	if refusal.Cause == RefusedAccount && known && !account.CreationTimestamp.Time.Before(s.Snapshot.TakenAt()) {
		return fact.Absent[Refusal](source) // it is as new as the snapshot, and the next attempt finds it
	}
	return fact.Known(refusal, source)
}

// Refused returns why the pod does not exist, where its workload has none because the API server refuses them.
func (s *Seen) Refused() (Refusal, bool) {
	refusal, refused := s.Refusal.Get()
	return refusal, refused && s.Predicted
}

// The texts by which the API server says what refused a pod, each with the source that writes it.
var (
	// ValidateVolumeMounts in pkg/apis/core/validation/validation.go of Kubernetes.
	mountedTwice = regexp.MustCompile(`mountPath: Invalid value: "([^"]*)": must be unique`)
	// ValidateVolumes there.
	volumeTwice = regexp.MustCompile(`volumes\[\d+\]\.name: Duplicate value: "(` + inject.WebIdentityVolume + `|` + inject.PodIdentityVolume + `)"`)
	// plugin/pkg/admission/serviceaccount/admission.go
	noAccount = regexp.MustCompile(`error looking up service account [^/\s]*/([^:\s]*):`)
	// k8s.io/apiserver, pkg/util/webhook/error.go and pkg/admission/plugin/webhook/errors/statuserror.go
	webhookFails  = regexp.MustCompile(`failed calling webhook "([^"]*)"`)
	webhookDenies = regexp.MustCompile(`admission webhook "([^"]*)" denied the request`)
	// k8s.io/apiserver, pkg/admission/plugin/resourcequota/controller.go
	quota = regexp.MustCompile(`(?:exceeded|failed) quota: ([^,:\s]*)`)
	// k8s.io/pod-security-admission, admission/admission.go
	podSecurity = regexp.MustCompile(`violates PodSecurity "([^"]*)"`)
	// NewInvalid in k8s.io/apimachinery, pkg/api/errors/errors.go
	invalid = regexp.MustCompile(`Pod "[^"]*" is invalid: `)
)

// tokenPaths are where the webhook mounts its tokens, on Linux and on Windows.
var tokenPaths = []string{inject.WebIdentityMount, inject.PodIdentityMount}

// classify finds out from the message what refuses the pods.
func (s *Seen) classify(r *Refusal) {
	if twice := s.tokenTwice(r.Message); twice.TokenPath != "" || twice.Named != "" {
		r.Cause, r.TokenPath, r.Named, r.Mounts, r.Others = RefusedTokenTwice, twice.TokenPath, twice.Named, twice.Mounts, s.otherWebhooks()
		return
	}
	for _, known := range []struct {
		text  *regexp.Regexp
		cause RefusalCause
	}{
		{noAccount, RefusedAccount}, {webhookFails, RefusedWebhookFails}, {webhookDenies, RefusedWebhookDenies},
		{quota, RefusedQuota}, {podSecurity, RefusedPodSecurity}, {invalid, RefusedInvalid},
	} {
		found := known.text.FindStringSubmatch(r.Message)
		if found == nil {
			continue
		}
		r.Cause = known.cause
		if len(found) > 1 {
			r.Named = found[1]
		}
		if (r.Cause == RefusedWebhookFails || r.Cause == RefusedWebhookDenies) && s.isIdentityWebhook(r.Named) {
			r.Cause = RefusedIdentityWebhook
		}
		return
	}
}

// tokenTwice finds the token's mount path, or its volume, among what the message says is there twice.
func (s *Seen) tokenTwice(message string) (found Refusal) {
	if volume := volumeTwice.FindStringSubmatch(message); volume != nil {
		return Refusal{Named: volume[1]}
	}
	for _, place := range mountedTwice.FindAllStringSubmatch(message, -1) {
		if !slices.Contains(tokenPaths, path.Clean(Slashed(place[1]))) {
			continue
		}
		found.TokenPath = place[1]
		template, ok := s.template()
		if !ok {
			return found
		}
		for _, c := range slices.Concat(template.Spec.InitContainers, template.Spec.Containers) {
			for _, m := range c.VolumeMounts {
				if path.Clean(Slashed(m.MountPath)) == path.Clean(Slashed(found.TokenPath)) {
					found.Mounts = append(found.Mounts, TemplateMount{c.Name, m.Name})
				}
			}
		}
		return found
	}
	return found
}

func (s *Seen) isIdentityWebhook(name string) bool {
	registered, _ := s.Registrations.Get()
	return namesPodIdentityWebhook(name) || slices.ContainsFunc(registered, func(r Registration) bool { return r.Webhook.Name == name })
}

// otherWebhooks are the configurations of mutating webhooks, but that of the pod identity webhook, that are called for new pods
// of the namespace, as far as that is known.
func (s *Seen) otherWebhooks() []string {
	list, _ := s.Snapshot.MutatingWebhooks().Get()
	var names []string
	for _, configuration := range list {
		for _, webhook := range configuration.Webhooks {
			r := Registration{Configuration: configuration.Name, Webhook: webhook}
			if isPodIdentityWebhook(configuration.Name, webhook) || r.excludes(s.Snapshot, s.Pod).Cause != NotExcluded {
				continue
			}
			names = AppendNew(names, []string{configuration.Name})
		}
	}
	return names
}
