package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/demo"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A source is where answers come from: a snapshot file, or a cluster and an account.
type source struct {
	program    *program
	kubeconfig *kubeconfig

	snapshot   string
	noAWS      bool
	awsProfile string
	awsRegion  string
	eksCluster string
	readerRole string
	writerRole string // of bind and unbind
	crosses    bool   // --cross-account of bind and unbind

	at change.Coordinates // of commands that act on what is read; zero for a snapshot
}

// addWriteFlags adds what the commands that change something have in addition.
func (s *source) addWriteFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&s.crosses, "cross-account", false, "Accept a role of another account than the cluster's or the AWS credentials'; ROLE must be an ARN")
	flags.StringVar(&s.writerRole, "writer-role", "", "Name of a role to assume in other accounts, to make the changes there; --reader-role only reads")
}

func (s *source) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&s.snapshot, "snapshot", "", "Answer from this snapshot file and touch nothing: FILENAME, - for standard input, or demo")
	flags.BoolVar(&s.noAWS, "no-aws", false, "Read Kubernetes only; what is in AWS is then unknown")
	flags.StringVar(&s.awsProfile, "aws-profile", "", "AWS profile to read with, instead of the kubeconfig's or the environment's")
	flags.StringVar(&s.awsRegion, "aws-region", "", "AWS region of the cluster, if the kubeconfig does not name it")
	flags.StringVar(&s.eksCluster, "eks-cluster", "", "Name of the EKS cluster, if the kubeconfig does not name it")
	flags.StringVar(&s.readerRole, "reader-role", "", "Name of a role to assume in other accounts, to read the roles there")
	completeValues(cmd, "snapshot", "demo")
}

// validate refuses combinations that contradict each other.
func (s *source) validate() error {
	switch {
	case s.snapshot != "" && (s.awsProfile != "" || s.awsRegion != "" || s.eksCluster != "" || s.readerRole != ""):
		return usagef("--snapshot answers from a file: it cannot be used with --aws-profile, --aws-region, --eks-cluster or --reader-role")
	case s.noAWS && (s.awsProfile != "" || s.readerRole != ""):
		return usagef("--no-aws reads nothing from AWS: it cannot be used with --aws-profile or --reader-role")
	case strings.HasPrefix(s.readerRole, "arn:"):
		return usagef("--reader-role %q: give the name of a role, which is assumed in each account that roles are in, not an ARN", s.readerRole)
	case strings.HasPrefix(s.writerRole, "arn:"):
		return usagef("--writer-role %q: give the name of a role, which is assumed in each account that changes are made in, not an ARN", s.writerRole)
	}
	return nil
}

// read returns the snapshot that answers a query, and the query with the namespace that it is about.
func (s *source) read(ctx context.Context, q query, wide bool) (*snapshot.Snapshot, query, error) {
	if s.snapshot != "" {
		snapshot, err := s.readFile()
		return snapshot, q, err
	}
	if q.namespace == "" && !q.all {
		namespace, err := s.kubeconfig.namespace()
		if err != nil {
			return nil, q, err
		}
		q.namespace = namespace
	}
	q.targets = q.in(q.namespace)
	snapshot, err := s.collect(ctx, q, wide)
	s.warnOfCluster(snapshot)
	q, err = s.answerable(q, err, s.likeNamed(ctx))
	return snapshot, q, err
}

// warnOfCluster says that EKS knows no cluster of the name that was typed: what is in EKS stays unknown, which need not decide.
func (s *source) warnOfCluster(read *snapshot.Snapshot) {
	if read == nil || s.eksCluster == "" {
		return
	}
	if gap, ok := read.EKSCluster().Gap(); ok && aws.NoSuchCluster(gap.Reason) {
		s.program.complain(fmt.Sprintf("warning: --eks-cluster %s: %s", s.eksCluster, gap.Reason))
	}
}

func (s *source) readFile() (*snapshot.Snapshot, error) {
	data, err := s.bytes()
	if err != nil {
		return nil, err
	}
	read, warnings, err := snapshot.Read(data)
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", s.snapshot, err)
	}
	own, foreign := read.OfOneCluster()
	for _, warning := range append(warnings, foreign...) {
		s.program.complain(fmt.Sprintf("warning: snapshot %s: %s", s.snapshot, warning))
	}
	return own, nil
}

func (s *source) bytes() ([]byte, error) {
	switch s.snapshot {
	case "demo":
		return demo.Snapshot, nil
	case "-":
		return limited("standard input", s.program.in)
	}
	file, err := os.Open(s.snapshot)
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	return limited(s.snapshot, file)
}

// A live source is a cluster and an account that can be read, either or both.
type live struct {
	host     string       // of the API server
	cluster  *kube.Reader // nil where there is only an account
	account  *aws.Reader  // nil with --no-aws
	identity kube.Identity
	typed    kube.Identity // what was typed of it against the kubeconfig's word
}

