package cmd

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A wish is what is to be read for: `bind` and `unbind` read the same in different ways.
type wish interface {
	// typedRole is the role as it was typed, empty if it was not.
	typedRole() string
	// mean takes note of the role's ARN.
	mean(roleARN string)
	// refine completes a request.
	refine(*collect.Request)
}

func (b *binder) typedRole() string { return b.role }
func (b *binder) mean(arn string)   { b.request.RoleARN = arn }
func (b *binder) refine(r *collect.Request) {
	r.Wide = len(b.request.PolicyARNs) > 0 // the policies that the role has
}

func (u *unbinder) typedRole() string { return u.role }
func (u *unbinder) mean(arn string)   { u.request.RoleARN = arn }
func (u *unbinder) refine(r *collect.Request) {
	r.Everything = u.request.DeleteProvider // who else trusts the provider
}

// read reads what a plan is made of.
func (c *planCommand) read(ctx context.Context, w wish) (*snapshot.Snapshot, error) {
	if c.source.snapshot != "" {
		return c.readSnapshot(w)
	}
	l, err := c.source.open(ctx)
	if err != nil {
		return nil, err
	}
	c.live = l
	var roles []string
	if w.typedRole() != "" {
		arn, err := roleARN(ctx, l, w.typedRole())
		if err != nil {
			return nil, err
		}
		w.mean(arn)
		roles = append(roles, arn)
	}
	account, err := c.readAccount(ctx)
	if err != nil {
		return nil, err
	}
	s, err := c.readAbout(ctx, w, account, roles...)
	if err != nil || len(roles) > 0 {
		return s, err
	}
	// Which role it is about the service account says itself, or its association.
	if account, ok := account.Get(); ok {
		if annotated := inject.EKS("").Binding(account, c.namespace, c.account).RoleARN; annotated != "" {
			roles = append(roles, annotated)
		}
	}
	list, _ := s.Associations(c.namespace, c.account).Get()
	for _, a := range list {
		roles = append(roles, a.RoleArn)
	}
	if len(roles) == 0 {
		return s, nil
	}
	return c.readAbout(ctx, w, account, roles...)
}

func (c *planCommand) readAccount(ctx context.Context) (fact.Fact[*corev1.ServiceAccount], error) {
	account := c.live.cluster.ServiceAccount(ctx, c.namespace, c.account)
	if gap, ok := account.Gap(); ok {
		return account, fmt.Errorf("%s: %s", gap.What, gap.Reason)
	}
	return account, nil
}

func (c *planCommand) readSnapshot(w wish) (*snapshot.Snapshot, error) {
	s, err := c.source.readFile()
	if err != nil || w.typedRole() == "" {
		return s, err
	}
	if strings.HasPrefix(w.typedRole(), "arn:") {
		w.mean(w.typedRole())
		return s, nil
	}
	caller, ok := s.CallerAccount().Get()
	if !ok {
		return nil, usagef("the snapshot does not say which account it was read with: give the role's ARN")
	}
	path, name := roleName(w.typedRole())
	if role, ok := s.RoleNamed(caller, name); ok && path == "" {
		w.mean(role.Arn)
		return s, nil
	}
	w.mean(snapshot.ARN{Partition: partitionOf(s.Cluster().Region), Service: "iam", Account: caller, Resource: "role/" + path + name}.String())
	return s, nil
}

// readAbout reads what is about a service account: its pods, and these roles. One that does not exist is read as if it
// did, and taken out again.
func (c *planCommand) readAbout(ctx context.Context, w wish, account fact.Fact[*corev1.ServiceAccount], roles ...string) (*snapshot.Snapshot, error) {
	request := collect.Request{Namespace: c.namespace, Roles: roles}
	w.refine(&request)
	if account.Absent() {
		request.Manifests = []snapshot.Object{&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: c.namespace, Name: c.account}}}
	} else {
		request.Targets = []workload.Target{{Kind: "ServiceAccount", Namespace: c.namespace, Name: c.account}}
	}
	s, err := c.source.readLive(ctx, c.live, request)
	if err != nil {
		return nil, err
	}
	if account.Absent() {
		s = withoutAccount(s, c.namespace, c.account)
	}
	if len(roles) > 0 && open(s, roles[0]) {
		s = c.withAccounts(ctx, s)
	}
	return s, nil
}

