// Package collect reads the snapshot that an answer needs: what is asked, in which rounds, and what was read.
package collect

import (
	"context"
	"fmt"
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A Request says what to read.
type Request struct {
	// Targets name what the answer is about. Without targets and manifests it is about all pods of Namespace, or of
	// the cluster if AllNamespaces is set, as far as Selector (a label selector) takes them.
	Targets       []workload.Target
	Namespace     string
	AllNamespaces bool
	Selector      string
	// Manifests are about to be applied: the answer is about the workloads among them, and an object among them stands
	// for the cluster's. Objects without a namespace are in Namespace.
	Manifests []snapshot.Object
	// Roles are the ARNs of roles that are asked about beside those that the targets name: each is read with the OIDC
	// provider of its account, and what decides on new pods (webhooks, namespace, EKS cluster) with them.
	Roles []string
	// Cluster is how AWS knows the cluster.
	Cluster kube.Identity
	// Wide asks for what only notes need: the roles' policies, the VPC's endpoints.
	Wide bool
	// Everything asks for all roles, OIDC providers, service accounts and Pod Identity associations there are.
	Everything bool
	// TakenAt is the time of the snapshot.
	TakenAt time.Time
}

// A Target is what one answer is about.
type Target struct {
	workload.Target
	// Pods are the names of the pods that it stands for, the newest first: that one answers for the others. None: it
	// has no pod, and the answer is about the pod that its template, or its service account, would make.
	Pods []string
}

// Collect reads all that the answers to a request need, each thing once, and as much as possible at the same
// time. Without a cluster (nil) only manifests can be asked about; without an account (nil) nothing in AWS is known.
//
// What is refused is a gap in the snapshot and no error. An error says that the target itself could not be read: it
// does not exist, or the cluster does not answer; or that the context has ended.
func Collect(ctx context.Context, k *kube.Reader, a *aws.Reader, r Request) (*snapshot.Snapshot, []Target, error) {
	c := &collector{cluster: k, account: a, request: r, engine: newEngine(), record: newRecord(r)}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	targets, err := c.collect(reading)
	if err != nil {
		stop() // nobody waits for what is still under way
	}
	c.engine.wait()
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	if err != nil {
		return nil, nil, err
	}
	return snapshot.New(c.document()), targets, nil
}

// A collector answers one request. Its methods that read answer from what was read before if they can.
type collector struct {
	cluster *kube.Reader
	account *aws.Reader
	request Request
	engine  *engine
	record  *record
	// manyNodes says that all nodes are listed instead of each one read.
	manyNodes bool
}

// maxGets is how many nodes are read one by one rather than as a list.
const maxGets = 16

// collect starts everything, and waits for the targets' pods only.
func (c *collector) collect(ctx context.Context) ([]Target, error) {
	c.beginAlways(ctx)
	c.beginRoles(ctx)
	targets, pods, err := c.resolve(ctx)
	if err != nil {
		return nil, err
	}
	c.manyNodes = c.inScope("") || len(nodesOf(pods)) > maxGets
	c.about(ctx, pods)
	if len(c.request.Roles) > 0 {
		c.beginAgents(ctx, pods)
	}
	return targets, nil
}

// beginAlways starts what needs nothing.
func (c *collector) beginAlways(ctx context.Context) {
	c.engine.begin("issuer", func() { c.issuer(ctx) })
	if c.account != nil {
		c.engine.begin("login", func() { c.login(ctx) })
	}
	if c.cluster != nil && c.manyTargets() {
		namespace := c.scopeNamespace()
		c.engine.begin("accounts", func() { c.serviceAccounts(ctx, namespace) })
		c.engine.begin("policies", func() { c.networkPolicies(ctx, namespace) })
		c.engine.begin("webhooks", func() { c.webhooks(ctx) })
		if c.request.AllNamespaces {
			c.engine.begin("nodes", func() { c.nodes(ctx) })
		}
	}
	if c.account != nil && c.request.Everything {
		c.engine.begin("everything", func() { c.everything(ctx) })
	}
}

// manyTargets says that the request is about the pods of a namespace or of the cluster.
func (c *collector) manyTargets() bool {
	return len(c.request.Targets) == 0 && len(c.request.Manifests) == 0
}

// scopeNamespace is the namespace whose pods the request is about; empty is the cluster.
func (c *collector) scopeNamespace() string {
	if c.request.AllNamespaces {
		return ""
	}
	return c.request.Namespace
}

// inScope says whether the lists that were asked for in the beginning hold a namespace; an empty one is the cluster.
func (c *collector) inScope(namespace string) bool {
	return c.cluster != nil && c.manyTargets() && (c.request.AllNamespaces || namespace != "" && namespace == c.request.Namespace)
}

// errorOf is the error that the target itself could not be read.
func errorOf[T any](f fact.Fact[T], what string) error {
	if gap, ok := f.Gap(); ok {
		return fmt.Errorf("%s: %s", gap.What, gap.Reason)
	}
	return fmt.Errorf("%s: not found", what)
}
