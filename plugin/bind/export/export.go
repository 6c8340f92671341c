// Package export prints plans of package bind for people who do not change things by hand: as commands, Terraform,
// CloudFormation, eksctl's configuration, or as a document. It does no I/O.
package export

import (
	"fmt"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// Formats are the names of the formats, the value of -o.
func Formats() []string {
	return []string{"json", "yaml", "terraform", "cloudformation", "eksctl", "aws-cli", "kubectl"}
}

// Print prints a plan that was made from a snapshot. The error is about a format that does not exist, or a plan that
// it cannot express.
func Print(format string, plan *bind.Plan, s *snapshot.Snapshot) (string, error) {
	plan = forCredentials(plan)
	text, err := inFormat(format, plan, s)
	if err != nil || format == "json" || format == "yaml" { // the document has fields for it
		return text, err
	}
	return accounts(plan) + text, nil
}

func inFormat(format string, plan *bind.Plan, s *snapshot.Snapshot) (string, error) {
	switch format {
	case "json":
		text, err := render.JSON(document(plan))
		return string(text), err
	case "yaml":
		text, err := render.YAML(document(plan))
		return string(text), err
	case "terraform":
		return terraform(plan, s)
	case "cloudformation":
		return cloudFormation(plan, s)
	case "eksctl":
		return eksctl(plan, s)
	case "aws-cli":
		return commands("aws", plan, s), nil
	case "kubectl":
		return commands("kubectl", plan, s), nil
	default:
		return "", fmt.Errorf("unknown output format %q: must be one of %s", format, strings.Join(Formats(), ", "))
	}
}

// byHand describes what a format does not do, with the commands that do it.
func byHand(c change.Change, at change.Coordinates) string {
	return strings.Join(append([]string{"by hand: " + c.Summary()}, at.Shell([]change.Change{c})...), "\n")
}

// comment makes every line of a text a comment, in the languages whose comments begin with #. What would end a comment, or act on a
// terminal, is escaped.
func comment(text string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		out.WriteString("# " + render.Escape(line, false) + "\n")
	}
	return out.String()
}
