package change

import (
	"maps"
	"slices"
)

// Labels are labels to set, and keys of labels to remove.
type Labels struct {
	Set    map[string]string
	Remove []string
}

func (l Labels) summary() string {
	words := ""
	add := func(verb, what string) {
		if words != "" {
			words += " and "
		}
		words += verb + " label " + what
	}
	for _, key := range l.Remove {
		add("remove", key)
	}
	for _, key := range slices.Sorted(maps.Keys(l.Set)) {
		add("set", key+"="+l.Set[key])
	}
	return words
}

// To returns labels with the change made; what is given stays as it is.
func (l Labels) To(labels map[string]string) map[string]string {
	out := maps.Clone(labels)
	if out == nil {
		out = map[string]string{}
	}
	for _, key := range l.Remove {
		delete(out, key)
	}
	maps.Copy(out, l.Set)
	return out
}
