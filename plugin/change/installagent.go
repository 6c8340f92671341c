package change

import "github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"

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
	runAgent(d, c.Node)
	return true
}
