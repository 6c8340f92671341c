package collect_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/kube"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

const otherAccount = "444455556666"

// TestAnotherAccount holds what a role of another account comes to, without and with a role to read it by.
func TestAnotherAccount(t *testing.T) {
	w := newWorld(t)
	const arn = "arn:aws:iam::" + otherAccount + ":role/far"
	w.account(t, "far", arn)
	pod := w.plain("far-0", "far")
	sa := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "far", Annotations: map[string]string{roleAnnotation: arn}}}
	w.cluster.Pod(t, inject.Predict(inject.EKS(testbed.Region), sa, pod, false))
	provider := snapshot.ProviderARN("aws", otherAccount, w.cluster.Issuer)
	const apart = "it is in account 444455556666, but these AWS credentials are of account 111122223333"

	s := w.collect(t, w.request("Pod/far-0"))
	for what, gap := range map[string]func() (fact.Gap, bool){"role": s.Role(arn).Gap, "provider": s.OpenIDConnectProvider(provider).Gap} {
		if g, _ := gap(); g.Reason != apart {
			t.Errorf("%s without a reader role: reason %q", what, g.Reason)
		}
	}
	if n := countOf(w.aws.Names(), "sts:GetCallerIdentity"); n != 1 {
		t.Errorf("asked %d times who the caller is, want once", n)
	}

	w.aws.Role(t, otherAccount, "audit", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	w.aws.Role(t, otherAccount, "far", w.trust("far"))
	w.aws.Provider(t, otherAccount, w.cluster.Issuer, "sts.amazonaws.com")
	s, err := collect.Collect(t.Context(), w.reader, accountReader(t, aws.Options{ReaderRole: "audit"}), w.request("Pod/far-0"))
	if err != nil {
		t.Fatal(err)
	}
	if !s.Role(arn).Known() || !s.OpenIDConnectProvider(provider).Known() {
		t.Errorf("with a reader role: unreadable %+v", s.Document().Unreadable)
	}
	if caller, _ := s.CallerAccount().Get(); caller != testbed.Account {
		t.Errorf("caller's account %q, want the credentials' own", caller)
	}
}

func countOf(names []string, name string) int {
	return len(slices.DeleteFunc(slices.Clone(names), func(other string) bool { return other != name }))
}

// TestRoleOfAnotherPath holds that IAM's finding a role by its name alone does not make a wrong ARN right.
func TestRoleOfAnotherPath(t *testing.T) {
	w := newWorld(t)
	const wrong = "arn:aws:iam::111122223333:role/team/web"
	w.account(t, "pathed", wrong)
	w.cluster.Pod(t, w.plain("pathed-0", "pathed"))
	s := w.collect(t, w.request("Pod/pathed-0"))
	if !s.Role(wrong).Absent() || !s.Role(webRole).Known() {
		t.Errorf("role with that path: %v; without: %v", s.Role(wrong).State(), s.Role(webRole).State())
	}
}

