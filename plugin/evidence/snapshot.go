package evidence

import (
	"reflect"
	"time"
)

// A Snapshot answers questions from a document. It is never changed after [New]: a change makes a new one.
type Snapshot struct {
	document Document
	objects  map[reflect.Type][]Object
	byName   map[objectKey]Object
	roles    map[string]*Role
}

type objectKey struct {
	kind            reflect.Type
	namespace, name string
}

// New returns the snapshot of a document. Secrets are taken out of the document on the way in.
func New(document Document) *Snapshot {
	document.APIVersion, document.Kind = APIVersion, Kind
	s := &Snapshot{
		objects: map[reflect.Type][]Object{},
		byName:  map[objectKey]Object{},
		roles:   map[string]*Role{},
	}
	objects := make([]Object, 0, len(document.Kubernetes))
	for _, object := range document.Kubernetes {
		k, ok := kindOf(object)
		if !ok {
			continue
		}
		key := objectKey{reflect.TypeOf(object), object.GetNamespace(), object.GetName()}
		if _, twice := s.byName[key]; twice {
			continue
		}
		clean := redact(object)
		clean.GetObjectKind().SetGroupVersionKind(k.gvk())
		objects = append(objects, clean)
		s.objects[key.kind] = append(s.objects[key.kind], clean)
		s.byName[key] = clean
	}
	document.Kubernetes = objects
	s.document = document
	if document.AWS != nil {
		for i := range document.AWS.Roles {
			s.roles[document.AWS.Roles[i].Arn] = &document.AWS.Roles[i]
		}
	}
	return s
}

// Document returns the document that the snapshot answers from. Neither it nor what it points to may be
// changed.
func (s *Snapshot) Document() Document { return s.document }

// TakenAt is when the snapshot was taken; no check looks at a clock.
func (s *Snapshot) TakenAt() time.Time { return s.document.TakenAt }
