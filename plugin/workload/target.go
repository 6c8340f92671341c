package workload

import "strings"

// A Target names what a report is about.
type Target struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
}

// InWords is the target in a sentence about its namespace: deployment web.
func (t Target) InWords() string {
	name := strings.ToLower(t.Kind)
	if t.Kind == "ServiceAccount" {
		name = "service account"
	}
	return name + " " + t.Name
}
