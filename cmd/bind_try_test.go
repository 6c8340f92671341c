package cmd_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

// TestBindRefusedByCluster holds that nothing is written, in AWS least of all, where the API server refuses a later step; and that
// what it does not refuse beside that is made.
func TestBindRefusedByCluster(t *testing.T) {
	reads, writes := testbed.ReadmeRules(t, "../README.md", "clusterrole"), testbed.ReadmeRules(t, "../README.md", "clusterrole-bind")
	without := func(verb string, resources ...string) func(*testing.T, *binding) {
		return func(t *testing.T, b *binding) {
			rules := slices.Clone(reads)
			for _, rule := range writes {
				if slices.Contains(rule.Verbs, verb) && slices.ContainsFunc(rule.Resources, func(r string) bool { return slices.Contains(resources, r) }) {
					rule.Verbs = slices.DeleteFunc(slices.Clone(rule.Verbs), func(v string) bool { return v == verb })
				}
				if len(rule.Verbs) > 0 {
					rules = append(rules, rule)
				}
			}
			b.as(t, b.cluster.User(t, "binder-"+b.namespace, rules...))
		}
	}
	bound := func(args ...string) []string { return append([]string{"bind", "web", "web", "--yes"}, args...) }
	for name, c := range map[string]struct {
		make      func(*testing.T, *binding)
		args      []string
		reason    []string
		neighbour []string // what works all the same
	}{
		"no permission to annotate": {without("patch", "serviceaccounts"), bound(),
			[]string{"cannot annotate service account NS/web with", `the API server refuses it: User "binder-NS" cannot patch resource "serviceaccounts"`},
			[]string{"bind", "new", "web", "--create-serviceaccount", "--yes"}},
		"no permission to create": {without("create", "serviceaccounts"), []string{"bind", "new", "web", "--create-serviceaccount", "--yes"},
			[]string{"cannot create service account NS/new: the API server refuses it: ", "cannot create resource"}, bound()},
		"no permission to restart": {without("patch", "deployments"), bound("--restart"),
			[]string{"cannot restart", "the API server refuses it: ", `cannot patch resource "deployments"`}, bound()},
		"policy": {func(t *testing.T, b *binding) { b.policyAgainst(t, "web") }, bound(),
			[]string{"cannot annotate service account NS/web with", "roles are for the platform team"}, []string{"bind", "pay", "web", "--yes"}},
		"policy and a restart": {func(t *testing.T, b *binding) { b.policyAgainst(t, "web") }, bound("--restart"),
			[]string{"cannot annotate service account NS/web with", "roles are for the platform team"}, []string{"bind", "pay", "web", "--yes"}},
		"quota": {fullQuota, []string{"bind", "new", "web", "--create-serviceaccount", "--yes"},
			[]string{"cannot create service account NS/new: ", "exceeded quota: none"}, bound()},
		"pod identity": {fullQuota, []string{"bind", "new", "web", "--create-serviceaccount", "--pod-identity", "--yes"},
			[]string{"cannot create service account NS/new: ", "exceeded quota: none"}, bound()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBindingWithout(t)
			b.aws.Role(t, testbed.Account, "web", b.used())
			b.cluster.ServiceAccount(t, b.namespace, "web", nil)
			b.cluster.ServiceAccount(t, b.namespace, "pay", nil)
			b.workload(t)
			c.make(t, b)
			b.aws.Forget()
			b.proxy.Forget()
			r := b.kubectl(t, c.args...)
			b.refused(t, r, c.reason...)
			b.refused(t, b.kubectl(t, append(slices.DeleteFunc(slices.Clone(c.args), func(arg string) bool { return arg == "--yes" }), "--dry-run=server")...), c.reason...)
			b.kubectl(t, c.neighbour...).did(t, "role/web trusts the service account")
		})
	}
}

// refused holds that a run ends with one line that has the parts, and that nothing was written.
func (b *binding) refused(t *testing.T, r run, parts ...string) {
	t.Helper()
	for i := range parts {
		parts[i] = strings.ReplaceAll(parts[i], "NS", b.namespace)
	}
	r.stopped(t, parts...)
	if strings.Count("\n"+r.errOut, "\nerror: ") != 1 || strings.Contains(r.errOut, "the same command again") {
		t.Errorf("not one clear line:\n%s", r.errOut)
	}
	if written := b.written(); len(written) > 0 {
		t.Errorf("written: %v\n%s", written, r.errOut)
	}
	for i := range parts {
		parts[i] = strings.ReplaceAll(parts[i], b.namespace, "NS")
	}
}

