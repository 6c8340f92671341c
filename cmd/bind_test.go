package cmd_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

var bindRuns = flag.Int("bind.runs", 1, "how often eight binds at once are run")

func associationsOf(cluster, namespace, account string) *eks.ListPodIdentityAssociationsInput {
	return &eks.ListPodIdentityAssociationsInput{ClusterName: &cluster, Namespace: &namespace, ServiceAccount: &account}
}

// TestBindFromNothing binds in an empty account and an empty namespace.
func TestBindFromNothing(t *testing.T) {
	b := newBinding(t)
	r := b.kubectl(t, "bind", b.namespace+"/web", "team/web", "--create-serviceaccount", "--create-role", "--policy-arn", edgePolicy,
		"--tags", "team=shop", "--yes")
	r.did(t, "openidconnectprovider/"+b.host+" created", "role/web created", "serviceaccount/web created")
	b.pod(t, "web-0", "web")
	b.works(t, "web-0")
	found, err := b.aws.IAM(testbed.Account).ListAttachedRolePolicies(t.Context(), &iam.ListAttachedRolePoliciesInput{RoleName: new("web")})
	if err != nil || len(found.AttachedPolicies) != 1 {
		t.Errorf("attached policies %v, %v; want one", found, err)
	}
	b.aws.Forget()
	b.proxy.Forget()
	b.kubectl(t, "bind", b.namespace+"/web", "web").did(t, "Nothing to change")
	if writes := b.written(); len(writes) > 0 {
		t.Errorf("nothing was to be changed, and there were the calls %v", writes)
	}
	b.kubectl(t, "unbind", b.namespace+"/web", "--yes", "--delete-provider").did(t, "serviceaccount/web annotation removed", "role/web no longer trusts tokens of the service account", "deleted", "KEPT")
	if left := b.providers(t); len(left) > 0 {
		t.Errorf("providers %v, want none", left)
	}
	if annotations := b.serviceAccount(t).Annotations; len(annotations) > 0 {
		t.Errorf("annotations %v, want none", annotations)
	}
}

// TestBindThereAndBack binds to a role that others have, and takes the binding away again: all is as it was.
func TestBindThereAndBack(t *testing.T) {
	webhookForAll(t)
	for name, policy := range map[string]func(*binding) string{"three other clusters": (*binding).others, "one subject": (*binding).used} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBinding(t)
			b.aws.Provider(t, testbed.Account, b.cluster.Issuer, "sts.amazonaws.com")
			b.aws.Role(t, testbed.Account, "web", policy(b))
			b.cluster.ServiceAccount(t, b.namespace, "web", nil)
			b.workload(t)
			account, providers := shape(t, b.serviceAccount(t)), b.providers(t)

			b.kubectl(t, "bind", "web", "web", "--yes").did(t, "also trusts others", "kubectl rollout restart deployment/web")
			b.renew(t, "web-0", "web")
			b.works(t, "web-0")
			b.kubectl(t, "unbind", "sa/web", "--yes").did(t, "pods that still run with the role: web-0")

			if now := b.policy(t, "web"); now != policy(b) {
				t.Errorf("the trust policy is\n%s\nand was\n%s", now, policy(b))
			}
			if now := shape(t, b.serviceAccount(t)); now != account {
				t.Errorf("the service account is\n%s\nand was\n%s", now, account)
			}
			if now := b.providers(t); !maps.EqualFunc(now, providers, slices.Equal[[]string]) {
				t.Errorf("the providers are %v, and were %v", now, providers)
			}
		})
	}
}

// TestBindHalfDone goes on where the annotation alone is missing, and restarts and waits.
func TestBindHalfDone(t *testing.T) {
	b := newBinding(t)
	b.aws.Provider(t, testbed.Account, b.cluster.Issuer, "sts.amazonaws.com")
	b.aws.Role(t, testbed.Account, "web", `{"Version": "2012-10-17", "Statement": [`+statement(b.host, b.namespace+":web")+`]}`)
	b.cluster.ServiceAccount(t, b.namespace, "web", nil)
	b.workload(t)
	b.controller(t, "web")
	b.kubectl(t, "bind", "web", webRole, "--yes", "--restart", "--wait").did(t, "serviceaccount/web annotated", "deployment/web restarted", webRole)
	b.works(t, "web-0")
}

