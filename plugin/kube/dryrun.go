package kube

import (
	"errors"
	"net/http"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// DryRun returns a writer for which the API server checks everything and stores nothing
// (https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run).
func (w *Writer) DryRun() *Writer {
	return &Writer{reader: w.reader, dryRun: []string{metav1.DryRunAll}}
}

// Refused reports whether an error is the API server's answer that it does not make a change.
func Refused(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status) && status.Status().Code < http.StatusInternalServerError
}

// A NoDryRunError reports that an admission webhook keeps the API server from trying a request: it may have side effects.
type NoDryRunError struct{ what string }

// Error implements error.
func (e *NoDryRunError) Error() string { return e.what }

// noDryRun reports whether the API server answers that a webhook does not support dry run. Before that it has decided about the
// permission, and after it about nothing (k8s.io/apiserver/pkg/admission/plugin/webhook/errors, NewDryRunUnsupportedErr).
func noDryRun(err error) bool {
	return apierrors.IsBadRequest(err) && strings.HasPrefix(err.Error(), "admission webhook ") && strings.HasSuffix(err.Error(), "does not support dry run")
}
