// Command manifest renders the krew manifest of a version from the archives that goreleaser built, verifies both, and
// writes the manifest. It runs in the root of the repository.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kubectl-irsa/kubectl-irsa/krew/release"
)

func main() {
	tag := flag.String("tag", "", "the version, with its v")
	dist := flag.String("dist", "dist", "the folder that goreleaser filled")
	out := flag.String("out", filepath.Join("dist", "irsa.yaml"), "the file to write")
	flag.Parse()
	if err := run(*tag, *dist, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(tag, dist, out string) error {
	template, err := os.ReadFile(".krew.yaml")
	if err != nil {
		return err
	}
	text, err := release.Render(string(template), tag, func(file string) (string, error) {
		return release.Hash(filepath.Join(dist, file))
	})
	if err != nil {
		return err
	}
	m, err := release.Parse([]byte(text))
	if err != nil {
		return err
	}
	if err := release.Verify(m, dist); err != nil {
		return err
	}
	if err := os.WriteFile(out, []byte(text), 0o644); err != nil {
		return err
	}
	fmt.Printf("%s: %d archives of %s verified\n", out, len(m.Spec.Platforms), tag)
	return nil
}