// TestBindAsks changes nothing without a word of somebody.
func TestBindAsks(t *testing.T) {
	b := newBinding(t)
	b.aws.Role(t, testbed.Account, "web", b.used())
	b.cluster.ServiceAccount(t, b.namespace, "web", nil)
	b.kubectl(t, "bind", "web", "web").stopped(t, "use --yes to change without a question")
	b.kubectl(t, "bind", "web", "web", "--dry-run=client").did(t, "Create the OIDC provider")
	b.kubectl(t, "bind", "web", "web", "--dry-run=server").did(t, "serviceaccount/web annotated (server dry run)", "role/web not checked: AWS has no dry run")
	if b.policy(t, "web") != b.used() || len(b.providers(t)) > 0 || len(b.serviceAccount(t).Annotations) > 0 {
		t.Error("something was changed")
	}
}

// TestBindAtOnce lets eight processes bind eight service accounts to one role: none may be lost.
func TestBindAtOnce(t *testing.T) {
	const writers = 8
	b := newBinding(t)
	b.aws.Provider(t, testbed.Account, b.cluster.Issuer, "sts.amazonaws.com")
	for i := range writers {
		b.cluster.ServiceAccount(t, b.namespace, fmt.Sprintf("web-%d", i), nil)
	}
	for round := range *bindRuns {
		role := fmt.Sprintf("role-%d", round)
		b.aws.Role(t, testbed.Account, role, b.others())
		var running sync.WaitGroup
		for i := range writers {
			running.Go(func() {
				out, err := b.irsa(t, "bind", fmt.Sprintf("%s/web-%d", b.namespace, i), role, "--yes").CombinedOutput()
				if err != nil {
					t.Errorf("bind web-%d: %v\n%s", i, err, out)
				}
			})
		}
		running.Wait()
		policy, err := trust.Parse([]byte(b.policy(t, role)))
		if err != nil {
			t.Fatal(err)
		}
		for i := range writers {
			subject := trust.Subject{Namespace: b.namespace, Name: fmt.Sprintf("web-%d", i)}
			request := trust.WebIdentity(trust.WebIdentityRequest{Issuer: b.cluster.Issuer, Subject: subject.String(), RoleARN: "arn:aws:iam::111122223333:role/" + role})
			if v := policy.Verdict(request); v != trust.Allowed {
				t.Errorf("run %d: %s is not let in: %v", round, subject, v)
			}
			back, err := policy.Revoke(request)
			if err != nil {
				t.Fatal(err)
			}
			if policy, err = trust.Parse(back.Document); err != nil {
				t.Fatal(err)
			}
		}
		if string(policy.Document()) != b.others() {
			t.Errorf("run %d: without the eight the policy is\n%s", round, policy.Document())
		}
	}
}

// bindAll is a command that makes every kind of change.
var bindAll = []string{"bind", "web", "web", "--create-serviceaccount", "--policy-arn", edgePolicy, "--yes"}

// unfinished is a world in which bindAll has everything to do, and in which the pod api-0 works already.
func unfinished(t *testing.T) *binding {
	t.Helper()
	b := unfinishedWithout(t)
	b.webhook(t)
	return b
}

// unfinishedWithout is the same without a webhook, of which the cluster has room for one.
func unfinishedWithout(t *testing.T) *binding {
	t.Helper()
	b := newBindingWithout(t)
	b.aws.Provider(t, testbed.Account, b.cluster.Issuer, "other")
	b.aws.Role(t, testbed.Account, "web", b.used())
	return b
}

// TestBindKilled kills the program after each of its writes: what worked works still, and the same command finishes.
func TestBindKilled(t *testing.T) {
	for nth := 1; t.Run(fmt.Sprint(nth), func(t *testing.T) { killed(t, nth) }) && nth < 5; nth++ {
	}
}

