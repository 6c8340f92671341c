package cmd_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/cmd"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/binaries"
)

// TestPrinted holds that every command that any output prints is one that its program accepts: of the demo and all cases the
// answers of explain and whoami, of each code its page, all help texts, the plans of bind, and the documentation.
func TestPrinted(t *testing.T) {
	p := printed{}
	p.answers(t)
	p.texts(t)
	commands := p.split(t)
	if len(commands) < 100 {
		t.Fatalf("only %d commands are found", len(commands))
	}
	newParsers(t).refuse(t, commands, func(c typed, why string) {
		t.Errorf("%s\nprints %s\n%s", p[c.line], c.line, why)
	})
}

// TestPrintedWrong holds that the parsers of TestPrinted refuse what is wrong.
func TestPrintedWrong(t *testing.T) {
	wrong := map[string]bool{}
	for _, line := range []string{
		"kubectl rollout restarts deployment/web -n shop", "kubectl rollout restart deployment/web --grace", "kubectl get podz -n shop",
		"kubectl annotate serviceaccount web", "kubectl logs web-0 -n shop --tails=20",
		"kubectl irsa explain pod/web-0 --namspace shop", "kubectl irsa bind web -n shop", "kubectl irsa explains pod/web-0",
		"kubectl irsa explain podz/web-0 -n shop", "kubectl irsa explain IRSA999",
		"aws iam get-roles --role-name web", "aws iam get-role --name web", "aws iam get-role", "aws eks describe-cluster --name prod --query '[cluster'",
		"aws ec2 modify-instance-metadata-options --instance-id i-1 --http-put-response-hop-limit two",
		"aws iam get-role --role-name $(kubectl gets role)", "kubectl get pod 'web-0",
	} {
		wrong[line] = true
	}
	p := printed{}
	for line := range wrong {
		p[line] = "this test"
	}
	newParsers(t).refuse(t, p.split(t), func(c typed, _ string) { delete(wrong, c.line) })
	for line := range wrong {
		t.Errorf("%s is accepted", line)
	}
}

// printed are lines with commands, and where each was met first.
type printed map[string]string

// beginning finds a command in a line of text: alone, after a prompt or a label, and without the remark behind it.
var (
	beginning = regexp.MustCompile(`^\s*(?:[-*] )?(?:\$ |[A-Z][A-Za-z ]*: +)?((?:kubectl|aws) +[a-z-].*?)(?:\s{2,}[(#].*)?$`)
	quoted    = regexp.MustCompile("`((?:kubectl|aws) [a-z][^`]*)`")
	continued = regexp.MustCompile(`\\\n\s*`)
)

// text adds the commands of a text. One whose quotes are open at the end of its line goes on in the next.
func (p printed) text(source, text string) {
	rest := continued.ReplaceAllString(text, "")
	for rest != "" {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		for _, m := range quoted.FindAllStringSubmatch(line, -1) {
			p.add(source, m[1])
		}
		m := beginning.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		command := m[1]
		for strings.Count(command, "'")%2 == 1 && rest != "" {
			line, rest, _ = strings.Cut(rest, "\n")
			command += "\n" + line
		}
		p.add(source, command)
	}
}

// add adds a command, unless another program answers it: krew is a plugin that the test bed has not, and "…" stands for the
// rest of a command in prose.
func (p printed) add(source, command string) {
	if command = strings.TrimSpace(command); p[command] == "" && !strings.HasPrefix(command, "kubectl krew ") && !strings.HasSuffix(command, " …") {
		p[command] = source
	}
}

