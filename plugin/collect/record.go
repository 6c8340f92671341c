package collect

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
	"sync"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A record takes down what was read, in any order and from many at a time.
type record struct {
	mu         sync.Mutex
	cluster    snapshot.Cluster
	objects    map[string]snapshot.Object
	aws        snapshot.AWS
	roles      map[string]*snapshot.Role
	unreadable map[string]snapshot.Missing
	notFound   map[string]snapshot.Missing
	whole      map[string][]string // resources that were read as a whole: of these namespaces; "" is everywhere
	why        map[string]string   // resources that could not be asked for, and why
	caller     string              // the account of the AWS credentials
	callerARN  string              // whose they are
}

func newRecord(r Request) *record {
	return &record{
		cluster: snapshot.Cluster{Name: r.Cluster.Name, Region: r.Cluster.Region, Account: r.account()},
		objects: map[string]snapshot.Object{}, roles: map[string]*snapshot.Role{},
		unreadable: map[string]snapshot.Missing{}, notFound: map[string]snapshot.Missing{}, whole: map[string][]string{}, why: map[string]string{},
	}
}

// object takes down one object. The first of its name stays, such as a manifest.
func (r *record) object(resource string, object snapshot.Object) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := resource + " " + object.GetNamespace() + "/" + object.GetName()
	if _, ok := r.objects[key]; !ok {
		r.objects[key] = object
	}
}

func (r *record) missing(list map[string]snapshot.Missing, m snapshot.Missing) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list[missingKey(m)] = m
}

// missingKey tells apart what is missing.
func missingKey(m snapshot.Missing) string {
	return strings.Join([]string{m.Resource, m.Namespace, m.Name, m.Account}, "\x00")
}

// refused takes down that something could not be read, and why.
func (r *record) refused(m snapshot.Missing, why string) {
	m.Error = why
	r.missing(r.unreadable, m)
}

// gone takes down that something that was asked for by name does not exist.
func (r *record) gone(m snapshot.Missing) { r.missing(r.notFound, m) }

// unaskable takes down that nothing of a resource could be asked for.
func (r *record) unaskable(resource, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.why[resource] = why
}

// complete takes down that all objects of a resource were read, of one namespace or ("") everywhere.
func (r *record) complete(resource, namespace string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.whole[resource], namespace) {
		r.whole[resource] = append(r.whole[resource], namespace)
	}
}

// amazon takes down what was read from AWS.
func (r *record) amazon(write func(*snapshot.AWS)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	write(&r.aws)
}

// role takes down a role. A role that was read by itself says more than one out of a list, and comes first.
func (r *record) role(role snapshot.Role) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.roles[role.Arn]; !ok {
		r.roles[role.Arn] = &role
	}
}

// policies takes down a role's policies, where they were read.
func (r *record) policies(arn string, attached *[]snapshot.AttachedPolicy, inline *[]snapshot.InlinePolicyName) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if role := r.roles[arn]; role != nil {
		role.AttachedManagedPolicies, role.RolePolicyList = attached, inline
	}
}

func (r *record) learnCaller(account string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.caller = cmp.Or(r.caller, account)
}

func (r *record) learnCallerARN(arn string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.callerARN = arn
}

func (r *record) knownCaller() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.caller
}

// learnCluster takes down what the API server tells about the cluster. Its region is certain, others' word for it is not.
func (r *record) learnCluster(c snapshot.Cluster) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cluster.Region = cmp.Or(c.Region, r.cluster.Region)
	r.cluster.Issuer = cmp.Or(r.cluster.Issuer, c.Issuer)
}

// learnServer takes down how the API server was reached.
func (r *record) learnServer(server string, ca []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cluster.Server, r.cluster.CertificateAuthority = server, base64.StdEncoding.EncodeToString(ca)
}

// sortedValues makes the order independent of who answered first.
func sortedValues[T any](m map[string]T) []T {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	values := make([]T, len(keys))
	for i, key := range keys {
		values[i] = m[key]
	}
	return values
}

// unasked has, for each resource, why a snapshot does not contain all of it. A snapshot is complete unless
// it says otherwise, so each resource is listed.
var unasked = []snapshot.Missing{
	{Resource: "configmaps", Error: "only those with settings of AWS SDKs were read"},
	{Resource: "cronjobs", Error: "owners are taken from the pods' ownerReferences"},
	{Resource: "daemonsets", Error: "only those of the Pod Identity agent and the VPC CNI are read, and only if they decide the answer"},
	{Resource: "deployments", Error: "owners are taken from the pods' ownerReferences"},
	{Resource: "endpointslices", Error: "only those of a webhook's service are read, and only if nothing was injected"},
	{Resource: "events", Error: "only those about refused pods are read, and only for workloads without pods"},
	{Resource: "jobs", Error: "owners are taken from the pods' ownerReferences"},
	{Resource: "mutatingwebhookconfigurations", Error: "they are read only if a pod was not mutated or a fix recreates it"},
	{Resource: "namespaces", Error: "they are read only if a pod was not mutated or a fix recreates it"},
	{Resource: "networkpolicies", Error: "only those of the pod's namespace were read"},
	{Resource: "nodes", Error: "only the pod's own was read"},
	{Resource: "pods", Error: "only the targets were read"},
	{Resource: "replicasets", Error: "owners are taken from the pods' ownerReferences"},
	{Resource: "secrets", Error: "only those with settings of AWS SDKs were read"},
	{Resource: "serviceaccounts", Error: "only the pod's own was read"},
	{Resource: "services", Error: "they are not read"},
	{Resource: "statefulsets", Error: "owners are taken from the pods' ownerReferences"},
}

