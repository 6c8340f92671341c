package plugin

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// Diagnose answers for one target of a snapshot: a pod, a workload or a service account, which are answered
// by their newest pod, or else by the one that their template, or a plain manifest, would make. The error says that the
// snapshot has no such target.
func Diagnose(s *snapshot.Snapshot, target check.Target, o check.Options) (*check.Report, error) {
	if target.Kind == "Pod" || target.Kind == "" {
		pod, ok := s.Pod(target.Namespace, target.Name).Get()
		if !ok {
			return nil, fmt.Errorf("pod %s/%s is not in the snapshot", target.Namespace, target.Name)
		}
		report := check.Judge(s, pod, false, o)
		new(offers).add(s, report)
		return report, nil
	}
	var pods []*corev1.Pod
	for _, pod := range snapshot.ObjectsOf[*corev1.Pod](s) {
		if belongs(pod, target) {
			pods = append(pods, pod)
		}
	}
	if len(pods) == 0 {
		pod := podOf(s, target)
		if pod == nil {
			return nil, fmt.Errorf("%s %s/%s is not in the snapshot", strings.ToLower(target.Kind), target.Namespace, target.Name)
		}
		report := judgeNew(s, target, pod, o)
		report.Pods = &check.PodCount{ByVerdict: map[check.Verdict]int{}}
		new(offers).add(s, report)
		return report, nil
	}
	report := judgeNewest(s, target, pods, o)
	new(offers).add(s, report)
	return report, nil
}

// podOf is the pod that a target without one would make, nil if the snapshot does not have the target.
func podOf(s *snapshot.Snapshot, target check.Target) *corev1.Pod {
	if target.Kind == "ServiceAccount" {
		if _, ok := s.ServiceAccount(target.Namespace, target.Name).Get(); !ok {
			return nil
		}
		return check.PlainPod(target.Namespace, target.Name)
	}
	for _, object := range s.Document().Kubernetes {
		if object.GetNamespace() != target.Namespace || object.GetName() != target.Name {
			continue
		}
		if kind, template := templateOf(object); template != nil && kind == target.Kind {
			return templatePod(object, template)
		}
	}
	return nil
}

// DiagnoseAll answers for every pod of a namespace (of all of them if it is empty) that the selector takes
// in. Pods of one workload and service account are answered together, by the newest.
func DiagnoseAll(s *snapshot.Snapshot, namespace string, selector labels.Selector, o check.Options) []*check.Report {
	groups := map[check.Target][]*corev1.Pod{}
	var order []check.Target
	for _, pod := range snapshot.ObjectsOf[*corev1.Pod](s) {
		if namespace != "" && pod.Namespace != namespace || !selector.Matches(labels.Set(pod.Labels)) {
			continue
		}
		target := groupOf(pod)
		if groups[target] == nil {
			order = append(order, target)
		}
		groups[target] = append(groups[target], pod)
	}
	reports, offered := make([]*check.Report, len(order)), new(offers)
	atOnce(len(order), func(i int) {
		reports[i] = judgeNewest(s, order[i], groups[order[i]], o)
		offered.add(s, reports[i])
	})
	return reports
}

// atOnce does something for each number below n, on all processors.
func atOnce(n int, do func(int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				do(int(i))
			}
		})
	}
	workers.Wait()
}

// newestFirst orders the pods of a workload. Those that are being deleted come last: they are not what it is now.
func newestFirst(a, b *corev1.Pod) int {
	going := func(pod *corev1.Pod) int {
		if pod.DeletionTimestamp != nil {
			return 1
		}
		return 0
	}
	return cmp.Or(going(a)-going(b), b.CreationTimestamp.Compare(a.CreationTimestamp.Time), cmp.Compare(a.Name, b.Name))
}

// judgeNewest judges the newest of a target's pods, and counts the verdicts of all.
func judgeNewest(s *snapshot.Snapshot, target check.Target, pods []*corev1.Pod, o check.Options) *check.Report {
	slices.SortStableFunc(pods, newestFirst)
	report := check.Judge(s, pods[0], false, o)
	if target.Kind == "Pod" {
		return report
	}
	report.Target, report.Pod = target, pods[0].Name
	report.Pods = &check.PodCount{Total: len(pods), ByVerdict: map[check.Verdict]int{report.Verdict: 1}}
	for _, pod := range pods[1:] {
		report.Pods.ByVerdict[check.VerdictOf(s, pod, o)]++
	}
	return report
}

// groupOf is the workload that a pod is one of many of, or the pod itself.
func groupOf(pod *corev1.Pod) check.Target {
	kind, name := check.Owner(pod)
	switch kind {
	case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicationController":
		return check.Target{Kind: kind, Namespace: pod.Namespace, Name: name}
	default:
		return check.Target{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name}
	}
}

// belongs reports whether a pod is one of a workload's, or runs under a service account.
func belongs(pod *corev1.Pod, target check.Target) bool {
	if pod.Namespace != target.Namespace {
		return false
	}
	if target.Kind == "ServiceAccount" {
		return cmp.Or(pod.Spec.ServiceAccountName, "default") == target.Name
	}
	if kind, name := check.Owner(pod); kind == target.Kind && name == target.Name {
		return true
	}
	return slices.ContainsFunc(pod.OwnerReferences, func(owner metav1.OwnerReference) bool {
		return owner.Kind == target.Kind && owner.Name == target.Name
	})
}
