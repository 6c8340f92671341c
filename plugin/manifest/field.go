package manifest

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	yamlv3 "go.yaml.in/yaml/v3"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/document"
)

// A source is where an object is written.
type source struct {
	nodes func() *yamlv3.Node // of the whole document
	line  int                 // of the document's first line in its file
	items []int               // the places in the lists that hold the object
}

func newSource(d document.Document) source {
	return source{line: d.From, nodes: sync.OnceValue(d.Nodes)}
}

// item is the source of an item of the list that is written there.
func (s source) item(i int) source {
	s.items = append(slices.Clone(s.items), i)
	return s
}

// An objectKey is how an object is looked up.
type objectKey struct{ kind, namespace, name string }

// Index prepares the manifests for many calls of Field, which may then be made at the same time. Nothing may be added after it.
func (m *Manifests) Index() {
	m.index = sync.OnceValue(func() map[objectKey]int {
		index := make(map[objectKey]int, len(m.sources))
		for i := range m.sources {
			object := m.Objects[i]
			name := cmp.Or(object.GetName(), strings.TrimSuffix(object.GetGenerateName(), "-"))
			key := objectKey{object.GetObjectKind().GroupVersionKind().Kind, object.GetNamespace(), name}
			if _, twice := index[key]; !twice {
				index[key] = i
			}
		}
		return index
	})
}

// Field returns where a field of an object is written, or else the nearest thing around it that is. Path holds the keys of
// mappings, and for an entry of a list its name in brackets. ok is false where the object is not among the manifests.
func (m *Manifests) Field(kind, namespace, name string, path ...string) (place Place, ok bool) {
	if m.index == nil {
		return Place{}, false
	}
	i, ok := m.index()[objectKey{kind, namespace, name}]
	if !ok {
		return Place{}, false
	}
	place = m.places[i]
	if line := m.sources[i].lineOf(path); line > 0 {
		place.Line = line
	}
	return place, true
}

// lineOf returns the line of a field, or of what is nearest to it; 0 if the text cannot be read.
func (s source) lineOf(path []string) int {
	node := s.nodes()
	for _, i := range s.items {
		_, items := valueOf(node, "items")
		if items == nil || i >= len(items.Content) {
			return 0
		}
		node = items.Content[i]
	}
	if node.Line == 0 {
		return 0
	}
	line := node.Line
	for i, key := range path {
		at, value := valueOf(node, key)
		if init, there := valueOf(node, "initContainers"); key == "containers" && there != nil && i+1 < len(path) && !holds(value, path[i+1]) {
			at, value = init, there
		}
		if value == nil {
			break
		}
		line, node = at.Line, value
	}
	return line + s.line - 1
}

// holds reports whether a list has an entry.
func holds(list *yamlv3.Node, entry string) bool {
	if list == nil {
		return false
	}
	_, value := valueOf(list, entry)
	return value != nil
}

// valueOf returns the value of a key in a mapping, or the entry of that name in a list, and the node that stands for its place;
// nil where there is none.
func valueOf(node *yamlv3.Node, key string) (at, value *yamlv3.Node) {
	if node.Kind == yamlv3.AliasNode {
		node = node.Alias
	}
	switch {
	case node.Kind == yamlv3.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == key {
				return node.Content[i], node.Content[i+1]
			}
		}
	case node.Kind == yamlv3.SequenceNode && strings.HasPrefix(key, "["):
		for _, entry := range node.Content {
			if _, name := valueOf(entry, "name"); name != nil && "["+name.Value+"]" == key {
				return entry, entry
			}
		}
	}
	return nil, nil
}
