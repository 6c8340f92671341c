package collect

import (
	"errors"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A MissedError names the targets that could not be read. Where others could, [Collect] returns their snapshot beside it.
type MissedError struct{ Targets []MissedTarget }

// A MissedTarget is a target that could not be read.
type MissedTarget struct {
	workload.Target
	Err error
	// NotFound says that the cluster does not have it; otherwise what it has is unknown.
	NotFound bool
}

// Error implements error.
func (e *MissedError) Error() string {
	texts := make([]string, len(e.Targets))
	for i, missed := range e.Targets {
		texts[i] = missed.Err.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap returns the errors of the targets.
func (e *MissedError) Unwrap() []error {
	causes := make([]error, len(e.Targets))
	for i, missed := range e.Targets {
		causes[i] = missed.Err
	}
	return causes
}

// errNotFound marks what the cluster does not have.
var errNotFound = errors.New("not found")
