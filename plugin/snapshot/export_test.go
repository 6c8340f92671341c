package snapshot

import (
	"reflect"

	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// Kept is what a snapshot keeps of an object.
func Kept(object Object) Object { return clean(object, selected([]Object{object})) }

// Prototypes are empty objects of all kinds.
func Prototypes() []Object {
	var list []Object
	for _, k := range kinds {
		list = append(list, reflect.New(reflect.TypeOf(k.prototype).Elem()).Interface().(Object))
	}
	return list
}

// Whole reads a file as Read does, and leaves nothing out.
func Whole(data []byte) (*Snapshot, error) {
	text, err := yaml.YAMLToJSON(data)
	if err != nil {
		return nil, err
	}
	var f file
	if _, err := kjson.UnmarshalStrict(text, &f); err != nil {
		return nil, err
	}
	for _, raw := range f.Kubernetes {
		objects, _, err := readObjects(raw)
		if err != nil {
			return nil, err
		}
		f.Document.Kubernetes = append(f.Document.Kubernetes, objects...)
	}
	s := New(f.Document)
	lists := map[reflect.Type][]Object{}
	for _, object := range f.Document.Kubernetes {
		k, _ := kindOf(object)
		object.GetObjectKind().SetGroupVersionKind(k.gvk())
		lists[reflect.TypeOf(object)] = append(lists[reflect.TypeOf(object)], object)
		s.named[keyOf(object)] = object
	}
	for kind, list := range lists {
		s.ofKind[kind] = func() []Object { return list }
	}
	s.all = func() []Object { return f.Document.Kubernetes }
	s.document.AWS, s.document.Cluster = f.AWS, f.Cluster
	s.aws = func() *AWS { return f.AWS }
	return s, nil
}
