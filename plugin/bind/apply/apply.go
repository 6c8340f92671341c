// Package apply carries out plans of package bind, step by step, and tells how far it came.
package apply

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// An Applier makes changes.
type Applier struct {
	Cluster *kube.Writer
	Account *aws.Writer // nil: nothing in AWS is changed, as in a dry run, since AWS has none
	// Force takes annotations from whatever field manager owns them.
	Force bool
}

// Stopped says that a plan was carried out in part.
type Stopped struct {
	Done   []bind.Step
	At     bind.Step   // what failed
	Rest   []bind.Step // what was not begun
	Reason error
}

// Error implements error: what failed, in one line.
func (s *Stopped) Error() string { return s.At.Change.Summary() + ": " + s.Reason.Error() }

// Unwrap returns why it failed.
func (s *Stopped) Unwrap() error { return s.Reason }

// Run carries out a plan that was made from a snapshot. did hears of each step that is done. The error is a *Stopped.
func (p *Applier) Run(ctx context.Context, plan *bind.Plan, s *snapshot.Snapshot, did func(line string)) error {
	for i, step := range plan.Steps {
		if p.Account == nil && inAWS(step.Change) {
			did(past(step.Change))
			continue
		}
		err := ctx.Err()
		if err == nil {
			err = p.do(ctx, step.Change, s)
		}
		if err != nil {
			return &Stopped{Done: plan.Steps[:i], At: step, Rest: plan.Steps[i+1:], Reason: err}
		}
		did(past(step.Change))
	}
	return nil
}

// do makes one change.
func (p *Applier) do(ctx context.Context, c change.Change, s *snapshot.Snapshot) error {
	switch c := c.(type) {
	case change.CreateServiceAccount:
		return p.Cluster.CreateServiceAccount(ctx, c.Namespace, c.Name, c.Key, c.Value)
	case change.Annotate:
		return p.annotate(ctx, c, s)
	case change.Recreate:
		return p.recreate(ctx, c.Pod)
	case change.CreateAssociation:
		return p.Account.CreateAssociation(ctx, s.Cluster().Region, snapshot.PodIdentityAssociation{
			ClusterName: c.Cluster, Namespace: c.Namespace, ServiceAccount: c.ServiceAccount, RoleArn: c.RoleArn,
		})
	case change.UpdateAssociation:
		return p.Account.UpdateAssociation(ctx, s.Cluster().Region, c.Cluster, c.AssociationID, c.RoleArn)
	case change.DeleteAssociation:
		return p.Account.DeleteAssociation(ctx, s.Cluster().Region, c.Cluster, c.AssociationID)
	}
	w, err := p.accountOf(arnOf(c), s)
	if err != nil {
		return err
	}
	return inAccount(ctx, w, c)
}

// inAccount makes a change of IAM.
func inAccount(ctx context.Context, w *aws.Writer, c change.Change) error {
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
	case change.Grant:
		return gone(w.EditTrust(ctx, c.RoleArn, c.Again), c.RoleArn)
	case change.Revoke:
		return gone(w.EditTrust(ctx, c.RoleArn, c.Again), c.RoleArn)
	default:
		return fmt.Errorf("nothing here can do that (%T)", c)
	}
}

// gone says what it means that a role that was read for the plan is not found.
func gone(err error, role string) error {
	var missing *aws.GoneError
	if errors.As(err, &missing) {
		return fmt.Errorf("role %s was deleted since the plan was made: %w", role, err)
	}
	return err
}

func (p *Applier) annotate(ctx context.Context, c change.Annotate, s *snapshot.Snapshot) error {
	seen := ""
	if found, ok := s.ServiceAccount(c.Namespace, c.ServiceAccount).Get(); ok {
		seen = found.Annotations[c.Key]
	}
	if c.Value == "" {
		return p.Cluster.RemoveAnnotation(ctx, c.Namespace, c.ServiceAccount, c.Key, seen)
	}
	// What people and their tools have set is corrected; the plan has been refused where another program owns it.
	return p.Cluster.Annotate(ctx, c.Namespace, c.ServiceAccount, c.Key, c.Value, seen, p.Force || seen != "")
}