// TestAbsent holds what is read further where something does not exist.
func TestAbsent(t *testing.T) {
	w := newWorld(t)
	t.Run("role", func(t *testing.T) {
		const arn = "arn:aws:iam::111122223333:role/gone"
		w.account(t, "gone", arn)
		w.cluster.Pod(t, w.plain("gone-0", "gone"))
		s := w.collect(t, w.request("Pod/gone-0"))
		if !s.Role(arn).Absent() {
			t.Errorf("state %v, want absent", s.Role(arn).State())
		}
		if roles, ok := s.Roles().Get(); !ok || len(roles) != 2 {
			t.Errorf("roles %v, %v; want web and node", roles, ok)
		}
	})
	t.Run("provider", func(t *testing.T) {
		host := strings.TrimPrefix(w.cluster.Issuer, "https://")
		arn := snapshot.ProviderARN("aws", testbed.Account, w.cluster.Issuer)
		if _, err := w.aws.IAM(testbed.Account).DeleteOpenIDConnectProvider(t.Context(), &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn}); err != nil {
			t.Fatal(err)
		}
		dual := w.aws.Provider(t, testbed.Account, "https://"+strings.Replace(host, "oidc.eks.us-west-2.amazonaws.com", "oidc-eks.us-west-2.api.aws", 1), "sts.amazonaws.com")
		far := w.aws.Provider(t, testbed.Account, "https://example.com/far", "sts.amazonaws.com")
		s := w.collect(t, w.request("Pod/web-0"))
		if !s.OpenIDConnectProvider(arn).Absent() || !s.OpenIDConnectProvider(dual).Known() {
			t.Errorf("the issuer's %v, the near miss %v", s.OpenIDConnectProvider(arn).State(), s.OpenIDConnectProvider(dual).State())
		}
		if state := s.OpenIDConnectProvider(far).State(); state != fact.StateUnasked {
			t.Errorf("one that has nothing to do with it: %v, want unasked", state)
		}
		if s.OpenIDConnectProviders().Known() {
			t.Error("all providers are known although only the near misses were read")
		}
		w.aws.Provider(t, testbed.Account, w.cluster.Issuer, "sts.amazonaws.com")
	})
	t.Run("former provider", func(t *testing.T) {
		const former = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/FORMER"
		if _, err := w.aws.IAM(testbed.Account).UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{
			RoleName: new("web"), PolicyDocument: new(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
				"Principal":{"Federated":"` + former + `"},"Action":"sts:AssumeRoleWithWebIdentity"}]}`),
		}); err != nil {
			t.Fatal(err)
		}
		if s := w.collect(t, w.request("Pod/web-0")); !s.OpenIDConnectProvider(former).Absent() {
			t.Errorf("the provider of the former cluster: %v, want absent", s.OpenIDConnectProvider(former).State())
		}
	})
	t.Run("service account", func(t *testing.T) {
		w.injected(t, "orphan", "web", inject.WebIdentity)
		// Pods outlive their service account.
		if err := w.cluster.Admin.CoreV1().ServiceAccounts(w.namespace).Delete(t.Context(), "web", metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		s := w.collect(t, w.request("Pod/orphan"))
		if !s.ServiceAccount(w.namespace, "web").Absent() || !s.Role(webRole).Known() {
			t.Errorf("service account %v, role %v", s.ServiceAccount(w.namespace, "web").State(), s.Role(webRole).State())
		}
	})
}

// TestUnbound holds what is read where nothing binds the service account: who may have been meant.
func TestUnbound(t *testing.T) {
	w := newWorld(t)
	w.account(t, "default", "")
	w.cluster.Pod(t, w.plain("lost-0", "default"))
	s := w.collect(t, w.request("Pod/lost-0"))
	if !s.Roles().Known() || !s.ServiceAccounts(w.namespace).Known() || !s.ServiceAccount(w.namespace, "web").Known() {
		t.Errorf("roles %v, service accounts %v", s.Roles().State(), s.ServiceAccounts(w.namespace).State())
	}
	if s.ServiceAccounts("elsewhere").Known() {
		t.Error("service accounts of another namespace are known, and were not read")
	}
	if pods := podsIn(s); !snapshot.ListOf[*corev1.Pod](s, w.namespace).Known() || !slices.Equal(pods, []string{"lost-0", "web-0"}) {
		t.Errorf("pods %v; want all of the namespace", pods)
	}
}

// TestNotInjected holds that webhooks are read where something was not injected, and what they point to.
func TestNotInjected(t *testing.T) {
	w := newWorld(t)
	w.cluster.Pod(t, w.plain("bare-0", "web"))
	w.cluster.Create(t, "", `{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: {name: my-pod-identity-webhook}, webhooks: [{
name: pod-identity-webhook.amazonaws.com, clientConfig: {service: {namespace: `+w.namespace+`, name: pod-identity-webhook}}, sideEffects: None, admissionReviewVersions: [v1], failurePolicy: Ignore,
rules: [{operations: [CREATE], apiGroups: [none.example.com], apiVersions: [v1], resources: [pods]}]}]}`)
	t.Cleanup(func() {
		_ = w.cluster.Admin.AdmissionregistrationV1().MutatingWebhookConfigurations().Delete(context.Background(), "my-pod-identity-webhook", metav1.DeleteOptions{})
	})
	w.cluster.Create(t, w.namespace, `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: pod-identity-webhook-1, labels: {kubernetes.io/service-name: pod-identity-webhook}}, addressType: IPv4, endpoints: []}`)
	s := w.collect(t, w.request("Pod/bare-0"))
	if list, ok := s.MutatingWebhooks().Get(); !ok || len(list) == 0 {
		t.Errorf("webhooks %v, %v", list, ok)
	}
	if !s.Namespace(w.namespace).Known() || !s.EKSCluster().Known() {
		t.Errorf("namespace %v, EKS cluster %v; want both known", s.Namespace(w.namespace).State(), s.EKSCluster().State())
	}
	if list, ok := snapshot.ListOf[*discoveryv1.EndpointSlice](s, w.namespace).Get(); !ok || len(list) != 1 {
		t.Errorf("endpoint slices %v, %v; want one", list, ok)
	}
}

// TestPodIdentity holds what Pod Identity needs: the association with its role, and the agent of the node.
func TestPodIdentity(t *testing.T) {
	w := newWorld(t)
	w.account(t, "api", "")
	role := w.aws.Role(t, testbed.Account, "api", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}`)
	w.aws.Association(t, testbed.Cluster{Name: "prod", Account: testbed.Account, Region: testbed.Region}, w.namespace, "api", role)
	w.injected(t, "api-0", "api", inject.PodIdentity)
	s := w.collect(t, w.request("Pod/api-0"))
	if list, ok := s.Associations(w.namespace, "api").Get(); !ok || len(list) != 1 || list[0].RoleArn != role || list[0].CreatedAt.IsZero() {
		t.Errorf("associations %+v, %v", list, ok)
	}
	if !s.Role(role).Known() {
		t.Errorf("role %v", s.Role(role).State())
	}
	if agents, ok := s.Agents(w.node).Get(); !ok || len(agents) != 0 {
		t.Errorf("agents %v, %v; want none", agents, ok)
	}
	if countOf(w.aws.Names(), "iam:ListRoles") != 0 {
		t.Error("an association binds the service account, and yet all roles were read")
	}
	// Describing it may be forbidden where listing is not.
	w.aws.Inject(testbed.Fault{On: "eks:DescribePodIdentityAssociation", Effect: testbed.Denied()})
	s = w.collect(t, w.request("Pod/api-0"))
	if gap, ok := s.Associations(w.namespace, "api").Gap(); !ok || !strings.HasPrefix(gap.Reason, "AccessDeniedException: ") {
		t.Errorf("gap %+v, %v", gap, ok)
	}
}

