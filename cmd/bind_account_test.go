package cmd_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
)

// otherAccount is an account beside that of the cluster, which has roles of the same names.
const (
	otherAccount    = "444455556666"
	otherRole       = "arn:aws:iam::444455556666:role/web"
	otherClusterARN = "arn:aws:eks:us-west-2:444455556666:cluster/prod"
	tester          = "arn:aws:iam::111122223333:user/tester"
	otherTester     = "arn:aws:iam::444455556666:user/tester"
	otherWriter     = "arn:aws:sts::444455556666:assumed-role/writer/kubectl-irsa"
)

// newAccounts is a binding with a second account in which everything has the same names.
func newAccounts(t *testing.T) *binding {
	t.Helper()
	b := newBinding(t)
	b.aws.Role(t, testbed.Account, "web", b.used())
	b.aws.Role(t, otherAccount, "web", strings.ReplaceAll(b.used(), testbed.Account, otherAccount))
	for _, account := range []string{testbed.Account, otherAccount} {
		for _, name := range []string{"reader", "writer"} {
			b.aws.Role(t, account, name, b.used())
		}
	}
	b.aws.SetCluster(testbed.Cluster{Name: "dev", Issuer: "https://oidc.eks.us-west-2.amazonaws.com/id/0000000000000000000000000000BEEF"})
	b.cluster.ServiceAccount(t, b.namespace, "web", nil)
	b.agent(t)
	return b
}

// from lets kubectl run with a context of that name, and AWS credentials of that account.
func (b *binding) from(t *testing.T, context, caller string) {
	t.Helper()
	b.kubeconfig = b.cluster.AdminUser().Kubeconfig(t, b.proxy.URL, context, b.namespace)
	b.env = slices.Concat(b.env, []string{"KUBECONFIG=" + b.kubeconfig}, b.aws.EnvOf(caller))
}

