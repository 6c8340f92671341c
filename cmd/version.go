package cmd

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// version is set by the linker in releases (-X github.com/kubectl-irsa/kubectl-irsa/cmd.version=v1.2.3).
var version string

// A Version is what `version -o json` prints.
type Version struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Version    string `json:"version"`
	Commit     string `json:"commit,omitempty"`
	Modified   bool   `json:"modified,omitempty"` // built from a tree with uncommitted changes
	GoVersion  string `json:"goVersion"`
	Platform   string `json:"platform"`
}

// builtVersion tells what this binary was built from: what the linker was given, else what Go recorded.
func builtVersion(set string, read func() (*debug.BuildInfo, bool)) Version {
	v := Version{
		APIVersion: snapshot.APIVersion, Kind: "Version", Version: set,
		GoVersion: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	info, ok := read()
	if ok {
		v.Version = cmp.Or(v.Version, info.Main.Version)
		for _, setting := range info.Settings {
			switch setting.Key {
			case "vcs.revision":
				v.Commit = setting.Value
			case "vcs.modified":
				v.Modified = setting.Value == "true"
			}
		}
	}
	v.Version = cmp.Or(v.Version, "(devel)")
	return v
}

func newVersion(p *program) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Example: `# The version
kubectl irsa version

# The same, with the commit and the Go version
kubectl irsa version -o json`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(*cobra.Command, []string) error { return printVersion(p, format) },
	}
	cmd.Flags().StringVarP(&format, "output", "o", "", "One of json, yaml")
	completeValues(cmd, "output", "json", "yaml")
	return cmd
}

func printVersion(p *program, format string) error {
	v := builtVersion(version, debug.ReadBuildInfo)
	var text []byte
	var err error
	switch format {
	case "":
		return p.answer(fmt.Sprintf("kubectl irsa %s\n", v.Version))
	case "json":
		text, err = render.JSON(v)
	case "yaml":
		text, err = render.YAML(v)
	default:
		return unknownWord("output format", format, []string{"json", "yaml"})
	}
	if err != nil {
		return err
	}
	return p.answer(string(text))
}