// open prepares to read. It makes no request.
func (s *source) open(ctx context.Context) (live, error) {
	config, err := s.kubeconfig.restConfig()
	if err != nil {
		return live{}, err
	}
	said := s.program.overhear() // the exec plugin's own, which client-go takes hold of here
	reader, err := kube.New(config)
	if err != nil {
		return live{}, err
	}
	reader.PluginText, reader.PluginAsks = said.take, said.asks
	raw, current, err := s.kubeconfig.raw()
	if err != nil {
		return live{}, err
	}
	detected := kube.Identify(raw, current)
	l := live{host: config.Host, cluster: reader, identity: s.identity().Or(detected), typed: s.against(detected)}
	l.account, err = s.openAccount(ctx, l.identity, config.Timeout)
	s.at = s.coordinates(l)
	return l, err
}

// openWithoutCluster prepares to read AWS alone, for manifests where there is no kubeconfig.
func (s *source) openWithoutCluster(ctx context.Context) (l live, err error) {
	l.identity = s.identity()
	l.account, err = s.openAccount(ctx, l.identity, 0)
	s.at = s.coordinates(l)
	return l, err
}

// identity is what was typed of how AWS knows the cluster.
func (s *source) identity() kube.Identity {
	return kube.Identity{Name: s.eksCluster, Region: s.awsRegion, Profile: s.awsProfile}
}

// against is what was typed of where the cluster is, and is not what the kubeconfig says.
func (s *source) against(detected kube.Identity) (typed kube.Identity) {
	if s.eksCluster != detected.Name {
		typed.Name = s.eksCluster
	}
	if s.awsRegion != detected.Region {
		typed.Region = s.awsRegion
	}
	return typed
}

// openAccount returns nil with --no-aws.
func (s *source) openAccount(ctx context.Context, identity kube.Identity, timeout time.Duration) (*aws.Reader, error) {
	if s.noAWS {
		return nil, nil
	}
	said := s.program.overhear()
	return aws.New(ctx, aws.Options{
		Profile: identity.Profile, Region: identity.Region, ReaderRole: s.readerRole, WriterRole: s.writerRole, Timeout: timeout,
		ProcessText: said.take, ProcessAsks: said.asks,
	})
}

// collect reads the cluster and the account.
func (s *source) collect(ctx context.Context, q query, wide bool) (*snapshot.Snapshot, error) {
	l, err := s.open(ctx)
	if errors.Is(err, errNoCluster) && q.manifests != nil {
		l, err = s.openWithoutCluster(ctx)
	}
	if err != nil {
		return nil, err
	}
	request := collect.Request{
		Targets: q.targets, Namespace: q.namespace, AllNamespaces: q.all, Manifests: q.manifests, Wide: wide,
	}
	if q.decided != nil && !wide { // where notes are asked for, they are waited for
		request.Decided = func(s *snapshot.Snapshot) bool { return q.decided(s, q) }
	}
	if q.selector != nil {
		request.Selector = q.selector.String()
	}
	return s.readLive(ctx, l, request)
}

const reading = "reading the cluster and AWS"

// readLive answers a request now.
func (s *source) readLive(ctx context.Context, l live, request collect.Request) (*snapshot.Snapshot, error) {
	ctx, end := s.program.progress(ctx, reading)
	defer end()
	snapshot, err := collect.Collect(ctx, l.cluster, l.account, l.now(request))
	return snapshot, l.explained(err)
}

// now is a request about the cluster as it is now.
func (l live) now(request collect.Request) collect.Request {
	request.Cluster, request.Typed, request.TakenAt = l.identity, l.typed, time.Now().UTC().Truncate(time.Second)
	return request
}

// explained is an error of reading with what it takes to act on it: which cluster did not answer, or which flags lead to two
// clusters.
func (l live) explained(err error) error {
	var mismatch *collect.MismatchError
	switch {
	case errors.As(err, &mismatch):
		return fmt.Errorf("%w: %s", err, l.oneCluster(mismatch))
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: no answer in time", l.host)
	default:
		return err
	}
}

// oneCluster says what makes the cluster in AWS and the API server the same one.
func (l live) oneCluster(e *collect.MismatchError) string {
	switch account := cmp.Or(l.identity.Account, l.identity.Login); {
	case e.Region:
		return "leave out --aws-region, or name a context of a cluster there with --context"
	case l.typed.Name != "":
		return "give --eks-cluster (and --aws-region) the cluster of this API server, or name a context of that EKS cluster with --context"
	case l.typed.Region != "":
		return "leave out --aws-region, or name a context of that EKS cluster with --context"
	case account != "" && e.Account != "" && e.Account != account:
		return "by the kubeconfig the cluster is in account " + account + ": use AWS credentials of that account (--aws-profile)"
	default:
		return "the kubeconfig's context leads to the one and names the other: name the cluster of this API server with --eks-cluster (and --aws-region), or another context with --context"
	}
}
