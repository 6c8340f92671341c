// Package release holds together what makes up a release: the template that the krew release bot renders, the
// manifest that comes out of it, and the archives that the manifest names.
package release

import (
	"bytes"
	"fmt"
	"path"
	"text/template"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"
)

// Name is the plugin's name in the krew index: `kubectl krew install irsa`.
const Name = "irsa"

// A Manifest is a krew plugin manifest
// (https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/). It has no field for `files`: without
// one krew installs the whole archive, the licence with it, as the index demands.
type Manifest struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Metadata   Metadata `json:"metadata"`
	Spec       Spec     `json:"spec"`
}

// Metadata names the plugin.
type Metadata struct {
	Name string `json:"name"`
}

// A Spec is what a manifest says about one version of the plugin.
type Spec struct {
	Version          string     `json:"version"` // semantic, with its v
	Homepage         string     `json:"homepage"`
	ShortDescription string     `json:"shortDescription"`
	Description      string     `json:"description"`
	Caveats          string     `json:"caveats"`
	Platforms        []Platform `json:"platforms"`
}

// A Platform is the archive of one operating system and architecture.
type Platform struct {
	Selector *metav1.LabelSelector `json:"selector"`
	URI      string                `json:"uri"`
	SHA256   string                `json:"sha256"` // lower-case hexadecimal
	Bin      string                `json:"bin"`    // path of the executable in the archive
}

// A Target is an operating system and an architecture, as Go and krew call them.
type Target struct{ OS, Arch string }

func (t Target) String() string { return t.OS + "/" + t.Arch }

// krewTargets are the platforms that krew itself is released for. Source: the assets of its releases,
// https://github.com/kubernetes-sigs/krew/releases/tag/v0.4.5.
func krewTargets() []Target {
	return []Target{
		{"darwin", "amd64"}, {"darwin", "arm64"},
		{"linux", "amd64"}, {"linux", "arm"}, {"linux", "arm64"}, {"linux", "386"}, {"linux", "ppc64le"},
		{"windows", "amd64"}, {"windows", "386"}, {"windows", "arm64"},
	}
}

// Parse reads a manifest. Fields that a Manifest does not have are errors.
func Parse(text []byte) (Manifest, error) {
	var m Manifest
	if err := yaml.UnmarshalStrict(text, &m); err != nil {
		return Manifest{}, fmt.Errorf("manifest: %w", err)
	}
	return m, nil
}

// Render fills in the template as the krew release bot does, with what sum returns as the hash of an archive's
// file name.
//
// The bot (https://github.com/rajatjindal/krew-release-bot) replaces `addURIAndSha URL TAG` by two lines, of
// which the second stands four blanks in, whatever the first does.
func Render(text, tag string, sum func(file string) (string, error)) (string, error) {
	values := struct{ TagName string }{tag}
	functions := template.FuncMap{
		"addURIAndSha": func(address, tag string) (string, error) {
			uri, err := fill("address", address, nil, struct{ TagName string }{tag})
			if err != nil {
				return "", err
			}
			hash, err := sum(path.Base(uri))
			if err != nil {
				return "", err
			}
			return "uri: " + uri + "\n    sha256: " + hash, nil
		},
	}
	return fill("template", text, functions, values)
}

func fill(name, text string, functions template.FuncMap, values any) (string, error) {
	parsed, err := template.New(name).Funcs(functions).Parse(text)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, values); err != nil {
		return "", err
	}
	return out.String(), nil
}

// Platform returns what krew installs on a target.
func (m Manifest) Platform(t Target) (Platform, error) {
	for _, p := range m.Spec.Platforms {
		if p.matches(t) {
			return p, nil
		}
	}
	return Platform{}, fmt.Errorf("manifest: nothing for %s", t)
}

// Targets are the targets of krew that the platform is for.
func (p Platform) Targets() []Target {
	var found []Target
	for _, t := range krewTargets() {
		if p.matches(t) {
			found = append(found, t)
		}
	}
	return found
}

// File is the archive's file name.
func (p Platform) File() string { return path.Base(p.URI) }

func (p Platform) matches(t Target) bool {
	if p.Selector == nil {
		return false
	}
	selector, err := metav1.LabelSelectorAsSelector(p.Selector)
	return err == nil && selector.Matches(labels.Set{"os": t.OS, "arch": t.Arch})
}
