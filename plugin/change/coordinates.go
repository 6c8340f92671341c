package change

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"al.essio.dev/pkg/shellescape"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// Coordinates say where printed commands act, and with which credentials. A command is copied into another shell, where it must act on
// the cluster and the account that its effect was worked out for; so it gets the flags that its program would not find
// out there by itself. Every command that is printed gets them here. The zero value adds none.
type Coordinates struct {
	// Kubectl are flags of kubectl, which its plugins accept as well, each with its value: --context prod.
	Kubectl [][]string
	// Plugin are further flags of `kubectl irsa`.
	Plugin [][]string
	// Write are those of its commands that change something, bind and unbind, and Read are those of the others.
	Write, Read [][]string
	// Profile is the AWS CLI's --profile, empty where it is the default one.
	Profile string
	// Region is the AWS CLI's --region.
	Region string
}

// Flag is a flag with its value. A value that looks like a flag is bound to it by a =.
func Flag(name, value string) []string {
	if strings.HasPrefix(value, "-") {
		return []string{"--" + name + "=" + value}
	}
	return []string{"--" + name, value}
}

// In returns the coordinates of commands about what a snapshot holds. The cluster's own region comes first.
func (c Coordinates) In(s *snapshot.Snapshot) Coordinates {
	c.Region = cmp.Or(s.Cluster().Region, c.Region)
	return c
}

// Place returns a command with its coordinates. Its own flags are kept.
func (c Coordinates) Place(argv []string) []string {
	var others []string // after a --, of another program
	if end := slices.Index(argv, "--"); end >= 0 {
		argv, others = argv[:end], argv[end:]
	}
	var flags []string
	for _, flag := range c.of(argv) {
		if !says(argv, flag[0]) {
			flags = append(flags, flag...)
		}
	}
	return slices.Concat(argv, flags, others)
}

// says reports whether a command has a flag already.
func says(argv []string, flag string) bool {
	name, _, _ := strings.Cut(flag, "=")
	return slices.ContainsFunc(argv, func(arg string) bool { return arg == name || strings.HasPrefix(arg, name+"=") })
}

// of returns the flags of a command's program.
func (c Coordinates) of(argv []string) [][]string {
	switch {
	case len(argv) < 2:
		return nil
	case argv[0] == "kubectl" && argv[1] == "irsa":
		more := c.Read
		if len(argv) > 2 && (argv[2] == "bind" || argv[2] == "unbind") {
			more = c.Write
		}
		return slices.Concat(c.Kubectl, c.Plugin, more)
	case argv[0] == "kubectl":
		return c.Kubectl
	case argv[0] == "aws":
		return c.ofAWS(argv[1])
	default:
		return nil
	}
}

// ofAWS returns the flags of the AWS CLI. IAM is one service for the whole of a partition: in the ordinary one any region
// leads there, also none, and in the others one of theirs (AWS CLI User Guide, IAM endpoints and quotas).
func (c Coordinates) ofAWS(service string) [][]string {
	var flags [][]string
	if c.Profile != "" {
		flags = append(flags, Flag("profile", c.Profile))
	}
	if c.Region != "" && (service != "iam" || snapshot.PartitionOf(c.Region) != "aws") {
		flags = append(flags, Flag("region", c.Region))
	}
	return flags
}

// Line returns a command with its coordinates as a line for a POSIX shell. ok is false where a character
// cannot be printed: nobody could check the line before it is run.
func (c Coordinates) Line(argv []string) (line string, ok bool) {
	line = shellescape.QuoteCommand(c.Place(argv))
	return line, utf8.ValidString(line) && !strings.ContainsFunc(line, unseen)
}

// unseen reports whether a character cannot be printed, or is one that Unicode tells programs not to draw.
func unseen(r rune) bool {
	return !unicode.IsPrint(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// lines returns the commands of a change as lines. ok is false where one of them cannot be checked by a person: the others alone
// would do half of it.
func (c Coordinates) lines(one Change) (lines []string, ok bool) {
	for _, argv := range one.Commands() {
		line, ok := c.Line(argv)
		if !ok {
			return nil, false
		}
		lines = append(lines, line)
	}
	return lines, true
}

// Probe returns the command that shows whether what a plan rests on holds; empty where there is none.
func (c Coordinates) Probe(plan []Change) string {
	for _, one := range plan {
		r, ok := one.(Recreate)
		if !ok || len(r.Probe) == 0 {
			continue
		}
		if line, ok := c.Line(r.Probe); ok {
			return line
		}
	}
	return ""
}

// Shell returns the commands of a plan as lines. A change with a command that a person cannot check has none here: [Coordinates.Then]
// names it.
func (c Coordinates) Shell(plan []Change) []string {
	var all []string
	for _, one := range plan {
		lines, _ := c.lines(one)
		all = append(all, lines...)
	}
	return all
}
