package cmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestManifestReader holds that all manifests together may only be so large, and that links of a folder are followed to
// files and not to folders.
func TestManifestReader(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	pod := "{apiVersion: v1, kind: Pod, metadata: {name: a}}\n"
	for _, path := range []string{filepath.Join(elsewhere, "pod.yaml"), filepath.Join(dir, "a.yaml"), filepath.Join(dir, "notes.txt")} {
		if err := os.WriteFile(path, []byte(pod), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"linked.yaml": filepath.Join(elsewhere, "pod.yaml"), "folder.yaml": elsewhere, "loop": dir} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	size := int64(len(pod))
	for _, test := range []struct {
		name    string
		left    int64
		pods    int
		problem string
	}{
		{"room for all", 2 * size, 2, ""},
		{"room for one", 2*size - 1, 1, "linked.yaml: more than 64 MiB in all"},
	} {
		r := manifestReader{namespace: "shop", left: test.left}
		err := r.add(dir, true)
		if len(r.manifests.Pods()) != test.pods || (err == nil) != (test.problem == "") {
			t.Errorf("%s: %d pods, %v; want %d", test.name, len(r.manifests.Pods()), err, test.pods)
		}
		if err != nil && !strings.HasSuffix(err.Error(), test.problem) {
			t.Errorf("%s: %v, want %s", test.name, err, test.problem)
		}
	}
	r := manifestReader{in: strings.NewReader(pod), namespace: "shop", left: size}
	if err := r.add("-", false); err != nil || len(r.manifests.Pods()) != 1 {
		t.Errorf("standard input: %d pods, %v", len(r.manifests.Pods()), err)
	}
	r = manifestReader{left: 1 << 10}
	if err := r.add(filepath.Join(dir, "broken"), false); err == nil {
		t.Error("a file that does not exist is read")
	}
}
