package cmd

import (
	"slices"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

func TestKindNamed(t *testing.T) {
	for name, want := range map[string]string{
		"pod": "Pod", "pods": "Pod", "po": "Pod", "PODS": "Pod",
		"deploy": "Deployment", "deployments": "Deployment", "deployment.apps": "Deployment", "deployments.v1.apps": "Deployment",
		"sts": "StatefulSet", "ds": "DaemonSet", "rs": "ReplicaSet", "job": "Job", "jobs.batch": "Job", "cj": "CronJob",
		"sa": "ServiceAccount", "serviceaccounts": "ServiceAccount",
		"": "", "node": "", "web": "", "deployment.batch": "", "deployment.": "", "pod.apps": "",
	} {
		got, ok := workload.KindNamed(name)
		if !ok {
			got.Name = ""
		}
		if got.Name != want {
			t.Errorf("%q is %q, want %q", name, got.Name, want)
		}
	}
}

func TestParseTargets(t *testing.T) {
	pod := func(name string) workload.Target { return workload.Target{Kind: "Pod", Name: name} }
	for _, test := range []struct {
		args []string
		want []workload.Target
	}{
		{nil, nil},
		{[]string{"web-0"}, []workload.Target{pod("web-0")}},
		{[]string{"web-0", "web-1"}, []workload.Target{pod("web-0"), pod("web-1")}},
		{[]string{"pod", "web-0", "web-1", "web-0"}, []workload.Target{pod("web-0"), pod("web-1")}},
		{[]string{"pods"}, nil},
		{[]string{"pod", "pod"}, []workload.Target{pod("pod")}},
		{[]string{"pod/pod"}, []workload.Target{pod("pod")}},
		{[]string{"po/web-0", "web-0", "deploy/web", "sa/web"}, []workload.Target{pod("web-0"), {Kind: "Deployment", Name: "web"}, {Kind: "ServiceAccount", Name: "web"}}},
		// After a pod's name even the name of a type is a pod's.
		{[]string{"web-0", "deploy"}, []workload.Target{pod("web-0"), pod("deploy")}},
	} {
		got, err := parseTargets(test.args)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%q: got %v, %v, want %v", test.args, got, err, test.want)
		}
	}
}