// TestBindMisfit holds that nothing is written, and one line says why, where the account of the kubeconfig's context, that of the
// AWS credentials, the role and the cluster do not fit together.
func TestBindMisfit(t *testing.T) {
	b := newAccounts(t)
	b.cluster.ServiceAccount(t, b.namespace, "bound", map[string]string{"eks.amazonaws.com/role-arn": webRole})
	b.cluster.ServiceAccount(t, b.namespace, "far", map[string]string{"eks.amazonaws.com/role-arn": otherRole})
	const cross, writer, reader = "--cross-account", "--writer-role=writer", "--reader-role=reader"
	for _, c := range []struct {
		context, caller string
		args, want      string
	}{
		{clusterARN, otherAccount, "bind web web", "role web is in the cluster's account 111122223333, but these AWS credentials are of account 444455556666"},
		{clusterARN, otherAccount, "bind web web --create-role", "but these AWS credentials are of account 444455556666"},
		{clusterARN, otherAccount, "bind web web --pod-identity", "but these AWS credentials are of account 444455556666"},
		{clusterARN, otherAccount, "bind web web " + cross + " " + writer, "but these AWS credentials are of account 444455556666"},
		{clusterARN, otherAccount, "bind web " + webRole, "but these AWS credentials are of account 444455556666: use credentials of account 111122223333"},
		{clusterARN, otherAccount, "bind web " + webRole + " " + cross + " " + reader, "and --writer-role with a role there"},
		{clusterARN, otherAccount, "bind web " + otherRole, "is in account 444455556666, and the cluster is in account 111122223333"},
		{clusterARN, otherAccount, "bind web " + otherRole + " --pod-identity " + cross, "needs a role of the cluster's account 111122223333"},
		{clusterARN, otherAccount, "unbind web web", "but these AWS credentials are of account 444455556666"},
		{clusterARN, otherAccount, "unbind bound", "but these AWS credentials are of account 444455556666"},
		{clusterARN, otherAccount, "unbind far", "and the cluster is in account 111122223333"},
		{clusterARN, testbed.Account, "bind web " + otherRole, "use --cross-account, and --writer-role with a role in account 444455556666"},
		{clusterARN, testbed.Account, "bind web " + otherRole + " " + cross, "use --cross-account, and --writer-role"},
		{clusterARN, testbed.Account, "bind web " + otherRole + " " + cross + " " + reader, "use --cross-account, and --writer-role"},
		{clusterARN, testbed.Account, "bind web " + otherRole + " " + writer, "use --cross-account, and --writer-role"},
		{clusterARN, testbed.Account, "bind web " + otherRole + " --pod-identity " + cross + " " + writer, "needs a role of the cluster's account 111122223333"},
		{clusterARN, testbed.Account, "unbind far", "use --cross-account, and --writer-role"},
		{clusterARN, testbed.Account, "unbind far " + cross + " " + reader, "use --cross-account, and --writer-role"},
		{clusterARN, testbed.Account, "unbind web " + otherRole + " " + writer, "use --cross-account, and --writer-role"},
		{clusterARN, testbed.Account, "bind web arn:aws-cn:iam::111122223333:role/web", "is in partition aws-cn"},
		{clusterARN, testbed.Account, "bind web arn:aws-us-gov:iam::444455556666:role/web " + cross + " " + writer, "is in partition aws-us-gov"},
		// The cluster that was typed, or its region.
		{clusterARN, testbed.Account, "bind web web --pod-identity --eks-cluster=pord", "account 111122223333 has no EKS cluster pord"},
		{clusterARN, testbed.Account, "bind web web --eks-cluster=pord", "account 111122223333 has no EKS cluster pord"},
		{clusterARN, testbed.Account, "bind web " + webRole + " --eks-cluster=pord", "account 111122223333 has no EKS cluster pord"},
		{clusterARN, testbed.Account, "bind web web --pod-identity --eks-cluster=dev", "BEEF"},
		{clusterARN, testbed.Account, "bind web web --eks-cluster=dev", "BEEF"},
		{clusterARN, testbed.Account, "unbind bound --eks-cluster=dev", "BEEF"},
		{clusterARN, testbed.Account, "unbind bound --eks-cluster=pord", "account 111122223333 has no EKS cluster pord"},
		{clusterARN, testbed.Account, "bind web web --aws-region=eu-west-1", "not in eu-west-1"},
		{clusterARN, testbed.Account, "bind web web --pod-identity --aws-region=cn-north-1", "not in cn-north-1"},
		// The kubeconfig is wrong about the account, or does not say it.
		{otherClusterARN, testbed.Account, "bind web web", "account 444455556666 is named as the cluster's, and EKS describes the cluster in account 111122223333"},
		{otherClusterARN, testbed.Account, "bind web " + webRole + " " + cross, "account 444455556666 is named as the cluster's"},
		{otherClusterARN, otherAccount, "bind web web", "account 444455556666 has no EKS cluster prod"},
		{otherClusterARN, otherAccount, "bind web " + otherRole, "account 444455556666 has no EKS cluster prod"},
		{otherClusterARN, otherAccount, "unbind far", "account 444455556666 has no EKS cluster prod"},
		{"plain", testbed.Account, "bind web web", "role web is in the cluster's account, which is unknown"},
		{"plain", testbed.Account, "bind web web --pod-identity", "role web is in the cluster's account, which is unknown"},
		{"plain", testbed.Account, "bind web " + webRole + " --pod-identity", "needs the EKS cluster's name and region"},
		{"plain", otherAccount, "bind web web", "role web is in the cluster's account, which is unknown"},
		{"plain", otherAccount, "bind web web --eks-cluster=prod", "which is not the one of these AWS credentials"},
		{"plain", otherAccount, "bind web " + otherRole + " --eks-cluster=prod", "which has no EKS cluster prod"},
	} {
		t.Run(c.caller+" "+c.args, func(t *testing.T) {
			b.from(t, c.context, c.caller)
			b.aws.Forget()
			b.proxy.Forget()
			r := b.kubectl(t, append(strings.Fields(c.args), "--yes")...)
			if made := b.written(); len(made) > 0 {
				t.Errorf("there were the calls %v", made)
			}
			lines := strings.Split(strings.TrimSuffix(r.errOut, "\n"), "\n")
			if errors := slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "warning: --eks-cluster") }); len(errors) != 1 {
				t.Errorf("not one line: %s", r.errOut)
			}
			r.errOut = lines[len(lines)-1] + "\n"
			r.fails(t, c.want)
		})
	}
}

