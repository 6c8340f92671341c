// Package collect reads the snapshot that an answer needs: what is asked, in which rounds, and what was read.
//
// A round is what is asked at the same time. Each question starts as soon as what it needs is known, so that an ordinary
// pod takes three:
//
//	Round 1 needs nothing but the request (collect.go, targets.go):
//	    the targets and their pods, the cluster's OIDC issuer, the AWS credentials;
//	    for a namespace or the cluster also the lists: service accounts, network policies, webhooks, nodes, and, for the
//	    workloads that have no pods, Deployments and the Events about refused pods (podless.go).
//	Round 2 needs the pods (follow.go: about, aboutPod):
//	    service account, node, network policies, the ConfigMaps and Secrets that decide; the roles in the pods' variables
//	    and the OIDC provider in their accounts; Pod Identity associations; the EC2 instances by the pods' host addresses.
//	Round 3 needs the service account, its associations or the instances (follow.go: aboutAccount; ec2.go):
//	    the role that only the annotation or an association names, with its provider; the instance profiles.
//
// A target that is no pod is read first, and takes one more. More rounds follow only where something is missing or
// wrong: webhooks and their endpoints where a pod was not mutated, all roles where one does not exist or nothing
// binds the service account, associations of the same name where nothing does, the DaemonSets of the Pod Identity agent
// where none is ready on a node, other OIDC providers and the VPC's endpoints where the provider does not exist. What only
// the fixes need, such as the webhooks and the workload where a fix recreates a pod, is read at the same time (renewal.go).
package collect

import (
	"cmp"
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A Request says what to read.
type Request struct {
	// Targets name what the answer is about. Without targets and manifests it is about all pods of Namespace, or of
	// the cluster if AllNamespaces is set, that Selector (a label selector) selects.
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
	// Cluster is how AWS knows the cluster, and Typed what of it is the word of a person against the kubeconfig's.
	Cluster, Typed kube.Identity
	// Wide asks for what only notes need: the roles' policies, the VPC's endpoints.
	Wide bool
	// Everything asks for all roles, OIDC providers, service accounts and Pod Identity associations there are.
	Everything bool
	// Write says that the answer decides on what is written: it is asked whose the AWS credentials are, and a guess about the
	// cluster's account is none.
	Write bool
	// Agent asks whether the cluster has the Pod Identity agent, wherever the targets' pods run.
	Agent bool
	// Decided reports whether what is asked is answered by what has been read so far, nil if all that is read matters. What is
	// still being read is unreadable in the snapshot, with [StillRead] as the reason. When no server has answered for a while
	// and it is decided, the rest is given up, as if it had not been answered in time.
	Decided func(*snapshot.Snapshot) bool
	// TakenAt is the time of the snapshot.
	TakenAt time.Time
}

// account is the cluster's account by the kubeconfig. That of the role that one logs in with is a guess.
func (r Request) account() string {
	if r.Write {
		return r.Cluster.Account
	}
	return cmp.Or(r.Cluster.Account, r.Cluster.Login)
}

// Collect reads all that the answers to a request need, each thing once, and as much as possible at the same
// time. Without a cluster (nil) only manifests can be asked about; without an account (nil) nothing in AWS is known.
//
// What is refused is a gap in the snapshot and no error. An error says that the target itself could not be read: it
// does not exist, or the cluster does not answer; or that the context has ended. Of several targets those that could be read
// are in the snapshot, and the error is a [MissedError] about the others.
func Collect(ctx context.Context, k *kube.Reader, a *aws.Reader, r Request) (*snapshot.Snapshot, error) {
	c := &collector{cluster: k, account: a, request: r, flight: newFlight(), record: newRecord(r)}
	reading, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	c.stop = stop
	err := c.collect(c.hear(reading))
	if err != nil {
		stop(nil) // nobody waits for what is still under way
	}
	c.wait()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case c.mismatch.err != nil: // of two clusters no answer is worth anything
		return nil, c.mismatch.err
	case err != nil:
		return nil, err
	case len(c.missed) > 0:
		return snapshot.New(c.document("")), &MissedError{c.missed}
	default:
		return snapshot.New(c.document("")), nil
	}
}