// answers adds what is printed about the pods of the demo and of all cases.
func (p printed) answers(t *testing.T) {
	t.Helper()
	files := []string{"demo"}
	err := filepath.WalkDir("../testdata/cases", func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".yaml" {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		var list struct {
			Items []struct {
				Target struct{ Kind, Namespace, Name string }
			}
		}
		text := p.run(t, "explain", "-A", "--snapshot", file, "-o", "json")
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for command := range commandsOf(text) {
			p.text("explain -A --snapshot "+file+" -o json", command)
		}
		p.run(t, "explain", "-A", "--snapshot", file)
		for _, item := range list.Items {
			target := strings.ToLower(item.Target.Kind) + "/" + item.Target.Name
			p.run(t, "explain", target, "-n", item.Target.Namespace, "--snapshot", file, "-o", "wide")
			p.run(t, "explain", target, "-n", item.Target.Namespace, "--snapshot", file)
			p.run(t, "whoami", target, "-n", item.Target.Namespace, "--snapshot", file)
		}
	}
}

// commandsOf are the strings of a JSON document that are commands: elements of fields that are called so.
func commandsOf(document string) map[string]bool {
	var value any
	found := map[string]bool{}
	_ = json.Unmarshal([]byte(document), &value) // the caller has just read it
	var walk func(value any, command bool)
	walk = func(value any, command bool) {
		switch value := value.(type) {
		case map[string]any:
			for key, one := range value {
				walk(one, strings.Contains(strings.ToLower(key), "command"))
			}
		case []any:
			for _, one := range value {
				walk(one, command)
			}
		case string:
			if command {
				found[value] = true
			}
		}
	}
	walk(value, false)
	return found
}

// texts adds what is printed without a pod, and the documentation.
func (p printed) texts(t *testing.T) {
	t.Helper()
	for _, c := range check.All() {
		p.run(t, "explain", string(c.Code))
	}
	for _, name := range append(commands(t), "") {
		for _, line := range examples(t, name) {
			p.text("help of "+name, line)
		}
	}
	for _, plan := range [][]string{{"bind", "shop/checkout", "checkout"}, {"bind", "ops/backup", "backup", "--create-role"}, {"unbind", "shop/web"}} {
		p.run(t, append(slices.Clone(plan), "--snapshot", "demo", "--dry-run=client")...)
		p.run(t, append(slices.Clone(plan), "--snapshot", "demo", "-o", "aws-cli")...)
	}
	p.run(t, "unbind", "shop/web", "--snapshot", "demo", "-o", "kubectl")
	files, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "../README.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p.text(file, string(text))
	}
}

// run runs the program, adds the commands that it prints, and returns its standard output.
func (p printed) run(t *testing.T, args ...string) string {
	t.Helper()
	var out, errOut bytes.Buffer
	cmd.Main(strings.NewReader(""), &out, &errOut, args)
	source := "kubectl irsa " + strings.Join(args, " ")
	if out.Len() == 0 {
		t.Errorf("%s prints nothing: %s", source, errOut.String())
	}
	if !strings.HasPrefix(strings.TrimSpace(out.String()), "{") {
		p.text(source, out.String())
	}
	p.text(source, errOut.String())
	return out.String()
}

// A typed command is what a program is called with when the shell runs a line.
type typed struct {
	line string
	argv []string
}

// recorder is a shell in which kubectl and aws only record what they are called with, and nothing else can run.
const recorder = `
kubectl() { record kubectl "$@"; }
aws() { record aws "$@"; }
record() { printf '%s\0' "$number" "$#" "$@" >&3; }
number=0
while IFS= read -r -d '' line; do
	( eval "$line" ) >/dev/null 2>&1 </dev/null
	number=$((number + 1))
done
`

// split lets a shell take the lines apart. A line that calls neither program is typed with nothing.
func (p printed) split(t *testing.T) []typed {
	t.Helper()
	lines := slices.Sorted(maps.Keys(p))
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	shell := exec.CommandContext(t.Context(), bash, "-c", recorder)
	shell.Dir, shell.Env, shell.ExtraFiles = t.TempDir(), []string{"PATH=/nonexistent"}, []*os.File{write}
	shell.Stdin = strings.NewReader(strings.Join(lines, "\x00") + "\x00")
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	if err := write.Close(); err != nil {
		t.Fatal(err)
	}
	var recorded bytes.Buffer
	if _, err := recorded.ReadFrom(read); err != nil {
		t.Fatal(err)
	}
	if err := shell.Wait(); err != nil {
		t.Fatal(err)
	}
	words, called := strings.Split(strings.TrimSuffix(recorded.String(), "\x00"), "\x00"), map[string]bool{}
	var all []typed
	for len(words) > 2 {
		number, _ := strconv.Atoi(words[0])
		count, _ := strconv.Atoi(words[1])
		c := typed{lines[number], words[2 : 2+count]}
		words, called[c.line] = words[2+count:], true
		all = append(all, c)
		if end := slices.Index(c.argv, "--"); end > 0 && end+1 < len(c.argv) && c.argv[end+1] == "aws" {
			all = append(all, typed{c.line, c.argv[end+1:]}) // kubectl exec … -- aws …
		}
	}
	for _, line := range lines {
		if !called[line] {
			all = append(all, typed{line: line})
		}
	}
	return all
}

// shape is the same for commands that differ in names only.
func (c typed) shape() string {
	var shape []string
	flags := false
	for i, word := range c.argv {
		name, _, _ := strings.Cut(word, "=")
		switch {
		case word == "--":
			return strings.Join(append(shape, word), " ")
		case strings.HasPrefix(word, "-"):
			flags = true
			shape = append(shape, name)
		case i > 0 && slices.Contains([]string{"-o", "--output", "--type", "--query"}, c.argv[i-1]), !flags && lower.MatchString(word):
			shape = append(shape, word)
		case !flags:
			kind, _, of := strings.Cut(word, "/")
			shape = append(shape, fmt.Sprint(kind, of))
		default:
			shape = append(shape, "_")
		}
	}
	return strings.Join(shape, " ")
}

