package snapshot

import (
	"reflect"
	"slices"
	"sync"
)

// A Draft is a snapshot under change: what would be seen if something were done. It shares with the
// snapshot whatever is not changed, so that trying a change costs little.
type Draft struct {
	// Document is the draft's document but for its Kubernetes objects, which Edit and Put change. What it lists may be
	// replaced and added to; what is in a list is the snapshot's, and changed through EditRole and EditProvider.
	Document
	base    *Snapshot
	changed map[objectKey]Object
	added   []Object
	roles   map[string]*Role // those that EditRole gave out, by ARN; there may be thousands beside them
}

// Draft begins a change. The snapshot stays as it is.
func (s *Snapshot) Draft() *Draft {
	d := &Draft{Document: s.document, base: s, changed: map[objectKey]Object{}, roles: map[string]*Role{}}
	d.Unreadable, d.NotAsked, d.NotFound = slices.Clone(d.Unreadable), slices.Clone(d.NotAsked), slices.Clone(d.NotFound)
	if s.AWS() != nil {
		aws := *s.AWS()
		aws.Roles = slices.Clip(aws.Roles)
		aws.OpenIDConnectProviders = slices.Clip(aws.OpenIDConnectProviders)
		aws.PodIdentityAssociations = slices.Clip(aws.PodIdentityAssociations)
		d.AWS = &aws
	}
	return d
}

// Edit returns an object of the draft, which may be changed in place; ok is false if there is none.
func Edit[T Object](d *Draft, namespace, name string) (object T, ok bool) {
	found, ok := d.edit(objectKey{reflect.TypeFor[T](), namespace, name})
	if !ok {
		return object, false
	}
	return found.(T), true
}

// EditObject is Edit for an object of a kind, as in its own field kind.
func (d *Draft) EditObject(kindName, namespace, name string) (object Object, ok bool) {
	for _, k := range kinds {
		if k.name == kindName {
			return d.edit(objectKey{reflect.TypeOf(k.prototype), namespace, name})
		}
	}
	return nil, false
}

func (d *Draft) edit(key objectKey) (object Object, ok bool) {
	if changed, ok := d.changed[key]; ok {
		return changed, true
	}
	found, ok := d.base.byName(key)
	if !ok {
		return nil, false
	}
	object = found.DeepCopyObject().(Object)
	d.changed[key] = object
	return object, true
}

// EditRole returns a role of the draft, which may be changed in place, though not what it points to; ok is false if there is
// none.
func (d *Draft) EditRole(arn string) (role *Role, ok bool) {
	if role, ok := d.roles[arn]; ok || d.AWS == nil {
		return role, ok
	}
	i := slices.IndexFunc(d.AWS.Roles, func(role Role) bool { return role.Arn == arn })
	if i < 0 {
		return nil, false
	}
	copied := d.AWS.Roles[i]
	d.roles[arn] = &copied
	return &copied, true
}

// EditProvider is the same for an OIDC provider.
func (d *Draft) EditProvider(arn string) (provider *OpenIDConnectProvider, ok bool) {
	if d.AWS == nil {
		return nil, false
	}
	i := slices.IndexFunc(d.AWS.OpenIDConnectProviders, func(p OpenIDConnectProvider) bool { return p.Arn == arn })
	if i < 0 {
		return nil, false
	}
	d.AWS.OpenIDConnectProviders = slices.Clone(d.AWS.OpenIDConnectProviders)
	return &d.AWS.OpenIDConnectProviders[i], true
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
	s := &Snapshot{
		base: d.base, named: map[objectKey]Object{}, ofKind: map[reflect.Type]func() []Object{}, document: d.Document,
		rolePlaces: d.base.rolePlaces, agents: d.base.agents, grouped: d.base.grouped, editedRoles: d.roles, selected: d.base.selected,
	}
	for key, object := range d.changed {
		s.named[key] = clean(object, s.selected)
		s.ofKind[key.kind] = sync.OnceValue(func() []Object { return s.changedKind(key.kind) })
		before, _ := d.base.byName(key)
		if runsAgent(before) || runsAgent(object) {
			s.agents = sync.OnceValue(s.agentsByNode)
		}
	}
	for _, object := range d.added {
		s.added = append(s.added, s.named[keyOf(object)])
	}
	s.all = sync.OnceValue(s.changedAll)
	s.aws = sync.OnceValue(s.changedAWS)
	s.naming = sync.OnceValue(func() map[string][]int { return namedSubjects(s.AWS()) })
	return s
}

// changedAWS is the document's part about AWS with the roles that the draft changed.
func (s *Snapshot) changedAWS() *AWS {
	if len(s.editedRoles) == 0 {
		return s.document.AWS
	}
	aws := *s.document.AWS
	aws.Roles = slices.Clone(aws.Roles)
	for i := range aws.Roles {
		if role, ok := s.editedRoles[aws.Roles[i].Arn]; ok {
			aws.Roles[i] = *role
		}
	}
	return &aws
}

// changedKind are the objects of a kind of which the draft changed or added some.
func (s *Snapshot) changedKind(kind reflect.Type) []Object {
	added := slices.DeleteFunc(slices.Clone(s.added), func(object Object) bool { return reflect.TypeOf(object) != kind })
	return s.changed(slices.Concat(s.base.ofType(kind), added))
}

// changedAll are all objects, in the order of the base and then of their adding.
func (s *Snapshot) changedAll() []Object { return s.changed(slices.Concat(s.base.all(), s.added)) }

// changed puts what the draft changed in its place in a list.
func (s *Snapshot) changed(list []Object) []Object {
	for i, object := range list {
		if changed, ok := s.named[keyOf(object)]; ok {
			list[i] = changed
		}
	}
	return list
}
