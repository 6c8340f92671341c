package plugin

import (
	"maps"
	"reflect"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/evidence"
)

// DiagnoseManifests answers for the pods that manifests would make: their objects are taken as applied, the
// webhook's injection is predicted, and the rest is as the snapshot has it. No pod need exist.
func DiagnoseManifests(s *evidence.Snapshot, m *Manifests, o check.Options) []*check.Report {
	document := s.Document().Clone()
	for _, object := range m.Objects {
		if _, isPod := object.(*corev1.Pod); !isPod {
			document.Kubernetes = applied(document.Kubernetes, object)
		}
	}
	after := evidence.New(document)
	var reports []*check.Report
	for _, mp := range m.Pods() {
		// Every pod is judged by itself, so that two workloads of one name do not meet.
		one := document
		one.Kubernetes = applied(document.Kubernetes, check.Admit(after, mp.Pod))
		with := evidence.New(one)
		pod, _ := with.Pod(mp.Namespace, mp.Name).Get()
		report := check.Judge(with, pod, true, o)
		report.Target = check.Target{Kind: mp.Kind, Namespace: mp.Namespace, Name: mp.Name}
		reports = append(reports, report)
	}
	return reports
}

// applied returns the objects with one applied to them, as `kubectl apply` would: annotations that the
// manifest does not speak of stay.
func applied(objects []evidence.Object, object evidence.Object) []evidence.Object {
	out := make([]evidence.Object, 0, len(objects)+1)
	for _, old := range objects {
		if reflect.TypeOf(old) != reflect.TypeOf(object) || old.GetNamespace() != object.GetNamespace() || old.GetName() != object.GetName() {
			out = append(out, old)
			continue
		}
		object = object.DeepCopyObject().(evidence.Object)
		annotations := maps.Clone(old.GetAnnotations())
		if annotations == nil {
			annotations = map[string]string{}
		}
		maps.Copy(annotations, object.GetAnnotations())
		object.SetAnnotations(annotations)
		object.SetCreationTimestamp(old.GetCreationTimestamp())
	}
	return append(out, object)
}
