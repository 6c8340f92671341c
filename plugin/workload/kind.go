package workload

import "strings"

// A Kind is a kind of object that can be asked about, with the names that kubectl takes for it.
type Kind struct {
	Name     string // as in an object's kind
	Singular string
	Plural   string
	Short    string // empty if there is none
	Group    string // the API group; empty for the core group
	// Restarts reports whether `kubectl rollout restart` recreates its pods.
	Restarts bool
}

// Kinds are the kinds that can be asked about.
var Kinds = []Kind{
	{"Pod", "pod", "pods", "po", "", false},
	{"Deployment", "deployment", "deployments", "deploy", "apps", true},
	{"StatefulSet", "statefulset", "statefulsets", "sts", "apps", true},
	{"DaemonSet", "daemonset", "daemonsets", "ds", "apps", true},
	{"ReplicaSet", "replicaset", "replicasets", "rs", "apps", false},
	{"Job", "job", "jobs", "", "batch", false},
	{"CronJob", "cronjob", "cronjobs", "cj", "batch", false},
	{"ServiceAccount", "serviceaccount", "serviceaccounts", "sa", "", false},
}

// KindNamed returns the kind that a type argument names: pod, pods, po, deployments.apps, deployment.v1.apps.
func KindNamed(typed string) (Kind, bool) {
	name, group, qualified := strings.Cut(strings.ToLower(typed), ".")
	for _, k := range Kinds {
		if name != k.Singular && name != k.Plural && (k.Short == "" || name != k.Short) {
			continue
		}
		return k, !qualified || group == k.Group || group == "v1."+k.Group
	}
	return Kind{}, false
}

// KindOf returns the kind by the name in an object; ok is false for one that cannot be asked about.
func KindOf(name string) (k Kind, ok bool) {
	for _, k := range Kinds {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}
