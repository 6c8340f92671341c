package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// refusesAgent returns the SDKs that certainly do not accept the address of the Pod Identity agent that the container has.
func refusesAgent(s *subject.Subject, c *subject.Container) []sdk.Name {
	if c.Environment.Container == sdk.None {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.SDKs()), func(name sdk.Name) bool {
		accepted, known := c.Environment.Agent.Accepted(name)
		return accepted || !known
	})
}

// agentRefused returns which SDKs do not accept the agent's address, and on what that depends.
func agentRefused(c *subject.Container, names []sdk.Name) string {
	do := " do"
	if len(names) == 1 {
		do = " does"
	}
	text := joinNames(names) + do + " not accept " + c.Variables.Get(subject.FullURI).Value
	if slices.ContainsFunc(names, isJava) {
		text += " (Java accepts the address of " + subject.MetadataMode + ", which is IPv4 by default)"
	}
	return text
}

// acceptAgent is the setting with which Java accepts the agent's address; empty where no setting is needed.
func acceptAgent(c *subject.Container) string {
	if a := c.Environment.Agent; a.Family == sdk.IPv6 && a.Mode == sdk.IPv4 {
		return subject.MetadataMode + "=" + string(sdk.IPv6)
	}
	return ""
}

func isJava(name sdk.Name) bool { return name.SDK() == sdk.JavaV2 || name.SDK() == sdk.JavaV1 }
