package render

import (
	"strings"

	"al.essio.dev/pkg/shellescape"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// Name returns a target as `kubectl get -o name` prints it: pod/web-0, deployment.apps/web.
func Name(t workload.Target) string {
	kind := strings.ToLower(t.Kind)
	if k, _ := workload.KindOf(t.Kind); k.Group != "" {
		kind += "." + k.Group
	}
	return Escape(kind+"/"+t.Name, false)
}

// Argument returns a target as it is typed: pod/web-0, deployment/web.
func Argument(t workload.Target) string { return strings.ToLower(t.Kind) + "/" + t.Name }

// subject returns a target as a sentence names it.
func subject(t workload.Target) string {
	name := t.Name
	if t.Namespace != "" {
		name = t.Namespace + "/" + t.Name
	}
	switch t.Kind {
	case "":
		return "pod " + name
	case "ServiceAccount":
		return "service account " + name
	default:
		return strings.ToLower(t.Kind) + " " + name
	}
}

// explainCommand returns the command that explains a report; source says where its answer is from.
func explainCommand(t workload.Target, source []string) string {
	command := "kubectl irsa explain " + shellescape.Quote(Argument(t))
	if t.Namespace != "" {
		command += " -n " + shellescape.Quote(t.Namespace)
	}
	for _, argument := range source {
		command += " " + shellescape.Quote(argument)
	}
	return command
}
