package change

import (
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

func TestVariables(t *testing.T) {
	ref := PodRef{Namespace: "shop", Name: "web-0", Owner: workload.Owner{Kind: "Deployment", Name: "web"}, Settings: inject.EKS("us-west-2")}
	alone := PodRef{Namespace: "shop", Name: "web-0", Settings: inject.EKS("us-west-2")}
	env := func(pairs ...string) []corev1.EnvVar {
		var list []corev1.EnvVar
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, corev1.EnvVar{Name: pairs[i], Value: pairs[i+1]})
		}
		return list
	}
	for _, c := range []struct {
		name    string
		change  Change
		summary string
		shell   []string
		want    []corev1.EnvVar
	}{
		{
			"set one that is there and one that is not",
			SetVariables{Pod: ref, Container: "app", Variables: []Variable{{"AWS_REGION", "eu-west-1"}, {"NO_PROXY", "localhost,169.254.170.23"}}},
			"set AWS_REGION=eu-west-1 and NO_PROXY=localhost,169.254.170.23 in container app",
			[]string{"kubectl set env deployment/web -c app AWS_REGION=eu-west-1 NO_PROXY=localhost,169.254.170.23 -n shop"},
			env("AWS_REGION", "eu-west-1", "AWS_PROFILE", "dev", "NO_PROXY", "localhost,169.254.170.23"),
		},
		{
			"set in a pod of its own",
			SetVariables{Pod: alone, Container: "app", Variables: []Variable{{"AWS_PROFILE", "prod"}}},
			"set AWS_PROFILE=prod in container app in the manifest of pod shop/web-0", nil, env("AWS_REGION", "us-west-2", "AWS_PROFILE", "prod"),
		},
		{
			"set in a container that is not there",
			SetVariables{Pod: ref, Container: "other", Variables: []Variable{{"AWS_PROFILE", "prod"}}},
			"set AWS_PROFILE=prod in container other", []string{"kubectl set env deployment/web -c other AWS_PROFILE=prod -n shop"},
			env("AWS_REGION", "us-west-2", "AWS_PROFILE", "dev"),
		},
		{
			"unset",
			UnsetVariables{Pod: ref, Container: "app", Names: []string{"AWS_PROFILE", "NOT_THERE"}},
			"remove AWS_PROFILE and NOT_THERE from container app", []string{"kubectl set env deployment/web -c app AWS_PROFILE- NOT_THERE- -n shop"},
			env("AWS_REGION", "us-west-2"),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			pod := submittedPod()
			pod.Spec.Containers[0].Env = env("AWS_REGION", "us-west-2", "AWS_PROFILE", "dev")
			if c.change.Summary() != c.summary {
				t.Errorf("summary %q, want %q", c.change.Summary(), c.summary)
			}
			if shell := nowhere.Shell([]Change{c.change}); !reflect.DeepEqual(shell, c.shell) {
				t.Errorf("commands %q, want %q", shell, c.shell)
			}
			before := snapshot.New(snapshot.Document{Kubernetes: []snapshot.Object{pod}})
			after, ok := Apply(before, []Change{c.change})
			if !ok {
				t.Fatal("it is said not to be foreseen")
			}
			changed, _ := after.Pod("shop", "web-0").Get()
			if got := changed.Spec.Containers[0].Env; !reflect.DeepEqual(got, c.want) {
				t.Errorf("env %v, want %v", got, c.want)
			}
			if same, _ := before.Pod("shop", "web-0").Get(); len(same.Spec.Containers[0].Env) != 2 {
				t.Error("the snapshot was changed")
			}
		})
	}
	gone := PodRef{Namespace: "shop", Name: "gone", Settings: inject.EKS("us-west-2")}
	if _, ok := Apply(snapshot.New(snapshot.Document{}), []Change{SetVariables{Pod: gone, Container: "app"}}); ok {
		t.Error("a pod that is not there was changed")
	}
}
