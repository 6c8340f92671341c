package evidence

import (
	"reflect"
	"sync"
	"time"
)

// A Snapshot answers questions from a document. It is never changed after [New]: a change makes a new one,
// through a [Draft].
type Snapshot struct {
	document Document
	objects  map[reflect.Type][]Object
	named    map[objectKey]Object
	roles    map[string]*Role
	naming   func() map[string][]int // see RolesNaming
	base     *Snapshot               // what a draft's snapshot shares; nil otherwise
}

type objectKey struct {
	kind            reflect.Type
	namespace, name string
}

func keyOf(object Object) objectKey {
	return objectKey{reflect.TypeOf(object), object.GetNamespace(), object.GetName()}
}

// New returns the snapshot of a document. Secrets are taken out of the document on the way in.
func New(document Document) *Snapshot {
	document.APIVersion, document.Kind = APIVersion, Kind
	s := &Snapshot{objects: map[reflect.Type][]Object{}, named: map[objectKey]Object{}}
	objects := make([]Object, 0, len(document.Kubernetes))
	for _, object := range document.Kubernetes {
		key := keyOf(object)
		if _, twice := s.named[key]; twice {
			continue
		}
		if _, ok := kindOf(object); !ok {
			continue
		}
		object = clean(object)
		objects = append(objects, object)
		s.objects[key.kind] = append(s.objects[key.kind], object)
		s.named[key] = object
	}
	document.Kubernetes = objects
	s.document = document
	s.indexRoles()
	return s
}

// clean returns an object without secrets and with its type set.
func clean(object Object) Object {
	redacted := redact(object)
	if k, ok := kindOf(object); ok {
		redacted.GetObjectKind().SetGroupVersionKind(k.gvk())
	}
	return redacted
}

func (s *Snapshot) indexRoles() {
	s.roles = map[string]*Role{}
	s.naming = sync.OnceValue(func() map[string][]int { return namedSubjects(s.document.AWS) })
	if s.document.AWS == nil {
		return
	}
	for i := range s.document.AWS.Roles {
		s.roles[s.document.AWS.Roles[i].Arn] = &s.document.AWS.Roles[i]
	}
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
		if list, ok := s.objects[kind]; ok {
			return list
		}
	}
	return nil
}

// Document returns the document that the snapshot answers from. Neither it nor what it points to may be
// changed.
func (s *Snapshot) Document() Document { return s.document }

// TakenAt is when the snapshot was taken; no check looks at a clock.
func (s *Snapshot) TakenAt() time.Time { return s.document.TakenAt }
