package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/neterr"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// fieldManager is the name under which everything is written.
const fieldManager = "kubectl-irsa"

// A Writer changes one cluster. It is the only thing here that writes.
type Writer struct {
	reader *Reader
	dryRun []string
}

// NewWriter returns a writer of the reader's cluster.
func NewWriter(r *Reader) *Writer { return &Writer{reader: r} }

// Reader returns what reads the same cluster.
func (w *Writer) Reader() *Reader { return w.reader }

// A ConflictError reports that another field manager owns the field, or that the field has changed since it was read.
type ConflictError struct{ what string }

// Error implements error.
func (e *ConflictError) Error() string { return e.what }

// A GoneError reports that the object of a change does not exist any more.
type GoneError struct{ what string }

// Error implements error.
func (e *GoneError) Error() string { return e.what }

// failed is the error of a write.
func failed(what string, err error) error { return about(what, err, unsettled) }

// about is an error with what was asked for before it; mark marks one that is no answer.
func about(what string, err error, mark func(error) error) error {
	switch {
	case err == nil:
		return nil
	case apierrors.IsConflict(err):
		return fmt.Errorf("%s: %w", what, &ConflictError{reason(err)})
	case noDryRun(err):
		return fmt.Errorf("%s: %w", what, &NoDryRunError{reason(err)})
	case isAbsent(err):
		return fmt.Errorf("%s: %w", what, &GoneError{reason(err)})
	default:
		return fmt.Errorf("%s: %w", what, neterr.InWords(reason(err), mark(err)))
	}
}

// unsettled marks the error of a write that may have been made: one that is no answer of the API server, or the answer that it
// failed or gave up on the way (5xx).
func unsettled(err error) error {
	if Refused(err) {
		return err
	}
	return neterr.Unanswered(err)
}

// send makes a request that writes. The API server answers with the object as it then is: what is no such answer, such as
// a proxy's page, is an error.
func send(ctx context.Context, request *rest.Request, options, object runtime.Object) error {
	return request.SpecificallyVersionedParams(options, metav1.ParameterCodec, metav1.Unversioned).Do(ctx).Into(object)
}

// CreateServiceAccount makes a service account. One that was made in between gets the annotation, if there is one.
func (w *Writer) CreateServiceAccount(ctx context.Context, namespace, name, key, value string) error {
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	if value != "" {
		account.Annotations = map[string]string{key: value}
	}
	request := w.reader.core.Post().Namespace(namespace).Resource("serviceaccounts").Body(account)
	err := send(ctx, request, &metav1.CreateOptions{FieldManager: fieldManager, DryRun: w.dryRun}, &corev1.ServiceAccount{})
	if apierrors.IsAlreadyExists(err) {
		if value == "" {
			return nil
		}
		return w.Annotate(ctx, namespace, name, key, value, "", false)
	}
	return failed("create serviceaccounts/"+name+in(namespace), err)
}

// Annotate sets an annotation of a service account that exists, by server-side apply. seen is the value when
// that was decided (empty for none): where another value is there now, and not the value itself, that is a
// *ConflictError. With force the annotation is taken from other field managers; without it a manager that owns
// another value is a *ConflictError too.
func (w *Writer) Annotate(ctx context.Context, namespace, name, key, value, seen string, force bool) error {
	what := "apply serviceaccounts/" + name + in(namespace)
	account, err := w.unchanged(ctx, what, namespace, name, key, value, seen)
	if err != nil {
		return err
	}
	// The uid keeps apply from making a service account that has been deleted since.
	patch, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "ServiceAccount",
		"metadata": map[string]any{"name": name, "namespace": namespace, "uid": account.UID, "annotations": map[string]string{key: value}},
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	request := w.reader.core.Patch(types.ApplyPatchType).Namespace(namespace).Resource("serviceaccounts").Name(name).Body(patch)
	return failed(what, send(ctx, request, &metav1.PatchOptions{FieldManager: fieldManager, Force: &force, DryRun: w.dryRun}, &corev1.ServiceAccount{}))
}

