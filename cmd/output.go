package cmd

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/printers"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/near"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// An output is what -o selects.
type output struct {
	reports []string // the formats for pipelines, where there are any
	typed   string
	missing bool // --allow-missing-template-keys

	format   string // the part before the =, or all of it
	jsonpath *printers.JSONPathPrinter
	template *printers.GoTemplatePrinter
}

// formats lists the formats for people.
func (o *output) formats() string {
	formats := append([]string{"wide", "json", "yaml", "name"}, o.reports...)
	return strings.Join(append(formats, "jsonpath=…", "jsonpath-file=…", "go-template=…", "go-template-file=…"), ", ")
}

// addFlags adds -o with the formats that every command has, and those for pipelines.
func (o *output) addFlags(cmd *cobra.Command, reports ...string) {
	o.reports = reports
	cmd.Flags().StringVarP(&o.typed, "output", "o", "", "One of "+o.formats())
	cmd.Flags().BoolVar(&o.missing, "allow-missing-template-keys", true, "If true, ignore any errors in templates when a field or map key is missing in the template")
	completeValues(cmd, "output", append([]string{"wide", "json", "yaml", "name", "jsonpath=", "jsonpath-file=", "go-template=", "go-template-file="}, reports...)...)
}

// complete reads the format, and the template in it, before anything else is read.
func (o *output) complete() error {
	format, argument, hasArgument := strings.Cut(o.typed, "=")
	o.format = format
	plain := append([]string{"", "wide", "json", "yaml", "name"}, o.reports...)
	switch format {
	case "jsonpath", "go-template", "jsonpath-file", "go-template-file":
		if argument == "" {
			return usagef("output format %q: the template is missing, as in -o %s=…", format, format)
		}
	default:
		if !slices.Contains(plain, format) {
			return o.unknown()
		}
		if hasArgument {
			return usagef("output format %q does not accept an argument", format)
		}
		return nil
	}
	if name, ok := strings.CutSuffix(format, "-file"); ok {
		text, err := os.ReadFile(argument)
		if err != nil {
			return fmt.Errorf("template: %w", err)
		}
		o.format, argument = name, string(text)
	}
	return o.parse(argument)
}

func (o *output) unknown() error {
	if format, ok := near.To(o.format, append([]string{"wide", "json", "yaml", "name", "jsonpath=", "jsonpath-file=", "go-template=", "go-template-file="}, o.reports...)); ok {
		return usagef("unknown output format %q: did you mean %q?", o.typed, format)
	}
	return usagef("unknown output format %q: must be one of %s", o.typed, o.formats())
}

func (o *output) parse(template string) (err error) {
	if o.format == "jsonpath" {
		if o.jsonpath, err = printers.NewJSONPathPrinter(template); err != nil {
			return usagef("jsonpath %q: %w", template, err)
		}
		o.jsonpath.AllowMissingKeys(o.missing)
		return nil
	}
	if o.template, err = printers.NewGoTemplatePrinter([]byte(template)); err != nil {
		return usagef("go-template %q: %w", template, err)
	}
	o.template.AllowMissingKeys(o.missing)
	return nil
}

func (o *output) wide() bool { return o.format == "wide" }

// isText reports whether the answer is for a person, who gets a message on standard error if there is none.
func (o *output) isText() bool { return o.format == "" || o.wide() }

// isDocument reports whether the answer is a JSON document, or made of one.
func (o *output) isDocument() bool {
	return slices.Contains([]string{"json", "yaml", "jsonpath", "go-template"}, o.format)
}

// An answer is what a command has found out, in every form that -o can select.
type answer struct {
	text    func(render.Style) string
	targets []workload.Target
	value   any
	source  []string                          // the arguments that say where it is from, if not from the cluster
	reports map[string]func() ([]byte, error) // the formats for pipelines
}

// print writes an answer in the format.
func (o *output) print(p *program, a answer) error {
	if slices.Contains(o.reports, o.format) {
		report, ok := a.reports[o.format]
		if !ok {
			return usagef("output format %q is for targets only", o.format)
		}
		return p.document(report())
	}
	switch o.format {
	case "json":
		return p.document(render.JSON(a.value))
	case "yaml":
		return p.document(render.YAML(a.value))
	case "name":
		var lines strings.Builder
		for _, t := range a.targets {
			lines.WriteString(render.Name(t) + "\n")
		}
		return p.answer(lines.String())
	case "jsonpath", "go-template":
		return o.fill(p, a.value)
	default:
		style := p.style(p.out)
		style.Wide, style.Source = o.wide(), a.source
		return p.answer(a.text(style))
	}
}

func (p *program) document(text []byte, err error) error {
	if err != nil {
		return err
	}
	return p.answer(string(text))
}

// fill prints a value through a template.
func (o *output) fill(p *program, value any) error {
	plain, err := render.Plain(value)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if o.jsonpath != nil {
		// The printer's own method would put the whole document into its error.
		if err := o.jsonpath.JSONPath.Execute(&out, plain); err != nil {
			return fmt.Errorf("jsonpath: %w", err)
		}
	} else if err := o.template.PrintObj(&unstructured.Unstructured{Object: plain}, &out); err != nil {
		return fmt.Errorf("go-template: %w", err)
	}
	return p.answer(out.String())
}

// targetsOf returns what reports are about.
func targetsOf(reports []*judge.Report) []workload.Target {
	targets := make([]workload.Target, len(reports))
	for i, r := range reports {
		targets[i] = r.Target
	}
	return targets
}