// TestBindFit holds who writes where, if the accounts fit or a person says that they are meant to differ.
func TestBindFit(t *testing.T) {
	webhookForAll(t)
	for _, c := range []struct {
		context, caller, args string
		account, by           string // of what is written to AWS
		says                  string
	}{
		{clusterARN, testbed.Account, "bind web web", testbed.Account, tester, "with AWS credentials of " + tester + " (account 111122223333)"},
		{clusterARN, testbed.Account, "bind web web --pod-identity", testbed.Account, tester, "in cluster prod (account 111122223333, us-west-2)"},
		{clusterARN, testbed.Account, "bind web " + webRole + " --cross-account --writer-role=writer", testbed.Account, tester, ""},
		{"plain", testbed.Account, "bind web " + webRole, testbed.Account, tester, "(account unknown, us-west-2)"},
		{"plain", testbed.Account, "bind web web --eks-cluster=prod", testbed.Account, tester, "in cluster prod (account 111122223333, us-west-2)"},
		{clusterARN, otherAccount, "bind web " + otherRole + " --cross-account", otherAccount, otherTester, "in account 444455556666, by the AWS credentials"},
		{clusterARN, testbed.Account, "bind web " + otherRole + " --cross-account --writer-role=writer", otherAccount, otherWriter, "in account 444455556666, by arn:aws:iam::444455556666:role/writer"},
		{clusterARN, testbed.Account, "bind web " + otherRole + " --cross-account --writer-role=writer --reader-role=reader", otherAccount, otherWriter, ""},
	} {
		t.Run(c.caller+" "+c.args, func(t *testing.T) {
			t.Parallel()
			b := newAccounts(t)
			b.from(t, c.context, c.caller)
			before := b.policyIn(t, c.account)
			args := strings.Fields(c.args)
			b.kubectl(t, append(slices.Clone(args), "--yes")...).did(t, strings.ReplaceAll(c.says, tester, "user/tester"))
			b.wroteOnly(t, c.account, c.by)
			again := b.kubectl(t, args...)
			again.did(t, "Nothing to change")

			args[0] = "unbind"
			undo := slices.DeleteFunc(args, func(arg string) bool { return arg == "--pod-identity" })
			b.kubectl(t, append(undo, "--yes")...).did(t)
			b.wroteOnly(t, c.account, c.by)
			if now := b.policyIn(t, c.account); now != before {
				t.Errorf("the trust policy is\n%s\nand was\n%s", now, before)
			}
		})
	}
}

// wroteOnly holds that there were writes to AWS, all in one account and by one principal.
func (b *binding) wroteOnly(t *testing.T, account, by string) {
	t.Helper()
	count := 0
	for _, call := range b.aws.Calls() {
		if !writes(call) {
			continue
		}
		count++
		if who := b.aws.Principal(call); call.Account != account || who != by {
			t.Errorf("%s in account %s by %s, want %s by %s", call.Name(), call.Account, who, account, by)
		}
	}
	if count == 0 {
		t.Error("nothing was written")
	}
	b.aws.Forget()
}

// policyIn is the trust policy of the role web of an account.
func (b *binding) policyIn(t *testing.T, account string) string {
	t.Helper()
	found, err := b.aws.IAM(account).GetRole(t.Context(), &iam.GetRoleInput{RoleName: new("web")})
	if err != nil {
		t.Fatal(err)
	}
	document, err := snapshot.DecodePolicy(aws.ToString(found.Role.AssumeRolePolicyDocument))
	if err != nil {
		t.Fatal(err)
	}
	return string(document)
}