func killed(t *testing.T, nth int) {
	b := newBinding(t)
	// What works already has an audience of its own, so that bind has every kind of change to make.
	b.aws.Provider(t, testbed.Account, b.cluster.Issuer, "other")
	b.aws.Role(t, testbed.Account, "web", strings.ReplaceAll(b.used(), "sts.amazonaws.com", "other"))
	b.cluster.ServiceAccount(t, b.namespace, "api", map[string]string{"eks.amazonaws.com/role-arn": webRole, "eks.amazonaws.com/audience": "other"})
	b.pod(t, "api-0", "api")
	b.works(t, "api-0")
	k := &killer{left: nth}
	b.aws.Inject(testbed.Fault{On: "*", Match: writes, Effect: k.effect})
	b.proxy.Inject(testbed.Fault{On: "*", Match: writes, Effect: k.effect})
	command := b.irsa(t, bindAll...)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	k.mu.Lock()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	k.process = command.Process
	k.mu.Unlock()
	err := command.Wait()
	b.aws.Heal()
	b.proxy.Heal()
	if last := nth > 4; k.killed == last || last && err != nil {
		t.Fatalf("there are more or less than four writes: %v\n%s", err, out.String())
	}
	b.works(t, "api-0")
	b.kubectl(t, bindAll...).did(t)
	b.pod(t, "web-0", "web")
	b.works(t, "web-0")
	b.works(t, "api-0")
}

// TestBindDenied refuses each write in turn: one message says what was done and what was not, and afterwards the same
// command finishes.
func TestBindDenied(t *testing.T) {
	webhookForAll(t)
	for _, c := range []struct {
		on, message string
		first       bool
	}{
		{"iam:AddClientIDToOpenIDConnectProvider", "AccessDenied: User:", true},
		{"iam:UpdateAssumeRolePolicy", "iam:UpdateAssumeRolePolicy web: AccessDenied: User:", false},
		{"iam:AttachRolePolicy", "AccessDenied: User:", false},
		{"kubernetes:create", "create serviceaccounts/web", false},
	} {
		t.Run(strings.ReplaceAll(c.on, ":", " "), func(t *testing.T) {
			t.Parallel()
			b := unfinished(t)
			fault := testbed.Fault{On: c.on, Effect: testbed.Denied()}
			b.aws.Inject(fault)
			b.proxy.Inject(fault)
			r := b.kubectl(t, bindAll...)
			if c.first {
				r.stopped(t, "nothing was changed", c.message)
			} else {
				r.stopped(t, "done: add sts.amazonaws.com", "not done: ", "to continue, run the same command again: kubectl irsa bind web web --create-serviceaccount", c.message)
			}
			if strings.Count(r.errOut, "error: ") != 1 {
				t.Errorf("not one error in\n%s", r.errOut)
			}
			b.aws.Heal()
			b.proxy.Heal()
			b.kubectl(t, bindAll...).did(t)
			b.pod(t, "web-0", "web")
			b.works(t, "web-0")
		})
	}
}

// TestBindDeniedElsewhere does the same for the changes that another world needs.
func TestBindDeniedElsewhere(t *testing.T) {
	webhookForAll(t)
	made := []string{"bind", "web", "new", "--create-role", "--policy-arn", edgePolicy, "--yes", "--restart"}
	for _, c := range []struct {
		on   string
		args []string
	}{
		{"iam:CreateOpenIDConnectProvider", made},
		{"iam:CreateRole", made},
		{"kubernetes:patch", made},
		{"eks:CreatePodIdentityAssociation", []string{"bind", "web", "web", "--pod-identity", "--yes"}},
	} {
		t.Run(strings.ReplaceAll(c.on, ":", " "), func(t *testing.T) {
			t.Parallel()
			b := newBinding(t)
			b.aws.Role(t, testbed.Account, "web", b.used())
			b.cluster.ServiceAccount(t, b.namespace, "web", nil)
			b.workload(t)
			b.agent(t)
			fault := testbed.Fault{On: c.on, Effect: testbed.Denied()}
			b.aws.Inject(fault)
			b.proxy.Inject(fault)
			r := b.kubectl(t, c.args...)
			r.stopped(t)
			if strings.Count(r.errOut, "error: ") != 1 || !strings.Contains(r.errOut, "nothing was changed") && !strings.Contains(r.errOut, "to continue, run the same command again: kubectl irsa bind web") {
				t.Errorf("not one clear message:\n%s", r.errOut)
			}
			b.aws.Heal()
			b.proxy.Heal()
			b.kubectl(t, c.args...).did(t)
			b.renew(t, "web-0", "web")
			b.works(t, "web-0")
		})
	}
}