// policyAgainst makes a policy of the namespace by which a service account gets no role.
func (b *binding) policyAgainst(t *testing.T, account string) {
	t.Helper()
	b.cluster.Create(t, "", `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: `+b.namespace+`}
spec:
  failurePolicy: Fail
  matchConstraints:
    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: `+b.namespace+`}}
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [serviceaccounts]}]
  validations:
  - expression: object.metadata.name != "`+account+`" || !has(object.metadata.annotations)
    message: roles are for the platform team
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: `+b.namespace+`}
spec: {policyName: `+b.namespace+`, validationActions: [Deny]}
`)
	accounts := b.cluster.Admin.CoreV1().ServiceAccounts(b.namespace)
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) { // the API server reads policies every second
		found := b.serviceAccount(t)
		found.Annotations = map[string]string{"a": "b"}
		if _, err := accounts.Update(t.Context(), found, metav1.UpdateOptions{DryRun: []string{metav1.DryRunAll}}); err != nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the policy has no effect")
		}
	}
}

// fullQuota makes a quota of the namespace that no further service account fits.
func fullQuota(t *testing.T, b *binding) {
	t.Helper()
	const counted = "count/serviceaccounts"
	hard := corev1.ResourceList{counted: resource.MustParse("2")}
	quotas := b.cluster.Admin.CoreV1().ResourceQuotas(b.namespace)
	quota, err := quotas.Create(t.Context(), &corev1.ResourceQuota{ObjectMeta: metav1.ObjectMeta{Name: "none"}, Spec: corev1.ResourceQuotaSpec{Hard: hard}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	quota.Status = corev1.ResourceQuotaStatus{Hard: hard, Used: hard} // a controller would count
	if _, err := quotas.UpdateStatus(t.Context(), quota, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "probe"}}
		if _, err := b.cluster.Admin.CoreV1().ServiceAccounts(b.namespace).Create(t.Context(), account, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}}); err != nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the quota has no effect")
		}
	}
}

// TestBindTerminating holds that no role trusts what is in a namespace that is being deleted.
func TestBindTerminating(t *testing.T) {
	b := newBindingWithout(t)
	b.aws.Role(t, testbed.Account, "web", b.used())
	b.cluster.ServiceAccount(t, b.namespace, "web", nil)
	neighbour := b.cluster.Namespace(t)
	// Without a controller that deletes what is in it the namespace stays.
	if err := b.cluster.Admin.CoreV1().Namespaces().Delete(t.Context(), b.namespace, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"new", "web", "--create-serviceaccount"}, {"web", "web"}} {
		b.refused(t, b.kubectl(t, append([]string{"bind", "--yes"}, args...)...), "namespace NS is being deleted")
	}
	b.kubectl(t, "bind", neighbour+"/new", "web", "--create-serviceaccount", "--yes").did(t, "role/web trusts the service account")
	b.aws.Forget()
	b.kubectl(t, "unbind", "web", "web", "--yes").did(t)
}

// TestUnbindRefusedByCluster holds the same for unbind: the role keeps its trust where the annotation has to stay.
func TestUnbindRefusedByCluster(t *testing.T) {
	b := newBindingWithout(t)
	b.aws.Provider(t, testbed.Account, b.cluster.Issuer, "sts.amazonaws.com")
	b.aws.Role(t, testbed.Account, "web", b.used())
	b.cluster.ServiceAccount(t, b.namespace, "api", nil)
	b.own(t, "api", "kubectl-annotate", webRole)
	b.as(t, b.cluster.User(t, "reader-"+b.namespace, testbed.ReadmeRules(t, "../README.md", "clusterrole")...))
	b.aws.Forget()
	b.refused(t, b.kubectl(t, "unbind", "api", "--yes"), "nothing was changed: cannot remove annotation", `the API server refuses it: User "reader-NS" cannot patch`)
	b.refused(t, b.kubectl(t, "unbind", "api", "--dry-run=server"), "cannot remove annotation", `the API server refuses it: User "reader-NS" cannot patch`)
	b.as(t, b.cluster.AdminUser())
	b.kubectl(t, "unbind", "api", "--dry-run=server").did(t, "serviceaccount/api annotation removed (server dry run)", "role/web not checked: AWS has no dry run")
	if written := b.written(); len(written) > 0 {
		t.Errorf("written by a dry run: %v", written)
	}
	b.kubectl(t, "unbind", "api", "--yes").did(t, "role/web no longer trusts tokens of the service account")
}