// TestTargetRole holds that the target role of an association is read, and that the policy simulator is asked once whether
// the association's role may assume it; that it refuses is a gap.
func TestTargetRole(t *testing.T) {
	w := newWorld(t)
	w.account(t, "api", "")
	role := w.aws.Role(t, testbed.Account, "api", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}`)
	target := w.aws.Role(t, testbed.Account, "api-target", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"`+role+`"},"Action":["sts:AssumeRole","sts:TagSession"]}]}`)
	w.aws.AssociationTo(t, testbed.Cluster{Name: "prod", Account: testbed.Account, Region: testbed.Region}, w.namespace, "api", role, target)
	w.injected(t, "api-0", "api", inject.PodIdentity)
	s := w.collect(t, w.request("Pod/api-0"))
	if results, ok := s.Simulation(role, target).Get(); !ok || len(results) != 2 || results[1].EvalActionName != "sts:TagSession" || results[1].EvalDecision != "allowed" {
		t.Errorf("simulation %+v, %v", results, ok)
	}
	if !s.Role(target).Known() || countOf(w.aws.Names(), "iam:SimulatePrincipalPolicy") != 1 {
		t.Errorf("target role %v, calls %v", s.Role(target).State(), w.aws.Names())
	}
	w.aws.Inject(testbed.Fault{On: "iam:SimulatePrincipalPolicy", Effect: testbed.Denied()})
	s = w.collect(t, w.request("Pod/api-0"))
	if gap, ok := s.Simulation(role, target).Gap(); !ok || !strings.HasPrefix(gap.Reason, "AccessDenied") {
		t.Errorf("gap %+v, %v", gap, ok)
	}
}

