package sdk

import (
	"slices"
	"testing"
)

// quiet is a container that offers nothing, on a node whose role is out of reach.
func quiet(change func(*Environment)) Environment {
	e := Environment{Static: None, WebIdentity: None, Container: None, Profile: None, IMDS: Unreachable, Region: RegionSet}
	change(&e)
	return e
}

func TestChains(t *testing.T) {
	silent := []Name{JavaV2, JavaV1, JSV2, PHP, Cpp, Kotlin, Swift}
	raising := []Name{GoV2, GoV1, Python, JSV3, DotNet, Ruby, Rust}
	profileFirst := []Name{JSV3, JSV2, Cpp, Rust, Swift}
	// container credentials and IMDS are two links of their own
	separate := []Name{JavaV2, JSV2, Kotlin, Swift}

	for _, c := range []struct {
		what   string // with its source: the facts are the SDKs' own code and guides
		change func(*Environment)
		want   map[Provider][]Name
	}{
		{
			"nothing but the node: every chain ends at IMDS",
			func(e *Environment) { e.IMDS = Reachable },
			map[Provider][]Name{IMDS: Names()},
		},
		{
			"nothing at all",
			func(e *Environment) {},
			map[Provider][]Name{NoProvider: Names()},
		},
		{
			"a node without a role",
			func(e *Environment) { e.IMDS = NoRole },
			map[Provider][]Name{NoProvider: Names()},
		},
		{
			"IRSA that works: no SDK asks anything else before it",
			func(e *Environment) { e.WebIdentity, e.IMDS = OK, Reachable },
			map[Provider][]Name{WebIdentity: Names()},
		},
		{
			"Pod Identity that works",
			func(e *Environment) { e.Container, e.IMDS = OK, Reachable },
			map[Provider][]Name{PodIdentity: Names()},
		},
		{
			"STS refuses and the node's role is in reach: the silent SDKs take it (each SDK's chain source)",
			func(e *Environment) { e.WebIdentity, e.IMDS = Denied, Reachable },
			map[Provider][]Name{IMDS: silent, Failed: raising},
		},
		{
			"STS refuses and there is nothing else",
			func(e *Environment) { e.WebIdentity = Denied },
			map[Provider][]Name{NoProvider: silent, Failed: raising},
		},
		{
			"the token file is not there: the same (botocore FileNotFoundError, JS v3 ENOENT, Go v2 at retrieval)",
			func(e *Environment) { e.WebIdentity, e.IMDS = FileMissing, Reachable },
			map[Provider][]Name{IMDS: silent, Failed: raising},
		},
		{
			"a malformed ARN is refused by STS",
			func(e *Environment) { e.WebIdentity, e.IMDS = MalformedARN, Reachable },
			map[Provider][]Name{IMDS: silent, Failed: raising},
		},
		{
			"white space around the ARN: Java v2 trims it (WebIdentityTokenFileCredentialsProvider)",
			func(e *Environment) { e.WebIdentity, e.IMDS = PaddedARN, Reachable },
			map[Provider][]Name{WebIdentity: {JavaV2}, IMDS: {JavaV1, JSV2, PHP, Cpp, Kotlin, Swift}, Failed: raising},
		},
		{
			"the file without the role: Go, botocore and Rust decide by the file, .NET and Ruby want both, JS v3 passes",
			func(e *Environment) { e.WebIdentity, e.IMDS = FileOnly, Reachable },
			map[Provider][]Name{
				Failed: {GoV2, GoV1, Python, Rust},
				IMDS:   {JavaV2, JavaV1, JSV3, JSV2, DotNet, Ruby, PHP, Cpp, Kotlin, Swift},
			},
		},
		{
			"the role without the file: nobody decides by the role",
			func(e *Environment) { e.WebIdentity, e.IMDS = RoleOnly, Reachable },
			map[Provider][]Name{IMDS: Names()},
		},
		{
			"static keys beat IRSA everywhere but in .NET 3 (FallbackCredentialsFactory)",
			func(e *Environment) { e.Static, e.WebIdentity = Full, OK },
			map[Provider][]Name{Static: without(Names(), DotNet), SDKDependent: {DotNet}},
		},
		{
			"static keys beat Pod Identity everywhere",
			func(e *Environment) { e.Static, e.Container = Full, OK },
			map[Provider][]Name{Static: Names()},
		},
		{
			"half a pair of keys: botocore's PartialCredentialsError, the others pass",
			func(e *Environment) { e.Static, e.WebIdentity = IDOnly, OK },
			map[Provider][]Name{WebIdentity: without(Names(), Python), Failed: {Python}},
		},
		{
			"a shared credentials file beats IRSA where the profile comes first",
			func(e *Environment) { e.Profile, e.WebIdentity = DefaultFile, OK },
			map[Provider][]Name{Profile: profileFirst, WebIdentity: without(Names(), profileFirst...)},
		},
		{
			"a shared credentials file beats Pod Identity everywhere",
			func(e *Environment) { e.Profile, e.Container = DefaultFile, OK },
			map[Provider][]Name{Profile: Names()},
		},
		{
			"of the profiles botocore puts only one that assumes a role before web identity",
			func(e *Environment) { e.Profile, e.WebIdentity = DefaultAssumeRole, OK },
			map[Provider][]Name{
				Profile:     append([]Name{Python}, profileFirst...),
				WebIdentity: {GoV2, GoV1, JavaV2, JavaV1, DotNet, Ruby, PHP, Kotlin},
			},
		},
		{
			"AWS_PROFILE makes JS v3 pass the keys over (credential-provider-node); .NET 3 asks the profile before the keys",
			func(e *Environment) { e.Static, e.Profile = Full, Named },
			map[Provider][]Name{Static: without(Names(), JSV3, DotNet), Profile: {JSV3}, SDKDependent: {DotNet}},
		},
		{
			"a profile that does not exist: Go v2 and botocore fail at once, .NET 4 at the profile, Rust if any profile is defined",
			func(e *Environment) { e.Profile, e.IMDS = NamedMissing, Reachable },
			map[Provider][]Name{
				Failed: {GoV2, Python}, SDKDependent: {DotNet}, Uncertain: {Rust},
				IMDS: without(Names(), GoV2, Python, DotNet, Rust),
			},
		},
		{
			"a profile that says nothing about credentials changes nothing",
			func(e *Environment) { e.Profile, e.WebIdentity = NamedEmpty, OK },
			map[Provider][]Name{WebIdentity: Names()},
		},
		{
			"a profile with a web identity: botocore asks the variables first (AssumeRoleWithWebIdentityProvider)",
			func(e *Environment) { e.Profile, e.ProfileToken, e.WebIdentity = DefaultWebIdentity, OK, OK },
			map[Provider][]Name{Profile: profileFirst, WebIdentity: without(Names(), profileFirst...)},
		},
		{
			"a profile with a web identity that STS refuses, beside Pod Identity",
			func(e *Environment) { e.Profile, e.ProfileToken, e.Container = DefaultWebIdentity, Denied, OK },
			map[Provider][]Name{Failed: raising, PodIdentity: silent},
		},
		{
			"credential_source = Environment without keys: JS v3's fromEnv lets the chain go on, botocore and Rust stop",
			func(e *Environment) { e.Profile, e.WebIdentity = NamedNoKeys, OK },
			map[Provider][]Name{Failed: {Python, Rust}, WebIdentity: without(Names(), Python, Rust)},
		},
		{
			"a source_profile that leads nowhere: Go v2 does not load such a configuration (setFromIniSections)",
			func(e *Environment) { e.Profile, e.WebIdentity = DefaultDangling, OK },
			map[Provider][]Name{Failed: {GoV2, Python, Rust}, WebIdentity: without(Names(), GoV2, Python, Rust)},
		},
		{
			"a file that does not parse is an error of botocore before all else",
			func(e *Environment) { e.Profile, e.Static = FilesInvalid, Full },
			map[Provider][]Name{Failed: {Python}, Static: without(Names(), Python)},
		},
		{
			"a profile that leans on IMDS, in reach",
			func(e *Environment) { e.Profile, e.IMDS = NamedIMDS, Reachable },
			map[Provider][]Name{Profile: Names()},
		},
		{
			"a profile that leans on IMDS, out of reach",
			func(e *Environment) { e.Profile = DefaultIMDS },
			map[Provider][]Name{NoProvider: silent, Failed: raising},
		},
		{
			"the agent refuses: only where containers and IMDS are separate links is IMDS asked",
			func(e *Environment) { e.Container, e.IMDS = Denied, Reachable },
			map[Provider][]Name{IMDS: separate, Failed: without(Names(), separate...)},
		},
		{
			"both kinds of variables: web identity first in all but JS v2 (node_loader.js)",
			func(e *Environment) { e.Container, e.WebIdentity = OK, OK },
			map[Provider][]Name{WebIdentity: without(Names(), JSV2), PodIdentity: {JSV2}},
		},
		{
			"both kinds, STS refuses: the silent SDKs take the agent's",
			func(e *Environment) { e.Container, e.WebIdentity = OK, Denied },
			map[Provider][]Name{PodIdentity: silent, Failed: raising},
		},
	} {
		t.Run(c.what, func(t *testing.T) {
			want := make(map[Name]Provider)
			for provider, names := range c.want {
				for _, name := range names {
					want[name] = provider
				}
			}
			for _, o := range Evaluate(quiet(c.change), Names()...) {
				if o.Provider != want[o.SDK] {
					t.Errorf("%s: %s (%s%s), want %s", o.SDK, o.Provider, o.Error, o.Note, want[o.SDK])
				}
				if broken := o.Provider == Failed || o.Provider == NoProvider; broken != (o.Error != "") {
					t.Errorf("%s: %s with error %q", o.SDK, o.Provider, o.Error)
				}
			}
		})
	}
}

