package release

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

const repository = "../.."

// goreleaserConfig is what the tests need of .goreleaser.yaml.
type goreleaserConfig struct {
	Builds []struct {
		Binary  string   `json:"binary"`
		Env     []string `json:"env"`
		Flags   []string `json:"flags"`
		Ldflags []string `json:"ldflags"`
		Targets []string `json:"targets"`
	} `json:"builds"`
	Archives []struct {
		NameTemplate string `json:"name_template"`
		Files        []struct {
			Src string `json:"src"`
		} `json:"files"`
	} `json:"archives"`
}

func readGoreleaser(t *testing.T) goreleaserConfig {
	t.Helper()
	var c goreleaserConfig
	if err := yaml.Unmarshal(readRepository(t, ".goreleaser.yaml"), &c); err != nil {
		t.Fatalf(".goreleaser.yaml: %v", err)
	}
	if len(c.Builds) != 1 || len(c.Archives) != 1 || len(c.Builds[0].Targets) == 0 || len(c.Archives[0].Files) == 0 {
		t.Fatal(".goreleaser.yaml: not one build with targets and one archive with files")
	}
	return c
}

// targets are the platforms that archives are built for.
func (c goreleaserConfig) targets() []Target {
	var found []Target
	for _, name := range c.Builds[0].Targets {
		words := strings.Split(name, "_") // the third is the version of the architecture
		found = append(found, Target{OS: words[0], Arch: words[1]})
	}
	return found
}

// archive is the name of the archive of a version, without its ending.
func (c goreleaserConfig) archive(tag string, t Target) string {
	return strings.NewReplacer("{{ .Tag }}", tag, "{{ .Os }}", t.OS, "{{ .Arch }}", t.Arch).Replace(c.Archives[0].NameTemplate)
}

func readRepository(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
