package plugin

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/evidence"
)

// Diagnose answers for one pod of a snapshot. The error says that the pod is not in it.
func Diagnose(s *evidence.Snapshot, target check.Target, o check.Options) (*check.Report, error) {
	pod, ok := s.Pod(target.Namespace, target.Name).Get()
	if !ok {
		return nil, fmt.Errorf("pod %s/%s is not in the snapshot", target.Namespace, target.Name)
	}
	return check.Judge(s, pod, false, o), nil
}

// DiagnoseAll answers for every pod that is selected.
func DiagnoseAll(s *evidence.Snapshot, selected func(*corev1.Pod) bool, o check.Options) []*check.Report {
	var reports []*check.Report
	for _, pod := range evidence.ObjectsOf[*corev1.Pod](s) {
		if selected(pod) {
			reports = append(reports, check.Judge(s, pod, false, o))
		}
	}
	return reports
}
