package collect

import (
	"cmp"
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// unasked says of each resource why it is not in a snapshot as a whole, unless it is. A snapshot is complete unless
// it says otherwise, so each of them has to be said.
var unasked = []snapshot.Missing{
	{Resource: "configmaps", Error: "only those were read that can set what an AWS SDK reads"},
	{Resource: "cronjobs", Error: "owners are taken as the pods name them"},
	{Resource: "daemonsets", Error: "owners are taken as the pods name them"},
	{Resource: "deployments", Error: "owners are taken as the pods name them"},
	{Resource: "endpointslices", Error: "only those of a webhook's service are read, and only where nothing was injected"},
	{Resource: "jobs", Error: "owners are taken as the pods name them"},
	{Resource: "mutatingwebhookconfigurations", Error: "they are read only where something was not injected"},
	{Resource: "namespaces", Error: "they are read only where something was not injected"},
	{Resource: "networkpolicies", Error: "only those of the pod's namespace were read"},
	{Resource: "nodes", Error: "only the pod's own was read"},
	{Resource: "pods", Error: "only those that were asked about were read"},
	{Resource: "replicasets", Error: "owners are taken as the pods name them"},
	{Resource: "secrets", Error: "only those were read that can set what an AWS SDK reads"},
	{Resource: "serviceaccounts", Error: "only the pod's own was read"},
	{Resource: "services", Error: "they are not read"},
	{Resource: "statefulsets", Error: "owners are taken as the pods name them"},
}

// unaskedAWS is the same for AWS.
var unaskedAWS = []snapshot.Missing{
	{Resource: "ec2:DescribeInstances", Error: "only the instance of the pod's node was read"},
	{Resource: "ec2:DescribeVpcEndpoints", Error: "they are read only where the OIDC provider does not exist"},
	{Resource: "eks:DescribeCluster", Error: "nothing needed it"},
	{Resource: "eks:ListPodIdentityAssociations", Error: "only those of the pod's service account were read"},
	{Resource: "iam:GetInstanceProfile", Error: "only the one of the pod's node was read"},
	{Resource: "iam:GetOpenIDConnectProvider", Error: "only the one of the cluster's issuer was read"},
	{Resource: "iam:GetRole", Error: "only the pod's own roles were read"},
	{Resource: "iam:ListOpenIDConnectProviders", Error: "only the one of the cluster's issuer was read"},
	{Resource: "iam:ListRoles", Error: "only the pod's own roles were read"},
	{Resource: "sts:GetCallerIdentity", Error: "nothing needed it"},
}

// document is the snapshot's text. It is called when nothing is under way any more.
func (c *collector) document() snapshot.Document {
	r := c.record
	d := snapshot.Document{
		TakenAt: c.request.TakenAt, Cluster: r.cluster, Kubernetes: sortedValues(r.objects),
		Unreadable: sortedValues(r.unreadable), NotFound: sortedValues(r.notFound),
	}
	why := ""
	if c.cluster == nil {
		why = noCluster
		d.NotAsked = append(d.NotAsked, snapshot.Missing{Resource: "openid-configuration", Error: why})
	}
	d.NotAsked = append(d.NotAsked, r.notAsked(unasked, why)...)
	if c.account == nil {
		return d
	}
	d.NotAsked = append(d.NotAsked, r.notAsked(unaskedAWS, "")...)
	d.AWS = &r.aws
	d.AWS.CallerAccount = r.caller
	for _, role := range sortedValues(r.roles) {
		d.AWS.Roles = append(d.AWS.Roles, *role)
	}
	sortAWS(d.AWS)
	return d
}

// notAsked says what was not read of each resource; why, if not empty, is the reason for all of them.
func (r *record) notAsked(list []snapshot.Missing, why string) []snapshot.Missing {
	var missing []snapshot.Missing
	for _, m := range list {
		_, refused := r.unreadable[m.Resource+"\x00\x00\x00"]
		namespaces := r.whole[m.Resource]
		if refused || slices.Contains(namespaces, "") {
			continue
		}
		m.Error = cmp.Or(why, r.why[m.Resource], m.Error)
		m.Except = slices.Sorted(slices.Values(namespaces))
		missing = append(missing, m)
	}
	return missing
}