// withoutAccount is a snapshot in which the service account is known not to exist.
func withoutAccount(s *snapshot.Snapshot, namespace, name string) *snapshot.Snapshot {
	document := s.Document()
	var kept []snapshot.Object
	for _, object := range document.Kubernetes {
		if account, ok := object.(*corev1.ServiceAccount); ok && account.Namespace == namespace && account.Name == name {
			continue
		}
		kept = append(kept, object)
	}
	document.Kubernetes = kept
	document.NotFound = append(document.NotFound, snapshot.Missing{Resource: "serviceaccounts", Namespace: namespace, Name: name})
	return snapshot.New(document)
}

// open reports whether a role's trust policy may let in more than it names, so that it matters who there is.
func open(s *snapshot.Snapshot, roleARN string) bool {
	role, ok := s.Role(roleARN).Get()
	document := string(role.AssumeRolePolicyDocument)
	return ok && (strings.ContainsAny(document, "*?") || !strings.Contains(document, ":sub"))
}

// withAccounts adds the cluster's service accounts, if they may be read.
func (c *planCommand) withAccounts(ctx context.Context, s *snapshot.Snapshot) *snapshot.Snapshot {
	accounts, ok := c.live.cluster.ServiceAccounts(ctx, "").Get()
	if !ok {
		return s
	}
	draft := s.Draft()
	for _, account := range accounts {
		draft.Put(account)
	}
	missing := draft.NotAsked[:0]
	for _, m := range draft.NotAsked {
		if m.Resource != "serviceaccounts" {
			missing = append(missing, m)
		}
	}
	draft.NotAsked = missing
	return draft.Snapshot()
}

// roleName takes a role's path and name apart: web, team/web, role/team/web.
func roleName(typed string) (path, name string) {
	typed = strings.Trim(strings.TrimPrefix(typed, "role/"), "/")
	cut := strings.LastIndex(typed, "/") + 1
	return typed[:cut], typed[cut:]
}

// roleARN finds the ARN of a role that was typed as a name, in the account of the AWS credentials. One that does not
// exist has the ARN that it would get.
func roleARN(ctx context.Context, l live, typed string) (string, error) {
	if strings.HasPrefix(typed, "arn:") {
		return typed, nil
	}
	path, name := roleName(typed)
	region := l.identity.Region
	if region == "" {
		region = l.account.Region()
	}
	arn := snapshot.ARN{Partition: partitionOf(region), Service: "iam", Resource: "role/" + path + name}
	f := l.account.Role(ctx, arn.String())
	if gap, ok := f.Gap(); ok {
		return "", fmt.Errorf("%s: %s", gap.What, gap.Reason)
	}
	if role, ok := f.Get(); ok {
		if found, _ := snapshot.ParseARN(role.Arn); path != "" && found.Resource != arn.Resource {
			return "", fmt.Errorf("there is no role %s%s: the one of that name is %s", path, name, role.Arn)
		}
		return role.Arn, nil
	}
	account := l.account.CallerAccount(ctx)
	if gap, ok := account.Gap(); ok {
		return "", fmt.Errorf("%s: %s", gap.What, gap.Reason)
	}
	arn.Account, _ = account.Get()
	return arn.String(), nil
}

// partitionOf is the partition that a region belongs to (AWS SDK, partitions.json: the beginnings of the regions' names).
func partitionOf(region string) string {
	for _, p := range []struct{ prefix, partition string }{
		{"cn-", "aws-cn"}, {"us-gov-", "aws-us-gov"}, {"us-iso-", "aws-iso"}, {"us-isob-", "aws-iso-b"},
		{"eu-isoe-", "aws-iso-e"}, {"us-isof-", "aws-iso-f"}, {"eusc-", "aws-eusc"},
	} {
		if strings.HasPrefix(region, p.prefix) {
			return p.partition
		}
	}
	return "aws"
}
