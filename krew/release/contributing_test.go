package release

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// TestMapOfPackages holds that CONTRIBUTING.md names every package at the top of its folder, and none that there is not.
func TestMapOfPackages(t *testing.T) {
	named := map[string]bool{}
	for line := range strings.Lines(string(readRepository(t, "CONTRIBUTING.md"))) {
		if strings.HasPrefix(line, "| `") {
			for _, name := range regexp.MustCompile("`((cmd|plugin|krew)[a-z/]*)`").FindAllStringSubmatch(line, -1) {
				named[name[1]] = true
			}
		}
	}
	there := map[string]bool{}
	for _, root := range []string{"cmd", "plugin", "krew"} {
		err := fs.WalkDir(os.DirFS(repository), root, func(file string, _ fs.DirEntry, err error) error {
			if path.Ext(file) == ".go" {
				there[path.Dir(file)] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name := range there {
		if !named[name] && strings.Count(name, "/") < 2 {
			t.Errorf("the map of CONTRIBUTING.md lacks %s", name)
		}
	}
	for name := range named {
		if !there[name] {
			t.Errorf("the map of CONTRIBUTING.md has %s, which is no package", name)
		}
	}
}
