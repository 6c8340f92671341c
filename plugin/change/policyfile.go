package change

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"al.essio.dev/pkg/shellescape"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A PolicyFile is a policy document that a command of a plan has as an argument, and that it can read from a file instead.
type PolicyFile struct {
	Name string // of the file, without a folder
	Text string // the same JSON over several lines
	Line string // the command with the document in it

	argv []string
	at   int // the place of the document in argv
}

// policyFlags are the flags of the AWS CLI whose value is a policy document.
var policyFlags = []string{"--policy-document", "--assume-role-policy-document"}

// PolicyFiles returns the policy documents in the commands of a plan.
func (c Coordinates) PolicyFiles(s *snapshot.Snapshot, plan []Change) []PolicyFile {
	var files []PolicyFile
	for _, one := range plan {
		for _, argv := range one.Commands() {
			at := slices.IndexFunc(argv, func(arg string) bool { return slices.Contains(policyFlags, arg) }) + 1
			if at == 0 || at == len(argv) || !json.Valid([]byte(argv[at])) {
				continue
			}
			if line, ok := c.Line(argv); ok {
				files = append(files, PolicyFile{Name: policyName(s, one, argv), Text: readable(argv[at]), Line: line, argv: c.Place(argv), at: at})
			}
		}
	}
	return files
}

// At returns the command that reads the document from a file. The AWS CLI takes what follows file:// as the path, as it is
// (https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html).
func (f PolicyFile) At(path string) string {
	argv := slices.Clone(f.argv)
	argv[f.at] = "file://" + path
	return shellescape.QuoteCommand(argv)
}

// policyName is the name of the file for a policy of a role: role-checkout-trust-policy.json. A role of another account than the
// cluster's has its account in the name, since two accounts may have roles of one name.
func policyName(s *snapshot.Snapshot, c Change, argv []string) string {
	role, what := c.Object(), "trust-policy"
	if i := slices.Index(argv, "--policy-name"); i >= 0 && i+1 < len(argv) {
		what = "policy-" + argv[i+1]
	}
	name := role.Name
	if arn, ok := snapshot.ParseARN(role.ARN); ok && arn.Account != s.Cluster().Account {
		name = arn.Account + "-" + name
	}
	return strings.Map(inFileName, "role-"+name+"-"+what) + ".json"
}

// inFileName replaces what is not safe in the name of a file on every system, and in a command. Names in IAM have none of it.
func inFileName(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("+=,.@_-", r):
		return r
	default:
		return '_'
	}
}

// numbered is the name of a file beside others of that name.
func numbered(name string, n int) string {
	if n == 1 {
		return name
	}
	return strings.TrimSuffix(name, ".json") + "-" + strconv.Itoa(n) + ".json"
}

// A Folder gives the policy documents of several plans their names in one folder: the same document has one name, and another one
// for the same role another name.
type Folder struct {
	Texts map[string]string // by name
}

// Put returns the name of a document in the folder.
func (f *Folder) Put(file PolicyFile) string {
	if f.Texts == nil {
		f.Texts = map[string]string{}
	}
	for n := 1; ; n++ {
		name := numbered(file.Name, n)
		if text, taken := f.Texts[name]; !taken || text == file.Text {
			f.Texts[name] = file.Text
			return name
		}
	}
}

// PolicyDiff is what a change makes of a policy; ok is false where it changes none, or creates the role with it.
func PolicyDiff(s *snapshot.Snapshot, c Change) (before, after string, ok bool) {
	switch c.(type) {
	case EditTrust, Grant, Revoke, AllowAssume:
		_, before, after = c.Diff(s)
		return before, after, before != after
	default:
		return "", "", false
	}
}
