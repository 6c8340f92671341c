package sdk

import (
	"slices"
	"strings"
	"testing"
)

func TestVersions(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"1.9", "1.9.0", 0}, {"1.9", "1.9.220", -1}, {"1.10", "1.9.220", 1}, {"2", "10", -1}, {"3.7.302", "3.7.302.1", -1}, {"", "0", 0},
	} {
		if got := compareVersions(c.a, c.b); got != c.want {
			t.Errorf("%q and %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
	for name, abilities := range since {
		if !slices.Contains(Names(), name) {
			t.Errorf("%s is no SDK", name)
		}
		for ability, first := range abilities {
			if !versionForm.MatchString(first) {
				t.Errorf("%s: %q is no version", name, first)
			}
			if _, lacks := (name + "@" + Name(first)).Lacks(ability); lacks {
				t.Errorf("%s lacks in %s what it has since %s", name, first, first)
			}
			if _, lacks := (name + "@0.1").Lacks(ability); !lacks {
				t.Errorf("%s has in 0.1 what it has since %s", name, first)
			}
			if _, lacks := name.Lacks(ability); lacks {
				t.Errorf("%s without a version lacks what it has since %s", name, first)
			}
		}
	}
}

// TestOld holds that a version that is too old goes on as if its source were not there, and what it says then.
func TestOld(t *testing.T) {
	for _, c := range []struct {
		name   Name
		change func(*Environment)
		want   Provider
		text   string // of error or note
	}{
		{"python@1.9", func(e *Environment) { e.WebIdentity, e.IMDS = OK, Reachable }, IMDS, "older than web identity, which is in 1.9.220"},
		{"python@1.9", func(e *Environment) { e.WebIdentity = FileOnly }, NoProvider, "no other source"},
		{"python@1.9.220", func(e *Environment) { e.WebIdentity, e.IMDS = OK, Reachable }, WebIdentity, ""},
		{"python@1.34.40", func(e *Environment) { e.Container, e.Agent.Family = OK, IPv4 }, Failed, "older than EKS Pod Identity"},
		{"python@1.34.40", func(e *Environment) { e.Container = OK }, PodIdentity, ""}, // not the agent's address
		{"java-v2@2.21.29", func(e *Environment) { e.Container, e.Agent, e.IMDS = OK, Agent{IPv4, IPv4}, Reachable }, IMDS, ""},
		{"dotnet@3.7.400", func(e *Environment) { e.Static, e.WebIdentity = Full, OK }, WebIdentity, ""},
		{"dotnet@4.0.1", func(e *Environment) { e.Static, e.WebIdentity = Full, OK }, Static, ""},
		{"dotnet@5", func(e *Environment) { e.Static, e.WebIdentity = Full, OK }, SDKDependent, "version 3"},
		{"cpp@1.11.500", func(e *Environment) { e.Container, e.Agent = OK, Agent{IPv6, IPv4} }, Uncertain, "Pod Identity or an error"},
	} {
		o := Evaluate(quiet(c.change), c.name)[0]
		if o.Provider != c.want || !strings.Contains(o.Error+o.Note, c.text) {
			t.Errorf("%s: %s (%s%s), want %s (%s)", c.name, o.Provider, o.Error, o.Note, c.want, c.text)
		}
	}
}

func TestAgentAccepted(t *testing.T) {
	for _, c := range []struct {
		agent   Agent
		refused []Name
	}{
		{Agent{IPv4, IPv4}, nil},
		{Agent{IPv6, IPv4}, []Name{JavaV2, JavaV1, JSV2}},
		{Agent{IPv6, IPv6}, []Name{JSV2}},
		{Agent{IPv4, IPv6}, []Name{JavaV2, JavaV1}},
		{Agent{}, nil},
	} {
		var refused []Name
		for _, name := range Names() {
			if accepted, known := c.agent.Accepted(name); known && !accepted {
				refused = append(refused, name)
			}
		}
		if !slices.Equal(refused, c.refused) {
			t.Errorf("%v: refused by %v, want %v", c.agent, refused, c.refused)
		}
	}
}

func TestOtherPartition(t *testing.T) {
	e := func(s STS) Environment {
		return quiet(func(e *Environment) { e.WebIdentity, e.STS = OK, s })
	}
	for _, c := range []struct {
		what string
		sts  STS
		want map[Provider][]Name
	}{
		{"one partition", STS{Role: "aws", Region: "aws", DefaultRegion: "aws"}, map[Provider][]Name{WebIdentity: Names()}},
		{"unknown", STS{Role: "aws", Region: UnknownPartition, DefaultRegion: "aws-cn"}, map[Provider][]Name{
			Failed: {Python}, NoProvider: {Cpp}, WebIdentity: without(Names(), Python, Cpp),
		}},
		{"the endpoint of another", STS{Role: "aws", Region: "aws", DefaultRegion: "aws", Endpoint: "aws-cn"}, map[Provider][]Name{
			WebIdentity: {GoV1, JavaV1, JSV2}, Failed: {GoV2, Python, JSV3, DotNet, Ruby, Rust}, NoProvider: {JavaV2, PHP, Cpp, Kotlin, Swift},
		}},
	} {
		for provider, names := range c.want {
			for _, o := range Evaluate(e(c.sts), names...) {
				if o.Provider != provider {
					t.Errorf("%s, %s: %s, want %s", c.what, o.SDK, o.Provider, provider)
				}
			}
		}
	}
}

func TestParseVersions(t *testing.T) {
	got, err := ParseNames("ruby, python@v1.34.41,python, python@1.9,python@1.9")
	if want := []Name{Python, "python@1.9", "python@1.34.41", Ruby}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	for _, list := range []string{"python@", "python@latest", "python@1.", "python@1.2.3.4.5.6", "perl@1.0", "@1", "python@1@2", "python@99999999999"} {
		if got, err := ParseNames(list); err == nil {
			t.Errorf("%q: %v, want an error", list, got)
		}
	}
}
