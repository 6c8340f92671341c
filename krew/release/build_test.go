package release

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"
)

// built is the version that the tests build.
const built = "v0.0.1-test"

// build builds the binary of a target as .goreleaser.yaml says, from a checkout.
func build(t *testing.T, checkout string, target Target) string {
	t.Helper()
	c := readGoreleaser(t).Builds[0]
	out := filepath.Join(t.TempDir(), c.Binary)
	args := append([]string{"build", "-o", out}, c.Flags...)
	args = append(args, "-ldflags", strings.ReplaceAll(strings.Join(c.Ldflags, " "), "{{ .Tag }}", built), ".")
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = checkout
	cmd.Env = append(append(os.Environ(), c.Env...), "GOOS="+target.OS, "GOARCH="+target.Arch)
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, output)
	}
	return out
}

// sourceOf is the file that .goreleaser.yaml names for a platform, as goreleaser's templates have it.
func sourceOf(t *testing.T, src string, target Target) string {
	t.Helper()
	parsed, err := template.New("src").Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := parsed.Execute(&out, map[string]string{"Os": target.OS, "Arch": target.Arch}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestShims holds that every archive has the shim that its platform can run.
func TestShims(t *testing.T) {
	c := readGoreleaser(t)
	for _, target := range c.targets() {
		want := "krew/kubectl_complete-irsa"
		if target.OS == "windows" {
			want += ".cmd"
		}
		var sources []string
		for _, f := range c.Archives[0].Files {
			sources = append(sources, sourceOf(t, f.Src, target))
			readRepository(t, sources[len(sources)-1])
		}
		if !slices.Contains(sources, want) {
			t.Errorf("%s: %q, want %s among them", target, sources, want)
		}
	}
	if text := string(readRepository(t, "krew/kubectl_complete-irsa.cmd")); !strings.HasSuffix(text, "\r\nkubectl irsa __complete %*\r\n") {
		t.Errorf("the shim of Windows is %q", text)
	}
}

// pack packs a binary with the other files that .goreleaser.yaml names into the folder dist, and returns the
// manifest that names that archive alone.
func pack(t *testing.T, binary string, target Target, dist string) Manifest {
	t.Helper()
	c := readGoreleaser(t)
	files := []string{binary}
	for _, f := range c.Archives[0].Files {
		files = append(files, filepath.Join(repository, sourceOf(t, f.Src, target)))
	}
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	archive := tar.NewWriter(zipped)
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		h := &tar.Header{
			Typeflag: tar.TypeReg, Name: filepath.Base(path), Mode: int64(info.Mode().Perm()), Size: int64(len(content)),
			ModTime: time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC),
		}
		if err := archive.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	for _, end := range []func() error{archive.Close, zipped.Close} {
		if err := end(); err != nil {
			t.Fatal(err)
		}
	}

	text, err := Render(string(readRepository(t, ".krew.yaml")), built, func(string) (string, error) { return hashOf(out.Bytes()), nil })
	if err != nil {
		t.Fatal(err)
	}
	m, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := m.Platform(target)
	if err != nil {
		t.Fatal(err)
	}
	m.Spec.Platforms = []Platform{p}
	if err := os.WriteFile(filepath.Join(dist, p.File()), out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return m
}

// checkout copies the working tree, without what git ignores, for source archives have no git to ask, and without test data.
func checkout(t *testing.T) string {
	t.Helper()
	left := []string{".git", ".cache", "bin", "dist", "testdata"}
	copied := t.TempDir()
	err := filepath.WalkDir(repository, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(repository, path)
		if err != nil {
			return err
		}
		to := filepath.Join(copied, name)
		switch {
		case slices.Contains(left, name) && entry.IsDir():
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(to, 0o700)
		case name == ".git": // a file in a linked working tree
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, content, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return copied
}
