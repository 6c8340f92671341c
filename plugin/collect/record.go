package collect

import (
	"cmp"
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
}

func newRecord(r Request) *record {
	return &record{
		cluster: snapshot.Cluster{Name: r.Cluster.Name, Region: r.Cluster.Region, Account: r.Cluster.Account},
		objects: map[string]snapshot.Object{}, roles: map[string]*snapshot.Role{},
		unreadable: map[string]snapshot.Missing{}, notFound: map[string]snapshot.Missing{}, whole: map[string][]string{}, why: map[string]string{},
	}
}

// object takes down one object. What stands there already, such as a manifest, stays.
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
	list[strings.Join([]string{m.Resource, m.Namespace, m.Name, m.Account}, "\x00")] = m
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

func (r *record) knownCaller() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.caller
}

// learnCluster fills what is not known of the cluster.
func (r *record) learnCluster(c snapshot.Cluster) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cluster.Region = cmp.Or(r.cluster.Region, c.Region)
	r.cluster.Issuer = cmp.Or(r.cluster.Issuer, c.Issuer)
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