// TestBindTrouble holds what goes wrong on the way to one clear message each.
func TestBindTrouble(t *testing.T) {
	webhookForAll(t)
	t.Run("throttled", func(t *testing.T) {
		t.Parallel()
		b := unfinished(t)
		b.aws.Inject(testbed.Fault{On: "iam:UpdateAssumeRolePolicy", Times: 3, Effect: testbed.Throttled()}, testbed.Fault{On: "iam:GetRole", Times: 2, Effect: testbed.Throttled()})
		b.kubectl(t, bindAll...).did(t, "role/web trusts the service account")
	})
	t.Run("quota", func(t *testing.T) {
		t.Parallel()
		b := unfinished(t)
		full := strings.Replace(b.others(), "\n\t]", ",\n\t\t"+statement(strings.Repeat("x", 100)+".example.com", "shop:web")+"\n\t]", 1)
		b.setTrust(t, full)
		r := b.kubectl(t, bindAll...)
		r.stopped(t, "warning: role web: the trust policy would have", "Cannot exceed quota for ACLSizePerRole: 2048; remove statements", "to continue, run the same command again:")
		if b.policy(t, "web") != full {
			t.Error("the trust policy was changed")
		}
	})
	t.Run("another manager", func(t *testing.T) {
		t.Parallel()
		b := unfinished(t)
		b.cluster.ServiceAccount(t, b.namespace, "web", nil)
		b.own(t, "web", "some-operator", "arn:aws:iam::111122223333:role/old")
		b.kubectl(t, bindAll...).stopped(t, "owned by the field manager some-operator")
		if len(b.written()) > 0 {
			t.Errorf("there were the calls %v", b.written())
		}
		b.kubectl(t, append(slices.Clone(bindAll), "--force-conflicts")...).did(t, "owned by the field manager some-operator")
		if have := b.serviceAccount(t).Annotations["eks.amazonaws.com/role-arn"]; have != webRole {
			t.Errorf("annotation %s, want %s", have, webRole)
		}
	})
	t.Run("role deleted", func(t *testing.T) {
		t.Parallel()
		b := unfinished(t)
		b.aws.Inject(testbed.Fault{On: "iam:AddClientIDToOpenIDConnectProvider", Effect: b.before(func() error {
			_, err := b.aws.IAM(testbed.Account).DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: new("web")})
			return err
		})})
		b.kubectl(t, bindAll...).stopped(t, "role "+webRole+" was deleted since the plan was made", "not done: create service account")
	})
	t.Run("annotation changed", func(t *testing.T) {
		t.Parallel()
		b := unfinished(t)
		b.cluster.ServiceAccount(t, b.namespace, "web", nil)
		b.aws.Inject(testbed.Fault{On: "iam:AddClientIDToOpenIDConnectProvider", Effect: b.before(func() error {
			b.own(t, "web", "kubectl-edit", "arn:aws:iam::111122223333:role/old")
			return nil
		})})
		b.kubectl(t, bindAll...).stopped(t, `is now "arn:aws:iam::111122223333:role/old", and was "" when the plan was made`)
	})
	t.Run("lost answer", func(t *testing.T) {
		t.Parallel()
		b := unfinished(t)
		b.aws.Inject(testbed.Fault{On: "iam:UpdateAssumeRolePolicy", Times: 1, Effect: testbed.Truncated(0)})
		b.kubectl(t, bindAll...).did(t)
		if have := strings.Count(b.policy(t, "web"), ":web\""); have != 1 {
			t.Errorf("the subject stands there %d times", have)
		}
	})
}

