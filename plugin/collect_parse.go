package plugin

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
)

// targetKinds are the kinds that a target can be, by the names that kubectl takes for them: resource, singular, short.
var targetKinds = map[string]string{
	"pods": "Pod", "pod": "Pod", "po": "Pod",
	"serviceaccounts": "ServiceAccount", "serviceaccount": "ServiceAccount", "sa": "ServiceAccount",
	"deployments": "Deployment", "deployment": "Deployment", "deploy": "Deployment",
	"replicasets": "ReplicaSet", "replicaset": "ReplicaSet", "rs": "ReplicaSet",
	"statefulsets": "StatefulSet", "statefulset": "StatefulSet", "sts": "StatefulSet",
	"daemonsets": "DaemonSet", "daemonset": "DaemonSet", "ds": "DaemonSet",
	"jobs": "Job", "job": "Job",
	"cronjobs": "CronJob", "cronjob": "CronJob", "cj": "CronJob",
}

// ParseTargets reads what was typed, as kubectl does: POD…, TYPE/NAME…, or TYPE NAME….
func ParseTargets(args []string, namespace string) ([]check.Target, error) {
	var targets []check.Target
	kind := "Pod"
	if len(args) > 1 && !strings.Contains(args[0], "/") {
		if typed, ok := targetKind(args[0]); ok {
			kind, args = typed, args[1:]
		}
	}
	for _, arg := range args {
		target := check.Target{Kind: kind, Namespace: namespace, Name: arg}
		if typed, name, ok := strings.Cut(arg, "/"); ok {
			known, found := targetKind(typed)
			if !found {
				return nil, fmt.Errorf("%s: pods of type %q are not known: it is one of pod, deploy, rs, sts, ds, job, cronjob, sa", arg, typed)
			}
			target.Kind, target.Name = known, name
		}
		if target.Name == "" || strings.Contains(target.Name, "/") {
			return nil, fmt.Errorf("%q: it is TYPE/NAME, or the name of a pod", arg)
		}
		targets = append(targets, target)
	}
	return targets, nil
}

// targetKind finds the kind by a name of its type, with or without version and group (deployments.apps, deployments.v1.apps).
func targetKind(typed string) (string, bool) {
	name, group, _ := strings.Cut(strings.ToLower(typed), ".")
	kind, ok := targetKinds[name]
	return kind, ok && slices.Contains([]string{"", "v1", "apps", "v1.apps", "batch", "v1.batch"}, group)
}
