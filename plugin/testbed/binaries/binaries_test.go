package binaries

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestProgramsSayTheVersionOfTheirModule(t *testing.T) {
	dir, err := Ensure(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, "testdata", "controlplane", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(filepath.Join(dir, "kubectl"), "version", "--client", "-o", "json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var version struct {
		ClientVersion struct{ GitVersion, Major, Minor string }
	}
	if err := json.Unmarshal(out, &version); err != nil {
		t.Fatal(err)
	}
	client := version.ClientVersion
	if !strings.Contains(string(mod), "k8s.io/kubernetes "+client.GitVersion+"\n") || !strings.HasPrefix(client.GitVersion, "v"+client.Major+"."+client.Minor+".") {
		t.Errorf("kubectl says %+v", client)
	}
	out, err = exec.Command(filepath.Join(dir, "kube-apiserver"), "--version").Output()
	if want := "Kubernetes " + client.GitVersion + "\n"; err != nil || string(out) != want {
		t.Errorf("kube-apiserver says %q, want %q (%v)", out, want, err)
	}
}

func TestFingerprintFollowsTheSources(t *testing.T) {
	source := t.TempDir()
	fingerprintWith := func(name, content string) string {
		t.Helper()
		if err := os.WriteFile(filepath.Join(source, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		sum, err := fingerprint(source, "-s")
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	first := fingerprintWith("go.mod", "a")
	if fingerprintWith("go.mod", "a") != first {
		t.Error("the same sources have two fingerprints")
	}
	if fingerprintWith("go.mod", "b") == first {
		t.Error("other content has the same fingerprint")
	}
	if fingerprintWith("go.mod", "a") != first || fingerprintWith("main.go", "") == first {
		t.Error("a further file has the same fingerprint")
	}
}

func TestLinkerFlagsNeedARelease(t *testing.T) {
	source := t.TempDir()
	for content, want := range map[string]string{
		"require (\n\tk8s.io/kubernetes v1.37.2\n)\n": "version.gitVersion=v1.37.2 ",
		"require (\n\tk8s.io/kubectl v0.37.2\n)\n":    "",
	} {
		if err := os.WriteFile(filepath.Join(source, "go.mod"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		flags, err := linkerFlags(source)
		if (err == nil) != (want != "") || !strings.Contains(flags, want) {
			t.Errorf("from %q: %q, %v", content, flags, err)
		}
	}
}
