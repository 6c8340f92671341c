// Package subject derives what follows about one pod from a snapshot: how it is meant to get a role, what each container
// offers its SDK and gets, and what STS or the Pod Identity agent can be expected to answer. It is built in stages, each of
// which adds to the one before: seen, intended, equipped, and the subject itself.
//
// What is wrong is a cause, with its data. Which code reports it, and in which words, is for package check.
package subject

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// Options are what is assumed about a pod in addition to what was read.
type Options struct {
	// SDKs are the SDKs that the images use; none means that this is unknown.
	SDKs []sdk.Name
	// ExpectRole is the ARN of the role that the pod should have; empty if nobody expects one.
	ExpectRole string
}

// Seen is the first stage: what was read about a pod, its service account, its node and its cluster.
type Seen struct {
	Snapshot *snapshot.Snapshot
	Options  Options
	Pod      *corev1.Pod
	// Predicted says that the pod does not exist: it is what the webhook would make of a manifest.
	Predicted bool

	AccountName   string // of the service account
	Account       fact.Fact[*corev1.ServiceAccount]
	Binding       inject.Binding // what the webhook holds about the service account
	Associations  fact.Fact[[]snapshot.PodIdentityAssociation]
	Registrations fact.Fact[[]Registration]
	Refusal       fact.Fact[Refusal] // of new pods of the workload
	Issuer        fact.Fact[string]
	IssuerFault   IssuerFault
	Node          NodePicture

	Settings inject.Settings
	// Manifest is what the workload's template has of the containers, by name; nil where that is unknown.
	Manifest map[string]*corev1.Container
	Reading  inject.Reading

	statuses map[string]corev1.ContainerStatus // of the containers, by name
}

// Intended is the second stage: how the pod is meant to get its role, and why nothing binds it or was injected.
type Intended struct {
	*Seen
	Intent      Intent
	Unbound     Unbound
	NotInjected NotInjected
}

// Equipped is the third stage: what every container offers its SDK, and by which mechanism it should get a role.
type Equipped struct {
	*Intended
	Containers []*Container
}

// A Subject is one pod with all that follows from what was read: the last stage, in which the roles are judged and every
// container has what it gets. Checks change nothing that another check could see.
type Subject struct {
	*Equipped
	// Roles are the roles that containers should get with their web identity.
	Roles []*RoleJudgement
	// PodIdentity judges the association's role; nil where nothing uses Pod Identity.
	PodIdentity *PodIdentityJudgement
	// UnnamedRoles say for which containers the ARN of the role that they should get is unknown.
	UnnamedRoles []fact.Gap

	call call
	// judgements are those of all roles that a container asks for, whether or not it should get them.
	judgements []*RoleJudgement
}

// New derives everything that follows from a snapshot about a pod, stage by stage.
func New(s *snapshot.Snapshot, pod *corev1.Pod, predicted bool, o Options) *Subject {
	seen := seen(s, pod, predicted, o)
	subject := roles(containers(intent(seen, seen.intent())))
	if kept, ok := subject.keptIntent(); ok {
		return roles(containers(intent(seen, kept)))
	}
	return subject
}

func seen(s *snapshot.Snapshot, pod *corev1.Pod, predicted bool, o Options) *Seen {
	account := workload.ServiceAccountName(pod)
	subject := &Seen{
		Snapshot: s, Options: o, Pod: pod, Predicted: predicted,
		AccountName:   account,
		Account:       s.ServiceAccount(pod.Namespace, account),
		Associations:  associations(s, pod.Namespace, account),
		Registrations: registrations(s),
		Issuer:        s.Issuer(),
		IssuerFault:   issuerFault(s),
		Node:          nodePicture(s, pod),
		Settings:      settings(s, pod),
	}
	sa, _ := subject.Account.Get()
	subject.Binding = subject.Settings.Binding(sa, pod.Namespace, account)
	subject.Refusal = subject.refusal()
	subject.statuses = statusesOf(pod)
	subject.Manifest = subject.manifest()
	subject.Reading = subject.withRootsTokens(inject.Read(pod, subject.Settings.AnnotationPrefix))
	return subject
}

// settings are those of the webhook, which has another address of the Pod Identity agent in IPv6 clusters. A pod shows of which
// kind its cluster is by what was injected into it, and by its own address.
func settings(s *snapshot.Snapshot, pod *corev1.Pod) inject.Settings {
	of := inject.EKS(s.Cluster().Region)
	injected := slices.ContainsFunc(inject.ContainersOf(pod), func(c *corev1.Container) bool {
		return slices.ContainsFunc(c.Env, func(v corev1.EnvVar) bool { return v.Name == FullURI && v.Value == inject.PodIdentityURIv6 })
	})
	if injected || strings.Contains(pod.Status.PodIP, ":") {
		of.ContainerURI = inject.PodIdentityURIv6
	}
	return of
}

func intent(s *Seen, i Intent) *Intended {
	intended := &Intended{Seen: s, Intent: i}
	intended.Unbound = intended.unbound()
	intended.NotInjected = intended.notInjected()
	return intended
}

func containers(s *Intended) *Equipped {
	return &Equipped{Intended: s, Containers: s.containers()}
}

// roles ends what the containers were built for: the agent's answer decides what a container gets, and the role that its
// variables name is one that it may be assigned.
func roles(e *Equipped) *Subject {
	s := &Subject{Equipped: e, call: e.callOf()}
	s.judgePodIdentity()
	s.resolve()
	s.assignRoles()
	return s
}

// associations answers with the associations of a service account. Only EKS has them: a cluster with its
// own issuer has none.
func associations(s *snapshot.Snapshot, namespace, account string) fact.Fact[[]snapshot.PodIdentityAssociation] {
	f := s.Associations(namespace, account)
	if issuer, ok := s.Issuer().Get(); ok && !f.Known() && !snapshot.IsEKSIssuer(issuer) {
		return fact.Known([]snapshot.PodIdentityAssociation{}, s.Issuer().Source())
	}
	return f
}

// TokenSubject returns the `sub` that the pod's tokens carry.
func (s *Seen) TokenSubject() string {
	return trust.Subject{Namespace: s.Pod.Namespace, Name: s.AccountName}.String()
}
