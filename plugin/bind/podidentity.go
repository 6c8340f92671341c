package bind

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

// podIdentity plans a binding by EKS Pod Identity: trust, then the association.
func (p *planner) podIdentity() error {
	if err := p.guardPodIdentity(); err != nil {
		return err
	}
	if err := p.trust(p.podIdentityRequest()); err != nil {
		return err
	}
	if p.account == nil {
		p.plan.add(change.CreateServiceAccount{Namespace: p.request.Namespace, Name: p.request.ServiceAccount}, "the pods run under it")
	}
	return p.associate()
}

// associate plans the association.
func (p *planner) associate() error {
	f := p.snapshot.Associations(p.request.Namespace, p.request.ServiceAccount)
	list, ok := f.Get()
	if !ok {
		gap, _ := f.Gap()
		return refusef("whether service account %s has a Pod Identity association is unknown: %s: %s", p.request.account(), gap.What, gap.Reason)
	}
	const why = "new pods of the service account get this role from the Pod Identity agent"
	name := p.snapshot.Cluster().Name
	switch {
	case len(list) == 0:
		p.plan.add(change.CreateAssociation{Cluster: name, Namespace: p.request.Namespace, ServiceAccount: p.request.ServiceAccount, RoleArn: p.request.RoleARN}, why)
	case list[0].RoleArn != p.request.RoleARN:
		p.plan.add(change.UpdateAssociation{
			Cluster: name, AssociationID: list[0].AssociationID, Namespace: p.request.Namespace, ServiceAccount: p.request.ServiceAccount, RoleArn: p.request.RoleARN,
		}, why)
		p.warnOfFormer(list[0].RoleArn)
	}
	return nil
}

// guardPodIdentity refuses where EKS Pod Identity is not available (EKS User Guide, EKS Pod Identity restrictions), or has
// no agent.
func (p *planner) guardPodIdentity() error {
	cluster := p.snapshot.Cluster()
	if cluster.Name == "" || cluster.Region == "" {
		return refusef("EKS Pod Identity needs the EKS cluster's name and region: use --eks-cluster and --aws-region")
	}
	f := p.snapshot.EKSCluster()
	eks, ok := f.Get()
	if gap, missing := f.Gap(); missing {
		return refusef("whether %s is an EKS cluster is unknown: %s: %s", cluster.Name, gap.What, gap.Reason)
	}
	switch {
	case !ok:
		return refusef("EKS Pod Identity is available in EKS clusters only, and this is not one")
	case eks.OutpostConfig != nil:
		return refusef("EKS Pod Identity is not available in local clusters on Outposts")
	}
	if arn, ok := snapshot.ParseARN(eks.Arn); ok && arn.Account != p.role.Account { // of an offer
		return refusef("EKS Pod Identity needs a role of the cluster's account %s, and this one is in %s", arn.Account, p.role.Account)
	}
	if err := p.guardAssociation(); err != nil {
		return err
	}
	for _, pod := range p.pods {
		if err := p.guardNode(pod); err != nil {
			return err
		}
	}
	p.warnOfAgent()
	return nil
}

// warnOfAgent says where new pods will find no agent: where the cluster has none, and none of the pods shows otherwise.
func (p *planner) warnOfAgent() {
	sets, known := p.snapshot.AgentDaemonSets().Get()
	if !known || len(sets) > 0 || slices.ContainsFunc(p.pods, func(pod *corev1.Pod) bool { return pod.Spec.NodeName != "" }) {
		return
	}
	p.plan.advise(p.install(), "the cluster has no Pod Identity agent, without which pods get no credentials (nodes of EKS Auto Mode have one built in); to install it")
}

// install is the command that installs the agent.
func (p *planner) install() string {
	return strings.Join(p.plan.At.Shell([]change.Change{change.InstallAgent{Cluster: p.snapshot.Cluster().Name}}), "")
}

// guardNode refuses where a pod runs on a node on which nobody answers for EKS Pod Identity.
func (p *planner) guardNode(pod *corev1.Pod) error {
	if pod.Spec.NodeName == "" {
		return nil
	}
	node, known := p.snapshot.Node(pod.Spec.NodeName).Get()
	if known {
		compute := node.Labels["eks.amazonaws.com/compute-type"]
		switch {
		case compute == "fargate":
			return refusef("pod %s runs on Fargate, where EKS Pod Identity is not available: use IRSA", pod.Name)
		case node.Labels[corev1.LabelOSStable] == "windows":
			return refusef("pod %s runs on a Windows node, where EKS Pod Identity is not available: use IRSA", pod.Name)
		case compute == "auto":
			return nil
		}
	}
	agents, ok := p.snapshot.Agents(pod.Spec.NodeName).Get()
	if !ok {
		p.plan.warn("whether the Pod Identity agent runs on node %s is unknown", pod.Spec.NodeName)
	}
	if ok && len(agents) == 0 {
		if sets, _ := p.snapshot.AgentDaemonSets().Get(); len(sets) > 0 {
			return refuseWith(p.kubectl("describe", "daemonset", sets[0].Name, "-n", sets[0].Namespace),
				"no Pod Identity agent runs on node %s, where pod %s runs, although daemonset %s/%s exists; to find out why",
				pod.Spec.NodeName, pod.Name, sets[0].Namespace, sets[0].Name)
		}
		return refuseWith(p.install(), "no Pod Identity agent runs on node %s, where pod %s runs; to install it", pod.Spec.NodeName, pod.Name)
	}
	return nil
}

func (p *planner) podIdentityRequest() trust.Request {
	cluster := p.snapshot.Cluster()
	eks, _ := p.snapshot.EKSCluster().Get()
	arn, _ := snapshot.ParseARN(eks.Arn)
	return trust.PodIdentity(trust.PodIdentityRequest{
		ClusterARN: eks.Arn, ClusterName: cluster.Name, Account: arn.Account, Region: cluster.Region,
		Namespace: p.request.Namespace, ServiceAccount: p.request.ServiceAccount, RoleARN: p.request.RoleARN, Time: p.snapshot.TakenAt(),
	})
}
