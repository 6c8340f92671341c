package release

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// current is the manifest in the repository.
func current(t *testing.T) (Manifest, string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(repository, "krew/irsa.yaml")); os.IsNotExist(err) {
		t.Fatal("krew/irsa.yaml was not rendered yet: make manifest VERSION=vX.Y.Z, with the version of CHANGELOG.md")
	}
	text := string(readRepository(t, "krew/irsa.yaml"))
	m, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m, text
}

func rendered(t *testing.T, tag string) Manifest {
	t.Helper()
	text, err := Render(string(readRepository(t, ".krew.yaml")), tag, func(file string) (string, error) {
		return hashOf([]byte(file)), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return m
}

func TestTemplateKeepsTheRules(t *testing.T) {
	m := rendered(t, "v12.3.4")
	if problems := m.Problems(); len(problems) > 0 {
		t.Errorf("problems:\n%s", strings.Join(problems, "\n"))
	}
	if m.Spec.Version != "v12.3.4" {
		t.Errorf("version %q, not the tag", m.Spec.Version)
	}
	for _, p := range m.Spec.Platforms {
		if p.SHA256 != hashOf([]byte(p.File())) {
			t.Errorf("%s has the hash of another file", p.File())
		}
	}
}

func TestManifestIsTheTemplateRendered(t *testing.T) {
	m, text := current(t)
	if problems := m.Problems(); len(problems) > 0 {
		t.Errorf("problems:\n%s", strings.Join(problems, "\n"))
	}
	hashes := map[string]string{}
	for _, p := range m.Spec.Platforms {
		hashes[p.File()] = p.SHA256
	}
	want, err := Render(string(readRepository(t, ".krew.yaml")), m.Spec.Version, func(file string) (string, error) {
		return hashes[file], nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if text != want {
		t.Errorf("krew/irsa.yaml is not .krew.yaml rendered; `make manifest` writes it. Want:\n%s", want)
	}
}

func TestVersionIsTheChangelogs(t *testing.T) {
	m, _ := current(t)
	heading := regexp.MustCompile(`(?m)^## (v\S+)`).FindStringSubmatch(string(readRepository(t, "CHANGELOG.md")))
	if heading == nil || heading[1] != m.Spec.Version {
		t.Errorf("CHANGELOG.md begins with %q, krew/irsa.yaml is of %s", heading, m.Spec.Version)
	}
}

func TestPlatformsAreWhatGoreleaserBuilds(t *testing.T) {
	c, m := readGoreleaser(t), rendered(t, "v1.0.0")
	var named []string
	for _, p := range m.Spec.Platforms {
		for _, target := range p.Targets() {
			named = append(named, target.String())
			archive := c.archive("v1.0.0", target)
			if p.File() != archive+".tar.gz" && p.File() != archive+".zip" {
				t.Errorf("%s: the manifest names %s, goreleaser builds %s", target, p.File(), archive)
			}
		}
	}
	var built []string
	for _, target := range c.targets() {
		built = append(built, target.String())
	}
	slices.Sort(named)
	slices.Sort(built)
	if !slices.Equal(named, built) {
		t.Errorf("the manifest is for\n%v, goreleaser builds for\n%v", named, built)
	}
}

func TestPlatformsAreKrewsButOldPCs(t *testing.T) {
	m := rendered(t, "v1.0.0")
	for _, target := range krewTargets() {
		_, err := m.Platform(target)
		if old := target.Arch == "386"; (err != nil) != old {
			t.Errorf("%s: %v", target, err)
		}
	}
}

func TestProblems(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*Manifest)
		want  string
	}{
		"another API version":        {func(m *Manifest) { m.APIVersion = "v1" }, `apiVersion is "v1"`},
		"another kind":               {func(m *Manifest) { m.Kind = "Pod" }, `kind is "Pod"`},
		"another name":               {func(m *Manifest) { m.Metadata.Name = "kubectl-irsa" }, `metadata.name is "kubectl-irsa"`},
		"no v":                       {func(m *Manifest) { m.Spec.Version = "1.0.0" }, `version "1.0.0" is not semantic`},
		"leading nought":             {func(m *Manifest) { m.Spec.Version = "v1.02.0" }, `version "v1.02.0" is not semantic`},
		"homepage elsewhere":         {func(m *Manifest) { m.Spec.Homepage = "https://example.com" }, "homepage is"},
		"long short description":     {func(m *Manifest) { m.Spec.ShortDescription = strings.Repeat("é", 51) }, "longer than 50 characters"},
		"no short description":       {func(m *Manifest) { m.Spec.ShortDescription = "" }, "no shortDescription"},
		"two lines":                  {func(m *Manifest) { m.Spec.ShortDescription = "Explain\nmore" }, "several lines"},
		"redundant":                  {func(m *Manifest) { m.Spec.ShortDescription = "A kubectl plugin to explain" }, "a word that is true of every plugin"},
		"full stop":                  {func(m *Manifest) { m.Spec.ShortDescription += "." }, "full stop"},
		"no description":             {func(m *Manifest) { m.Spec.Description = "" }, "no description"},
		"a wide description":         {func(m *Manifest) { m.Spec.Description = strings.Repeat("wide ", 17) }, "longer than 80"},
		"wide caveats":               {func(m *Manifest) { m.Spec.Caveats = strings.Repeat("wide ", 17) }, "longer than 80"},
		"commands described":         {func(m *Manifest) { m.Spec.Description = "Run kubectl irsa explain" }, "shows how it is used"},
		"flags described":            {func(m *Manifest) { m.Spec.Description = "With --no-aws" }, "shows how it is used"},
		"no platforms":               {func(m *Manifest) { m.Spec.Platforms = nil }, "no platforms"},
		"no selector":                {func(m *Manifest) { m.Spec.Platforms[0].Selector = nil }, "no selector"},
		"an empty selector":          {func(m *Manifest) { m.Spec.Platforms[0].Selector.MatchLabels = nil }, "no selector"},
		"a platform krew has not":    {func(m *Manifest) { m.Spec.Platforms[0].Selector.MatchLabels["os"] = "plan9" }, "krew does not run on"},
		"another key":                {func(m *Manifest) { m.Spec.Platforms[0].Selector.MatchLabels["libc"] = "musl" }, `selects by "libc"`},
		"overlap":                    {func(m *Manifest) { delete(m.Spec.Platforms[0].Selector.MatchLabels, "arch") }, "overlap"},
		"an address of elsewhere":    {func(m *Manifest) { m.Spec.Platforms[0].URI = "https://example.com/a.tar.gz" }, "none of this version's release"},
		"an address of before":       {func(m *Manifest) { m.Spec.Version = "v9.0.0" }, "none of this version's release"},
		"another kind of archive":    {func(m *Manifest) { m.Spec.Platforms[0].URI += ".xz" }, "does not end in .tar.gz"},
		"no hash":                    {func(m *Manifest) { m.Spec.Platforms[0].SHA256 = "" }, `sha256 is ""`},
		"a hash in capitals":         {func(m *Manifest) { m.Spec.Platforms[0].SHA256 = strings.Repeat("A", 64) }, "sha256 is"},
		"a binary in a folder":       {func(m *Manifest) { m.Spec.Platforms[0].Bin = "bin/kubectl-irsa" }, "bin is"},
		"a Windows binary elsewhere": {func(m *Manifest) { m.Spec.Platforms[0].Bin = "kubectl-irsa.exe" }, "bin is"},
	} {
		t.Run(name, func(t *testing.T) {
			m := rendered(t, "v1.0.0")
			test.spoil(&m)
			problems := m.Problems()
			if !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, test.want) }) {
				t.Errorf("problems %q, none with %q", problems, test.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"a list of files":   "spec: {platforms: [{files: [{from: kubectl-irsa, to: .}]}]}",
		"an unknown field":  "spec: {licence: MIT}",
		"something else":    "[]",
		"text that is none": "{",
	} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// The bot writes the hash four blanks in, so that a call that stands deeper makes no YAML.
func TestRenderIndentsAsTheBot(t *testing.T) {
	template := "a:\n  - os: linux\n    {{ addURIAndSha \"https://example.com/{{ .TagName }}/x.tar.gz\" .TagName }}\n    bin: x\n"
	text, err := Render(template, "v1.0.0", func(file string) (string, error) { return "hash of " + file, nil })
	if want := "a:\n  - os: linux\n    uri: https://example.com/v1.0.0/x.tar.gz\n    sha256: hash of x.tar.gz\n    bin: x\n"; err != nil || text != want {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestRenderReportsAMissingArchive(t *testing.T) {
	gone := errors.New("gone")
	_, err := Render(string(readRepository(t, ".krew.yaml")), "v1.0.0", func(string) (string, error) { return "", gone })
	if !errors.Is(err, gone) {
		t.Errorf("error %v", err)
	}
}
