package evidence

import (
	"reflect"
	"slices"
)

// A Draft is a snapshot under change: what would be seen if something were done. It shares with the
// snapshot whatever is not changed, so that trying a change costs little.
type Draft struct {
	// Document is the draft's document but for its Kubernetes objects, which Edit and Put change.
	Document
	base    *Snapshot
	changed map[objectKey]Object
	added   []Object
}

// Draft begins a change. The snapshot stays as it is.
func (s *Snapshot) Draft() *Draft {
	d := &Draft{Document: s.document, base: s, changed: map[objectKey]Object{}}
	d.Unreadable, d.NotAsked, d.NotFound = slices.Clone(d.Unreadable), slices.Clone(d.NotAsked), slices.Clone(d.NotFound)
	if d.AWS != nil {
		aws := *d.AWS
		aws.Roles = slices.Clone(aws.Roles)
		aws.OpenIDConnectProviders = slices.Clone(aws.OpenIDConnectProviders)
		aws.PodIdentityAssociations = slices.Clone(aws.PodIdentityAssociations)
		d.AWS = &aws
	}
	return d
}

// Edit returns an object of the draft, which may be changed in place; ok is false if there is none.
func Edit[T Object](d *Draft, namespace, name string) (object T, ok bool) {
	key := objectKey{reflect.TypeFor[T](), namespace, name}
	if found, ok := d.changed[key]; ok {
		return found.(T), true
	}
	found, ok := d.base.byName(key)
	if !ok {
		return object, false
	}
	object = found.DeepCopyObject().(T)
	d.changed[key] = object
	return object, true
}

// Put adds an object to the draft, or puts it in the place of the one of its kind and name.
func (d *Draft) Put(object Object) {
	key := keyOf(object)
	_, changed := d.changed[key]
	if _, there := d.base.byName(key); !there && !changed {
		d.added = append(d.added, object)
	}
	d.changed[key] = object
}

// Snapshot ends a change: the draft must not be used any more.
func (d *Draft) Snapshot() *Snapshot {
	s := &Snapshot{base: d.base, named: map[objectKey]Object{}, objects: map[reflect.Type][]Object{}, document: d.Document}
	for key, object := range d.changed {
		s.named[key] = clean(object)
	}
	s.document.Kubernetes = make([]Object, 0, len(d.base.document.Kubernetes)+len(d.added))
	for _, object := range d.base.document.Kubernetes {
		if changed, ok := s.named[keyOf(object)]; ok {
			object = changed
		}
		s.document.Kubernetes = append(s.document.Kubernetes, object)
	}
	for _, object := range d.added {
		s.document.Kubernetes = append(s.document.Kubernetes, s.named[keyOf(object)])
	}
	for key := range s.named {
		if s.objects[key.kind] == nil {
			s.objects[key.kind] = ofKind(s.document.Kubernetes, key.kind)
		}
	}
	s.indexRoles()
	return s
}

func ofKind(objects []Object, kind reflect.Type) []Object {
	var out []Object
	for _, object := range objects {
		if reflect.TypeOf(object) == kind {
			out = append(out, object)
		}
	}
	return out
}
