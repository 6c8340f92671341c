package subject

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// creator answers with the pod that created this one, as a Spark driver creates its executors, which it owns
// (https://spark.apache.org/docs/latest/running-on-kubernetes.html#how-it-works); absent where no pod is its owner.
func (s *Seen) creator() fact.Fact[*corev1.Pod] {
	owner := workload.OwnerOf(s.Pod)
	if owner.Kind != "Pod" {
		return fact.Absent[*corev1.Pod]("ownerReferences of pod " + s.Pod.Name)
	}
	return s.Snapshot.Pod(s.Pod.Namespace, owner.Name)
}

// creatorsAccount returns the service account of the pod that created this one, where it is bound and this one runs under
// "default": a program that creates pods names their service account in its own setting, which was left out.
func (s *Intended) creatorsAccount() (found BoundAccount, gaps []fact.Gap) {
	if s.AccountName != workload.DefaultServiceAccount {
		return BoundAccount{}, nil
	}
	creator := s.creator()
	pod, ok := creator.Get()
	if !ok {
		return BoundAccount{}, fact.GapsOf(creator)
	}
	name := workload.ServiceAccountName(pod)
	if name == s.AccountName {
		return BoundAccount{}, nil
	}
	found = BoundAccount{Name: name, Creator: pod.Name}
	if list, _ := s.Snapshot.Associations(s.Pod.Namespace, name).Get(); len(list) > 0 {
		found.RoleARN, found.Associated = list[0].RoleArn, true
		return found, nil
	}
	account := s.Snapshot.ServiceAccount(s.Pod.Namespace, name)
	object, ok := account.Get()
	if !ok {
		return BoundAccount{}, fact.GapsOf(account)
	}
	if found.RoleARN = s.boundTo(object); found.RoleARN == "" {
		return BoundAccount{}, fact.GapsOf(s.Snapshot.Associations(s.Pod.Namespace, name))
	}
	return found, nil
}
