package document

import "go.yaml.in/yaml/v3"

// A member is a key of a mapping with its value.
type member struct {
	key    string
	value  *yaml.Node
	merged int // how many merge keys (<<) it comes through, which repeat it as an alias does
}

// members are the keys of a mapping in their order, and those that it merges; what is written goes before what is merged, and an
// earlier merge before a later one (https://yaml.org/type/merge.html).
func (c *converter) members(n *yaml.Node, merged int) ([]member, error) {
	var own []member
	var merges *yaml.Node
	there := keys{fold: c.path.hasFields() && merged == 0}
	for i := 0; i+1 < len(n.Content); i += 2 {
		at, value := n.Content[i], n.Content[i+1]
		key, err := c.key(at)
		if err != nil {
			return nil, err
		}
		if first, again := there.add([]byte(key), at.Line); again {
			return nil, twice(c.path, at.Value, c.line(at), c.from+first-1)
		}
		if isMerge(at) {
			merges = value
			continue
		}
		own = append(own, member{key, value, merged})
	}
	if merges == nil {
		return own, nil
	}
	return c.merge(own, &there, merges, merged+1)
}

// merge adds what the value of a merge key has.
func (c *converter) merge(own []member, there *keys, n *yaml.Node, merged int) ([]member, error) {
	if merged > mostDepth {
		return nil, tooDeep(c.line(n))
	}
	c.inAlias++
	defer func() { c.inAlias-- }()
	if err := c.count(n); err != nil {
		return nil, err
	}
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.MappingNode:
		more, err := c.members(n, merged)
		if err != nil {
			return nil, err
		}
		for _, m := range more {
			if err := c.count(m.value); err != nil {
				return nil, err
			}
			if _, again := there.add([]byte(m.key), 0); !again {
				own = append(own, m)
			}
		}
		return own, nil
	case yaml.SequenceNode:
		for _, entry := range n.Content {
			var err error
			if own, err = c.merge(own, there, entry, merged+1); err != nil {
				return nil, err
			}
		}
		return own, nil
	default:
		return nil, c.fail(n, "a merge key (<<) takes a mapping, or a list of mappings")
	}
}

// key returns a key as JSON has it: a text.
func (c *converter) key(n *yaml.Node) (string, error) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.ScalarNode {
		return "", c.fail(n, "a key is a mapping or a list: JSON has texts only")
	}
	s := scalarOf(n)
	switch {
	case s.reason != "":
		return "", c.fail(n, "a key: "+s.reason)
	case s.json == "null":
		return "", c.fail(n, "a key is null: JSON has texts only")
	case s.json != "":
		return s.json, nil
	default:
		return s.text, nil
	}
}

func isMerge(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!merge" }
