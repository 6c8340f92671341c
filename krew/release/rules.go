package release

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// home is the repository: the homepage, and where the archives are.
const home = "https://github.com/kubectl-irsa/kubectl-irsa"

var (
	semantic = regexp.MustCompile(`^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$`)
	hash     = regexp.MustCompile(`^[0-9a-f]{64}$`)
	// redundant are words that the index's reviewers remove from short descriptions: they are true of every entry.
	redundant = regexp.MustCompile(`(?i)\b(kubectl|kubernetes|plugin|krew)\b`)
	// usage is what a description has no place for: commands and flags, which help texts keep true.
	usage = regexp.MustCompile(`kubectl |(^|\s)--?[a-z]`)
)

// Problems says what krew's validator, its guides or the reviewers of its index would object to in a manifest.
// Sources: https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/ and
// .../docs/developer-guide/develop/best-practices/.
func (m Manifest) Problems() []string {
	var found []string
	demand := func(ok bool, format string, values ...any) {
		if !ok {
			found = append(found, fmt.Sprintf(format, values...))
		}
	}
	s := m.Spec
	demand(m.APIVersion == "krew.googlecontainertools.github.com/v1alpha2", "apiVersion is %q", m.APIVersion)
	demand(m.Kind == "Plugin", "kind is %q", m.Kind)
	demand(m.Metadata.Name == Name, "metadata.name is %q, not the file's name %q", m.Metadata.Name, Name)
	demand(semantic.MatchString(s.Version), "version %q is not semantic, with its v", s.Version)
	demand(s.Homepage == home, "homepage is %q, not the repository", s.Homepage)

	demand(s.ShortDescription != "", "no shortDescription")
	demand(utf8.RuneCountInString(s.ShortDescription) <= 50, "shortDescription is longer than 50 characters: %q", s.ShortDescription)
	demand(!strings.ContainsAny(s.ShortDescription, "\r\n"), "shortDescription has several lines")
	demand(!redundant.MatchString(s.ShortDescription), "shortDescription has a word that is true of every plugin: %q", s.ShortDescription)
	demand(!strings.HasSuffix(s.ShortDescription, "."), "shortDescription ends in a full stop")
	demand(s.Description != "", "no description")
	demand(!usage.MatchString(s.Description), "description shows how it is used: %q", usage.FindString(s.Description))
	for name, text := range map[string]string{"description": s.Description, "caveats": s.Caveats} {
		for line := range strings.Lines(text) {
			demand(utf8.RuneCountInString(strings.TrimRight(line, "\n")) <= 80, "%s: longer than 80 characters: %q", name, line)
		}
	}

	demand(len(s.Platforms) > 0, "no platforms")
	for i, p := range s.Platforms {
		for _, problem := range p.problems(s.Version) {
			found = append(found, fmt.Sprintf("platforms[%d]: %s", i, problem))
		}
	}
	for _, t := range krewTargets() {
		var matching []int
		for i, p := range s.Platforms {
			if p.matches(t) {
				matching = append(matching, i)
			}
		}
		demand(len(matching) <= 1, "platforms %v overlap: each is for %s", matching, t)
	}
	slices.Sort(found)
	return found
}

func (p Platform) problems(version string) []string {
	var found []string
	targets := p.Targets()
	switch {
	case p.Selector == nil || len(p.Selector.MatchLabels) == 0:
		found = append(found, "no selector")
	case len(targets) == 0:
		found = append(found, fmt.Sprintf("selects %v, which krew does not run on", p.Selector.MatchLabels))
	}
	if p.Selector != nil {
		for _, key := range slices.Sorted(maps.Keys(p.Selector.MatchLabels)) {
			if key != "os" && key != "arch" {
				found = append(found, fmt.Sprintf("selects by %q: krew knows os and arch", key))
			}
		}
	}
	windows := slices.ContainsFunc(targets, func(t Target) bool { return t.OS == "windows" })
	executable, ending := "kubectl-"+Name, ".tar.gz"
	if windows {
		executable, ending = executable+".exe", ".zip"
	}
	if p.Bin != executable {
		found = append(found, fmt.Sprintf("bin is %q, not %q", p.Bin, executable))
	}
	if !strings.HasPrefix(p.URI, home+"/releases/download/"+version+"/") {
		found = append(found, fmt.Sprintf("uri %q is none of this version's release", p.URI))
	}
	if !strings.HasSuffix(p.URI, ending) {
		found = append(found, fmt.Sprintf("uri %q does not end in %s", p.URI, ending))
	}
	if !hash.MatchString(p.SHA256) {
		found = append(found, fmt.Sprintf("sha256 is %q", p.SHA256))
	}
	return found
}
