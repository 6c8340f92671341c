package render

import (
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

// gets says what somebody ends up with: where the credentials come from, and the role.
func gets(provider sdk.Provider, role string) string {
	words := providerWords(provider)
	if role == "" {
		return words
	}
	switch provider {
	case sdk.PodIdentity:
		return role + " through Pod Identity"
	case sdk.IMDS:
		return role + ", the node's role"
	case sdk.SDKDependent:
		return role + " through " + providerWords(sdk.WebIdentity) + " or Pod Identity"
	}
	return role + " through " + words
}

// bySDK says for each outcome which SDKs have it, in the order of a report.
func bySDK(identities map[sdk.Name]judge.SDKIdentity) []string {
	var order []string
	names := map[string][]string{}
	for _, name := range sortedSDKs(identities) {
		identity := identities[name]
		outcome := gets(identity.Provider, identity.RoleArn)
		switch {
		case identity.Error != "":
			outcome += " (" + identity.Error + ")"
		case identity.Note != "":
			outcome += " (" + identity.Note + ")"
		}
		if names[outcome] == nil {
			order = append(order, outcome)
		}
		names[outcome] = append(names[outcome], string(name))
	}
	lines := make([]string, len(order))
	for i, outcome := range order {
		lines[i] = outcome + ": " + strings.Join(names[outcome], ", ")
	}
	return lines
}

// partlyKnown reports whether what a container gets is unknown for some SDKs and known for others.
func partlyKnown(c judge.ContainerReport) bool {
	known := 0
	for _, identity := range c.BySDK {
		if identity.Provider != sdk.Uncertain {
			known++
		}
	}
	return c.Identity.Provider == sdk.Uncertain && known > 0
}

// sortedSDKs returns the keys in the order of a report, unknown ones last.
func sortedSDKs(identities map[sdk.Name]judge.SDKIdentity) []sdk.Name {
	return slices.SortedFunc(maps.Keys(identities), sdk.Compare)
}

// countedContainers returns the containers that decide a verdict: all but the ephemeral ones.
func countedContainers(r *judge.Report) []judge.ContainerReport {
	return slices.DeleteFunc(slices.Clone(r.Containers), func(c judge.ContainerReport) bool { return c.Type == "ephemeral" })
}

// containerWords names a container with its type where that is not the usual one.
func containerWords(c judge.ContainerReport) string {
	switch c.Type {
	case "init", "ephemeral":
		return c.Type + " container " + c.Name
	default:
		return "container " + c.Name
	}
}
