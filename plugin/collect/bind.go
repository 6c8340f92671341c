package collect

import (
	"cmp"
	"context"
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

// A RoleNameError reports that a role that was given by its name cannot be found: a name means a role in the cluster's account.
type RoleNameError struct{ what string }

// Error implements error.
func (e *RoleNameError) Error() string { return e.what }

// Binding reads what a plan is made of, and returns it with the ARN of the role that was typed, empty if none was.
func Binding(ctx context.Context, k *kube.Reader, a *aws.Reader, r BindingRequest) (s *snapshot.Snapshot, roleARN string, err error) {
	r.Write = true
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

// typedRole finds the ARN of a role that was typed as a name, in the cluster's account. One that does not exist has the ARN that
// it would get.
func (b *binding) typedRole(ctx context.Context) (string, error) {
	if strings.HasPrefix(b.request.Role, "arn:") {
		return b.request.Role, nil
	}
	s, err := b.place(ctx)
	if err != nil {
		return "", err
	}
	account, err := accountOfNamed(s, b.request.Role, "give the role's ARN, or name the EKS cluster with --eks-cluster")
	if err != nil {
		return "", err
	}
	path, name := roleName(b.request.Role)
	arn := roleARN(cmp.Or(s.Cluster().Region, b.account.Region()), account, path, name)
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
	return arn.String(), nil
}

// place reads what tells the cluster's account, and no more: the rest is about a role.
func (b *binding) place(ctx context.Context) (*snapshot.Snapshot, error) {
	c := &collector{cluster: b.cluster, account: b.account, request: b.request.Request, flight: newFlight(), record: newRecord(b.request.Request)}
	reading, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	c.stop = stop
	begin(reading, c, eksClusterQuestion{})
	begin(reading, c, callerQuestion{})
	issuer, known := ask(reading, c, discoveryQuestion{}).Get()
	if known && !snapshot.IsEKSIssuer(issuer) {
		if caller := c.caller(reading); caller != "" {
			begin(reading, c, providerARNQuestion{b.account, snapshot.ProviderARN(snapshot.PartitionOf(c.toldRegion(reading)), caller, issuer)})
		}
	}
	c.flight.wait()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case c.mismatch.err != nil:
		return nil, c.mismatch.err
	default:
		return snapshot.New(c.document("")), nil
	}
}

// accountOfNamed returns the cluster's account, in which a role is that was typed by its name. Credentials of another account find
// another role by that name. tell says what helps where the account is unknown.
func accountOfNamed(s *snapshot.Snapshot, typed, tell string) (string, error) {
	home := s.Home()
	caller, ok := s.CallerAccount().Get()
	switch {
	case home.Doubt != "":
		return "", &RoleNameError{home.Doubt}
	case home.Account == "" && home.NotHere != "":
		return "", &RoleNameError{fmt.Sprintf("role %s is in the cluster's account, which is not the one of these AWS credentials (%s): use credentials of the cluster's account (--aws-profile), or name the cluster with --eks-cluster", typed, home.NotHere)}
	case home.Account == "":
		return "", &RoleNameError{fmt.Sprintf("role %s is in the cluster's account, which is unknown%s: %s", typed, whyUnknown(s), tell)}
	case !ok:
		gap, _ := s.CallerAccount().Gap()
		return "", &RoleNameError{fmt.Sprintf("role %s: the account of the AWS credentials is unknown: %s", typed, gap.Reason)}
	case caller != home.Account:
		return "", &RoleNameError{fmt.Sprintf("role %s is in the cluster's account %s, but these AWS credentials are of account %s: use credentials of account %s (--aws-profile), or give the role's ARN, with --cross-account if it is in another account",
			typed, home.Account, caller, home.Account)}
	default:
		return home.Account, nil
	}
}

// whyUnknown says why EKS did not tell the cluster's account, in brackets; empty where it is not one of EKS.
func whyUnknown(s *snapshot.Snapshot) string {
	gap, ok := s.EKSCluster().Gap()
	if !ok || gap.Reason == "" {
		return ""
	}
	return " (" + gap.What + ": " + gap.Reason + ")"
}

// RoleTyped returns the ARN of a role that was typed, by what a snapshot says; it is empty if none was typed, and the
// error is a [RoleNameError] where its name does not tell it.
func RoleTyped(s *snapshot.Snapshot, typed string) (string, error) {
	if typed == "" || strings.HasPrefix(typed, "arn:") {
		return typed, nil
	}
	account, err := accountOfNamed(s, typed, "give the role's ARN")
	if err != nil {
		return "", err
	}
	path, name := roleName(typed)
	if role, ok := s.RoleNamed(account, name); ok && path == "" {
		return role.Arn, nil
	}
	return roleARN(s.Cluster().Region, account, path, name).String(), nil
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