func without(names []Name, less ...Name) []Name {
	return slices.DeleteFunc(slices.Clone(names), func(n Name) bool { return slices.Contains(less, n) })
}

// TestDoubt: what is not known makes an outcome unknown, unless something before it decides.
func TestDoubt(t *testing.T) {
	for _, c := range []struct {
		what   string
		change func(*Environment)
		name   Name
		want   Provider
	}{
		{"IMDS unknown after IRSA", func(e *Environment) { e.WebIdentity, e.IMDS = OK, Unknown }, GoV2, WebIdentity},
		{"IMDS unknown, nothing before it", func(e *Environment) { e.IMDS = Unknown }, GoV2, Uncertain},
		{"unknown trust", func(e *Environment) { e.WebIdentity = Unknown }, JavaV2, Uncertain},
		{"keys may come from a Secret", func(e *Environment) { e.Static, e.WebIdentity = Maybe, OK }, GoV2, Uncertain},
		{"keys there, the rest unknown", func(e *Environment) { e.Static, e.WebIdentity, e.Container, e.IMDS = Full, Maybe, Maybe, Unknown }, Ruby, Static},
		{"a file that may be mounted, after IRSA", func(e *Environment) { e.Profile, e.WebIdentity = Maybe, OK }, GoV2, WebIdentity},
		{"a file that may be mounted, before IRSA", func(e *Environment) { e.Profile, e.WebIdentity = Maybe, OK }, Rust, Uncertain},
		{"what AWS_PROFILE names is not known", func(e *Environment) { e.Profile, e.Static = NamedMaybe, Full }, GoV1, Static},
		{"what AWS_PROFILE names is not known, and Go v2 fails on a missing one", func(e *Environment) { e.Profile, e.Static = NamedMaybe, Full }, GoV2, Uncertain},
		{"refused or not, the same end", func(e *Environment) { e.Container, e.WebIdentity, e.IMDS = Unknown, FileOnly, Unknown }, Python, Failed},
		{"a state of another source is no answer", func(e *Environment) { e.WebIdentity = Reachable }, GoV2, Uncertain},
		{"an SDK that is not known", func(e *Environment) { e.WebIdentity = OK }, "cobol", Uncertain},
	} {
		t.Run(c.what, func(t *testing.T) {
			o := Evaluate(quiet(c.change), c.name)[0]
			if o.Provider != c.want {
				t.Errorf("%s, want %s", o.Provider, c.want)
			}
			if o.Provider == Uncertain && o.Note == "" {
				t.Error("unknown without saying what it may be")
			}
		})
	}
	for _, o := range Evaluate(Environment{}, Names()...) {
		if o.Provider != Uncertain {
			t.Errorf("%s: %s where nothing is known", o.SDK, o.Provider)
		}
	}
}

