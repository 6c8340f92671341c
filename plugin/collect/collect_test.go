package collect_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/aws"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// TestBudget holds what an ordinary pod with IRSA costs.
func TestBudget(t *testing.T) {
	w := newWorld(t)
	const latency = time.Second // long against what happens between two requests, so that rounds can be told apart
	w.proxy.SetLatency(latency)
	w.aws.SetLatency(latency)
	w.forget()
	s := w.collect(t, w.request("Pod/web-0"))
	names := w.names()
	if rounds := testbed.Rounds(&w.proxy.Log, &w.aws.Log); rounds > 3 || len(names) > 10 {
		t.Errorf("%d rounds, %d requests %v; want at most 3 and 10", rounds, len(names), names)
	}
	if n := w.proxy.Connections(); n > 2 { // the first two requests start at once, and cannot know of each other's connection
		t.Errorf("%d connections to the API server, want at most 2", n)
	}
	if pods := podsIn(s); !slices.Equal(pods, []string{"web-0"}) {
		t.Errorf("pods %v", pods)
	}
	report, err := judge.Diagnose(s, workload.Target{Kind: "Pod", Namespace: w.namespace, Name: "web-0"}, judge.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if report.Verdict != judge.Works || len(report.Unknown) != 0 {
		t.Errorf("verdict %s, unknown %v, findings %+v", report.Verdict, report.Unknown, report.Findings)
	}
}

// TestOrdinaryPod holds what is in the snapshot of an ordinary pod, and what it says about all else.
func TestOrdinaryPod(t *testing.T) {
	w := newWorld(t)
	s := w.collect(t, w.request("Pod/web-0"))
	d := s.Document()
	if len(d.Unreadable)+len(d.NotFound) != 1 || d.NotFound[0].Name != w.namespace+"/web" {
		t.Errorf("unreadable %v, not found %v; want only that there is no association", d.Unreadable, d.NotFound)
	}
	if issuer, _ := s.Issuer().Get(); issuer != w.cluster.Issuer {
		t.Errorf("issuer %q", issuer)
	}
	if role, ok := s.Role(webRole).Get(); !ok || string(role.AssumeRolePolicyDocument) != w.trust("web") {
		t.Errorf("role %+v, %v", role, ok)
	}
	provider, ok := s.OpenIDConnectProvider(snapshot.ProviderARN("aws", testbed.Account, w.cluster.Issuer)).Get()
	if !ok || !slices.Equal(provider.ClientIDList, []string{"sts.amazonaws.com"}) {
		t.Errorf("provider %+v, %v", provider, ok)
	}
	instance, ok := s.Instance(w.instance).Get()
	if !ok || instance.MetadataOptions == nil || instance.MetadataOptions.HTTPTokens != "required" || instance.MetadataOptions.HTTPPutResponseHopLimit != 1 {
		t.Errorf("instance %+v, %v", instance, ok)
	}
	if profile, ok := s.InstanceProfile(nodeProfile).Get(); !ok || len(profile.Roles) != 1 || profile.Roles[0].RoleName != "node" {
		t.Errorf("instance profile %+v, %v", profile, ok)
	}
	if list, ok := s.Associations(w.namespace, "web").Get(); !ok || len(list) != 0 {
		t.Errorf("associations %v, %v", list, ok)
	}
	if caller, _ := s.CallerAccount().Get(); caller != testbed.Account {
		t.Errorf("caller's account %q", caller)
	}
	if list, ok := s.NetworkPolicies(w.namespace).Get(); !ok || len(list) != 0 {
		t.Errorf("network policies %v, %v", list, ok)
	}
	// What was not asked must not look as if it did not exist.
	for what, state := range map[string]fact.State{
		"another pod":                 s.Pod(w.namespace, "web-1").State(),
		"another service account":     s.ServiceAccount(w.namespace, "other").State(),
		"all service accounts":        s.ServiceAccounts(w.namespace).State(),
		"another node":                s.Node("other").State(),
		"the namespace":               s.Namespace(w.namespace).State(),
		"a ConfigMap":                 s.ConfigMap(w.namespace, "other").State(),
		"a Secret":                    s.Secret(w.namespace, "other").State(),
		"webhooks":                    s.MutatingWebhooks().State(),
		"policies elsewhere":          s.NetworkPolicies("elsewhere").State(),
		"another role":                s.Role("arn:aws:iam::111122223333:role/other").State(),
		"all roles":                   s.Roles().State(),
		"another provider":            s.OpenIDConnectProvider("arn:aws:iam::111122223333:oidc-provider/example.com").State(),
		"all providers":               s.OpenIDConnectProviders().State(),
		"another account's":           s.Associations(w.namespace, "other").State(),
		"another instance":            s.Instance("i-0123456789abcdef0").State(),
		"another profile":             s.InstanceProfile("arn:aws:iam::111122223333:instance-profile/other").State(),
		"VPC endpoints":               s.VPCEndpoints().State(),
		"the EKS cluster":             s.EKSCluster().State(),
		"the agent's pods":            s.Agents(w.node).State(),
		"pods of the whole namespace": snapshot.ListOf[*corev1.Pod](s, w.namespace).State(),
	} {
		if state != fact.StateUnasked {
			t.Errorf("%s: state %v, want unasked", what, state)
		}
	}
}

// TestRoundTripOfWhatWasRead holds that a snapshot of the real thing reads back to itself, without a warning.
func TestRoundTripOfWhatWasRead(t *testing.T) {
	w := newWorld(t)
	s := w.collect(t, w.request("Pod/web-0"))
	first, err := s.YAML()
	if err != nil {
		t.Fatal(err)
	}
	again, warnings, err := snapshot.Read(first)
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	second, err := again.YAML()
	if err != nil {
		t.Fatal(err)
	}
	if string(first) != string(second) {
		t.Errorf("read back, it is\n%s\ninstead of\n%s", second, first)
	}
	// Who answers first is chance; what comes out is not.
	for range 3 {
		other := w.collect(t, w.request("Pod/web-0"))
		if text, err := other.YAML(); err != nil || string(text) != string(first) {
			t.Fatalf("read once more, it is\n%s\ninstead of\n%s", text, first)
		}
	}
}

// TestRefused refuses each read in turn: it becomes a gap with its reason, and everything else is as before.
func TestRefused(t *testing.T) {
	w := newWorld(t)
	provider := snapshot.ProviderARN("aws", testbed.Account, w.cluster.Issuer)
	for _, test := range []struct {
		on, path string
		lost     []string // the thing itself, and what only it leads to
		gap      func(*snapshot.Snapshot) (fact.Gap, bool)
	}{
		{"kubernetes:get", "/.well-known/openid-configuration", nil, func(s *snapshot.Snapshot) (fact.Gap, bool) {
			// EKS tells it instead.
			if issuer, _ := s.Issuer().Get(); issuer != w.cluster.Issuer {
				return fact.Gap{}, false
			}
			for _, m := range s.Document().Unreadable {
				if m.Resource == "openid-configuration" {
					return fact.Gap{Reason: m.Error}, true
				}
			}
			return fact.Gap{}, false
		}},
		{"kubernetes:get", "/serviceaccounts/web", []string{"ServiceAccount web"}, func(s *snapshot.Snapshot) (fact.Gap, bool) { return s.ServiceAccount(w.namespace, "web").Gap() }},
		{"kubernetes:get", "/nodes/", []string{"Node " + w.node, w.instance, nodeProfile}, func(s *snapshot.Snapshot) (fact.Gap, bool) { return s.Node(w.node).Gap() }},
		{"kubernetes:list", "/networkpolicies", nil, func(s *snapshot.Snapshot) (fact.Gap, bool) { return s.NetworkPolicies(w.namespace).Gap() }},
		{"iam:GetRole", "", []string{webRole}, func(s *snapshot.Snapshot) (fact.Gap, bool) { return s.Role(webRole).Gap() }},
		{"iam:GetOpenIDConnectProvider", "", []string{provider}, func(s *snapshot.Snapshot) (fact.Gap, bool) {
			return s.OpenIDConnectProvider(provider).Gap()
		}},
		{"eks:ListPodIdentityAssociations", "", nil, func(s *snapshot.Snapshot) (fact.Gap, bool) { return s.Associations(w.namespace, "web").Gap() }},
		{"ec2:DescribeInstances", "", []string{w.instance, nodeProfile}, func(s *snapshot.Snapshot) (fact.Gap, bool) { return s.Instance(w.instance).Gap() }},
		{"iam:GetInstanceProfile", "", []string{nodeProfile}, func(s *snapshot.Snapshot) (fact.Gap, bool) { return s.InstanceProfile(nodeProfile).Gap() }},
	} {
		t.Run(test.on+test.path, func(t *testing.T) {
			w.proxy.Heal()
			w.aws.Heal()
			whole := w.collect(t, w.request("Pod/web-0"))
			fault := testbed.Fault{On: test.on, Effect: testbed.Denied(), Match: func(c testbed.Call) bool { return strings.Contains(c.Path, test.path) || test.path == "" }}
			w.proxy.Inject(fault)
			w.aws.Inject(fault)
			s := w.collect(t, w.request("Pod/web-0"))
			gap, ok := test.gap(s)
			if !ok || !strings.Contains(gap.Reason, "orbidden: User") && !strings.Contains(gap.Reason, "AccessDenied") && !strings.Contains(gap.Reason, "UnauthorizedOperation: ") {
				t.Errorf("gap %+v, %v; want a refusal", gap, ok)
			}
			if strings.ContainsAny(gap.Reason, "\n\t") {
				t.Errorf("reason %q: want one line", gap.Reason)
			}
			if lost := lostBy(whole.Document(), s.Document()); !slices.Equal(lost, test.lost) {
				t.Errorf("lost %v, want %v", lost, test.lost)
			}
			if _, err := judge.Diagnose(s, workload.Target{Kind: "Pod", Namespace: w.namespace, Name: "web-0"}, judge.Options{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// lostBy names what the first snapshot holds and the second does not.
func lostBy(whole, part snapshot.Document) []string {
	held := func(d snapshot.Document) []string {
		var names []string
		for _, o := range d.Kubernetes {
			names = append(names, o.GetObjectKind().GroupVersionKind().Kind+" "+o.GetName())
		}
		for _, role := range d.AWS.Roles {
			names = append(names, role.Arn)
		}
		for _, provider := range d.AWS.OpenIDConnectProviders {
			names = append(names, provider.Arn)
		}
		for _, instance := range d.AWS.Instances {
			names = append(names, instance.InstanceID)
		}
		for _, profile := range d.AWS.InstanceProfiles {
			names = append(names, profile.Arn)
		}
		return names
	}
	have := held(part)
	return slices.DeleteFunc(held(whole), func(name string) bool { return slices.Contains(have, name) })
}

// TestTargetErrors holds that an answer about nothing is an error that says what and where.
func TestTargetErrors(t *testing.T) {
	w := newWorld(t)
	none := w.readAs(t, w.cluster.User(t, "collect-nobody"))
	for _, test := range []struct {
		target, want string
		denied       bool
	}{
		{"Pod/none", `pods "none" in namespace "` + w.namespace + `": not found`, false},
		{"Deployment/none", `deployments "none" in namespace "` + w.namespace + `": not found`, false},
		{"ServiceAccount/none", `serviceaccounts "none" in namespace "` + w.namespace + `": not found`, false},
		{"Pod/web-0", `get pods/web-0 -n ` + w.namespace + `: forbidden: User "collect-nobody" cannot get resource "pods"`, true},
		{"Widget/none", `are unknown`, false},
	} {
		reader := w.reader
		if test.denied {
			reader = none
		}
		_, err := collect.Collect(t.Context(), reader, nil, w.request(test.target))
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want %q in one line", test.target, err, test.want)
		}
	}
}

// TestMissedTargets holds that a target that is missing leaves the others in the snapshot, and that none of them leaves none.
func TestMissedTargets(t *testing.T) {
	w := newWorld(t)
	r := w.request("Pod/web-0")
	for _, name := range []string{"none", "neither"} {
		r.Targets = append(r.Targets, w.request("Pod/"+name).Targets...)
	}
	s, err := collect.Collect(t.Context(), w.reader, nil, r)
	missed, ok := errors.AsType[*collect.MissedError](err)
	if !ok || len(missed.Targets) != 2 || !missed.Targets[0].NotFound || missed.Targets[0].Name != "none" || missed.Targets[1].Name != "neither" {
		t.Fatalf("error %v, want the two pods that do not exist", err)
	}
	if !s.Pod(w.namespace, "web-0").Known() {
		t.Error("the pod that exists is not in the snapshot")
	}
	r.Targets = r.Targets[1:]
	if s, err := collect.Collect(t.Context(), w.reader, nil, r); s != nil || !errors.As(err, &missed) || len(missed.Targets) != 2 {
		t.Errorf("snapshot %v, error %v, want none of the pods", s, err)
	}
}

// TestCancel holds that an interrupt ends everything at once.
func TestCancel(t *testing.T) {
	w := newWorld(t)
	for _, on := range []string{"kubernetes:get", "iam:*", "ec2:*"} {
		w.proxy.Heal()
		w.aws.Heal()
		ctx, cancel := context.WithCancel(t.Context())
		hung := make(chan struct{}, 100)
		fault := testbed.Fault{On: on, Effect: testbed.Hung(), Match: func(testbed.Call) bool {
			hung <- struct{}{}
			return true
		}}
		w.proxy.Inject(fault)
		w.aws.Inject(fault)
		go func() {
			<-hung
			cancel()
		}()
		_, err := collect.Collect(ctx, w.reader, accountReader(t, aws.Options{}), w.request("Pod/web-0"))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s hangs: error %v, want the context's", on, err)
		}
	}
}

// TestNoCredentials holds that without AWS credentials AWS is not asked, and that every fact of AWS says why it is not known.
func TestNoCredentials(t *testing.T) {
	w := newWorld(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	w.forget()
	s := w.collect(t, w.request("Pod/web-0"))
	if n := len(w.aws.Names()); n != 0 {
		t.Errorf("%d requests to AWS without credentials", n)
	}
	gap, ok := s.Role(webRole).Gap()
	if !ok || !strings.HasPrefix(gap.Reason, "no AWS credentials: none in the environment") {
		t.Errorf("gap %+v", gap)
	}
	report, err := judge.Diagnose(s, workload.Target{Kind: "Pod", Namespace: w.namespace, Name: "web-0"}, judge.Options{})
	if err != nil || report.Verdict != judge.Undetermined {
		t.Errorf("%v, %v; want undetermined", report, err)
	}
}

// TestNoAWS holds that without an account nothing in AWS is known, and nothing is asked.
func TestNoAWS(t *testing.T) {
	w := newWorld(t)
	w.forget()
	s, err := collect.Collect(t.Context(), w.reader, nil, w.request("Pod/web-0"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Document().AWS != nil || len(w.aws.Names()) != 0 {
		t.Errorf("asked %v", w.aws.Names())
	}
	if s.Role(webRole).State() != fact.StateUnasked || !s.Node(w.node).Known() || !s.ServiceAccount(w.namespace, "web").Known() {
		t.Error("want the cluster known and AWS not")
	}
}