var lower = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

// parsers are the programs whose commands are printed.
type parsers struct {
	kubectl string
	env     []string
}

// newParsers lets kubectl run against a real API server, as a user who may do nothing there: what it refuses by itself, is wrong.
func newParsers(t *testing.T) parsers {
	t.Helper()
	cluster := bed.ControlPlane(t)
	kubeconfig := cluster.User(t, "reader-of-commands").Kubeconfig(t, cluster.URL, "prod", "shop")
	return parsers{cluster.Kubectl(), append(os.Environ(), append(cluster.KubectlEnv(kubeconfig), "HOME="+t.TempDir())...)}
}

// refuse calls refused with each command that its program does not accept, one of each shape.
func (p parsers) refuse(t *testing.T, commands []typed, refused func(typed, string)) {
	t.Helper()
	seen := map[string]bool{}
	var ofAWS []typed
	for _, c := range commands {
		if len(c.argv) == 0 {
			refused(c, "no shell runs kubectl or aws with it")
			continue
		}
		shape := c.shape()
		if seen[shape] {
			continue
		}
		seen[shape] = true
		why := ""
		switch {
		case c.argv[0] == "aws":
			ofAWS = append(ofAWS, c)
		case len(c.argv) > 1 && c.argv[1] == "irsa":
			why = p.irsa(c.argv[2:])
		default:
			why = p.ofKubectl(t, c.argv[1:])
		}
		if why != "" {
			refused(c, why)
		}
	}
	t.Logf("%d shapes", len(seen))
	for i, why := range p.aws(t, ofAWS) {
		if why != "" {
			refused(ofAWS[i], why)
		}
	}
}

// irsa is why the program refuses arguments: an error of usage, which ends in where to find help.
func (parsers) irsa(args []string) string {
	var out, errOut bytes.Buffer
	// Without a kubeconfig nothing is read; an error about the cluster comes after all that is said about the arguments.
	args = slices.Concat([]string{"--kubeconfig", "/nonexistent"}, args)
	if i := slices.Index(args, "--write-fix"); i >= 0 && i+1 < len(args) {
		args[i+1] = os.DevNull // no directory: nothing is written
	}
	if code := cmd.Main(strings.NewReader(""), &out, &errOut, args); code == 1 && strings.Contains(errOut.String(), "for help and examples") {
		return errOut.String()
	}
	return ""
}

// passed are what kubectl prints about a command that it has accepted: the API server refuses, or a file is not there.
var passed = regexp.MustCompile(`(?i)forbidden|the path ".*" does not exist|no such file|context ".*" does not exist`)

// ofKubectl is why kubectl refuses a command.
func (p parsers) ofKubectl(t *testing.T, args []string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), p.kubectl, args...)
	command.Env = p.env
	out, err := command.CombinedOutput()
	if err != nil && !passed.Match(out) {
		return string(out)
	}
	return ""
}

// aws is why the AWS CLI refuses each of the commands; empty where it does not.
func (p parsers) aws(t *testing.T, commands []typed) []string {
	t.Helper()
	var in bytes.Buffer
	for _, c := range commands {
		if err := json.NewEncoder(&in).Encode(c.argv[1:]); err != nil {
			t.Fatal(err)
		}
	}
	dir, err := binaries.Python()
	if err != nil {
		t.Fatal(err)
	}
	parser := exec.CommandContext(t.Context(), filepath.Join(dir, "python"), "../testdata/python/awsparse.py")
	if _, err := os.Stat(parser.Path); err != nil {
		parser = exec.CommandContext(t.Context(), "python3", parser.Args[1:]...)
	}
	var errOut bytes.Buffer
	parser.Stdin, parser.Stderr = &in, &errOut
	parser.Env = append(os.Environ(), "AWS_CONFIG_FILE=/nonexistent", "AWS_SHARED_CREDENTIALS_FILE=/nonexistent")
	out, err := parser.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, errOut.String())
	}
	var whys []string
	for line := range strings.Lines(string(out)) {
		var why string
		if err := json.Unmarshal([]byte(line), &why); err != nil {
			t.Fatal(err)
		}
		whys = append(whys, why)
	}
	if len(whys) != len(commands) {
		t.Fatalf("%d answers about %d commands", len(whys), len(commands))
	}
	return whys
}
