// Package binaries builds the real etcd, kube-apiserver and kubectl from the module in
// testdata/controlplane, once for every change of it.
package binaries

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// names are the folders of the module and the programs that come out of them.
func names() []string { return []string{"etcd", "kube-apiserver", "kubectl"} }

// Ensure returns the folder that holds etcd, kube-apiserver and kubectl, after it has built them
// there if they are missing or older than their sources. The first build takes about five minutes on
// two cores; what the compiler says goes to out. Test binaries that start together wait for one build.
func Ensure(ctx context.Context, out io.Writer) (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	source, dir := filepath.Join(root, "testdata", "controlplane"), filepath.Join(root, ".cache", "bin")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	unlock, err := lock(filepath.Join(dir, "controlplane.lock"))
	if err != nil {
		return "", err
	}
	defer unlock()

	flags, err := linkerFlags(source)
	if err != nil {
		return "", err
	}
	want, err := fingerprint(source, flags)
	if err != nil {
		return "", err
	}
	stamp := filepath.Join(dir, "controlplane.stamp")
	if have, err := os.ReadFile(stamp); err == nil && string(have) == want && present(dir) {
		return dir, nil
	}
	args := []string{"build", "-ldflags", flags, "-o", dir + string(filepath.Separator)}
	for _, name := range names() {
		args = append(args, "./"+name)
	}
	if _, err := fmt.Fprintln(out, "building etcd, kube-apiserver and kubectl (about five minutes, only the first time)"); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = source, out, out
	cmd.Env = append(os.Environ(), "GOWORK=off")
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("go build in %s: %w", source, err)
	}
	return dir, os.WriteFile(stamp, []byte(want), 0o644)
}

// moduleRoot is the nearest folder above the working directory that has the control plane's module.
func moduleRoot() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "testdata", "controlplane", "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no testdata/controlplane/go.mod in or above %s", start)
		}
	}
}

// linkerFlags stamp the programs with the version that go.mod names: a build from a module has none of
// its own, and clients and servers compare versions.
func linkerFlags(source string) (string, error) {
	mod, err := os.ReadFile(filepath.Join(source, "go.mod"))
	if err != nil {
		return "", err
	}
	v := regexp.MustCompile(`(?m)^\s*k8s\.io/kubernetes (v(\d+)\.(\d+)\.\d+)$`).FindSubmatch(mod)
	if v == nil {
		return "", errors.New("testdata/controlplane/go.mod requires no release of k8s.io/kubernetes")
	}
	flags := []string{"-s", "-w"}
	for _, set := range []struct{ name, value string }{
		{"gitVersion", string(v[1])}, {"gitMajor", string(v[2])}, {"gitMinor", string(v[3])},
		{"gitTreeState", "clean"}, {"gitCommit", "unknown"},
	} {
		flags = append(flags, "-X", "k8s.io/component-base/version."+set.name+"="+set.value)
	}
	return strings.Join(flags, " "), nil
}

// fingerprint is the same as long as a build would give the same programs.
func fingerprint(source, flags string) (string, error) {
	sum := sha256.New()
	write := func(format string, values ...any) { _, _ = fmt.Fprintf(sum, format, values...) } // a hash takes everything
	write("%s %s %s %s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, flags)
	err := fs.WalkDir(os.DirFS(source), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(source, path))
		write("%s %d\n%s", path, len(content), content)
		return err
	})
	return fmt.Sprintf("%x\n", sum.Sum(nil)), err
}

func present(dir string) bool {
	for _, name := range names() {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}