// unchanged reads a service account whose annotation is still what was seen, or already the value.
func (w *Writer) unchanged(ctx context.Context, what, namespace, name, key, value, seen string) (*corev1.ServiceAccount, error) {
	account, err := read[corev1.ServiceAccount](ctx, w.reader.core, "serviceaccounts", namespace, name)
	if err != nil {
		return nil, about(what, err, func(err error) error { return err }) // nothing was sent yet
	}
	if have := account.Annotations[key]; have != seen && have != value {
		return nil, fmt.Errorf("%s: %w", what, &ConflictError{fmt.Sprintf("annotation %s is now %q, and was %q when the plan was made", key, have, seen)})
	}
	return account, nil
}

// RemoveAnnotation removes an annotation if its value is still what was seen.
func (w *Writer) RemoveAnnotation(ctx context.Context, namespace, name, key, seen string) error {
	what := "patch serviceaccounts/" + name + in(namespace)
	account, err := w.unchanged(ctx, what, namespace, name, key, "", seen)
	if err != nil {
		return err
	}
	if _, ok := account.Annotations[key]; !ok {
		return nil
	}
	// The resource version makes the patch fail where the object has changed since it was read.
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"resourceVersion": account.ResourceVersion, "annotations": map[string]any{key: nil}}})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	request := w.reader.core.Patch(types.MergePatchType).Namespace(namespace).Resource("serviceaccounts").Name(name).Body(patch)
	return failed(what, send(ctx, request, &metav1.PatchOptions{FieldManager: fieldManager, DryRun: w.dryRun}, &corev1.ServiceAccount{}))
}

// restartedAt is the annotation of a template with which kubectl recreates a workload's pods.
const restartedAt = "kubectl.kubernetes.io/restartedAt"

// Restart recreates the pods of a Deployment, StatefulSet or DaemonSet, as `kubectl rollout restart` does.
func (w *Writer) Restart(ctx context.Context, namespace, kind, name string, at time.Time) error {
	patch, err := workload.TemplatePatch(map[string]any{
		"metadata": map[string]any{"annotations": map[string]string{restartedAt: RestartTime(at)}},
	})
	if err != nil {
		return err
	}
	var resource string
	var restarted runtime.Object
	switch kind {
	case "Deployment":
		resource, restarted = "deployments", &appsv1.Deployment{}
	case "StatefulSet":
		resource, restarted = "statefulsets", &appsv1.StatefulSet{}
	case "DaemonSet":
		resource, restarted = "daemonsets", &appsv1.DaemonSet{}
	default:
		return fmt.Errorf("%s %s/%s cannot be restarted", kind, namespace, name)
	}
	request := w.reader.apps.Patch(types.StrategicMergePatchType).Namespace(namespace).Resource(resource).Name(name).Body(patch)
	err = send(ctx, request, &metav1.PatchOptions{FieldManager: fieldManager, DryRun: w.dryRun}, restarted)
	return failed("patch "+resource+"/"+name+in(namespace), err)
}

// RestartTime is a time as [Writer.Restart] writes it.
func RestartTime(t time.Time) string { return t.Format(time.RFC3339) }

// RestartedAt returns when the pods of a template were last recreated by [Writer.Restart] or by kubectl, as the annotation has it.
func RestartedAt(template corev1.PodTemplateSpec) string { return template.Annotations[restartedAt] }

// DeletePod deletes a pod that its ReplicaSet replaces; that it is gone already is no error.
func (w *Writer) DeletePod(ctx context.Context, namespace, name string) error {
	err := w.reader.core.Delete().Namespace(namespace).Resource("pods").Name(name).Body(&metav1.DeleteOptions{DryRun: w.dryRun}).Do(ctx).Error()
	if isAbsent(err) {
		return nil
	}
	return failed("delete pods/"+name+in(namespace), err)
}
