package cmd_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/cmd"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/demo"
)

// kubectlOfDemo is a kubectl whose only plugin is this one, and whose cluster is the demo: what needs a cluster answers
// from $DEMO; what would change it only plans, and does not wait. Whatever is installed goes to the folder bin.
const kubectlOfDemo = `
kubectl() {
	[ "$1" = irsa ] || return 127
	shift
	local word words=() more=(--snapshot "$DEMO")
	for word; do
		[ "$word" = --wait ] || words+=("$word")
	done
	case "$*" in
	version* | completion* | *--snapshot*) more=() ;;
	*--dry-run* | *bind*' -o '*) ;;
	bind* | unbind*) more+=(--dry-run=client) ;;
	esac
	kubectl-irsa "${words[@]}" "${more[@]}"
}
sudo() { "${@/#\/usr\/local\/bin\//$PWD/bin/}"; }
`

// refused are the examples that the demo refuses, and why: each of its roles trusts the one provider.
var refused = map[string]string{
	"kubectl irsa unbind shop/web --delete-provider": "the OIDC provider is not deleted: it is trusted by",
}

// TestExamples runs every example of every help text and every command of the README, as it is printed.
func TestExamples(t *testing.T) {
	binary, err := exec.LookPath("kubectl-irsa")
	if err != nil {
		t.Fatal(err)
	}
	snapshot := demoWithWeb(t)
	sources := map[string][]string{"README.md": commandsOfReadme(t)}
	for _, name := range append(commands(t), "") {
		sources[strings.TrimSpace("help of "+name)] = examples(t, name)
	}
	for source, lines := range sources {
		t.Run(source, func(t *testing.T) {
			dir := t.TempDir() // of all of them: a later one reads what an earlier one wrote
			prepare(t, dir)
			for _, line := range lines {
				shell := exec.CommandContext(t.Context(), "bash", "-c", kubectlOfDemo+line)
				shell.Dir = dir
				shell.Env = []string{
					"PATH=" + filepath.Dir(binary) + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + dir,
					"DEMO=" + snapshot, "LC_ALL=C.UTF-8", "KUBECONFIG=" + filepath.Join(dir, "none"), "AWS_EC2_METADATA_DISABLED=true",
					"GORACE=" + os.Getenv("GORACE"),
				}
				var out, errOut bytes.Buffer
				shell.Stdout, shell.Stderr = &out, &errOut
				err := shell.Run()
				if why, ok := refused[line]; ok {
					if err == nil || !strings.Contains(errOut.String(), why) {
						t.Errorf("%s\nis not refused because %s\n%s", line, why, errOut.String())
					}
					continue
				}
				var exit *exec.ExitError
				// 2, 3 and 4 are answers too: broken, undetermined, and a change that is left to the source.
				if err != nil && (!errors.As(err, &exit) || !slices.Contains([]int{2, 3, 4}, exit.ExitCode())) || strings.Contains(errOut.String(), "error:") {
					t.Errorf("%s\n%v\n%s", line, err, errOut.String())
				}
				if out.Len() == 0 && !strings.Contains(line, ">") && !strings.HasPrefix(line, "sudo ") {
					t.Errorf("%s\nprints nothing", line)
				}
			}
		})
	}
}

// commands are the names of the commands that the root's help lists.
func commands(t *testing.T) []string {
	t.Helper()
	_, list, ok := strings.Cut(help(t), "\nAvailable Commands:\n")
	if !ok {
		t.Fatal("the help lists no commands")
	}
	list, _, _ = strings.Cut(list, "\n\n")
	var names []string
	for line := range strings.Lines(list) {
		names = append(names, strings.Fields(line)[0])
	}
	return names
}

// examples are the commands under "Examples" in a command's help.
func examples(t *testing.T, command string) []string {
	t.Helper()
	text := help(t, strings.Fields(command)...)
	_, section, ok := strings.Cut(text, "\nExamples:\n")
	if !ok {
		if command != "options" {
			t.Errorf("the help of %q has no examples", command)
		}
		return nil
	}
	var lines []string
	for line := range strings.Lines(section) {
		trimmed := strings.TrimSpace(line)
		if trimmed != "" && !strings.HasPrefix(line, "  ") {
			break // the next heading
		}
		if trimmed != "" && !strings.HasPrefix(trimmed, "#") {
			lines = append(lines, trimmed)
		}
	}
	if len(lines) == 0 {
		t.Errorf("the help of %q has a heading without examples", command)
	}
	return lines
}

func help(t *testing.T, command ...string) string {
	t.Helper()
	var out, errOut bytes.Buffer
	if code := cmd.Main(strings.NewReader(""), &out, &errOut, append(command, "--help")); code != 0 {
		t.Fatalf("%v --help: %d %s", command, code, errOut.String())
	}
	return out.String()
}

var codeBlock = regexp.MustCompile("(?ms)^```[a-z]+\n(.*?)^```$")

// commandsOfReadme are the lines of the README's code blocks that call the plugin.
func commandsOfReadme(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, block := range codeBlock.FindAllSubmatch(text, -1) {
		for line := range strings.Lines(string(block[1])) {
			line = strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "$ ")
			if strings.HasPrefix(line, "kubectl irsa ") || strings.HasPrefix(line, "sudo install ") {
				lines = append(lines, line)
			}
		}
	}
	if len(lines) == 0 {
		t.Error("README.md has no commands")
	}
	return lines
}

// demoWithWeb writes the demo, with the pod web-0 that examples speak of: one of the pods of deploy/web by that name.
func demoWithWeb(t *testing.T) string {
	t.Helper()
	var snapshot map[string]any
	if err := yaml.Unmarshal(demo.Snapshot, &snapshot); err != nil {
		t.Fatal(err)
	}
	objects, _ := snapshot["kubernetes"].([]any)
	for _, object := range objects {
		pod, _ := object.(map[string]any)
		spec, _ := pod["spec"].(map[string]any)
		if pod["kind"] != "Pod" || spec["serviceAccountName"] != "web" {
			continue
		}
		snapshot["kubernetes"] = append(objects, map[string]any{
			"apiVersion": "v1", "kind": "Pod", "spec": spec, "status": pod["status"],
			"metadata": map[string]any{"namespace": "shop", "name": "web-0", "creationTimestamp": pod["metadata"].(map[string]any)["creationTimestamp"]},
		})
		text, err := yaml.Marshal(snapshot)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "demo.yaml")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	t.Fatal("the demo has no pod of the service account web")
	return ""
}

// prepare makes what examples take for granted: manifests, and a folder to install into.
func prepare(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"bin", "manifests"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	manifest := fmt.Sprintf(`apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop, annotations: {eks.amazonaws.com/role-arn: %q}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      containers: [{name: app, image: example.com/web:1}]
`, webRole)
	if err := os.WriteFile(filepath.Join(dir, "manifests", "web.yaml"), []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
}
