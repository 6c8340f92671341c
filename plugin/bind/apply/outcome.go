package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// An Outcome is what became of a step.
type Outcome string

// The outcomes of a step.
const (
	Made    Outcome = "made"
	NotMade Outcome = "not made"
	Unknown Outcome = "unknown" // it was sent, and reading back gave no answer
	// Unconfirmed was made, and may not last.
	Unconfirmed Outcome = "not confirmed"
)

const (
	// lookup is how long reading back may take in all, also after an interrupt.
	lookup = 15 * time.Second
	// glance is how long one read may take after an interrupt.
	glance = 3 * time.Second
	// settle is how long to look for a write that does not show: IAM is eventually consistent, and a request whose connection was
	// lost may still be under way.
	settle = 3 * time.Second
)

// outcome reads back whether a change was made whose answer never came, or says why that is unknown.
func (a *Applier) outcome(ctx context.Context, c change.Change, s *snapshot.Snapshot, began time.Time) (outcome Outcome, unsure string) {
	interrupted := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookup)
	defer cancel()
	for end := time.Now().Add(settle); ; {
		made, err := a.made(ctx, c, s, began)
		switch {
		case err != nil:
			return Unknown, "the change was sent, there was no answer, and reading it back failed: " + err.Error()
		case made:
			return Made, ""
		case interrupted: // who interrupts does not wait
			return Unknown, "the change was sent, there was no answer, and it does not show yet"
		case !time.Now().After(end):
		case editsTrust(c): // reads are old for longer than that
			return Unknown, "the change was sent, there was no answer, and IAM does not show it"
		default:
			return NotMade, ""
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// made reports whether a change is there.
func (a *Applier) made(ctx context.Context, c change.Change, s *snapshot.Snapshot, began time.Time) (bool, error) {
	object := c.Object()
	if !object.InAWS {
		return inClusterNow(ctx, a.Cluster.Reader(), c, began)
	}
	w, err := a.writerOf(object, s)
	if err != nil {
		return false, err
	}
	return inAWSNow(ctx, w.Reader(), c, s.Cluster().Region)
}

func inClusterNow(ctx context.Context, r *kube.Reader, c change.Change, began time.Time) (bool, error) {
	switch c := c.(type) {
	case change.CreateServiceAccount:
		return is(r.ServiceAccount(ctx, c.Namespace, c.Name), func(a *corev1.ServiceAccount) bool { return c.Value == "" || a.Annotations[c.Key] == c.Value })
	case change.Annotate:
		return is(r.ServiceAccount(ctx, c.Namespace, c.ServiceAccount), func(a *corev1.ServiceAccount) bool { return a.Annotations[c.Key] == c.Value })
	case change.Recreate:
		return recreated(ctx, r, c.Pod, began)
	default:
		return false, fmt.Errorf("this change cannot be read back (%T)", c)
	}
}

// recreated reports whether a pod is on its way out, or its workload was restarted with what was sent.
func recreated(ctx context.Context, r *kube.Reader, pod change.PodRef, began time.Time) (bool, error) {
	if pod.Owner.ReplacesDeleted() {
		found := r.Pod(ctx, pod.Namespace, pod.Name)
		if found.Absent() {
			return true, nil
		}
		return is(found, func(p *corev1.Pod) bool { return p.DeletionTimestamp != nil })
	}
	restarted := func(t corev1.PodTemplateSpec) bool { return kube.RestartedAt(t) == kube.RestartTime(began) }
	switch name := pod.Owner.Name; pod.Owner.Kind {
	case "Deployment":
		return is(r.Deployment(ctx, pod.Namespace, name), func(d *appsv1.Deployment) bool { return restarted(d.Spec.Template) })
	case "StatefulSet":
		return is(r.StatefulSet(ctx, pod.Namespace, name), func(d *appsv1.StatefulSet) bool { return restarted(d.Spec.Template) })
	case "DaemonSet":
		return is(r.DaemonSet(ctx, pod.Namespace, name), func(d *appsv1.DaemonSet) bool { return restarted(d.Spec.Template) })
	default:
		return false, fmt.Errorf("%s %s cannot be read back", pod.Owner.Kind, name)
	}
}

func inAWSNow(ctx context.Context, r *aws.Reader, c change.Change, region string) (bool, error) {
	switch c := c.(type) {
	case change.CreateProvider:
		return hasClient(r.OpenIDConnectProvider(ctx, c.Arn), c.ClientID)
	case change.AddClientID:
		return hasClient(r.OpenIDConnectProvider(ctx, c.Arn), c.ClientID)
	case change.DeleteProvider:
		return gone(r.OpenIDConnectProvider(ctx, c.Arn))
	case change.CreateRole:
		return is(r.Role(ctx, c.Arn), func(role snapshot.Role) bool { return role.Arn == c.Arn })
	case change.AttachPolicy:
		return is(r.AttachedPolicies(ctx, c.RoleArn), func(policies []snapshot.AttachedPolicy) bool {
			return slices.ContainsFunc(policies, func(p snapshot.AttachedPolicy) bool { return p.PolicyArn == c.PolicyArn })
		})
	case change.Grant:
		return trusts(r.Role(ctx, c.RoleArn), c.Again)
	case change.Revoke:
		return trusts(r.Role(ctx, c.RoleArn), c.Again)
	case change.CreateAssociation:
		return associated(ctx, r, c, region)
	case change.UpdateAssociation:
		return is(r.Association(ctx, region, c.Cluster, c.AssociationID), func(a snapshot.PodIdentityAssociation) bool { return a.RoleArn == c.RoleArn })
	case change.DeleteAssociation:
		return gone(r.Association(ctx, region, c.Cluster, c.AssociationID))
	default:
		return false, fmt.Errorf("this change cannot be read back (%T)", c)
	}
}

func associated(ctx context.Context, r *aws.Reader, c change.CreateAssociation, region string) (bool, error) {
	list := r.Associations(ctx, region, c.Cluster, c.Namespace, c.ServiceAccount)
	found, ok := list.Get()
	if !ok || len(found) == 0 {
		return is(list, func([]snapshot.PodIdentityAssociation) bool { return false })
	}
	return is(r.Association(ctx, region, c.Cluster, found[0].AssociationID), func(a snapshot.PodIdentityAssociation) bool { return a.RoleArn == c.RoleArn })
}

func hasClient(f fact.Fact[snapshot.OpenIDConnectProvider], clientID string) (bool, error) {
	return is(f, func(p snapshot.OpenIDConnectProvider) bool { return slices.Contains(p.ClientIDList, clientID) })
}

// trusts reports whether a role's trust policy is as an edit leaves it.
func trusts(f fact.Fact[snapshot.Role], edit func(string) (string, error)) (bool, error) {
	return is(f, func(role snapshot.Role) bool {
		after, err := edit(string(role.AssumeRolePolicyDocument))
		return err == nil && after == string(role.AssumeRolePolicyDocument)
	})
}

// is reports whether a thing is so; what does not exist is not so.
func is[T any](f fact.Fact[T], so func(T) bool) (bool, error) {
	if gap, ok := f.Gap(); ok {
		return false, errors.New(gap.What + ": " + gap.Reason)
	}
	value, ok := f.Get()
	return ok && so(value), nil
}

func gone[T any](f fact.Fact[T]) (bool, error) {
	_, err := is(f, func(T) bool { return true })
	return f.Absent(), err
}
