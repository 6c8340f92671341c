package testbed

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// A User can log in, at the API server and at every proxy before it, with a client certificate.
type User struct {
	Name string

	identity identity
	ca       *authority
}

// AdminUser may do everything.
func (cp *ControlPlane) AdminUser() User { return cp.admin }

// User makes a user of that name who may do what the rules say, in the whole cluster, and what every
// authenticated user may (discovery, asking who they are). Verbs on the resources of one namespace only: Grant.
func (cp *ControlPlane) User(t testing.TB, name string, rules ...rbacv1.PolicyRule) User {
	t.Helper()
	id, err := cp.ca.issue(name)
	if err != nil {
		t.Fatalf("user %s: %v", name, err)
	}
	user := User{Name: name, identity: id, ca: cp.ca}
	if len(rules) > 0 {
		cp.Grant(t, user, "", rules...)
	}
	return user
}

// Grant lets the user do what the rules say in one namespace, or everywhere if it is empty, until the test ends.
func (cp *ControlPlane) Grant(t testing.TB, user User, namespace string, rules ...rbacv1.PolicyRule) {
	t.Helper()
	review := reviewOf(user, namespace, rules[0])
	before := cp.allowed(t, review)
	unbind, err := cp.bind(t.Context(), user, namespace, rules)
	if err != nil {
		t.Fatalf("grant %s: %v", user.Name, err)
	}
	t.Cleanup(func() {
		if err := unbind(context.Background()); err != nil {
			t.Errorf("take the grant of %s back: %v", user.Name, err)
		}
		if !before {
			cp.await(t, "take the grant of "+user.Name+" back", func() bool { return !cp.allowed(t, review) })
		}
	})
	cp.await(t, "grant "+user.Name, func() bool { return cp.allowed(t, review) })
}

// bind makes a role of the rules and binds the user to it. Cluster roles and roles differ in type only.
func (cp *ControlPlane) bind(ctx context.Context, user User, namespace string, rules []rbacv1.PolicyRule) (unbind func(context.Context) error, err error) {
	rbac, meta := cp.Admin.RbacV1(), metav1.ObjectMeta{GenerateName: "grant-", Namespace: namespace}
	subjects := []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: user.Name}}
	if namespace == "" {
		role, err := rbac.ClusterRoles().Create(ctx, &rbacv1.ClusterRole{ObjectMeta: meta, Rules: rules}, metav1.CreateOptions{})
		if err != nil {
			return nil, err
		}
		ref := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name}
		binding, err := rbac.ClusterRoleBindings().Create(ctx, &rbacv1.ClusterRoleBinding{ObjectMeta: meta, Subjects: subjects, RoleRef: ref}, metav1.CreateOptions{})
		return func(ctx context.Context) error {
			return rbac.ClusterRoleBindings().Delete(ctx, binding.Name, metav1.DeleteOptions{})
		}, err
	}
	role, err := rbac.Roles(namespace).Create(ctx, &rbacv1.Role{ObjectMeta: meta, Rules: rules}, metav1.CreateOptions{})
	if err != nil {
		return nil, err
	}
	ref := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: role.Name}
	binding, err := rbac.RoleBindings(namespace).Create(ctx, &rbacv1.RoleBinding{ObjectMeta: meta, Subjects: subjects, RoleRef: ref}, metav1.CreateOptions{})
	return func(ctx context.Context) error {
		return rbac.RoleBindings(namespace).Delete(ctx, binding.Name, metav1.DeleteOptions{})
	}, err
}

// reviewOf asks for the first thing that the rule allows: all rules of one grant come into force together.
func reviewOf(user User, namespace string, rule rbacv1.PolicyRule) *authorizationv1.SubjectAccessReview {
	spec := authorizationv1.SubjectAccessReviewSpec{User: user.Name, Groups: []string{"system:authenticated"}}
	if len(rule.NonResourceURLs) > 0 {
		spec.NonResourceAttributes = &authorizationv1.NonResourceAttributes{Path: rule.NonResourceURLs[0], Verb: rule.Verbs[0]}
		return &authorizationv1.SubjectAccessReview{Spec: spec}
	}
	resource, subresource, _ := strings.Cut(rule.Resources[0], "/")
	spec.ResourceAttributes = &authorizationv1.ResourceAttributes{
		Namespace: namespace, Verb: rule.Verbs[0], Group: rule.APIGroups[0], Resource: resource, Subresource: subresource,
	}
	if len(rule.ResourceNames) > 0 {
		spec.ResourceAttributes.Name = rule.ResourceNames[0]
	}
	return &authorizationv1.SubjectAccessReview{Spec: spec}
}

func (cp *ControlPlane) allowed(t testing.TB, review *authorizationv1.SubjectAccessReview) bool {
	answer, err := cp.Admin.AuthorizationV1().SubjectAccessReviews().Create(context.Background(), review, metav1.CreateOptions{})
	if err != nil {
		t.Errorf("review access of %s: %v", review.Spec.User, err)
		return false
	}
	return answer.Status.Allowed
}

// Rule is a policy rule: verbs on resources of one API group ("" for the core).
func Rule(group string, verbs, resources []string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{APIGroups: []string{group}, Resources: resources, Verbs: verbs}
}

// REST is the configuration of a client of that server: the API server's URL or a proxy's.
func (u User) REST(server string) *rest.Config {
	return &rest.Config{Host: server, TLSClientConfig: rest.TLSClientConfig{
		CAData: u.ca.pem, CertData: u.identity.certificate, KeyData: u.identity.key,
	}}
}

// Kubeconfig writes a kubeconfig with one context for that server (the API server's URL or a proxy's) and returns its
// path. The context and its cluster are called name: `aws eks update-kubeconfig` calls them by the cluster's ARN.
func (u User) Kubeconfig(t testing.TB, server, name, namespace string) string {
	t.Helper()
	config := clientcmdapi.NewConfig()
	config.CurrentContext = name
	config.Clusters[name] = &clientcmdapi.Cluster{Server: server, CertificateAuthorityData: u.ca.pem}
	config.AuthInfos[u.Name] = &clientcmdapi.AuthInfo{ClientCertificateData: u.identity.certificate, ClientKeyData: u.identity.key}
	config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: u.Name, Namespace: namespace}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		t.Fatalf("kubeconfig of %s: %v", u.Name, err)
	}
	return path
}

// KubectlEnv is an environment in which kubectl, and what it runs, sees that kubeconfig and finds plugins in the folders.
func (cp *ControlPlane) KubectlEnv(kubeconfig string, pluginDirs ...string) []string {
	path := cp.Binaries
	for _, dir := range pluginDirs {
		path = dir + string(os.PathListSeparator) + path
	}
	return []string{"KUBECONFIG=" + kubeconfig, fmt.Sprintf("PATH=%s%c%s", path, os.PathListSeparator, os.Getenv("PATH"))}
}
