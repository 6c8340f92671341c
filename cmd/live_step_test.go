package cmd_test

import (
	"cmp"
	"context"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

// livePaths are where the API server has the kinds that steps name; %s is the namespace.
var livePaths = map[string]string{
	"namespace":      "/api/v1/namespaces",
	"serviceaccount": "/api/v1/namespaces/%s/serviceaccounts",
	"pod":            "/api/v1/namespaces/%s/pods",
	"configmap":      "/api/v1/namespaces/%s/configmaps",
	"secret":         "/api/v1/namespaces/%s/secrets",
	"deployment":     "/apis/apps/v1/namespaces/%s/deployments",
	"statefulset":    "/apis/apps/v1/namespaces/%s/statefulsets",
	"daemonset":      "/apis/apps/v1/namespaces/%s/daemonsets",
	"webhook":        "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
}

func (l *live) path(t *testing.T, object string) string {
	t.Helper()
	kind, name, _ := strings.Cut(object, "/")
	folder, ok := livePaths[kind]
	if !ok {
		t.Fatalf("step: no kind %q", kind)
	}
	return path.Join(strings.Replace(folder, "%s", l.namespace, 1), name)
}

// step makes one change.
func (l *live) step(t *testing.T, s liveStep) {
	t.Helper()
	rest, ctx := l.cluster.Admin.CoreV1().RESTClient(), t.Context()
	var err error
	switch {
	case s.Patch != "":
		// Its own manager: the entries of managedFields are what tells when a field was set.
		err = rest.Patch(types.MergePatchType).Param("fieldManager", "kubectl-patch").AbsPath(l.path(t, s.Patch)).Body([]byte(s.With)).Do(ctx).Error()
	case s.Create != "":
		l.cluster.Create(t, l.namespace, s.Create)
	case s.Delete != "":
		err = rest.Delete().AbsPath(l.path(t, s.Delete)).Do(ctx).Error()
	case s.Trust != "":
		l.setTrust(t, s.Trust)
	case s.Replace != nil:
		l.setTrust(t, replaced(t, l.policy(t, "web"), s.Replace))
	case s.Role != nil:
		l.createRole(t, *s.Role)
	case s.DeleteRole != "":
		_, err = l.aws.IAM(testbed.Account).DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &s.DeleteRole})
	case s.Provider != nil:
		l.setProvider(t, *s.Provider)
	case s.DeleteProvider != "":
		arn := "arn:aws:iam::" + testbed.Account + ":oidc-provider/" + strings.TrimPrefix(s.DeleteProvider, "https://")
		_, err = l.aws.IAM(testbed.Account).DeleteOpenIDConnectProvider(ctx, &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn})
	case s.Private:
		l.aws.Publish(l.cluster.Issuer, nil)
	case s.Associate != nil:
		err = l.associate(t, *s.Associate)
	case s.Dissociate:
		l.dissociate(t)
	case s.Agent:
		l.agent(t)
	case s.Recreate:
		l.recreate(t)
	case s.Later:
		later()
	case s.Webhook != "":
		l.out.Store(s.Webhook == "out")
	default:
		t.Fatal("a step does nothing")
	}
	if err != nil {
		t.Fatalf("step %+v: %v", s, err)
	}
}

// associate makes a Pod Identity association; what is empty is the case's own.
func (l *live) associate(t *testing.T, a liveAssociation) error {
	t.Helper()
	cluster := "prod"
	input := &eks.CreatePodIdentityAssociationInput{
		ClusterName: &cluster, Namespace: new(cmp.Or(a.Namespace, l.namespace)), ServiceAccount: new(cmp.Or(a.ServiceAccount, "web")),
		RoleArn: new(cmp.Or(a.Role, webRole)), DisableSessionTags: &a.Untagged,
	}
	if a.Target != "" {
		input.TargetRoleArn = &a.Target
	}
	_, err := l.aws.EKS(testbed.Account).CreatePodIdentityAssociation(t.Context(), input)
	return err
}

func (l *live) dissociate(t *testing.T) {
	t.Helper()
	client := l.aws.EKS(testbed.Account)
	list, err := client.ListPodIdentityAssociations(t.Context(), associationsOf("prod", l.namespace, "web"))
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range list.Associations {
		_, err := client.DeletePodIdentityAssociation(t.Context(), &eks.DeletePodIdentityAssociationInput{ClusterName: one.ClusterName, AssociationId: one.AssociationId})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// later waits for the next second.
func later() {
	now := time.Now()
	<-time.After(now.Truncate(time.Second).Add(time.Second).Sub(now))
}

// replaced demands that each text is there: a step that changes nothing would test nothing.
func replaced(t *testing.T, text string, replace map[string]string) string {
	t.Helper()
	var pairs []string
	for _, before := range slices.Sorted(maps.Keys(replace)) {
		if !strings.Contains(text, before) {
			t.Fatalf("%q is not in\n%s", before, text)
		}
		pairs = append(pairs, before, replace[before])
	}
	return strings.NewReplacer(pairs...).Replace(text) // all at once: what one puts in, another does not see
}

func (l *live) createRole(t *testing.T, r liveRole) {
	t.Helper()
	if r.Account == "" {
		r.Account = testbed.Account
	}
	if r.Trust == "" {
		r.Trust = l.policy(t, "web")
	}
	input := &iam.CreateRoleInput{RoleName: &r.Name, AssumeRolePolicyDocument: new(replaced(t, r.Trust, r.Replace))}
	if r.Path != "" {
		input.Path = &r.Path
	}
	if _, err := l.aws.IAM(r.Account).CreateRole(t.Context(), input); err != nil {
		t.Fatal(err)
	}
}

// setProvider makes a provider, or replaces it by one with other client IDs.
func (l *live) setProvider(t *testing.T, p liveProvider) {
	t.Helper()
	if p.Account == "" {
		p.Account = testbed.Account
	}
	if p.Issuer == "" {
		p.Issuer = l.cluster.Issuer
	}
	arn := "arn:aws:iam::" + p.Account + ":oidc-provider/" + strings.TrimPrefix(p.Issuer, "https://")
	// Deleting what is not there is no error (IAM API reference).
	if _, err := l.aws.IAM(p.Account).DeleteOpenIDConnectProvider(context.Background(), &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn}); err != nil && !strings.Contains(err.Error(), "NoSuchEntity") {
		t.Fatal(err)
	}
	l.aws.Provider(t, p.Account, p.Issuer, p.ClientIDs...)
}

func liveFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(liveFolder + "/base/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
