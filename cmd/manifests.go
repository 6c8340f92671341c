package cmd

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/manifest"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// mostManifestBytes is how much is read of manifests in all; an object in etcd has at most 1.5 MiB.
const mostManifestBytes = 64 << 20

// manifestFiles are what -f names, as kubectl takes it: files, folders, and - for standard input.
type manifestFiles struct {
	names     []string
	recursive bool
}

func (f *manifestFiles) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringSliceVarP(&f.names, "filename", "f", nil, "Manifests whose pods are meant, whether they exist or not: files, folders (their .yaml, .yml and .json files), or - for standard input")
	cmd.Flags().BoolVarP(&f.recursive, "recursive", "R", false, "Read the folders within the folders of -f too")
}

// given reports whether the answer is about manifests.
func (f *manifestFiles) given() bool { return len(f.names) > 0 }

// arguments are what was typed, for a command that asks about the same.
func (f *manifestFiles) arguments() []string {
	var arguments []string
	for _, name := range f.names {
		arguments = append(arguments, "-f", name)
	}
	if f.recursive {
		arguments = append(arguments, "-R")
	}
	return arguments
}

// validate refuses what cannot be read, and what contradicts it.
func (f *manifestFiles) validate(q query, snapshot string) error {
	inputs := 0
	for _, name := range f.names {
		switch {
		case name == "-":
			inputs++
		case name == "":
			return usagef("-f: the name of a file is missing")
		case strings.HasPrefix(name, "http://"), strings.HasPrefix(name, "https://"):
			return usagef("-f %s: it is not a file: download it first, as in curl -fsSL … | kubectl irsa explain -f -", name)
		}
	}
	switch {
	case inputs > 1, inputs > 0 && snapshot == "-":
		return usagef("standard input can only be read once")
	case f.given() && q.all:
		return usagef("-A cannot be used with -f: it is about the pods of the cluster")
	case f.given() && q.selector != nil:
		return usagef("-l cannot be used with -f: it selects pods of the cluster")
	}
	return nil
}

// read reads all manifests. Objects without a namespace belong to the one given.
func (f *manifestFiles) read(in io.Reader, namespace string) (*manifest.Manifests, error) {
	r := manifestReader{in: in, namespace: namespace, left: mostManifestBytes}
	for _, name := range f.names {
		if err := r.add(name, f.recursive); err != nil {
			return nil, fmt.Errorf("manifests: %w", err)
		}
	}
	return &r.manifests, nil
}

type manifestReader struct {
	in        io.Reader
	namespace string
	left      int64 // bytes that may still be read
	manifests manifest.Manifests
}

func (r *manifestReader) add(name string, recursive bool) error {
	if name == "-" {
		return r.stream(name, r.in)
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return r.folder(name, recursive)
	}
	return r.file(name)
}

// folder reads the manifests of a folder in the order of their names. Only regular files are: a pipe in a folder has
// nobody who writes to it.
func (r *manifestReader) folder(root string, recursive bool) error {
	found := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && !recursive:
			return filepath.SkipDir
		case !slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(path)):
			return nil
		}
		// A link is followed: that is how a mounted ConfigMap holds its files.
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			return err
		}
		found++
		return r.file(path)
	})
	if err == nil && found == 0 {
		return fmt.Errorf("%s: no file in it ends in .yaml, .yml or .json", root)
	}
	return err
}

func (r *manifestReader) file(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	return r.stream(name, file)
}

func (r *manifestReader) stream(name string, in io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(in, r.left+1))
	r.left -= int64(len(data))
	switch {
	case err != nil:
		return err
	case r.left < 0:
		return fmt.Errorf("%s: more than %d MiB in all", name, mostManifestBytes>>20)
	case len(bytes.TrimSpace(data)) == 0:
		// What made it has failed, most likely; no answer is not a good one.
		return fmt.Errorf("%s: empty", name)
	}
	r.manifests.Add(name, data, r.namespace)
	return nil
}

// askManifests judges the pods that manifests would make in the cluster, or in the snapshot.
func (q *question) askManifests(ctx context.Context) ([]*judge.Report, error) {
	namespace, err := q.manifestNamespace()
	if err != nil {
		return nil, err
	}
	manifests, err := q.files.read(q.program.in, namespace)
	if err != nil {
		return nil, err
	}
	for _, problem := range manifests.Problems {
		q.program.complain("warning: " + problem)
	}
	q.unreadable = manifests.Unreadable
	if len(manifests.Objects) == 0 && len(manifests.Problems) > 0 {
		return nil, errors.New("manifests: nothing in them could be read")
	}
	if len(manifests.Pods()) == 0 {
		q.program.complain("No pods, and nothing that makes pods, found in the manifests")
		return nil, nil
	}
	wanted := query{namespace: namespace, manifests: manifests.Objects}
	wanted.decided = func(read *snapshot.Snapshot, _ query) bool {
		return settled(judge.DiagnoseManifests(read, manifests, q.verdictsOnly()))
	}
	read, _, err := q.source.read(ctx, wanted, q.output.wide())
	if err != nil {
		return nil, err
	}
	var all []*judge.Report
	found, err := q.judge(func(o judge.Options) ([]*judge.Report, error) {
		all = judge.DiagnoseManifests(read, manifests, o)
		return q.query.among(all)
	})
	_, err = q.source.answerable(q.query, err, func(t workload.Target) string {
		var names []string
		for _, r := range all {
			if r.Target.Kind == t.Kind {
				names = append(names, r.Target.Name)
			}
		}
		return nearest(t, names)
	})
	return found, err
}

// manifestNamespace returns the namespace of objects that do not name any: that of -n, or of the context if there is one.
func (q *question) manifestNamespace() (string, error) {
	switch {
	case q.query.namespace != "":
		return q.query.namespace, nil
	case q.source.snapshot != "":
		return metav1.NamespaceDefault, nil
	}
	namespace, err := q.source.kubeconfig.namespace()
	if errors.Is(err, errNoCluster) {
		return metav1.NamespaceDefault, nil
	}
	return namespace, err
}

// among returns the reports about the targets that are named, or else all of them. Without a namespace a name means
// the targets of all namespaces.
func (q query) among(reports []*judge.Report) ([]*judge.Report, error) {
	if !q.named() {
		return reports, nil
	}
	var found []*judge.Report
	var missed []collect.MissedTarget
	for _, t := range q.targets {
		before, namespace := len(found), cmp.Or(t.Namespace, q.namespace)
		for _, r := range reports {
			if r.Target.Kind == t.Kind && r.Target.Name == t.Name && (namespace == "" || namespace == r.Target.Namespace) {
				found = append(found, r)
			}
		}
		if len(found) == before {
			missed = append(missed, collect.MissedTarget{Target: t, Err: fmt.Errorf("%s %s is not among what the manifests create", strings.ToLower(t.Kind), t.Name), NotFound: true})
		}
	}
	if len(missed) > 0 {
		return found, &collect.MissedError{Targets: missed}
	}
	return found, nil
}
