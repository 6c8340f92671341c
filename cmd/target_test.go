package cmd

import (
	"slices"
	"strings"
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
		// What is before the slash is a namespace unless it is a type.
		{[]string{"shop/web-0", "store/web-0"}, []workload.Target{{Kind: "Pod", Namespace: "shop", Name: "web-0"}, {Kind: "Pod", Namespace: "store", Name: "web-0"}}},
		{[]string{"deployment", "shop/web", "api"}, []workload.Target{{Kind: "Deployment", Namespace: "shop", Name: "web"}, {Kind: "Deployment", Name: "api"}}},
		{[]string{"deployement/web"}, []workload.Target{{Kind: "Pod", Namespace: "deployement", Name: "web"}}},
	} {
		got, err := parseTargets(test.args)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%q: got %v, %v, want %v", test.args, got, err, test.want)
		}
	}
}

func TestParseQueryRefuses(t *testing.T) {
	for _, test := range []struct {
		args      []string
		namespace string
		want      string
	}{
		{[]string{"shop/web-0"}, "store", "shop/web-0 is in namespace shop, and -n names store"},
		{[]string{"deploymnet/web"}, "shop", `unknown type "deploymnet": did you mean deployment/web?`},
		{[]string{"depoly/web"}, "shop", `unknown type "depoly": did you mean deployment/web?`},
		{[]string{"develop/web"}, "shop", "develop/web is in namespace develop, and -n names shop"},
		{[]string{"rds/web"}, "shop", "rds/web is in namespace rds, and -n names shop"},
		{[]string{"shop/deploy/web"}, "", "did you mean deploy/web -n shop?"},
		{[]string{"sts/shop/web"}, "", "did you mean statefulset/web -n shop?"},
		{[]string{"pod", "pod/web-0"}, "", "only names may follow a type"},
		{[]string{"UPPER/web-0"}, "", `unknown type "UPPER"`},
		{[]string{"shop/"}, "", "the name is missing"},
		{[]string{"a/b/c"}, "", `"b/c" is not the name of a pod`},
		{[]string{"/web-0"}, "", `unknown type ""`},
	} {
		_, err := parseQuery(test.args, test.namespace, false, "")
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %q", test.args, err, test.want)
		}
	}
	if _, err := parseQuery([]string{"shop/web-0"}, "shop", false, ""); err != nil {
		t.Errorf("the same namespace twice: %v", err)
	}
}

// TestQueryIn holds that a target that is named in two ways is answered once.
func TestQueryIn(t *testing.T) {
	q, err := parseQuery([]string{"pod/web-0", "shop/web-0", "deploy/web", "store/web-0"}, "", false, "")
	if err != nil {
		t.Fatal(err)
	}
	want := []workload.Target{
		{Kind: "Pod", Namespace: "shop", Name: "web-0"}, {Kind: "Deployment", Namespace: "shop", Name: "web"}, {Kind: "Pod", Namespace: "store", Name: "web-0"},
	}
	if got := q.in("shop"); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// FuzzParseTarget: what is accepted prints as an argument that is read as the same target, and can be looked up.
func FuzzParseTarget(f *testing.F) {
	for _, arg := range []string{"web-0", "shop/web-0", "deploy/web", "deployments.v1.apps/web", "shop/deploy/web", "pod/shop/web-0", "/", "a//b", "pod/", "deploy/.."} {
		f.Add(arg)
	}
	f.Fuzz(func(t *testing.T, arg string) {
		target, err := parseTarget(arg)
		if err != nil {
			return
		}
		k, ok := workload.KindOf(target.Kind)
		if !ok || target.Name == "" || strings.ContainsAny(target.Name, "/%") || target.Namespace != "" && !isNamespace(target.Namespace) {
			t.Fatalf("%q is %+v", arg, target)
		}
		args := []string{k.Singular + "/" + target.Name}
		if target.Namespace != "" {
			args = []string{k.Singular, target.Namespace + "/" + target.Name}
		}
		if again, err := parseTargets(args); err != nil || len(again) != 1 || again[0] != target {
			t.Errorf("%q is %+v, and %q %+v, %v", arg, target, args, again, err)
		}
	})
}
