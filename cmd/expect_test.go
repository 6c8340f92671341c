package cmd

import (
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

func TestAssertion(t *testing.T) {
	const web, node = "arn:aws:iam::111122223333:role/web", "arn:aws:iam::111122223333:role/node"
	container := func(v judge.Verdict, p sdk.Provider, role string) judge.ContainerReport {
		return judge.ContainerReport{Name: "app", Type: "container", Verdict: v, Identity: judge.Identity{Provider: p, RoleArn: role}}
	}
	bySDK := container(judge.Broken, sdk.SDKDependent, "")
	bySDK.BySDK = map[sdk.Name]judge.SDKIdentity{sdk.GoV2: {Provider: sdk.WebIdentity, RoleArn: web}, sdk.JavaV2: {Provider: sdk.IMDS, RoleArn: node}}
	debugger := container(judge.NotConfigured, sdk.NoProvider, "")
	debugger.Type = "ephemeral"
	for _, test := range []struct {
		name       string
		verdict    judge.Verdict
		containers []judge.ContainerReport
		want       int
	}{
		{"the role", judge.Works, []judge.ContainerReport{container(judge.Works, sdk.WebIdentity, web)}, 0},
		{"another role", judge.Works, []judge.ContainerReport{container(judge.Works, sdk.WebIdentity, node)}, 2},
		{"one of two", judge.Works, []judge.ContainerReport{container(judge.Works, sdk.WebIdentity, web), container(judge.Works, sdk.PodIdentity, node)}, 2},
		{"a sidecar without a role", judge.Works, []judge.ContainerReport{container(judge.Works, sdk.WebIdentity, web), container(judge.NotConfigured, sdk.IMDS, node)}, 0},
		{"a debug container", judge.Works, []judge.ContainerReport{container(judge.Works, sdk.WebIdentity, web), debugger}, 0},
		{"nothing", judge.Broken, []judge.ContainerReport{container(judge.Broken, sdk.Failed, "")}, 2},
		{"static keys", judge.Broken, []judge.ContainerReport{container(judge.Broken, sdk.Static, "")}, 2},
		{"some SDKs", judge.Broken, []judge.ContainerReport{bySDK}, 2},
		{"not known", judge.Undetermined, []judge.ContainerReport{container(judge.Undetermined, sdk.Uncertain, "")}, 3},
		{"the role, perhaps", judge.Undetermined, []judge.ContainerReport{container(judge.Undetermined, sdk.WebIdentity, web)}, 3},
		{"a profile", judge.Broken, []judge.ContainerReport{container(judge.Broken, sdk.Profile, "")}, 3},
		{"the node's role, unread", judge.NotConfigured, []judge.ContainerReport{container(judge.NotConfigured, sdk.IMDS, "")}, 3},
		{"the node's role", judge.NotConfigured, []judge.ContainerReport{container(judge.NotConfigured, sdk.IMDS, node)}, 2},
		{"no containers", judge.NotConfigured, nil, 3},
		{"no and unknown", judge.Broken, []judge.ContainerReport{container(judge.Undetermined, sdk.Uncertain, ""), container(judge.Broken, sdk.Failed, "")}, 2},
	} {
		if got := assertion([]*judge.Report{{Verdict: test.verdict, Containers: test.containers}}, web); got != test.want {
			t.Errorf("%s: exit code %d, want %d", test.name, got, test.want)
		}
	}
}

func TestExitCodes(t *testing.T) {
	for verdict, want := range map[judge.Verdict]int{
		judge.Works: 0, judge.NotConfigured: 0, judge.Broken: 2, judge.Undetermined: 3, "somethingNew": 3,
	} {
		if got := exitOf(verdict); got != want {
			t.Errorf("%s: exit code %d, want %d", verdict, got, want)
		}
	}
}
