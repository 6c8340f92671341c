// Package apply carries out plans of package bind, step by step, and reports how far it came.
package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/neterr"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// An Applier makes changes.
type Applier struct {
	Cluster *kube.Writer
	Account *aws.Writer
	// Force takes over annotations from the field managers that own them.
	Force bool
	// Settle is how long to wait until IAM shows a trust policy that was written.
	Settle time.Duration
	// Progress is called with what is being waited for.
	Progress func(what string)
}

// Stopped reports that a plan was carried out in part.
type Stopped struct {
	Done    []bind.Step
	At      bind.Step // what failed
	Outcome Outcome   // of what failed
	Rest    []bind.Step
	Reason  error
	Unsure  string // why it may not be made, or may not last
}

// Error implements error: what failed, in one line.
func (s *Stopped) Error() string { return s.At.Change.Summary() + ": " + s.Reason.Error() }

// Unwrap returns why it failed.
func (s *Stopped) Unwrap() error { return s.Reason }

// Run carries out a plan that was made from a snapshot. It calls did for each step that is done. The error
// is a *Stopped. A step whose answer never came is looked up: made after all, it is done, and the plan goes on unless ctx has ended.
func (a *Applier) Run(ctx context.Context, plan *bind.Plan, s *snapshot.Snapshot, did func(line string)) error {
	for i, step := range plan.Steps {
		stopped := &Stopped{Done: plan.Steps[:i], At: step, Outcome: NotMade, Rest: plan.Steps[i+1:], Reason: ctx.Err()}
		if stopped.Reason != nil {
			return stopped
		}
		began := time.Now()
		if stopped.Reason = a.do(ctx, step.Change, s, began); stopped.Reason != nil {
			var unanswered *neterr.UnansweredError
			var unsettled *aws.UnsettledError
			switch {
			case errors.As(stopped.Reason, &unsettled):
				stopped.Outcome, stopped.Unsure = a.unsettled(ctx, step.Change, s, unsettled)
			case errors.As(stopped.Reason, &unanswered):
				stopped.Outcome, stopped.Unsure = a.outcome(ctx, step.Change, s, began)
			}
			if stopped.Outcome != Made {
				return stopped
			}
		}
		did(step.Change.Done())
	}
	return nil
}

// do makes one change. What is under way when ctx ends is still answered.
func (a *Applier) do(ctx context.Context, c change.Change, s *snapshot.Snapshot, now time.Time) error {
	finishing, end := neterr.Finishing(ctx)
	defer end()
	object := c.Object()
	if !object.InAWS {
		return a.inCluster(finishing, c, s, now)
	}
	w, err := a.writerOf(object, s)
	if err != nil {
		return err
	}
	switch c := c.(type) {
	case change.Grant:
		return a.editTrust(ctx, w, c.RoleArn, c.Again)
	case change.Revoke:
		return a.editTrust(ctx, w, c.RoleArn, c.Again)
	default:
		return inAWS(finishing, w, c, s.Cluster().Region)
	}
}

func (a *Applier) inCluster(ctx context.Context, c change.Change, s *snapshot.Snapshot, now time.Time) error {
	switch c := c.(type) {
	case change.CreateServiceAccount:
		return a.Cluster.CreateServiceAccount(ctx, c.Namespace, c.Name, c.Key, c.Value)
	case change.Annotate:
		return a.annotate(ctx, c, s)
	case change.Recreate:
		return a.recreate(ctx, c.Pod, now)
	default:
		return fmt.Errorf("this change cannot be made by bind (%T)", c)
	}
}

func inAWS(ctx context.Context, w *aws.Writer, c change.Change, region string) error {
	switch c := c.(type) {
	case change.CreateProvider:
		return w.CreateProvider(ctx, c.Arn, c.Issuer, c.ClientID)
	case change.AddClientID:
		return w.AddClientID(ctx, c.Arn, c.ClientID)
	case change.DeleteProvider:
		return w.DeleteProvider(ctx, c.Arn)
	case change.CreateRole:
		role := aws.NewRole{Arn: c.Arn, Path: c.Path, Document: c.Document, PermissionsBoundary: c.PermissionsBoundary, Tags: map[string]string{}}
		for _, tag := range c.Tags {
			role.Tags[tag.Key] = tag.Value
		}
		return w.CreateRole(ctx, role)
	case change.AttachPolicy:
		return w.AttachPolicy(ctx, c.RoleArn, c.PolicyArn)
	case change.CreateAssociation:
		return w.CreateAssociation(ctx, region, snapshot.PodIdentityAssociation{
			ClusterName: c.Cluster, Namespace: c.Namespace, ServiceAccount: c.ServiceAccount, RoleArn: c.RoleArn,
		})
	case change.UpdateAssociation:
		return w.UpdateAssociation(ctx, region, c.Cluster, c.AssociationID, c.RoleArn)
	case change.DeleteAssociation:
		return w.DeleteAssociation(ctx, region, c.Cluster, c.AssociationID)
	default:
		return fmt.Errorf("this change cannot be made by bind (%T)", c)
	}
}

func (a *Applier) annotate(ctx context.Context, c change.Annotate, s *snapshot.Snapshot) error {
	seen, there := "", false
	if found, ok := s.ServiceAccount(c.Namespace, c.ServiceAccount).Get(); ok {
		seen, there = found.Annotations[c.Key]
	}
	if c.Value == "" {
		return a.Cluster.RemoveAnnotation(ctx, c.Namespace, c.ServiceAccount, c.Key, seen)
	}
	// What people and their tools have set is corrected; the plan has been refused where another program owns it.
	return a.Cluster.Annotate(ctx, c.Namespace, c.ServiceAccount, c.Key, c.Value, seen, a.Force || there)
}

func (a *Applier) recreate(ctx context.Context, pod change.PodRef, now time.Time) error {
	if pod.Owner.ReplacesDeleted() {
		return a.Cluster.DeletePod(ctx, pod.Namespace, pod.Name)
	}
	return a.Cluster.Restart(ctx, pod.Namespace, pod.Owner.Kind, pod.Owner.Name, now)
}

// writerOf returns the writer of the account that a thing in AWS is in.
func (a *Applier) writerOf(o change.Object, s *snapshot.Snapshot) (*aws.Writer, error) {
	arn, _ := snapshot.ParseARN(o.ARN)
	caller, ok := s.CallerAccount().Get()
	if !ok {
		return nil, errors.New("the account of the AWS credentials is unknown")
	}
	if o.ARN == "" || caller == arn.Account { // EKS is asked in the account of the credentials
		return a.Account, nil
	}
	w, ok := a.Account.In(arn.Partition, arn.Account)
	if !ok {
		return nil, fmt.Errorf("%s is in account %s, but these AWS credentials are of account %s: use --writer-role with a role there that may make the change", o.ARN, arn.Account, caller)
	}
	return w, nil
}
