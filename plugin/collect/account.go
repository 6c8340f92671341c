package collect

import (
	"context"
	"fmt"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// AccountOf reads a workload and returns the name of the service account that its new pods run under.
func AccountOf(ctx context.Context, k *kube.Reader, t workload.Target) (string, error) {
	c := &collector{cluster: k, flight: newFlight(), record: newRecord(Request{})}
	object, err := c.target(ctx, t)
	if err != nil {
		return "", err
	}
	name, _ := runsUnder(object)
	return name, nil
}

// AccountIn returns the same by what a snapshot says: by the workload, or else by its newest pod.
func AccountIn(s *snapshot.Snapshot, t workload.Target) (string, error) {
	if object, ok := s.Object(t.Kind, t.Namespace, t.Name); ok {
		if name, ok := runsUnder(object); ok {
			return name, nil
		}
	}
	if pods := s.PodsOf(t); len(pods) > 0 {
		newest := pods[0]
		for _, pod := range pods {
			if workload.NewestFirst(pod, newest) < 0 {
				newest = pod
			}
		}
		return workload.ServiceAccountName(newest), nil
	}
	return "", fmt.Errorf("%s is not in namespace %s of the snapshot", t.InWords(), t.Namespace)
}

// runsUnder returns the service account of an object that makes pods.
func runsUnder(object snapshot.Object) (name string, ok bool) {
	_, template := workload.Template(object)
	if template == nil {
		return "", false
	}
	pod := workload.Pod(object, template)
	return workload.ServiceAccountName(pod), true
}
