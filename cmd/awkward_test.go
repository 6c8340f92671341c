package cmd_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/cmd"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
)

// TestAwkwardTrustPolicy holds that a trust policy with characters that cannot be printed is fixed and bound by complete commands,
// files and plans, of which each holds the same characters, and that none of them reaches the terminal.
func TestAwkwardTrustPolicy(t *testing.T) {
	demo, err := os.ReadFile("../plugin/demo/demo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	policy := regexp.MustCompile(`(?s)(- RoleName: checkout\n.*?AssumeRolePolicyDocument:\n      Version: '2012-10-17'\n      Statement:\n      - )Effect: Allow\n`)
	for name, text := range map[string]string{
		"no-break space": "a\u00a0b", "next line": "a\u0085b", "line separator": "a\u2028b", "zero width space": "a\u200bb", "override": "a\u202eb",
		"byte order mark": "\ufeffa", "emoji": "a😀\ufe0fb", "accent": "é", "quotes": `'"$(id)` + "`id`", "plain": "a",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "demo.yaml")
			replaced := policy.ReplaceAllStringFunc(string(demo), func(found string) string {
				return strings.TrimSuffix(found, "Effect: Allow\n") + "Sid: " + strconv.QuoteToASCII(text) + "\n        Effect: Allow\n"
			})
			if err := os.WriteFile(file, []byte(replaced), 0o600); err != nil {
				t.Fatal(err)
			}
			explain := []string{"explain", "pod/checkout", "-n", "shop", "--snapshot", file}
			bind := []string{"bind", "shop/checkout", "checkout", "--snapshot", file}

			var report struct {
				Findings []struct{ Fix struct{ Commands []string } }
			}
			answer := screen(t, 2, append(explain, "-o", "json")...)
			if err := json.Unmarshal([]byte(answer), &report); err != nil || len(report.Findings) == 0 {
				t.Fatalf("%v: %s", err, answer)
			}
			hasSid(t, "explain -o json", documentIn(t, strings.Join(report.Findings[0].Fix.Commands, "\n")), text)
			screen(t, 2, explain...)
			screen(t, 2, append(explain, "--write-fix", dir)...)
			written, err := os.ReadFile(filepath.Join(dir, "role-checkout-trust-policy.json"))
			if err != nil {
				t.Fatal(err)
			}
			hasSid(t, "--write-fix", string(written), text)
			hasSid(t, "bind -o aws-cli", documentIn(t, screen(t, 0, append(bind, "-o", "aws-cli")...)), text)
			var plan struct{ Steps []struct{ Policy string } }
			if err := json.Unmarshal([]byte(screen(t, 0, append(bind, "-o", "json")...)), &plan); err != nil || len(plan.Steps) != 1 {
				t.Fatalf("bind -o json: %v, %v", plan, err)
			}
			hasSid(t, "bind -o json", plan.Steps[0].Policy, text)
			for _, format := range []string{"terraform", "cloudformation", "eksctl", "yaml", "kubectl"} {
				screen(t, 0, append(bind, "-o", format)...)
			}
			if out := screen(t, 0, append(bind, "--dry-run=client")...); !strings.Contains(out, "1. Add system:serviceaccount:shop:checkout to statement 1") {
				t.Errorf("the plan has no step:\n%s", out)
			}
		})
	}
}

// screen runs the program and returns what it prints, of which a terminal shows every character as it is.
func screen(t *testing.T, code int, args ...string) string {
	t.Helper()
	var out, errOut bytes.Buffer
	if got := cmd.Main(strings.NewReader(""), &out, &errOut, args); got != code {
		t.Fatalf("%v: exit code %d, want %d\n%s%s", args, got, code, out.String(), errOut.String())
	}
	for line := range strings.SplitSeq(out.String()+errOut.String(), "\n") {
		if render.Escape(line, false) != line {
			t.Errorf("%v prints %q", args, line)
		}
	}
	return out.String()
}

// documentIn is the policy that the first command of the AWS CLI among commands has, read by a shell.
func documentIn(t *testing.T, commands string) string {
	t.Helper()
	script := `kubectl() { :; }
aws() { while [ $# -gt 0 ]; do case $1 in --policy-document) printf %s "$2"; exit;; esac; shift; done; }
`
	command := exec.CommandContext(t.Context(), "/bin/sh", "-c", script+commands)
	command.Env = []string{}
	out, err := command.CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s", err, commands)
	}
	return string(out)
}

func hasSid(t *testing.T, where, document, sid string) {
	t.Helper()
	var policy struct {
		Statement []struct{ Sid, Effect string }
	}
	if err := json.Unmarshal([]byte(document), &policy); err != nil || len(policy.Statement) == 0 || policy.Statement[0].Sid != sid || policy.Statement[0].Effect != "Allow" {
		t.Errorf("%s: %s", where, fmt.Sprint(policy, err, document))
	}
}
