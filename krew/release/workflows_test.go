package release

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// A workflow is what the tests need of a file in .github/workflows.
type workflow struct {
	On          map[string]any    `json:"on"`
	Permissions map[string]string `json:"permissions"`
	Jobs        map[string]struct {
		Uses           string            `json:"uses"`
		Permissions    map[string]string `json:"permissions"`
		TimeoutMinutes int               `json:"timeout-minutes"`
		Steps          []step            `json:"steps"`
	} `json:"jobs"`
}

type step struct {
	Name string         `json:"name"`
	Uses string         `json:"uses"`
	If   string         `json:"if"`
	Run  string         `json:"run"`
	With map[string]any `json:"with"`
}

// workflows are those of the repository by file name, as they are written and as they are read. YAML 1.1 reads the key `on` as
// true, so it is quoted first.
func workflows(t *testing.T) (written map[string]string, read map[string]workflow) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(repository, ".github/workflows/*"))
	if err != nil || len(files) < 3 {
		t.Fatalf("workflows: %v, %v", files, err)
	}
	written, read = map[string]string{}, map[string]workflow{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var w workflow
		if err := yaml.Unmarshal([]byte(strings.Replace(string(text), "\non:\n", "\n\"on\":\n", 1)), &w); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if len(w.Jobs) == 0 || len(w.On) == 0 {
			t.Fatalf("%s: no jobs or no triggers were read", file)
		}
		written[filepath.Base(file)], read[filepath.Base(file)] = string(text), w
	}
	return written, read
}

// TestActionsArePinned holds that every action is named by its commit, with the version that Dependabot updates beside it: a tag
// can be moved. https://docs.github.com/en/actions/reference/security/secure-use#using-third-party-actions
func TestActionsArePinned(t *testing.T) {
	written, _ := workflows(t)
	uses := regexp.MustCompile(`(?m)^\s*(?:- )?uses: (.*)$`)
	pinned := regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	count := 0
	for file, text := range written {
		for _, found := range uses.FindAllStringSubmatch(text, -1) {
			if count++; !strings.HasPrefix(found[1], "./") && !pinned.MatchString(found[1]) {
				t.Errorf("%s: %q is not pinned by commit and version", file, found[1])
			}
		}
	}
	if count < 10 {
		t.Errorf("only %d actions were read", count)
	}
}

// TestLeastPermissions holds that a workflow has no permission of its own, that each job names what it needs and ends, and that no
// job keeps the token of a checkout, which any later step could read.
func TestLeastPermissions(t *testing.T) {
	_, read := workflows(t)
	for file, w := range read {
		if w.Permissions == nil || len(w.Permissions) > 0 {
			t.Errorf("%s: permissions of the whole workflow are %v, want {}", file, w.Permissions)
		}
		if _, risky := w.On["pull_request_target"]; risky {
			t.Errorf("%s: pull_request_target runs foreign code with this repository's rights", file)
		}
		for name, job := range w.Jobs {
			if len(job.Permissions) == 0 || job.Uses == "" && job.TimeoutMinutes == 0 {
				t.Errorf("%s: job %s has no permissions or no timeout", file, name)
			}
			for _, s := range job.Steps {
				if strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != false {
					t.Errorf("%s: job %s keeps the token of its checkout", file, name)
				}
				if strings.Contains(s.Run, "${{") {
					t.Errorf("%s: job %s puts an expression into a script, where a shell reads it as code: %s", file, name, s.Run)
				}
			}
		}
	}
}

// TestReleaseIsBuiltApart holds that what may write a release runs nothing of the repository, and that nothing of a release comes
// from a cache: both are ways in which other code than the tag's gets into it.
func TestReleaseIsBuiltApart(t *testing.T) {
	_, read := workflows(t)
	for _, file := range []string{"release.yaml", "test.yaml"} {
		for name, job := range read[file].Jobs {
			writes := false
			for _, access := range job.Permissions {
				writes = writes || access == "write"
			}
			for _, s := range job.Steps {
				if writes && (strings.HasPrefix(s.Uses, "actions/checkout@") || strings.Contains(s.Run, "make ") || strings.Contains(s.Run, "go ")) {
					t.Errorf("%s: job %s may write and runs code of the repository: %s%s", file, name, s.Uses, s.Run)
				}
				cached := strings.HasPrefix(s.Uses, "actions/cache@") && s.If != "github.ref_type != 'tag'"
				if setup := strings.HasPrefix(s.Uses, "actions/setup-go@"); setup && s.With["cache"] != false && s.With["cache"] != "${{ github.ref_type != 'tag' }}" {
					cached = true
				}
				if cached {
					t.Errorf("%s: job %s takes a release's parts from a cache: %s", file, name, s.Uses)
				}
			}
		}
	}
	if p := read["release.yaml"].Jobs["publish"].Permissions; p["contents"] != "write" || p["id-token"] != "write" || p["attestations"] != "write" {
		t.Errorf("job publish cannot publish and sign: %v", p)
	}
}

// TestVerifyCommands holds that the release is verified by the commands that SECURITY.md prints, and that these name its workflow.
func TestVerifyCommands(t *testing.T) {
	_, read := workflows(t)
	_, block, ok := strings.Cut(string(readRepository(t, "SECURITY.md")), "```sh\n")
	block, _, ends := strings.Cut(block, "```\n")
	if !ok || !ends || strings.Count(string(readRepository(t, "SECURITY.md")), "```sh") != 1 {
		t.Fatal("SECURITY.md has not one block of commands")
	}
	for _, want := range []string{"gh attestation verify checksums.txt", ".github/workflows/release.yaml", "refs/tags/$VERSION", "sha256sum --check --strict checksums.txt"} {
		if !strings.Contains(block, want) {
			t.Errorf("the commands of SECURITY.md lack %q:\n%s", want, block)
		}
	}
	runs := false
	for _, s := range read["release.yaml"].Jobs["krew"].Steps {
		runs = runs || strings.Contains(s.Run, "SECURITY.md")
	}
	if !runs {
		t.Error("no step of job krew runs the commands of SECURITY.md")
	}
}
