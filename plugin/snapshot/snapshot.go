package snapshot

import (
	"reflect"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/scrub"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A Snapshot answers questions from a document. It is never changed after [New]: a change makes a new one,
// through a [Draft]. Whatever takes a look at everything is made when it is first asked for, and shared with drafts:
// most changes are tried for one answer, in snapshots of very many objects.
type Snapshot struct {
	document Document // without the Kubernetes objects, and what a draft changed of the roles: see all and aws
	aws      func() *AWS
	all      func() []Object
	ofKind   map[reflect.Type]func() []Object
	named    map[objectKey]Object
	added    []Object // by a draft
	selected labelKeys

	editedRoles map[string]*Role                         // by a draft
	rolePlaces  func() map[string]int                    // by ARN; of a draft's snapshot its base's
	naming      func() map[string][]int                  // see RolesNaming
	agents      func() map[string][]*corev1.Pod          // see Agents: by node
	grouped     func() map[workload.Target][]*corev1.Pod // see PodsOf; of a draft's snapshot its base's
	bound       func() map[objectKey][]int               // see Associations: by service account; nil in a draft's snapshot
	base        *Snapshot                                // what a draft's snapshot shares; nil otherwise
}

type objectKey struct {
	kind            reflect.Type
	namespace, name string
}

func keyOf(object Object) objectKey {
	return objectKey{reflect.TypeOf(object), object.GetNamespace(), object.GetName()}
}

// New returns the snapshot of a document. What no answer reads is left out of it: see [redact].
func New(document Document) *Snapshot {
	document.APIVersion, document.Kind = APIVersion, Kind
	s := &Snapshot{ofKind: map[reflect.Type]func() []Object{}, named: map[objectKey]Object{}, selected: selected(document.Kubernetes)}
	objects, lists := make([]Object, 0, len(document.Kubernetes)), map[reflect.Type][]Object{}
	for _, object := range document.Kubernetes {
		key := keyOf(object)
		if _, twice := s.named[key]; twice {
			continue
		}
		if _, ok := kindOf(object); !ok {
			continue
		}
		object = clean(object, s.selected)
		objects = append(objects, object)
		lists[key.kind] = append(lists[key.kind], object)
		s.named[key] = object
	}
	for kind, list := range lists {
		s.ofKind[kind] = func() []Object { return list }
	}
	document.Kubernetes, document.Unreadable = nil, withoutSecrets(document.Unreadable)
	document.AWS = keptAWS(document.AWS)
	document.Cluster.Server = withoutQuery(withoutUserInfo(document.Cluster.Server))
	s.document = document
	s.all = func() []Object { return objects }
	s.aws = func() *AWS { return document.AWS }
	s.rolePlaces = sync.OnceValue(func() map[string]int { return rolePlaces(s.document.AWS) })
	s.naming = sync.OnceValue(func() map[string][]int { return namedSubjects(s.document.AWS) })
	s.agents = sync.OnceValue(s.agentsByNode)
	s.grouped = sync.OnceValue(s.podsByWorkload)
	s.bound = sync.OnceValue(func() map[objectKey][]int { return boundAccounts(s.document.AWS) })
	return s
}

// clean returns what is kept of an object, with its type set.
func clean(object Object, read labelKeys) Object {
	redacted := redact(object, read)
	if k, ok := kindOf(object); ok {
		redacted.GetObjectKind().SetGroupVersionKind(k.gvk())
	}
	return redacted
}

// withoutSecrets returns what could not be read with errors that have no secrets: those of a file may be as a server wrote them.
func withoutSecrets(unreadable []Missing) []Missing {
	unreadable = slices.Clone(unreadable)
	for i, m := range unreadable {
		unreadable[i].Error = scrub.Text(m.Error)
	}
	return unreadable
}

// byName returns an object of the snapshot.
func (s *Snapshot) byName(key objectKey) (Object, bool) {
	for ; s != nil; s = s.base {
		if object, ok := s.named[key]; ok {
			return object, true
		}
	}
	return nil, false
}

// ofType returns the objects of a type, in the snapshot's order.
func (s *Snapshot) ofType(kind reflect.Type) []Object {
	for ; s != nil; s = s.base {
		if list, ok := s.ofKind[kind]; ok {
			return list()
		}
	}
	return nil
}

// Document returns the document that the snapshot answers from. Neither it nor what it points to may be
// changed.
func (s *Snapshot) Document() Document {
	document := s.document
	document.Kubernetes, document.AWS = s.all(), s.AWS()
	return document
}

// AWS returns the part of the document that is about AWS, nil if it has none. It may not be changed.
func (s *Snapshot) AWS() *AWS { return s.aws() }

// TakenAt is when the snapshot was taken; no check looks at a clock.
func (s *Snapshot) TakenAt() time.Time { return s.document.TakenAt }
