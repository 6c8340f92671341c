package cmd

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
)

// A fixFolder is where --write-fix writes the policies of fixes.
type fixFolder struct {
	given bool
	path  string
}

func (f *fixFolder) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.path, "write-fix", "", "Directory to write the policies of the fixes to, a file each, which the printed commands then read. Files with other content are kept")
	_ = cmd.MarkFlagDirname("write-fix")
}

func (f *fixFolder) validate(cmd *cobra.Command) error {
	f.given = cmd.Flags().Changed("write-fix")
	switch {
	case f.given && f.path == "":
		return usagef("--write-fix: the directory is missing, as in --write-fix .")
	case strings.Contains(f.path, "$"):
		return usagef("--write-fix %s: the AWS CLI expands $ in the path of a file: use another directory", f.path)
	case render.Escape(f.path, !utf8Locale(os.Getenv)) != f.path:
		return usagef("--write-fix %s: a command to copy cannot contain all of its characters: use another directory", f.path)
	}
	return nil
}

// file is the path of a file as the commands name it. The AWS CLI expands a ~ at its beginning.
func (f *fixFolder) file(name string) string {
	path := filepath.Join(f.path, name)
	if strings.HasPrefix(path, "~") {
		return "./" + path
	}
	return path
}

// write writes the policies of fixes, makes the commands read them, and reports what was written. Where a file is in the way
// nothing is written at all.
func (f *fixFolder) write(p *program, found []*judge.Report) error {
	policies := judge.PoliciesInFiles(found, f.file)
	if len(policies) == 0 {
		p.complain("--write-fix: no fix changes a policy, nothing was written")
		return nil
	}
	const anybodyEnters, anybodyReads = 0o755, 0o644 // a policy is no secret
	if err := os.MkdirAll(f.path, anybodyEnters); err != nil {
		return fmt.Errorf("--write-fix: %w", err)
	}
	names := slices.Sorted(maps.Keys(policies))
	missing := make([]string, 0, len(names))
	for _, name := range names {
		has, err := hasContent(f.file(name), []byte(policies[name]))
		if err != nil {
			return fmt.Errorf("--write-fix: %w", err)
		}
		if !has {
			missing = append(missing, name)
		}
	}
	files := map[string][]byte{}
	for _, name := range missing {
		files[f.file(name)] = []byte(policies[name])
	}
	if err := p.finish(func() error { return writeNew(files, anybodyReads) }); err != nil {
		return fmt.Errorf("--write-fix: %w", err)
	}
	for _, name := range names {
		p.complain("wrote " + f.file(name))
	}
	return nil
}

// hasContent reports whether a file has the content already. One with other content is somebody's, and stays.
func hasContent(path string, content []byte) (bool, error) {
	const inTheWay = "%s exists and is not a file: remove it, or use another directory"
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Lstat(path); err == nil { // a link that leads nowhere
			return false, fmt.Errorf(inTheWay, path)
		}
		return false, nil
	case err != nil:
		return false, err
	case !info.Mode().IsRegular():
		return false, fmt.Errorf(inTheWay, path)
	}
	have, err := os.ReadFile(path) //nolint:gosec // the path is what was typed
	if err == nil && !bytes.Equal(have, content) {
		return false, fmt.Errorf("%s exists with other content: remove it, or use another directory", path)
	}
	return err == nil, err
}

// writeNew writes files that do not exist, all of them or none. Each is written under a name of its own first, so that an
// interrupt leaves no half of one under the name that a command reads.
func writeNew(files map[string][]byte, mode fs.FileMode) (err error) {
	var made []string
	defer func() {
		for _, path := range made {
			if err == nil {
				continue
			}
			if left := os.Remove(path); !errors.Is(left, fs.ErrNotExist) {
				err = errors.Join(err, left)
			}
		}
	}()
	whole := map[string]string{} // where each file is until it gets its name
	for _, path := range slices.Sorted(maps.Keys(files)) {
		folder, name := filepath.Split(path)
		whole[path] = folder + "." + name + "." + rand.Text()
		made = append(made, whole[path])
		if err := writeWhole(whole[path], files[path], mode); err != nil {
			return err
		}
	}
	for path, written := range whole {
		if err := os.Rename(written, path); err != nil {
			return err
		}
		made[slices.Index(made, written)] = path
	}
	return nil
}

func writeWhole(path string, content []byte, mode fs.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode) //nolint:gosec // the path is what was typed
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Close())
}