// TestClusterElsewhere holds that a cluster that these credentials do not see is unknown, not without associations.
func TestClusterElsewhere(t *testing.T) {
	w := newWorld(t)
	r := w.request("Pod/web-0")
	r.Cluster.Name = "other"
	s := w.collect(t, r)
	if gap, ok := s.Associations(w.namespace, "web").Gap(); !ok || !strings.HasPrefix(gap.Reason, "ResourceNotFoundException: ") {
		t.Errorf("gap %+v, %v", gap, ok)
	}
	for name, want := range map[string]string{
		"prdo":      `No cluster found for name: prdo: did you mean "prod"?`,
		"elsewhere": "this account has in " + testbed.Region + " prod",
	} {
		w.forget()
		r.Cluster.Name = name
		if gap, _ := w.collect(t, r).Associations(w.namespace, "web").Gap(); !strings.Contains(gap.Reason, want) {
			t.Errorf("%s: %q, want %q", name, gap.Reason, want)
		}
		if n := countOf(w.aws.Names(), "eks:ListClusters"); n != 1 {
			t.Errorf("%s: the clusters were listed %d times", name, n)
		}
	}
	w.aws.Inject(testbed.Fault{On: "eks:ListClusters", Effect: testbed.Denied()})
	if gap, _ := w.collect(t, r).Associations(w.namespace, "web").Gap(); !strings.HasSuffix(gap.Reason, "No cluster found for name: elsewhere.") && !strings.HasSuffix(gap.Reason, "No cluster found for name: prdo.") {
		t.Errorf("%q where the clusters may not be listed", gap.Reason)
	}
	w.aws.Heal()
	w.forget()
	r.Cluster = w.request("Pod/web-0").Cluster
	if w.collect(t, r); countOf(w.aws.Names(), "eks:ListClusters") != 0 {
		t.Error("the clusters are listed for a name that is right")
	}
	r.Cluster = kube.Identity{}
	s = w.collect(t, r)
	if gap, ok := s.Associations(w.namespace, "web").Gap(); !ok || !strings.Contains(gap.Reason, "--eks-cluster") {
		t.Errorf("gap %+v, %v", gap, ok)
	}
	if s.Cluster().Region != testbed.Region || !s.Instance(w.instance).Known() {
		t.Errorf("region %q, instance %v; want both out of the issuer", s.Cluster().Region, s.Instance(w.instance).State())
	}
}

// TestDecisiveData holds that of ConfigMaps and Secrets those are read that can set what an SDK reads, and no value of
// any leaves the reader.
func TestDecisiveData(t *testing.T) {
	w := newWorld(t)
	w.cluster.Create(t, w.namespace, `
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Secret, metadata: {name: keys, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"AWS_ACCESS_KEY_ID":"hunter2"}}'}}, stringData: {AWS_ACCESS_KEY_ID: hunter2, AWS_SECRET_ACCESS_KEY: hunter2}}
- {apiVersion: v1, kind: Secret, metadata: {name: file}, stringData: {credentials: hunter2}}
- {apiVersion: v1, kind: Secret, metadata: {name: empty}}
- {apiVersion: v1, kind: Secret, metadata: {name: password}, stringData: {password: hunter2}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {AWS_PROFILE: hunter2}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: prefixed}, data: {COLOUR: hunter2}}
`)
	pod := w.plain("keys-0", "web")
	pod.Spec.Containers[0].EnvFrom = []corev1.EnvFromSource{
		{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "keys"}}},
		{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "empty"}}},
		{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}}},
		{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "gone"}}},
		{Prefix: "APP_", ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "prefixed"}}},
	}
	pod.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "DB_PASSWORD", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: "password"}, Key: "password",
	}}}}
	pod.Spec.Volumes = []corev1.Volume{{Name: "aws", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "file"}}}}
	pod.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "aws", MountPath: "/home/app/.aws"}}
	w.cluster.Pod(t, pod)
	s := w.collect(t, w.request("Pod/keys-0"))
	if keys, ok := s.Secret(w.namespace, "keys").Get(); !ok || len(keys.Data) != 2 {
		t.Errorf("keys %v, %v", keys, ok)
	}
	if file, ok := s.Secret(w.namespace, "file").Get(); !ok || len(file.Data) != 1 {
		t.Errorf("file %v, %v", file, ok)
	}
	if gap, ok := s.Secret(w.namespace, "empty").Gap(); !ok || gap.Reason != kube.NoKeys {
		t.Errorf("empty: %+v, %v", gap, ok)
	}
	if settings, ok := s.ConfigMap(w.namespace, "settings").Get(); !ok || len(settings.Data) != 1 {
		t.Errorf("settings %v, %v", settings, ok)
	}
	if !s.ConfigMap(w.namespace, "gone").Absent() {
		t.Errorf("gone: %v", s.ConfigMap(w.namespace, "gone").State())
	}
	if a, b := s.Secret(w.namespace, "password").State(), s.ConfigMap(w.namespace, "prefixed").State(); a != fact.StateUnasked || b != fact.StateUnasked {
		t.Errorf("what decides nothing: %v, %v; want unasked", a, b)
	}
	if text, err := s.YAML(); err != nil || strings.Contains(string(text), "hunter2") {
		t.Errorf("a value got into the snapshot (%v)", err)
	}
	for _, call := range w.proxy.Calls() {
		if strings.Contains(call.Path, "/secrets/") && call.Status == 200 && !strings.Contains(call.Path, w.namespace) {
			t.Errorf("asked for %s", call.Path)
		}
	}
}

