package render

import (
	"strings"

	"al.essio.dev/pkg/shellescape"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
)

// groups are the API groups of the kinds that a report can be about, for `-o name`.
var groups = map[string]string{
	"Deployment": "apps", "ReplicaSet": "apps", "StatefulSet": "apps", "DaemonSet": "apps",
	"Job": "batch", "CronJob": "batch",
}

// Name returns a target as `kubectl get -o name` prints it: pod/web-0, deployment.apps/web.
func Name(t check.Target) string {
	kind := strings.ToLower(t.Kind)
	if group := groups[t.Kind]; group != "" {
		kind += "." + group
	}
	return Escape(kind+"/"+t.Name, false)
}

// Argument returns a target as it is typed: pod/web-0, deployment/web.
func Argument(t check.Target) string { return strings.ToLower(t.Kind) + "/" + t.Name }

// subject returns a target as a sentence names it.
func subject(t check.Target) string {
	name := t.Name
	if t.Namespace != "" {
		name = t.Namespace + "/" + t.Name
	}
	switch t.Kind {
	case "Pod", "":
		return name
	case "ServiceAccount":
		return "service account " + name
	default:
		return strings.ToLower(t.Kind) + " " + name
	}
}

// explainCommand returns the command that explains a report; source says where its answer is from.
func explainCommand(t check.Target, source []string) string {
	command := "kubectl irsa explain " + shellescape.Quote(Argument(t))
	if t.Namespace != "" {
		command += " -n " + shellescape.Quote(t.Namespace)
	}
	for _, argument := range source {
		command += " " + shellescape.Quote(argument)
	}
	return command
}