// TestDoubtCoversTheTruth: a certain outcome of a doubtful environment is the outcome in every world.
func TestDoubtCoversTheTruth(t *testing.T) {
	doubts := []func(*Environment){
		func(e *Environment) { e.Static = Maybe },
		func(e *Environment) { e.WebIdentity = Maybe },
		func(e *Environment) { e.WebIdentity = Unknown },
		func(e *Environment) { e.Container = Maybe },
		func(e *Environment) { e.Profile = Maybe },
		func(e *Environment) { e.Profile = NamedMaybe },
		func(e *Environment) { e.IMDS = Unknown },
	}
	for _, world := range (Environment{}).worlds() {
		for i, doubt := range doubts {
			e := world
			doubt(&e)
			if !slices.Contains(e.worlds(), world) {
				continue // this doubt excludes the world, as an AWS_PROFILE that is surely set does
			}
			for j, o := range Evaluate(e, Names()...) {
				truth := Evaluate(world, o.SDK)[0].Provider
				if o.Provider != Uncertain && o.Provider != truth {
					t.Fatalf("doubt %d of %+v: %s is %s, and in truth %s", i, world, Names()[j], o.Provider, truth)
				}
			}
		}
	}
}

func TestFallback(t *testing.T) {
	irsa := Environment{Static: None, WebIdentity: OK, Container: None, Profile: None, IMDS: Reachable, Region: RegionSet}
	podIdentity := Environment{Static: None, WebIdentity: None, Container: OK, Profile: None, IMDS: Reachable, Region: RegionSet}
	keys := Environment{Static: Full, WebIdentity: OK, Container: None, Profile: None, IMDS: Reachable, Region: RegionSet}
	for _, c := range []struct {
		what string
		e    Environment
		name Name
		want Provider
	}{
		{"IRSA, raising", irsa, Python, Failed},
		{"IRSA, silent", irsa, JavaV2, IMDS},
		{"Pod Identity, raising", podIdentity, GoV2, Failed},
		{"Pod Identity, IMDS never asked", podIdentity, JavaV1, Failed},
		{"Pod Identity, silent", podIdentity, Kotlin, IMDS},
		{"keys have none", keys, GoV2, ""},
	} {
		if got := Evaluate(c.e, c.name)[0].Fallback; got != c.want {
			t.Errorf("%s: %s falls back to %q, want %q", c.what, c.name, got, c.want)
		}
	}
	irsa.IMDS = Unknown
	if got := Evaluate(irsa, JavaV2)[0].Fallback; got != Uncertain {
		t.Errorf("IMDS unknown: java-v2 falls back to %q, want unknown", got)
	}
}

