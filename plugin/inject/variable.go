package inject

// A Presence says whether a variable is set in a container.
type Presence string

const (
	Unset    Presence = "unset"
	Set      Presence = "set"
	MaybeSet Presence = "maybe"
)

// A Variable is what is known of one environment variable of a container.
type Variable struct {
	Presence Presence
	// Value is the value where Known is true.
	Value string
	Known bool
	// From names where the value comes from: env, or the ConfigMap, Secret or field.
	From string
	// Why says what makes the presence or the value unknown.
	Why string
}

func setTo(value, from string) Variable {
	return Variable{Presence: Set, Value: value, Known: true, From: from}
}

func setUnknown(from, why string) Variable {
	return Variable{Presence: Set, From: from, Why: why}
}

func maybeSet(from, why string) Variable {
	return Variable{Presence: MaybeSet, From: from, Why: why}
}

// or returns what is known where v may hide an earlier variable of the same name.
func (v Variable) or(earlier Variable) Variable {
	if v.Presence != MaybeSet || earlier.Presence != Set {
		return v
	}
	return setUnknown(earlier.From+" or "+v.From, v.Why)
}
