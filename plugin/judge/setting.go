package judge

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// A Setting is a variable or a file, beside what was injected, that decides which credentials an SDK gets.
type Setting struct {
	Name    string `json:"name"`              // of the variable, or the path of the file
	Value   string `json:"value,omitempty"`   // of a variable, where it is known and no secret
	From    string `json:"from,omitempty"`    // the object that it comes from, where that is not the container's own env
	Unknown string `json:"unknown,omitempty"` // why it is unknown whether it is set, or what it holds
}

// settings are those of a container.
func settings(c *subject.Container, injected *Injected) []Setting {
	var found []Setting
	open := map[string]bool{} // sources that were not read, each of which may set any variable
	for _, name := range sdk.CredentialVariables() {
		v := c.Variables.Get(name)
		if v.Presence == inject.Unset || injected != nil && injected.Env[name] != "" {
			continue
		}
		s := Setting{Name: name, From: v.From}
		if v.Presence == inject.MaybeSet {
			if open[v.From] {
				continue
			}
			open[v.From] = true
			s.Unknown = v.Why
			found = append(found, s)
			continue
		}
		switch sdk.KindOf(name) {
		case sdk.Secret:
		case sdk.KeyID:
			s.Value = v.Value
		default:
			s.Value, s.Unknown = v.Value, v.Why
		}
		found = append(found, s)
	}
	for _, f := range []inject.SharedFile{c.Credentials, c.Config} {
		if f.Presence != inject.Unset && f.Path != "" {
			found = append(found, Setting{Name: f.Path, From: f.From, Unknown: f.Why})
		}
	}
	return slices.Clip(found)
}