// unaskedAWS is the same for AWS.
var unaskedAWS = []snapshot.Missing{
	{Resource: "ec2:DescribeInstances", Error: "only the instance of the pod's node was read"},
	{Resource: "ec2:DescribeVpcEndpoints", Error: "they are read only if the OIDC provider does not exist"},
	{Resource: "eks:DescribeCluster", Error: "it was not needed"},
	{Resource: "eks:ListPodIdentityAssociations", Error: "only those of the pod's service account were read"},
	{Resource: "iam:GetInstanceProfile", Error: "only the one of the pod's node was read"},
	{Resource: "iam:GetOpenIDConnectProvider", Error: "only the one of the cluster's issuer was read"},
	{Resource: "iam:GetRole", Error: "only the pod's own roles were read"},
	{Resource: "iam:ListOpenIDConnectProviders", Error: "only the one of the cluster's issuer was read"},
	{Resource: "iam:ListRoles", Error: "only the pod's own roles were read"},
	{Resource: "iam:SimulatePrincipalPolicy", Error: "it is called only for the role of an association with a target role"},
	{Resource: "sts:GetCallerIdentity", Error: "it was not needed"},
}

// document is the snapshot's text. What has not been read is noted with why it was not; while something is still under way,
// pending is the reason in place of that, and it counts as unreadable.
func (c *collector) document(pending string) snapshot.Document {
	r := c.record
	r.mu.Lock()
	defer r.mu.Unlock()
	d := snapshot.Document{
		TakenAt: c.request.TakenAt, Cluster: r.cluster, Kubernetes: sortedValues(r.objects),
		Unreadable: sortedValues(r.unreadable), NotFound: sortedValues(r.notFound),
	}
	why := ""
	if c.cluster == nil {
		why = noCluster
		d.NotAsked = append(d.NotAsked, snapshot.Missing{Resource: discovery, Error: why})
	}
	d.NotAsked = append(d.NotAsked, r.notAsked(unasked, why, pending)...)
	if c.account == nil {
		return underWay(d, pending)
	}
	d.NotAsked = append(d.NotAsked, r.notAsked(unaskedAWS, "", pending)...)
	amazon := r.aws
	d.AWS = &amazon
	d.AWS.CallerAccount, d.AWS.CallerArn = r.caller, r.callerARN
	for _, role := range sortedValues(r.roles) {
		d.AWS.Roles = append(d.AWS.Roles, *role)
	}
	sortAWS(d.AWS)
	return underWay(d, pending)
}

// underWay returns the document with what is still being read among what is unreadable. A reason of its own comes first, but
// for the issuer: what the API server does not say, EKS may.
func underWay(d snapshot.Document, pending string) snapshot.Document {
	if pending == "" {
		return d
	}
	var asked []snapshot.Missing
	for _, m := range d.NotAsked {
		if m.Error != pending {
			asked = append(asked, m)
			continue
		}
		d.Unreadable = append(d.Unreadable, m)
		if m.Resource == describeCluster {
			d.Unreadable = slices.Insert(d.Unreadable, 0, snapshot.Missing{Resource: discovery, Error: pending})
		}
	}
	d.NotAsked = asked
	return d
}

// notAsked says what was not read of each resource. Why, if not empty, is the reason for all of them, and otherwise for those
// that have none of their own.
func (r *record) notAsked(list []snapshot.Missing, why, otherwise string) []snapshot.Missing {
	var missing []snapshot.Missing
	for _, m := range list {
		_, refused := r.unreadable[missingKey(snapshot.Missing{Resource: m.Resource})]
		namespaces := r.whole[m.Resource]
		if refused || slices.Contains(namespaces, "") {
			continue
		}
		m.Error = cmp.Or(why, r.why[m.Resource], otherwise, m.Error)
		m.Except = slices.Sorted(slices.Values(namespaces))
		missing = append(missing, m)
	}
	return missing
}

// sortAWS makes the order independent of who answered first. What was read twice, as one pod's and as one of
// many, is there once. The record's own lists stay as they are.
func sortAWS(a *snapshot.AWS) {
	a.OpenIDConnectProviders = sorted(a.OpenIDConnectProviders, func(p snapshot.OpenIDConnectProvider) string { return p.Arn })
	a.PodIdentityAssociations = sorted(a.PodIdentityAssociations, func(p snapshot.PodIdentityAssociation) string { return p.AssociationID })
	a.PolicySimulations = slices.Clone(a.PolicySimulations)
	slices.SortStableFunc(a.PolicySimulations, func(p, q snapshot.PolicySimulation) int { return cmp.Compare(p.PolicySourceArn, q.PolicySourceArn) })
	a.Instances = sorted(a.Instances, func(i snapshot.Instance) string { return i.InstanceID })
	a.InstanceProfiles = sorted(a.InstanceProfiles, func(p snapshot.InstanceProfile) string { return p.Arn })
	a.VPCEndpoints = sorted(a.VPCEndpoints, func(e snapshot.VPCEndpoint) string { return e.VpcEndpointID })
}

func sorted[T any](list []T, key func(T) string) []T {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	return slices.CompactFunc(list, func(a, b T) bool { return key(a) == key(b) })
}
