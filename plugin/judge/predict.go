package judge

import (
	"maps"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/manifest"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// DiagnoseManifests answers for the pods that manifests would make: their objects count as applied, the
// webhook's injection is predicted, and the rest is as the snapshot has it. No pod need exist. The reports are in the
// order of [manifest.Manifests.Pods].
func DiagnoseManifests(s *snapshot.Snapshot, m *manifest.Manifests, o Options) []*Report {
	m.Index()
	o.files = m
	draft := s.Draft()
	for _, object := range m.Objects {
		if _, isPod := object.(*corev1.Pod); !isPod {
			draft.Put(applied(draft, object))
		}
	}
	after := draft.Snapshot()
	pods := m.Pods()
	reports := make([]*Report, len(pods))
	atOnce(len(pods), func(i int) {
		target := workload.Target{Kind: pods[i].Kind, Namespace: pods[i].Namespace, Name: pods[i].Name}
		reports[i] = judgeNew(after, target, pods[i].Pod, o)
		reports[i].Manifest = pods[i].Place
	})
	return reports
}

// judgeNew judges a pod that does not exist, by itself, so that two workloads of one name do not meet.
func judgeNew(s *snapshot.Snapshot, target workload.Target, pod *corev1.Pod, o Options) *Report {
	draft := s.Draft()
	draft.Put(subject.Admit(s, pod))
	with := draft.Snapshot()
	admitted, _ := with.Pod(pod.Namespace, pod.Name).Get()
	report := Judge(with, admitted, true, o)
	report.Target = target
	return report
}

// applied returns a service account as `kubectl apply` would leave it: annotations that the manifest does
// not have are kept. Other objects are used as they are.
func applied(d *snapshot.Draft, object snapshot.Object) snapshot.Object {
	account, ok := object.(*corev1.ServiceAccount)
	if !ok {
		return object
	}
	old, ok := snapshot.Edit[*corev1.ServiceAccount](d, account.Namespace, account.Name)
	if !ok {
		return object
	}
	if old.Annotations == nil {
		old.Annotations = map[string]string{}
	}
	maps.Copy(old.Annotations, account.Annotations)
	return old
}
