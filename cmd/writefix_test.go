package cmd

import (
	"os"
	"path/filepath"
	"testing"
)

// TestWriteNew holds that files are written all or none: where one cannot be, the others are removed again, and no part of any is
// left.
func TestWriteNew(t *testing.T) {
	const mode = 0o644
	for name, spoilt := range map[string]string{
		"none": "", "the name is taken while it is written": "b", "the folder is gone": "gone/b",
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			files := map[string][]byte{filepath.Join(folder, "a"): []byte("{}"), filepath.Join(folder, "c"): []byte("[]")}
			want := []string{"a", "c"}
			if spoilt != "" {
				files[filepath.Join(folder, spoilt)] = []byte("{}")
				want = nil
			}
			if spoilt == "b" {
				if err := os.Mkdir(filepath.Join(folder, "b"), 0o755); err != nil {
					t.Fatal(err)
				}
				want = []string{"b"}
			}
			if err := writeNew(files, mode); (err != nil) != (spoilt != "") {
				t.Fatal(err)
			}
			left, err := os.ReadDir(folder)
			if err != nil || len(left) != len(want) {
				t.Fatalf("%v are left, want %v; %v", left, want, err)
			}
			for i, name := range want {
				if left[i].Name() != name {
					t.Errorf("%s is left, want %s", left[i].Name(), name)
				}
			}
		})
	}
}
