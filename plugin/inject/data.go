package inject

// Knowledge says what is known of an object.
type Knowledge string

const (
	Known      Knowledge = "known"
	Absent     Knowledge = "absent"
	Unreadable Knowledge = "unreadable" // also the zero value: nobody asked
)

// Data is what is known of a ConfigMap's or a Secret's data.
type Data struct {
	Knowledge Knowledge
	// Values by key; an empty value is an unknown one. A Secret's values are not looked at.
	Values map[string]string
	// Why the object could not be read.
	Why string
}

// Sources look up the ConfigMaps and Secrets of the pod's namespace by name. A nil function knows
// nothing.
type Sources struct {
	ConfigMap func(name string) Data
	Secret    func(name string) Data
}

func configMapData(sources Sources, name string) Data {
	if sources.ConfigMap == nil {
		return Data{}
	}
	return sources.ConfigMap(name)
}

// secretData returns the Secret's keys without any value.
func secretData(sources Sources, name string) Data {
	if sources.Secret == nil {
		return Data{}
	}
	data := sources.Secret(name)
	keys := make(map[string]string, len(data.Values))
	for key := range data.Values {
		keys[key] = ""
	}
	data.Values = keys
	return data
}

func orUnasked(why string) string {
	if why == "" {
		return "it was not read"
	}
	return why
}