// A collector answers one request.
type collector struct {
	cluster *kube.Reader
	account *aws.Reader
	request Request
	flight  *flight
	record  *record
	// manyNodes says that all nodes are listed instead of each one read.
	manyNodes bool
	patience  patience
	// stop ends all reading; mismatch is why, if the cluster that AWS describes is another one.
	stop     context.CancelCauseFunc
	mismatch mismatch
	// missed are the targets that could not be read.
	missed []MissedTarget
}

// maxGets is how many nodes are read one by one rather than as a list.
const maxGets = 16

// collect starts everything, and waits for the targets' pods only.
func (c *collector) collect(ctx context.Context) error {
	c.beginAlways(ctx)
	c.beginRoles(ctx)
	pods, err := c.targetPods(ctx)
	if err != nil {
		return err
	}
	c.manyNodes = c.inScope("") || len(nodesOf(pods)) > maxGets
	c.about(ctx, pods)
	if c.cluster != nil && c.manyTargets() {
		c.before(func() { c.aboutPodless(ctx, pods) }) // they are answered, too
	}
	if len(c.request.Roles) > 0 {
		c.beginAgents(ctx, pods)
	}
	return nil
}

// beginAlways starts what needs nothing.
func (c *collector) beginAlways(ctx context.Context) {
	begin(ctx, c, issuerQuestion{})
	if c.account != nil && (c.request.Typed.Name != "" || c.request.Typed.Region != "") {
		begin(ctx, c, eksClusterQuestion{}) // by a name that may be another cluster's
	}
	if c.account != nil {
		c.before(func() { c.login(ctx) }) // it has its own bounds: a person may be typing
	}
	c.before(func() { ask(ctx, c, discoveryQuestion{}) }) // says where AWS is asked
	if c.cluster != nil && c.manyTargets() {
		begin(ctx, c, serviceAccountsQuestion{c.scopeNamespace()})
		begin(ctx, c, networkPoliciesQuestion{c.scopeNamespace()})
		begin(ctx, c, webhooksQuestion{})
		begin(ctx, c, deploymentsQuestion{c.scopeNamespace()})
		begin(ctx, c, refusalsQuestion{c.scopeNamespace()})
		if c.request.AllNamespaces {
			begin(ctx, c, nodesQuestion{})
		}
	}
	if c.account != nil && c.request.Write {
		begin(ctx, c, callerQuestion{})
	}
	if c.cluster != nil && c.request.Agent {
		begin(ctx, c, agentDaemonSetsQuestion{})
	}
	if c.account != nil && c.request.Everything {
		begin(ctx, c, rolesQuestion{})
		c.flight.start(func() { c.everyAssociation(ctx) })
		c.flight.start(func() { c.everyProvider(ctx) })
	}
}

// beginRoles starts what the roles of the request need, and what decides about a pod that does not exist yet.
func (c *collector) beginRoles(ctx context.Context) {
	if len(c.request.Roles) == 0 {
		return
	}
	if c.cluster != nil {
		begin(ctx, c, webhooksQuestion{})
		if c.request.Namespace != "" {
			begin(ctx, c, namespaceQuestion{c.request.Namespace})
		}
	}
	if c.account == nil {
		return
	}
	begin(ctx, c, eksClusterQuestion{})
	for _, arn := range c.request.Roles {
		begin(ctx, c, roleQuestion{arn})
		begin(ctx, c, providerQuestion{roleARN: arn})
	}
}

// beginAgents starts what tells whether Pod Identity would work where the pods run.
func (c *collector) beginAgents(ctx context.Context, pods []*corev1.Pod) {
	for node := range nodesOf(pods) {
		begin(ctx, c, agentsQuestion{node})
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

// inScope says whether the lists of the first round hold a namespace; an empty one is the cluster.
func (c *collector) inScope(namespace string) bool {
	return c.cluster != nil && c.manyTargets() && (c.request.AllNamespaces || namespace != "" && namespace == c.request.Namespace)
}

// errorOf is the error that the target itself could not be read.
func errorOf[T any](f fact.Fact[T], what string) error {
	if gap, ok := f.Gap(); ok {
		return fmt.Errorf("%s: %s", gap.What, gap.Reason)
	}
	return fmt.Errorf("%s: %w", what, errNotFound)
}