// TestRestrictedUser holds what is left for one who may read pods of a namespace and nothing else, by the API server's own
// rules.
func TestRestrictedUser(t *testing.T) {
	w := newWorld(t)
	user := w.cluster.User(t, "collect-dev")
	w.cluster.Grant(t, user, w.namespace, testbed.Rule("", []string{"get", "list"}, []string{"pods"}))
	s, err := collect.Collect(t.Context(), w.readAs(t, user), accountReader(t, aws.Options{}), w.request("Pod/web-0"))
	if err != nil {
		t.Fatal(err)
	}
	for what, gap := range map[string]func() (fact.Gap, bool){
		`forbidden: User "collect-dev" cannot get resource "serviceaccounts"`:  s.ServiceAccount(w.namespace, "web").Gap,
		`forbidden: User "collect-dev" cannot get resource "nodes"`:            s.Node(w.node).Gap,
		`forbidden: User "collect-dev" cannot list resource "networkpolicies"`: s.NetworkPolicies(w.namespace).Gap,
	} {
		if g, _ := gap(); !strings.HasPrefix(g.Reason, what) {
			t.Errorf("reason %q, want %q…", g.Reason, what)
		}
	}
	if issuer, _ := s.Issuer().Get(); issuer != w.cluster.Issuer {
		t.Errorf("issuer %q, want EKS's word", issuer)
	}
	if !s.Role(webRole).Known() || !s.OpenIDConnectProvider(snapshot.ProviderARN("aws", testbed.Account, w.cluster.Issuer)).Known() {
		t.Error("role and provider follow from the pod alone")
	}
	found := slices.ContainsFunc(s.Document().Unreadable, func(m snapshot.Missing) bool {
		return m.Resource == "openid-configuration" && strings.HasPrefix(m.Error, `forbidden: User "collect-dev" cannot get path "/.well-known/openid-configuration"`)
	})
	if !found {
		t.Errorf("unreadable %+v", s.Document().Unreadable)
	}
}

// TestUnreachable holds that a cluster that does not answer, or does not know the user, is an error of one line.
func TestUnreachable(t *testing.T) {
	w := newWorld(t)
	unknown := w.cluster.AdminUser().REST(w.cluster.URL)
	unknown.CertData, unknown.KeyData, unknown.BearerToken = nil, nil, "expired"
	gone := w.cluster.AdminUser().REST("https://127.0.0.1:1")
	for want, config := range map[string]*rest.Config{
		"get pods/web-0 -n " + w.namespace + ": unauthorized: ":                                unknown,
		"get pods/web-0 -n " + w.namespace + ": no connection (https://127.0.0.1:1): dial tcp": gone,
	} {
		reader, err := kube.New(config)
		if err != nil {
			t.Fatal(err)
		}
		_, err = collect.Collect(t.Context(), reader, nil, w.request("Pod/web-0"))
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %v, want %s…", err, want)
		}
	}
}

// TestSpoiledARN holds that IAM is not asked about what cannot be a role, but about the role that was meant.
func TestSpoiledARN(t *testing.T) {
	w := newWorld(t)
	w.account(t, "blank", " "+webRole)
	w.account(t, "bare", "web")
	for name, want := range map[string]string{"blank": "iam:GetRole", "bare": "iam:ListRoles"} {
		w.cluster.Pod(t, w.plain(name+"-0", name))
		w.forget()
		s := w.collect(t, w.request("Pod/"+name+"-0"))
		if !s.Role(webRole).Known() || countOf(w.aws.Names(), want) != 1 {
			t.Errorf("%s: role %v, calls %v", name, s.Role(webRole).State(), w.aws.Names())
		}
	}
}

