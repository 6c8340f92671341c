// Package judge answers from a snapshot: for a pod, for a workload by its pods, for manifests by the pods that they make.
package judge

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// Diagnose answers for one target of a snapshot: a pod, a workload or a service account, which are answered
// by their newest pod, or else by the one that their template, or a plain manifest, would make. The error says that the
// snapshot has no such target.
func Diagnose(s *snapshot.Snapshot, target workload.Target, o Options) (*Report, error) {
	if target.Kind == "Pod" || target.Kind == "" {
		pod, ok := s.Pod(target.Namespace, target.Name).Get()
		if !ok {
			return nil, fmt.Errorf("pod %s/%s is not in the snapshot", target.Namespace, target.Name)
		}
		report := Judge(s, pod, false, o)
		offerBind(s, report, o)
		return report, nil
	}
	var pods []*corev1.Pod
	for _, pod := range snapshot.ObjectsOf[*corev1.Pod](s) {
		if workload.Belongs(pod, target) {
			pods = append(pods, pod)
		}
	}
	if len(pods) == 0 {
		pod := podOf(s, target)
		if pod == nil {
			return nil, fmt.Errorf("%s %s/%s is not in the snapshot", strings.ToLower(target.Kind), target.Namespace, target.Name)
		}
		return judgeWithoutPods(s, target, pod, o), nil
	}
	report := judgeNewest(s, target, pods, o)
	offerBind(s, report, o)
	return report, nil
}

// podOf is the pod that a target without one would make, nil if the snapshot does not have the target.
func podOf(s *snapshot.Snapshot, target workload.Target) *corev1.Pod {
	if target.Kind == "ServiceAccount" {
		if _, ok := s.ServiceAccount(target.Namespace, target.Name).Get(); !ok {
			return nil
		}
		return workload.PlainPod(target.Namespace, target.Name)
	}
	object, ok := s.Object(target.Kind, target.Namespace, target.Name)
	if !ok {
		return nil
	}
	if kind, template := workload.Template(object); template != nil && kind == target.Kind {
		return workload.NewPod(object, kind, template)
	}
	return nil
}

// judgeWithoutPods judges a target that has no pods by the one that it would make.
func judgeWithoutPods(s *snapshot.Snapshot, target workload.Target, pod *corev1.Pod, o Options) *Report {
	report := judgeNew(s, target, pod, o)
	if report.Pods == nil {
		report.Pods = &PodCount{ByVerdict: map[Verdict]int{}}
	}
	offerBind(s, report, o)
	return report
}

// DiagnoseAll answers for every pod of a namespace (of all of them if it is empty) that the selector takes
// in. Pods of one workload and service account are answered together, by the newest. A workload that should have pods and has
// none is answered by the one that its template would make.
func DiagnoseAll(s *snapshot.Snapshot, namespace string, selector labels.Selector, o Options) []*Report {
	groups := map[workload.Target][]*corev1.Pod{}
	var order []workload.Target
	for _, pod := range snapshot.ObjectsOf[*corev1.Pod](s) {
		if namespace != "" && pod.Namespace != namespace || !selector.Matches(labels.Set(pod.Labels)) {
			continue
		}
		target := workload.Group(pod)
		if groups[target] == nil {
			order = append(order, target)
		}
		groups[target] = append(groups[target], pod)
	}
	without := podless(s, namespace, selector)
	reports := make([]*Report, len(order)+len(without))
	atOnce(len(reports), func(i int) {
		if i >= len(order) {
			lacking := without[i-len(order)]
			reports[i] = judgeWithoutPods(s, lacking.target, lacking.pod, o)
			return
		}
		reports[i] = judgeNewest(s, order[i], groups[order[i]], o)
		offerBind(s, reports[i], o)
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

// judgeNewest judges the newest of a target's pods, and counts the verdicts of all.
func judgeNewest(s *snapshot.Snapshot, target workload.Target, pods []*corev1.Pod, o Options) *Report {
	slices.SortStableFunc(pods, workload.NewestFirst)
	report := Judge(s, pods[0], false, o)
	if target.Kind == "Pod" {
		return report
	}
	report.Target, report.Pod = target, pods[0].Name
	report.Pods = &PodCount{Total: len(pods), ByVerdict: map[Verdict]int{report.Verdict: 1}}
	for _, pod := range pods[1:] {
		other := unexplained(s, pod, o)
		report.Pods.ByVerdict[other.Verdict]++
		report.decidingPods = addGaps(report.decidingPods, other.Deciding)
	}
	return report
}
