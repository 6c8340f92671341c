package release

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// good are the files of an archive that installs.
func good() []entry {
	return []entry{
		{"LICENSE", 0o644, []byte("licence")},
		{"kubectl-irsa", 0o755, []byte("binary")},
		{"kubectl_complete-irsa", 0o755, []byte("shim")},
	}
}

// headers are good as headers of a tar file, with their contents.
func headers() []*tar.Header {
	var found []*tar.Header
	for _, e := range good() {
		found = append(found, &tar.Header{Typeflag: tar.TypeReg, Name: e.name, Mode: int64(e.mode), Size: int64(len(e.content))})
	}
	return found
}

// tarOf packs headers; the content of each is as long as it says.
func tarOf(t *testing.T, headers []*tar.Header) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	archive := tar.NewWriter(zipped)
	for _, h := range headers {
		if err := archive.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write(bytes.Repeat([]byte("x"), int(h.Size))); err != nil {
			t.Fatal(err)
		}
	}
	for _, end := range []func() error{archive.Close, zipped.Close} {
		if err := end(); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func zipOf(t *testing.T, files []entry) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, e := range files {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		h.SetMode(e.mode)
		w, err := archive.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// onePlatform is a manifest that names that archive only, as a.tar.gz.
func onePlatform(target Target, archive []byte) Manifest {
	return Manifest{
		APIVersion: "krew.googlecontainertools.github.com/v1alpha2", Kind: "Plugin", Metadata: Metadata{Name: Name},
		Spec: Spec{
			Version: "v1.0.0", Homepage: home, ShortDescription: "Explain", Description: "Explains.",
			Platforms: []Platform{{
				Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"os": target.OS, "arch": target.Arch}},
				URI:      home + "/releases/download/v1.0.0/a.tar.gz", SHA256: hashOf(archive), Bin: "kubectl-irsa",
			}},
		},
	}
}

// install installs an archive of linux/amd64 and returns the root and what was linked.
func install(t *testing.T, archive []byte, m Manifest) (root, link string, err error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.tar.gz")
	if err := os.WriteFile(path, archive, 0o644); err != nil {
		t.Fatal(err)
	}
	root = t.TempDir()
	link, err = Install(root, m, Target{"linux", "amd64"}, path)
	return root, link, err
}

func TestInstall(t *testing.T) {
	archive := tarOf(t, headers())
	root, link, err := install(t, archive, onePlatform(Target{"linux", "amd64"}, archive))
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(root, "bin", "kubectl-irsa"); link != want {
		t.Errorf("linked %s, not %s", link, want)
	}
	target, err := os.Readlink(link)
	if want := filepath.Join("..", "store", "irsa", "v1.0.0", "kubectl-irsa"); err != nil || target != want {
		t.Errorf("the link leads to %s (%v), not %s", target, err, want)
	}
	for _, name := range []string{"LICENSE", "kubectl_complete-irsa"} {
		if _, err := os.Stat(filepath.Join(filepath.Dir(link), filepath.Dir(target), name)); err != nil {
			t.Error(err)
		}
	}
}

func TestInstallRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func([]*tar.Header) []*tar.Header
		want  string
	}{
		"a wrapping folder": {func(h []*tar.Header) []*tar.Header {
			for _, each := range h {
				each.Name = "kubectl-irsa_v1.0.0/" + each.Name
			}
			return h
		}, "is not a file at the top"},
		"a folder": {func(h []*tar.Header) []*tar.Header {
			return append(h, &tar.Header{Typeflag: tar.TypeDir, Name: "docs/", Mode: 0o755})
		}, `"docs/" is not a file`},
		"a link": {func(h []*tar.Header) []*tar.Header {
			return append(h, &tar.Header{Typeflag: tar.TypeSymlink, Name: "x", Linkname: "/etc/passwd"})
		}, `"x" is not a file`},
		"a path out of it": {func(h []*tar.Header) []*tar.Header { h[0].Name = "../LICENSE"; return h }, "is not a file at the top"},
		"an absolute path": {func(h []*tar.Header) []*tar.Header { h[0].Name = "/LICENSE"; return h }, "is not a file at the top"},
		"a Windows path":   {func(h []*tar.Header) []*tar.Header { h[0].Name = `..\LICENSE`; return h }, "is not a file at the top"},
		"a file twice":     {func(h []*tar.Header) []*tar.Header { return append(h, h[0]) }, "is there twice"},
		"no licence":       {func(h []*tar.Header) []*tar.Header { return h[1:] }, "no LICENSE in it"},
		"an empty licence": {func(h []*tar.Header) []*tar.Header { h[0].Size = 0; return h }, "LICENSE is empty"},
		"no binary":        {func(h []*tar.Header) []*tar.Header { h[1].Name = "irsa"; return h }, "no kubectl-irsa in it"},
		"no shim":          {func(h []*tar.Header) []*tar.Header { return h[:2] }, "no kubectl_complete-irsa in it"},
		"a mere file":      {func(h []*tar.Header) []*tar.Header { h[1].Mode = 0o644; return h }, "cannot be executed"},
		"a mere shim":      {func(h []*tar.Header) []*tar.Header { h[2].Mode = 0o744; return h }, "cannot be executed"},
	} {
		t.Run(name, func(t *testing.T) {
			archive := tarOf(t, test.spoil(headers()))
			m := onePlatform(Target{"linux", "amd64"}, archive)
			root, _, err := install(t, archive, m)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, not about %q", err, test.want)
			}
			if left, _ := os.ReadDir(root); len(left) > 0 {
				t.Errorf("it left %v", left)
			}
		})
	}
}

func TestInstallRefusesWhatIsNoArchive(t *testing.T) {
	whole := tarOf(t, headers())
	for name, archive := range map[string][]byte{"empty": {}, "text": []byte("Not Found"), "half of one": whole[:len(whole)/2]} {
		if _, _, err := install(t, archive, onePlatform(Target{"linux", "amd64"}, archive)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestInstallRefusesATamperedArchive(t *testing.T) {
	archive := tarOf(t, headers())
	m := onePlatform(Target{"linux", "amd64"}, archive)
	archive[9] ^= 1 // the field that names the operating system: everything in it unpacks as before
	if _, _, err := install(t, archive, m); err == nil || !strings.Contains(err.Error(), "the manifest has") {
		t.Errorf("error %v", err)
	}
}

func TestInstallRefusesAPlatformThatIsNotThere(t *testing.T) {
	archive := tarOf(t, headers())
	m := onePlatform(Target{"darwin", "arm64"}, archive)
	if _, _, err := install(t, archive, m); err == nil || !strings.Contains(err.Error(), "nothing for linux/amd64") {
		t.Errorf("error %v", err)
	}
}

func TestZip(t *testing.T) {
	files := good()
	files[1].name, files[2].name = "kubectl-irsa.exe", "kubectl_complete-irsa.cmd"
	found, err := entries("a.zip", zipOf(t, files))
	if err != nil {
		t.Fatal(err)
	}
	p := Platform{Bin: "kubectl-irsa.exe"}
	if err := demandFiles(found, p, Target{"windows", "amd64"}); err != nil {
		t.Error(err)
	}
	files[2].name = "kubectl_complete-irsa"
	if err := demandFiles(files, p, Target{"windows", "amd64"}); err == nil {
		t.Error("the shell script is taken for the shim of Windows")
	}
	files[0].name = "folder/LICENSE"
	if _, err := entries("a.zip", zipOf(t, files)); err == nil {
		t.Error("a folder in a zip file: no error")
	}
	files[0] = entry{"link", os.ModeSymlink | 0o777, []byte("/etc/passwd")}
	if _, err := entries("a.zip", zipOf(t, files)); err == nil {
		t.Error("a link in a zip file: no error")
	}
}
