package release

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Verify holds a manifest against the folder that goreleaser filled: the manifest keeps the rules, each of its
// platforms has an archive there that installs and holds a binary made for that platform as releases are made,
// every archive there is one of the manifest, the list of checksums is right, and each binary's bill of materials
// names what is linked into it. It returns everything that is wrong.
func Verify(m Manifest, dist string) error {
	var wrong []error
	for _, problem := range m.Problems() {
		wrong = append(wrong, fmt.Errorf("manifest: %s", problem))
	}
	listed, err := checksums(filepath.Join(dist, "checksums.txt"))
	if err != nil {
		return errors.Join(append(wrong, err)...)
	}
	var named []string
	for _, p := range m.Spec.Platforms {
		for _, t := range p.Targets() {
			wrong = append(wrong, verifyPlatform(m, p, t, dist))
		}
		named = append(named, p.File())
		if listed[p.File()] != p.SHA256 {
			wrong = append(wrong, fmt.Errorf("checksums.txt: %s has %q, the manifest has %s", p.File(), listed[p.File()], p.SHA256))
		}
	}
	for _, pattern := range []string{"*.tar.gz", "*.zip"} {
		archives, err := filepath.Glob(filepath.Join(dist, pattern))
		wrong = append(wrong, err)
		for _, archive := range archives {
			if !slices.Contains(named, filepath.Base(archive)) {
				wrong = append(wrong, fmt.Errorf("%s: no platform of the manifest names it", archive))
			}
		}
	}
	return errors.Join(wrong...)
}

func verifyPlatform(m Manifest, p Platform, t Target, dist string) error {
	root, err := os.MkdirTemp("", "krew")
	if err != nil {
		return err
	}
	return errors.Join(verifyIn(root, m, p, t, dist), os.RemoveAll(root))
}

func verifyIn(root string, m Manifest, p Platform, t Target, dist string) error {
	link, err := Install(root, m, t, filepath.Join(dist, p.File()))
	if err != nil {
		return err
	}
	info, err := buildinfo.ReadFile(link)
	if err != nil {
		return fmt.Errorf("%s: %w", p.File(), err)
	}
	return errors.Join(verifyBuild(info, p.File(), t), verifyBill(info, filepath.Join(dist, billOf(p.File()))))
}

// verifyBuild demands that a binary was built for the target and as every checkout builds it: without C, without
// the paths of a machine, without what Go records of the commit.
func verifyBuild(info *buildinfo.BuildInfo, file string, t Target) error {
	have := map[string]string{}
	for _, setting := range info.Settings {
		have[setting.Key] = setting.Value
	}
	want := map[string]string{
		"GOOS": t.OS, "GOARCH": t.Arch, "CGO_ENABLED": "0", "-trimpath": "true", "vcs.revision": "", "vcs.time": "",
	}
	if t.Arch == "arm" {
		want["GOARM"] = "6" // the oldest that has a floating-point unit: it runs on every Raspberry Pi
	}
	var wrong []error
	for key, value := range want {
		if have[key] != value {
			wrong = append(wrong, fmt.Errorf("%s: built with %s=%q, not %q", file, key, have[key], value))
		}
	}
	return errors.Join(wrong...)
}

// billOf is the file name of the bill of materials that belongs to an archive.
func billOf(archive string) string {
	return strings.TrimSuffix(strings.TrimSuffix(archive, ".zip"), ".tar.gz") + ".cdx.json"
}

// verifyBill demands that a bill of materials (https://cyclonedx.org/specification/overview/) lists the modules that
// the linker recorded, each in its version.
func verifyBill(info *buildinfo.BuildInfo, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("bill of materials: %w", err)
	}
	var bill struct {
		Components []struct{ Name, Version string }
	}
	if err := json.Unmarshal(text, &bill); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	versions := map[string]string{}
	for _, c := range bill.Components {
		versions[c.Name] = c.Version
	}
	var wrong []error
	for _, module := range info.Deps {
		if versions[module.Path] != module.Version {
			wrong = append(wrong, fmt.Errorf("%s: %s is %q, linked is %s", path, module.Path, versions[module.Path], module.Version))
		}
	}
	return errors.Join(wrong...)
}

// checksums reads what sha256sum would write: a hash, two blanks, a file name a line.
func checksums(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("checksums: %w", err)
	}
	found := map[string]string{}
	for line := range bytes.Lines(text) {
		sum, file, ok := strings.Cut(strings.TrimSpace(string(line)), "  ")
		if !ok || !hash.MatchString(sum) {
			return nil, fmt.Errorf("%s: %q is no checksum", path, line)
		}
		found[file] = sum
	}
	return found, nil
}
