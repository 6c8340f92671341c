package change

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// InstallAgent installs the Pod Identity agent's add-on, which runs an agent on every Linux node of EC2.
type InstallAgent struct {
	Cluster string // the name of the EKS cluster
	Node    string // the node on which the agent is missed
}

// Summary implements [Change].
func (c InstallAgent) Summary() string {
	return "install the add-on " + snapshot.AgentName + " in cluster " + c.Cluster
}

// Commands implements [Change].
func (c InstallAgent) Commands() [][]string {
	return [][]string{{"aws", "eks", "create-addon", "--cluster-name", c.Cluster, "--addon-name", snapshot.AgentName}}
}

// Diff implements [Change].
func (c InstallAgent) Diff(*snapshot.Snapshot) (name, before, after string) {
	return c.Object().String(), "", fields("clusterName", c.Cluster, "addonName", snapshot.AgentName)
}

// Done implements [Change].
func (c InstallAgent) Done() string { return c.Object().String() + " created" }

// Object implements [Change].
func (c InstallAgent) Object() Object {
	return Object{Kind: "addon", Name: snapshot.AgentName, InAWS: true}
}

// Apply implements [Change].
func (c InstallAgent) Apply(d *snapshot.Draft) bool {
	missing := snapshot.AgentMissing(c.Node)
	d.NotFound = slices.DeleteFunc(d.NotFound, func(m snapshot.Missing) bool { return m.Name == missing })
	d.Put(&corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: snapshot.AgentNamespace, Name: missing,
			Labels: map[string]string{snapshot.AgentLabel: snapshot.AgentName}, CreationTimestamp: metav1.NewTime(d.TakenAt),
		},
		Spec:   corev1.PodSpec{NodeName: c.Node, HostNetwork: true, ServiceAccountName: snapshot.AgentName},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}},
	})
	return true
}
