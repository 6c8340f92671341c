package cmd

import (
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

func TestAssertion(t *testing.T) {
	const web, node = "arn:aws:iam::111122223333:role/web", "arn:aws:iam::111122223333:role/node"
	container := func(v check.Verdict, p sdk.Provider, role string) check.ContainerReport {
		return check.ContainerReport{Name: "app", Type: "container", Verdict: v, Identity: check.Identity{Provider: p, RoleArn: role}}
	}
	bySDK := container(check.Broken, sdk.SDKDependent, "")
	bySDK.BySDK = map[sdk.Name]check.SDKIdentity{sdk.GoV2: {Provider: sdk.WebIdentity, RoleArn: web}, sdk.JavaV2: {Provider: sdk.IMDS, RoleArn: node}}
	debugger := container(check.NotConfigured, sdk.NoProvider, "")
	debugger.Type = "ephemeral"
	for _, test := range []struct {
		name       string
		verdict    check.Verdict
		containers []check.ContainerReport
		want       int
	}{
		{"the role", check.Works, []check.ContainerReport{container(check.Works, sdk.WebIdentity, web)}, 0},
		{"another role", check.Works, []check.ContainerReport{container(check.Works, sdk.WebIdentity, node)}, 2},
		{"one of two", check.Works, []check.ContainerReport{container(check.Works, sdk.WebIdentity, web), container(check.Works, sdk.PodIdentity, node)}, 2},
		{"a sidecar without a role", check.Works, []check.ContainerReport{container(check.Works, sdk.WebIdentity, web), container(check.NotConfigured, sdk.IMDS, node)}, 0},
		{"a debug container", check.Works, []check.ContainerReport{container(check.Works, sdk.WebIdentity, web), debugger}, 0},
		{"nothing", check.Broken, []check.ContainerReport{container(check.Broken, sdk.Failed, "")}, 2},
		{"static keys", check.Broken, []check.ContainerReport{container(check.Broken, sdk.Static, "")}, 2},
		{"some SDKs", check.Broken, []check.ContainerReport{bySDK}, 2},
		{"not known", check.Undetermined, []check.ContainerReport{container(check.Undetermined, sdk.Uncertain, "")}, 3},
		{"the role, perhaps", check.Undetermined, []check.ContainerReport{container(check.Undetermined, sdk.WebIdentity, web)}, 3},
		{"a profile", check.Broken, []check.ContainerReport{container(check.Broken, sdk.Profile, "")}, 3},
		{"the node's role, unread", check.NotConfigured, []check.ContainerReport{container(check.NotConfigured, sdk.IMDS, "")}, 3},
		{"the node's role", check.NotConfigured, []check.ContainerReport{container(check.NotConfigured, sdk.IMDS, node)}, 2},
		{"no containers", check.NotConfigured, nil, 3},
		{"no and unknown", check.Broken, []check.ContainerReport{container(check.Undetermined, sdk.Uncertain, ""), container(check.Broken, sdk.Failed, "")}, 2},
	} {
		if got := assertion([]*check.Report{{Verdict: test.verdict, Containers: test.containers}}, web); got != test.want {
			t.Errorf("%s: exit code %d, want %d", test.name, got, test.want)
		}
	}
}

func TestExitCodes(t *testing.T) {
	for verdict, want := range map[check.Verdict]int{
		check.Works: 0, check.NotConfigured: 0, check.Broken: 2, check.Undetermined: 3, "somethingNew": 3,
	} {
		if got := exitOf(verdict); got != want {
			t.Errorf("%s: exit code %d, want %d", verdict, got, want)
		}
	}
}