func TestAgree(t *testing.T) {
	of := func(providers ...Provider) []Outcome {
		outcomes := make([]Outcome, len(providers))
		for i, p := range providers {
			outcomes[i].Provider = p
		}
		return outcomes
	}
	for _, c := range []struct {
		what     string
		outcomes []Outcome
		want     Provider
	}{
		{"the same", of(WebIdentity, WebIdentity), WebIdentity},
		{"certain to differ", of(WebIdentity, IMDS), SDKDependent},
		{"certain to differ, one unknown", of(Uncertain, WebIdentity, IMDS), SDKDependent},
		{"one unknown", of(WebIdentity, Uncertain), Uncertain},
		{"the versions of one differ", of(Static, SDKDependent), SDKDependent},
		{"none asked", nil, Uncertain},
	} {
		if got := Agree(c.outcomes); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

func TestNeedsRegion(t *testing.T) {
	for _, c := range []struct {
		region State
		want   []Name
	}{
		{RegionSet, nil},
		{Unknown, nil},
		{"", nil},
		{RegionUnset, []Name{GoV2, GoV1, JavaV2, JavaV1, Python, JSV3, JSV2, Ruby, Rust, Kotlin}},
		{RegionOnly, []Name{Python}},
		{DefaultRegionOnly, []Name{GoV1, JavaV2, JavaV1, JSV3, JSV2, Kotlin}},
	} {
		var got []Name
		for _, o := range Evaluate(quiet(func(e *Environment) { e.Region = c.region }), Names()...) {
			if o.NeedsRegion {
				got = append(got, o.SDK)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("region %q: %v, want %v", c.region, got, c.want)
		}
	}
}

func TestSTSEndpoint(t *testing.T) {
	for _, c := range []struct {
		name     Name
		variable string
		want     Endpoint
	}{
		{GoV2, "legacy", Regional},
		{GoV1, "regional", Regional},
		{GoV1, "", Global},
		{Python, "legacy", Global},
		{Python, "regional", Regional},
		{Python, "", EndpointUnknown},
		{Rust, "", Regional},
		{PHP, "regional", Regional},
		{PHP, "", EndpointUnknown},
	} {
		if got := STSEndpoint(c.name, "us-west-2", c.variable); got != c.want {
			t.Errorf("%s with %q: %s, want %s", c.name, c.variable, got, c.want)
		}
	}
}

func TestParseNames(t *testing.T) {
	for _, c := range []struct {
		list string
		want []Name
	}{
		{"", Names()},
		{"  ", Names()},
		{"python, go-v2,python", []Name{GoV2, Python}},
	} {
		got, err := ParseNames(c.list)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q: %v, %v, want %v", c.list, got, err, c.want)
		}
	}
	for _, list := range []string{"perl", "go-v2,", "GO-V2"} {
		if got, err := ParseNames(list); err == nil {
			t.Errorf("%q: %v, want an error", list, got)
		}
	}
}

// TestEveryNameHasAChain: an SDK without one would be unknown everywhere without a word.
func TestEveryNameHasAChain(t *testing.T) {
	var have []Name
	for _, c := range chains {
		have = added(have, c.name)
	}
	if !slices.Equal(have, Names()) {
		t.Errorf("chains of %v, names %v", have, Names())
	}
}