// TestBindTriesTogether holds that all dry runs are under way at once, one for each step, before the first write.
func TestBindTriesTogether(t *testing.T) {
	b := newBindingWithout(t)
	b.aws.Role(t, testbed.Account, "web", b.used())
	b.cluster.ServiceAccount(t, b.namespace, "web", nil)
	b.workload(t)
	for _, kind := range []string{"StatefulSet", "DaemonSet"} {
		b.cluster.Create(t, b.namespace, fmt.Sprintf(`
apiVersion: apps/v1
kind: %s
metadata: {name: db}
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {serviceAccountName: web, containers: [{name: app, image: "example.com/app:1"}]}
`, kind))
		b.ownedPod(t, strings.ToLower(kind)+"-0", kind, "db")
	}
	b.ownedPod(t, "lone-0", "ReplicaSet", "lone")
	const steps = 5
	var all sync.WaitGroup
	all.Add(steps)
	tried := func(c testbed.Call) bool { return strings.HasSuffix(c.Operation, testbed.DryRun) }
	together := func(ctx context.Context, _ testbed.Call, next func() (*http.Response, error)) (*http.Response, error) {
		all.Done()
		here := make(chan struct{})
		go func() { all.Wait(); close(here) }()
		select {
		case <-here:
			return next()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	b.proxy.Inject(testbed.Fault{On: "kubernetes:*", Match: tried, Effect: together})
	b.aws.Forget()
	b.proxy.Forget()
	b.kubectl(t, "bind", "web", "web", "--restart", "--yes", "--request-timeout=20s").did(t, "deployment/web restarted", "pod/lone-0 deleted")
	count, last, first := 0, time.Time{}, time.Time{}
	for _, c := range append(b.proxy.Calls(), b.aws.Calls()...) {
		switch {
		case tried(c):
			count++
			if c.End.After(last) {
				last = c.End
			}
		case writes(c) && (first.IsZero() || c.Start.Before(first)):
			first = c.Start
		}
	}
	if count != steps || !last.Before(first) {
		t.Errorf("%d dry runs until %s, the first write at %s", count, last, first)
	}
}

// TestBindWithoutDryRun holds that a webhook which knows no dry run is told and keeps nobody from binding.
func TestBindWithoutDryRun(t *testing.T) {
	const none = `admission webhook "old.example.com" does not support dry run`
	b := newBindingWithout(t)
	b.aws.Role(t, testbed.Account, "web", b.used())
	b.cluster.ServiceAccount(t, b.namespace, "web", nil)
	b.proxy.Inject(testbed.Fault{On: "kubernetes:patch" + testbed.DryRun, Effect: testbed.Failed(http.StatusBadRequest, "BadRequest", none)})
	b.kubectl(t, "bind", "web", "web", "--dry-run=server").did(t, "serviceaccount/web not checked: "+none)
	b.kubectl(t, "bind", "web", "web", "--yes").did(t, "warning: serviceaccount/web not checked: "+none, "serviceaccount/web annotated")
}

// TestBindDryRunFails holds that nothing is written where the API server does not answer what it would do.
func TestBindDryRunFails(t *testing.T) {
	for name, effect := range map[string]testbed.Effect{
		"reset":   testbed.Reset(),
		"webhook": testbed.Failed(http.StatusInternalServerError, "InternalError", `Internal error occurred: failed calling webhook "x": connect: connection refused`),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBindingWithout(t)
			b.aws.Role(t, testbed.Account, "web", b.used())
			b.cluster.ServiceAccount(t, b.namespace, "web", nil)
			b.aws.Forget()
			b.proxy.Inject(testbed.Fault{On: "kubernetes:patch" + testbed.DryRun, Effect: effect})
			b.refused(t, b.kubectl(t, "bind", "web", "web", "--yes"), "nothing was changed: cannot annotate service account NS/web with", "the dry run failed: ")
		})
	}
}
