package cmd

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// afterwards waits until each workload that was restarted has a pod with the new injection, and prints the identity of one of
// the service account's pods.
func (b *binder) afterwards(ctx context.Context, plan *bind.Plan) error {
	if len(plan.Later) > 0 {
		b.program.complain("warning: --wait does not wait for pods that were not restarted")
	}
	pod, err := b.await(ctx, plan)
	if err != nil || pod == "" {
		return err
	}
	target := workload.Target{Kind: "Pod", Namespace: b.namespace, Name: pod}
	snapshot, err := b.source.collect(ctx, query{targets: []workload.Target{target}, namespace: b.namespace}, false)
	if err != nil {
		return err
	}
	found, err := report(snapshot, b.namespace, target, judge.Options{})
	if err != nil {
		return err
	}
	return b.program.answer(render.Whoami([]*judge.Report{found}, b.program.style(b.program.out)))
}

// await returns a pod with the new injection, empty if there is none and none is expected.
func (b *binder) await(ctx context.Context, plan *bind.Plan) (string, error) {
	expected := restarted(plan)
	waiting, cancel := context.WithTimeout(ctx, b.timeout)
	defer cancel()
	defer b.program.watch(ctx, func() string { return "waiting for a pod with the new role" })()
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		name, missing, err := b.look(waiting, plan, expected)
		if err == nil && missing == "" {
			return name, nil
		}
		select {
		case <-ticker.C:
		case <-waiting.Done():
			if ctx.Err() != nil {
				return "", ctx.Err()
			}
			return "", errors.Join(fmt.Errorf("the binding is complete, but after %s there is no pod of %s with the new role", b.timeout, missing), err)
		}
	}
}

// restarted are the workloads that the plan restarts.
func restarted(plan *bind.Plan) []workload.Owner {
	var workloads []workload.Owner
	for _, c := range plan.Changes() {
		if r, ok := c.(change.Recreate); ok {
			workloads = append(workloads, r.Pod.Owner)
		}
	}
	return workloads
}

// look finds a pod with the new injection, and a workload that has none yet.
func (b *binder) look(ctx context.Context, plan *bind.Plan, expected []workload.Owner) (name, missing string, err error) {
	f := b.live.cluster.Pods(ctx, b.namespace, kube.Selection{Fields: "spec.serviceAccountName=" + b.account})
	if gap, ok := f.Gap(); ok {
		return "", "service account " + b.account, fmt.Errorf("%s: %s", gap.What, gap.Reason)
	}
	pods, _ := f.Get()
	has := map[workload.Owner]bool{}
	for _, pod := range pods {
		if pod.DeletionTimestamp != nil || pod.Status.Phase == corev1.PodFailed || pod.Status.Phase == corev1.PodSucceeded || !plan.Injection.In(pod) {
			continue
		}
		has[workload.OwnerOf(pod)] = true
		name = pod.Name
	}
	for _, w := range expected {
		if !has[w] {
			return name, w.Kind + " " + w.Name, nil
		}
	}
	return name, "", nil
}
