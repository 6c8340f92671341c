package judge

import (
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

func TestExpectation(t *testing.T) {
	const role, other = "arn:aws:iam::111122223333:role/web", "arn:aws:iam::111122223333:role/other"
	container := func(verdict Verdict, provider sdk.Provider, arn string) ContainerReport {
		return ContainerReport{Type: "container", Verdict: verdict, Identity: Identity{Provider: provider, RoleArn: arn}}
	}
	dependent := func(roles ...string) ContainerReport {
		c := container(Broken, sdk.SDKDependent, "")
		c.BySDK = map[sdk.Name]SDKIdentity{}
		for i, arn := range roles {
			c.BySDK[sdk.Names()[i]] = SDKIdentity{Provider: sdk.WebIdentity, RoleArn: arn}
		}
		return c
	}
	ephemeral := container(NotConfigured, sdk.NoProvider, "")
	ephemeral.Type = "ephemeral"
	for _, c := range []struct {
		name       string
		verdict    Verdict
		containers []ContainerReport
		want       Assertion
	}{
		{"the role", Works, []ContainerReport{container(Works, sdk.WebIdentity, role)}, AssertedYes},
		{"another role", Works, []ContainerReport{container(Works, sdk.WebIdentity, other)}, AssertedNo},
		{"no credentials", Broken, []ContainerReport{container(Broken, sdk.Failed, "")}, AssertedNo},
		{"access keys", Broken, []ContainerReport{container(Broken, sdk.Static, "")}, AssertedNo},
		{"a profile", Broken, []ContainerReport{container(Broken, sdk.Profile, "")}, AssertedUnknown},
		{"the node's role, not read", NotConfigured, []ContainerReport{container(NotConfigured, sdk.IMDS, "")}, AssertedUnknown},
		{"the role, if", Undetermined, []ContainerReport{container(Undetermined, sdk.WebIdentity, role)}, AssertedUnknown},
		{"another role, if", Undetermined, []ContainerReport{container(Undetermined, sdk.WebIdentity, other)}, AssertedNo},
		{"one of two", Broken, []ContainerReport{container(Works, sdk.WebIdentity, role), container(Broken, sdk.IMDS, other)}, AssertedNo},
		{"a container beside it that asks for nothing", Works, []ContainerReport{container(Works, sdk.WebIdentity, role), container(NotConfigured, sdk.NoProvider, "")}, AssertedYes},
		{"a debug container beside it", Works, []ContainerReport{container(Works, sdk.WebIdentity, role), ephemeral}, AssertedYes},
		{"every SDK", Broken, []ContainerReport{dependent(role, role)}, AssertedYes},
		{"some SDKs", Broken, []ContainerReport{dependent(role, other)}, AssertedNo},
		{"the node's role", NotConfigured, []ContainerReport{container(NotConfigured, sdk.IMDS, other)}, AssertedNo},
		{"unknown", Undetermined, []ContainerReport{container(Undetermined, sdk.Uncertain, "")}, AssertedUnknown},
		{"no and unknown", Broken, []ContainerReport{container(Undetermined, sdk.Uncertain, ""), container(Broken, sdk.Failed, "")}, AssertedNo},
		{"nothing counts", NotConfigured, []ContainerReport{ephemeral}, AssertedUnknown},
		{"no container", NotConfigured, nil, AssertedUnknown},
	} {
		r := &Report{Verdict: c.verdict, Containers: c.containers}
		if got := r.expectation(role); got == nil || got.Result != c.want || got.RoleArn != role {
			t.Errorf("%s: %+v, want %s", c.name, got, c.want)
		}
	}
	if got := (&Report{}).expectation(""); got != nil {
		t.Errorf("nothing is expected, and there is %+v", got)
	}
}
