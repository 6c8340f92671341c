package check

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// Options narrow or sharpen the question.
type Options struct {
	// SDKs are the SDKs that the images use; none means that this is not known.
	SDKs []sdk.Name
	// ExpectRole is the ARN of the role that the target is to have; it turns the answer into an assertion.
	ExpectRole string
	// NoFixes leaves out how what was found is mended: to prove it takes most of the time.
	NoFixes bool
	// Bind returns the `kubectl irsa bind` command that makes the binding of a service account true, empty where there is
	// none; nil: none is offered.
	Bind func(s *snapshot.Snapshot, namespace, serviceAccount string) string
}

// A Subject is one pod with all that follows from what was seen around it. Checks read it and change
// nothing.
type Subject struct {
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
	Issuer        fact.Fact[string]
	Node          NodePicture

	Settings inject.Settings
	// Manifest is what the workload's template has of the containers, by name; nil where that is not known.
	Manifest   map[string]*corev1.Container
	Reading    inject.Reading
	Intent     Intent
	Containers []*Container
	// Roles are the roles that containers are to take with their web identity.
	Roles []*RoleJudgement
	// PodIdentity judges the association's role.
	PodIdentity *PodIdentityJudgement

	unbound     ruling    // which code speaks for a service account without a binding
	notInjected ruling    // which code speaks for a pod into which nothing was injected
	issuer      verdictOf // which code speaks for a cluster whose tokens AWS cannot take
	call        call
	// judgements are those of all roles that a container asks for, whether or not it is to have them.
	judgements []*RoleJudgement
	// unnamedRoles are the containers that are to take a role of which the ARN is not known.
	unnamedRoles []fact.Gap
}

// verdictOf is a classification that several checks share: the one code that speaks, and what it says.
type verdictOf struct {
	code    string
	outcome Outcome
}

// of returns what the classification says to one code: its outcome, or a skip that names the other.
func (v verdictOf) of(code string) Outcome {
	switch {
	case v.code == code:
		return v.outcome
	case v.code == "":
		return pass()
	case v.outcome.Result == Unknown:
		return v.outcome
	default:
		return skip(v.code)
	}
}

// An Intent is the way in which the pod is meant to get its role.
type Intent struct {
	Mechanism inject.Mechanism
	RoleARN   string
	// Association is set where the mechanism is Pod Identity and the association is known.
	Association *snapshot.PodIdentityAssociation
	// Gaps say why it is not known (Mechanism is empty then), or may be another.
	Gaps []fact.Gap
}

// NewSubject derives everything that follows from the snapshot about a pod.
func NewSubject(s *snapshot.Snapshot, pod *corev1.Pod, predicted bool, o Options) *Subject {
	account := pod.Spec.ServiceAccountName
	if account == "" {
		account = "default"
	}
	cluster := s.Cluster()
	subject := &Subject{
		Snapshot: s, Options: o, Pod: pod, Predicted: predicted,
		AccountName:   account,
		Account:       s.ServiceAccount(pod.Namespace, account),
		Associations:  associations(s, pod.Namespace, account),
		Registrations: registrations(s),
		Issuer:        s.Issuer(),
		Node:          nodePicture(s, pod),
		Settings:      inject.EKS(cluster.Region),
	}
	sa, _ := subject.Account.Get()
	subject.Binding = subject.Settings.Binding(sa, pod.Namespace, account)
	subject.Manifest = subject.manifest()
	subject.Reading = inject.Read(pod, subject.Settings.AnnotationPrefix)
	subject.markRootsTokens()
	subject.Intent = subject.intent()
	subject.issuer = subject.classifyIssuer()
	subject.unbound = subject.classifyUnbound()
	subject.Containers = subject.containers()
	subject.call = subject.callOf()
	subject.judgePodIdentity()
	subject.resolve()
	subject.assignRoles()
	subject.notInjected = subject.classifyNotInjected()
	return subject
}

// associations answers with the associations of a service account. Only EKS has them: a cluster with an
// issuer of its own has none.
func associations(s *snapshot.Snapshot, namespace, account string) fact.Fact[[]snapshot.PodIdentityAssociation] {
	f := s.Associations(namespace, account)
	if issuer, ok := s.Issuer().Get(); ok && !f.Known() && !snapshot.IsEKSIssuer(issuer) {
		return fact.Known([]snapshot.PodIdentityAssociation{}, s.Issuer().Source())
	}
	return f
}

// intent says how the pod is meant to get a role: an association beats the annotation, as in the webhook.
func (s *Subject) intent() Intent {
	list, known := s.Associations.Get()
	if len(list) > 0 {
		return Intent{Mechanism: inject.PodIdentity, RoleARN: list[0].RoleArn, Association: &list[0]}
	}
	var gaps []fact.Gap
	if g, ok := s.Associations.Gap(); ok {
		gaps = append(gaps, g)
	}
	if s.Binding.RoleARN != "" {
		return Intent{Mechanism: inject.WebIdentity, RoleARN: s.Binding.RoleARN, Gaps: gaps}
	}
	if g, ok := s.Account.Gap(); ok {
		gaps = append(gaps, g)
	}
	switch {
	case !known && s.Reading.Mechanism == inject.PodIdentity:
		return Intent{Mechanism: inject.PodIdentity, Gaps: gaps}
	case len(gaps) > 0 && s.Reading.Mechanism == inject.WebIdentity:
		return Intent{Mechanism: inject.WebIdentity, RoleARN: s.injectedRole(), Gaps: gaps}
	case len(gaps) > 0:
		return Intent{Gaps: gaps}
	case s.injectedRole() != "":
		// What it was bound to is gone since: the pod still has the role that it was made with.
		return Intent{Mechanism: inject.WebIdentity, RoleARN: s.injectedRole()}
	default:
		return Intent{Mechanism: inject.None}
	}
}

// injectedRole is the role that the webhook gave the containers.
func (s *Subject) injectedRole() string {
	for _, c := range s.Reading.Containers {
		if c.Mechanism == inject.WebIdentity && c.RoleARN != "" && !c.Has(inject.HalfSet) {
			return c.RoleARN
		}
	}
	return ""
}

// token returns the `sub` that the pod's tokens carry.
func (s *Subject) token() string {
	return trust.Subject{Namespace: s.Pod.Namespace, Name: s.AccountName}.String()
}

func (s *Subject) accountWhere() string {
	return "service account " + s.Pod.Namespace + "/" + s.AccountName
}

func (s *Subject) podWhere() string { return "pod " + s.Pod.Namespace + "/" + s.Pod.Name }
