package collect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A BindingRequest says what `bind` and `unbind` read: a service account with its pods, and its role.
type BindingRequest struct {
	Request        // its targets, manifests and roles follow from the service account
	ServiceAccount string
	// Role is the role as it was typed: its name, with its path or without, or its ARN. Where it is empty, the service
	// account or its associations name the role.
	Role string
}

// ErrNoCaller reports that the account of a role that was given by its name is unknown.
var ErrNoCaller = errors.New("the snapshot has no AWS account of its reader: give the role's ARN")

// Binding reads what a plan is made of, and returns it with the ARN of the role that was typed, empty if none was.
func Binding(ctx context.Context, k *kube.Reader, a *aws.Reader, r BindingRequest) (s *snapshot.Snapshot, roleARN string, err error) {
	b := binding{k, a, r}
	if r.Role != "" {
		if roleARN, err = b.typedRole(ctx); err != nil {
			return nil, "", err
		}
		b.request.Roles = []string{roleARN}
	}
	account := k.ServiceAccount(ctx, r.Namespace, r.ServiceAccount)
	if gap, ok := account.Gap(); ok {
		return nil, "", fmt.Errorf("%s: %s", gap.What, gap.Reason)
	}
	s, err = b.read(ctx, account)
	if err != nil || r.Role != "" {
		return s, roleARN, err
	}
	if b.request.Roles = b.namedRoles(s, account); len(b.request.Roles) > 0 {
		s, err = b.read(ctx, account)
	}
	return s, "", err
}

type binding struct {
	cluster *kube.Reader
	account *aws.Reader
	request BindingRequest
}

// namedRoles are the roles that the service account names, or its associations.
func (b *binding) namedRoles(s *snapshot.Snapshot, account fact.Fact[*corev1.ServiceAccount]) []string {
	namespace, name := b.request.Namespace, b.request.ServiceAccount
	var roles []string
	if account, ok := account.Get(); ok {
		if annotated := inject.EKS("").Binding(account, namespace, name).RoleARN; annotated != "" {
			roles = append(roles, annotated)
		}
	}
	list, _ := s.Associations(namespace, name).Get()
	for _, a := range list {
		roles = append(roles, a.RoleArn)
	}
	return roles
}

// read reads what is about the service account: its pods, and the roles. One that does not exist is read as if it did,
// and removed again.
func (b *binding) read(ctx context.Context, account fact.Fact[*corev1.ServiceAccount]) (*snapshot.Snapshot, error) {
	request, name := b.request.Request, b.request.ServiceAccount
	if account.Absent() {
		request.Manifests = []snapshot.Object{&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: request.Namespace, Name: name}}}
	} else {
		request.Targets = []workload.Target{{Kind: "ServiceAccount", Namespace: request.Namespace, Name: name}}
	}
	s, err := Collect(ctx, b.cluster, b.account, request)
	if err != nil {
		return nil, err
	}
	if account.Absent() {
		s = withoutAccount(s, request.Namespace, name)
	}
	if len(request.Roles) > 0 && open(s, request.Roles[0]) {
		s = b.withAccounts(ctx, s)
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

// open reports whether a role's trust policy may allow more than it names, so that it matters which service accounts there are.
func open(s *snapshot.Snapshot, roleARN string) bool {
	role, ok := s.Role(roleARN).Get()
	document := string(role.AssumeRolePolicyDocument)
	return ok && (strings.ContainsAny(document, "*?") || !strings.Contains(document, ":sub"))
}

// withAccounts adds the cluster's service accounts, if they may be read.
func (b *binding) withAccounts(ctx context.Context, s *snapshot.Snapshot) *snapshot.Snapshot {
	accounts, ok := b.cluster.ServiceAccounts(ctx, "").Get()
	if !ok {
		return s
	}
	draft := s.Draft()
	for _, account := range accounts {
		draft.Put(account)
	}
	draft.NotAsked = slices.DeleteFunc(draft.NotAsked, func(m snapshot.Missing) bool { return m.Resource == "serviceaccounts" })
	return draft.Snapshot()
}

// typedRole finds the ARN of a role that was typed as a name, in the account of the AWS credentials. One that does not
// exist has the ARN that it would get.
func (b *binding) typedRole(ctx context.Context) (string, error) {
	if strings.HasPrefix(b.request.Role, "arn:") {
		return b.request.Role, nil
	}
	path, name := roleName(b.request.Role)
	arn := roleARN(cmp.Or(b.request.Cluster.Region, b.account.Region()), "", path, name)
	f := b.account.Role(ctx, arn.String())
	if gap, ok := f.Gap(); ok {
		return "", fmt.Errorf("%s: %s", gap.What, gap.Reason)
	}
	if role, ok := f.Get(); ok {
		if found, _ := snapshot.ParseARN(role.Arn); path != "" && found.Resource != arn.Resource {
			return "", fmt.Errorf("role %s%s does not exist: the role with that name is %s", path, name, role.Arn)
		}
		return role.Arn, nil
	}
	account := b.account.CallerAccount(ctx)
	if gap, ok := account.Gap(); ok {
		return "", fmt.Errorf("%s: %s", gap.What, gap.Reason)
	}
	arn.Account, _ = account.Get()
	return arn.String(), nil
}

// RoleTyped returns the ARN of a role that was typed, by what a snapshot says; it is empty if none was typed, and the
// error is [ErrNoCaller] where only the snapshot's caller could complete it.
func RoleTyped(s *snapshot.Snapshot, typed string) (string, error) {
	if typed == "" || strings.HasPrefix(typed, "arn:") {
		return typed, nil
	}
	caller, ok := s.CallerAccount().Get()
	if !ok {
		return "", ErrNoCaller
	}
	path, name := roleName(typed)
	if role, ok := s.RoleNamed(caller, name); ok && path == "" {
		return role.Arn, nil
	}
	return roleARN(s.Cluster().Region, caller, path, name).String(), nil
}

func roleARN(region, account, path, name string) snapshot.ARN {
	return snapshot.ARN{Partition: snapshot.PartitionOf(region), Service: "iam", Account: account, Resource: "role/" + path + name}
}

// roleName separates a role's path and name: web, team/web, role/team/web.
func roleName(typed string) (path, name string) {
	typed = strings.Trim(strings.TrimPrefix(typed, "role/"), "/")
	cut := strings.LastIndex(typed, "/") + 1
	return typed[:cut], typed[cut:]
}