// TestGarbledAnswers holds that an answer that breaks off is a gap like any other.
func TestGarbledAnswers(t *testing.T) {
	w := newWorld(t)
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	for on, gap := range map[string]func(*snapshot.Snapshot) (fact.Gap, bool){
		"iam:GetRole":                     func(s *snapshot.Snapshot) (fact.Gap, bool) { return s.Role(webRole).Gap() },
		"ec2:DescribeInstances":           func(s *snapshot.Snapshot) (fact.Gap, bool) { return s.Instance(w.instance).Gap() },
		"eks:ListPodIdentityAssociations": func(s *snapshot.Snapshot) (fact.Gap, bool) { return s.Associations(w.namespace, "web").Gap() },
	} {
		for what, effect := range map[string]testbed.Effect{"truncated": testbed.Truncated(10), "reset": testbed.Reset(), "throttled": testbed.Throttled()} {
			w.aws.Heal()
			w.aws.Inject(testbed.Fault{On: on, Effect: effect})
			s := w.collect(t, w.request("Pod/web-0"))
			if g, ok := gap(s); !ok || g.Reason == "" || strings.ContainsAny(g.Reason, "\n\t") {
				t.Errorf("%s %s: gap %+v, %v", on, what, g, ok)
			}
		}
	}
}

// TestCreator holds that the pod which created one without a service account of its own is read, with what binds it.
func TestCreator(t *testing.T) {
	w := newWorld(t)
	w.account(t, "default", "")
	w.cluster.Pod(t, w.plain("driver", "web"))
	executor := w.plain("executor", "default")
	yes := true
	executor.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "Pod", Name: "driver", UID: "1", Controller: &yes}}
	w.cluster.Pod(t, executor)
	s := w.collect(t, w.request("Pod/executor"))
	if !s.Pod(w.namespace, "driver").Known() || !s.ServiceAccount(w.namespace, "web").Known() {
		t.Errorf("driver %v, its service account %v", s.Pod(w.namespace, "driver").State(), s.ServiceAccount(w.namespace, "web").State())
	}
	if !s.Associations(w.namespace, "web").Known() {
		t.Error("the associations of the driver's service account were not read")
	}
}

// TestReadForTheFix holds that what a fix needs is read as well, so that it can be proved.
func TestReadForTheFix(t *testing.T) {
	w := newWorld(t)
	for name, annotations := range map[string]map[string]string{
		"misspelled": {"eks.amazonaws.com/role_arn": webRole},
		"bare":       {roleAnnotation: "web"},
		"legacy":     {inject.LegacyRole: "web"},
	} {
		t.Run(name, func(t *testing.T) {
			w.cluster.ServiceAccount(t, w.namespace, name, annotations)
			if _, err := w.cluster.Admin.AppsV1().StatefulSets(w.namespace).Create(t.Context(), statefulSet(name), metav1.CreateOptions{}); err != nil {
				t.Fatal(err)
			}
			yes := true
			pod := w.plain(name+"-0", name)
			pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "StatefulSet", Name: name, UID: "0c0ffee0", Controller: &yes}}
			w.cluster.Pod(t, pod)
			s := w.collect(t, w.request("Pod/"+name+"-0"))
			provider := snapshot.ProviderARN("aws", testbed.Account, w.cluster.Issuer)
			if !s.Role(webRole).Known() || !s.OpenIDConnectProvider(provider).Known() || !s.MutatingWebhooks().Known() {
				t.Errorf("role %v, provider %v, webhooks %v", s.Role(webRole).State(), s.OpenIDConnectProvider(provider).State(), s.MutatingWebhooks().State())
			}
			if _, ok := s.Object("StatefulSet", w.namespace, name); !ok {
				t.Error("the pod's workload was not read")
			}
		})
	}
}

func statefulSet(name string) *appsv1.StatefulSet {
	labels := map[string]string{"app": name}
	return &appsv1.StatefulSet{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: appsv1.StatefulSetSpec{
			ServiceName: name, Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{ServiceAccountName: name, Containers: []corev1.Container{{Name: "app", Image: "app"}}},
			},
		},
	}
}
