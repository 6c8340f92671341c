package judge

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/manifest"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// Options narrow or sharpen the question.
type Options struct {
	subject.Options
	// Version is that of the program, for the provenance of its answers.
	Version string
	// NoFixes leaves out the fixes of what was found: to prove them takes most of the time.
	NoFixes bool
	// Bind returns the `kubectl irsa bind` command that makes the binding of a service account true, and what it changes; nil
	// where there is none. The role is the one that the fixes annotate it with, empty where they do not. Where Bind is nil,
	// none is offered.
	Bind func(s *snapshot.Snapshot, namespace, serviceAccount, role string) (argv []string, changes []change.Change)
	// files are the manifests that the pods are made of; nil where they are the cluster's.
	files *manifest.Manifests
	// At says where the commands of the fixes act.
	At change.Coordinates
}