// TestBindPrinted runs the printed commands in a shell: they come to the same as bind.
func TestBindPrinted(t *testing.T) {
	if _, err := exec.LookPath("aws"); err != nil {
		t.Fatal("aws is neither in .cache/python nor on PATH: run make python")
	}
	b := unfinished(t)
	b.cluster.ServiceAccount(t, b.namespace, "web", nil)
	args := []string{"bind", "web", "web", "--policy-arn", edgePolicy}
	commands := ""
	for _, format := range []string{"aws-cli", "kubectl"} {
		r := b.kubectl(t, append(slices.Clone(args), "-o", format)...)
		r.did(t)
		commands += r.out
	}
	// What is empty in the test bed's environment is not set for a user, and the AWS CLI tells that apart.
	const unset = "for name in $(env | sed -n 's/^\\(AWS_[A-Z_]*\\)=$/\\1/p'); do unset $name; done\n"
	b.exec(t, "sh", "-e", "-c", unset+commands).did(t)
	byHand, annotated, providers := b.policy(t, "web"), b.serviceAccount(t).Annotations, b.providers(t)
	b.kubectl(t, append(args, "--yes")...).did(t, "Nothing to change")

	other := unfinishedWithout(t)
	other.namespace = b.namespace // the same subjects
	other.setTrust(t, other.used())
	other.env = append(other.env, b.cluster.KubectlEnv(b.kubeconfig)[0])
	b.kubectl(t, "unbind", "web", "--yes").did(t)
	other.kubectl(t, append(args, "--yes")...).did(t)
	if compact(t, other.policy(t, "web")) != compact(t, byHand) {
		t.Errorf("by bind\n%s\nby hand\n%s", other.policy(t, "web"), byHand)
	}
	if !maps.Equal(other.serviceAccount(t).Annotations, annotated) || !maps.EqualFunc(other.providers(t), providers, slices.Equal[[]string]) {
		t.Error("annotations or providers differ")
	}
}

// TestMigrate moves a service account from IRSA to Pod Identity, and the pod works at every step.
func TestMigrate(t *testing.T) {
	b := newBinding(t)
	b.aws.Provider(t, testbed.Account, b.cluster.Issuer, "sts.amazonaws.com")
	b.aws.Role(t, testbed.Account, "web", b.used())
	b.cluster.ServiceAccount(t, b.namespace, "web", nil)
	b.workload(t)
	b.agent(t)
	b.kubectl(t, "bind", "web", "web", "--yes").did(t)
	b.renew(t, "web-0", "web")
	b.works(t, "web-0")
	b.kubectl(t, "bind", "web", "web", "--migrate", "--yes").did(t, "podidentityassociation/web created", "run the same command again")
	b.kubectl(t, "bind", "web", "--migrate", "--yes").did(t, "still uses the annotated role")
	b.renew(t, "web-0", "web")
	b.works(t, "web-0")
	b.kubectl(t, "bind", "web", "web", "--migrate", "--yes").did(t, "serviceaccount/web annotation removed", "role/web no longer trusts tokens of the service account")
	b.works(t, "web-0")
	b.renew(t, "web-0", "web")
	b.works(t, "web-0")
	b.kubectl(t, "bind", "web", "--migrate", "--yes").did(t, "Nothing to change")
	b.kubectl(t, "bind", "web", "web", "--yes").stopped(t, "takes precedence over the annotation")
	b.kubectl(t, "unbind", "web", "--yes").did(t, "podidentityassociation/web deleted")
	if now := b.policy(t, "web"); now != b.used() {
		t.Errorf("the trust policy is\n%s\nand was\n%s", now, b.used())
	}
}