func (p *Applier) recreate(ctx context.Context, pod change.PodRef) error {
	if pod.Owner.Kind == "ReplicaSet" {
		return p.Cluster.DeletePod(ctx, pod.Namespace, pod.Name)
	}
	return p.Cluster.Restart(ctx, pod.Namespace, pod.Owner.Kind, pod.Owner.Name, time.Now())
}

// accountOf returns the writer of the account that a thing is in.
func (p *Applier) accountOf(text string, s *snapshot.Snapshot) (*aws.Writer, error) {
	arn, _ := snapshot.ParseARN(text)
	caller := ""
	if aws := s.AWS(); aws != nil {
		caller = aws.CallerAccount
	}
	if caller == "" || caller == arn.Account {
		return p.Account, nil
	}
	w, ok := p.Account.In(arn.Partition, arn.Account)
	if !ok {
		return nil, fmt.Errorf("%s is in account %s, and these AWS credentials are of account %s: --reader-role names a role there that may make the change", text, arn.Account, caller)
	}
	return w, nil
}

// arnOf is the ARN of what is changed in IAM.
func arnOf(c change.Change) string {
	switch c := c.(type) {
	case change.CreateProvider:
		return c.Arn
	case change.AddClientID:
		return c.Arn
	case change.DeleteProvider:
		return c.Arn
	case change.CreateRole:
		return c.Arn
	case change.AttachPolicy:
		return c.RoleArn
	case change.Grant:
		return c.RoleArn
	case change.Revoke:
		return c.RoleArn
	default:
		return ""
	}
}

// inAWS reports whether a change is one of the account.
func inAWS(c change.Change) bool {
	switch c.(type) {
	case change.CreateServiceAccount, change.Annotate, change.Recreate:
		return false
	default:
		return true
	}
}

// past tells that a change was made, as kubectl tells it: thing and verb.
func past(c change.Change) string {
	role := func(arn string) string { parsed, _ := snapshot.ParseARN(arn); return "role/" + parsed.RoleName() }
	provider := func(arn string) string {
		parsed, _ := snapshot.ParseARN(arn)
		return "openidconnectprovider/" + strings.TrimPrefix(parsed.Resource, "oidc-provider/")
	}
	switch c := c.(type) {
	case change.CreateProvider:
		return provider(c.Arn) + " created"
	case change.AddClientID:
		return provider(c.Arn) + " extended"
	case change.DeleteProvider:
		return provider(c.Arn) + " deleted"
	case change.CreateRole:
		return role(c.Arn) + " created"
	case change.AttachPolicy:
		return role(c.RoleArn) + " given " + c.PolicyArn
	case change.Grant:
		return role(c.RoleArn) + " trusts the service account"
	case change.Revoke:
		return role(c.RoleArn) + " does not trust the service account any more"
	case change.CreateServiceAccount:
		return "serviceaccount/" + c.Name + " created"
	case change.Annotate:
		return "serviceaccount/" + c.ServiceAccount + " annotated"
	case change.CreateAssociation:
		return "podidentityassociation/" + c.ServiceAccount + " created"
	case change.UpdateAssociation:
		return "podidentityassociation/" + c.ServiceAccount + " updated"
	case change.DeleteAssociation:
		return "podidentityassociation/" + c.ServiceAccount + " deleted"
	case change.Recreate:
		if c.Pod.Owner.Kind == "ReplicaSet" {
			return "pod/" + c.Pod.Name + " deleted"
		}
		return strings.ToLower(c.Pod.Owner.Kind) + "/" + c.Pod.Owner.Name + " restarted"
	default:
		return c.Summary()
	}
}
