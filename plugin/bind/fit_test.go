package bind_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// The cluster of the matrix is in account home, whatever the kubeconfig says; other is another account.
const (
	home, other = "111122223333", "444455556666"
	issuerID    = "https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
	foreignID   = "https://oidc.eks.us-west-2.amazonaws.com/id/0000000000000000000000000000BEEF"
)

// A fitRow is one combination of what decides on where a plan writes.
type fitRow struct {
	context, caller string // accounts; context is empty where the kubeconfig names none
	role            string // as it is typed
	podIdentity     bool
	unbind          bool
	foreign         bool   // EKS describes another cluster under the name
	typed           string // the cluster: right, gone, or empty where nothing was typed
	cross           bool
	writer          string
}

// snapshot is what is read in that combination: EKS answers in the caller's account only, and IAM too.
func (r fitRow) snapshot() *snapshot.Snapshot {
	d := snapshot.Document{
		Cluster: snapshot.Cluster{Name: "prod", Region: "us-west-2", Account: r.context, Issuer: issuerID},
		Kubernetes: []snapshot.Object{
			&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "shop"}},
			&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}},
		},
		AWS: &snapshot.AWS{CallerAccount: r.caller},
	}
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::%s:oidc-provider/` + strings.TrimPrefix(issuerID, "https://") +
		`"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"` + strings.TrimPrefix(issuerID, "https://") + `:sub":"system:serviceaccount:shop:%s"}}}]}`
	subject := "api"
	if r.unbind {
		subject = "web"
	}
	for _, account := range []string{home, other} { // what the caller may not read the reader role, or the writer role, reads
		document := snapshot.PolicyDocument(fmt.Sprintf(trust, account, subject))
		d.AWS.Roles = append(d.AWS.Roles, snapshot.Role{RoleName: "web", Path: "/", Arn: snapshot.RoleARN("aws", account, "web"), AssumeRolePolicyDocument: document})
	}
	issuer := issuerID
	if r.foreign {
		issuer = foreignID
	}
	switch {
	case r.typed == "" && r.context == "":
		d.Cluster.Name = ""
		d.NotAsked = append(d.NotAsked, snapshot.Missing{Resource: "eks:DescribeCluster", Error: "the EKS cluster's name is unknown"})
	case r.caller != home || r.typed == "gone":
		d.Unreadable = append(d.Unreadable, snapshot.Missing{Resource: "eks:DescribeCluster", Error: "ResourceNotFoundException: No cluster found for name: prod."})
	default:
		d.AWS.EKSCluster = &snapshot.EKSCluster{
			Name: "prod", Arn: "arn:aws:eks:us-west-2:" + home + ":cluster/prod", Identity: &snapshot.ClusterIdentity{OIDC: &snapshot.ClusterOIDC{Issuer: issuer}},
		}
	}
	return snapshot.New(d)
}

// plan is the program's answer: a role that is typed by its name is looked up first.
func (r fitRow) plan() (*bind.Plan, error) {
	s := r.snapshot()
	arn, err := collect.RoleTyped(s, r.role)
	if err != nil {
		return nil, err
	}
	if r.unbind {
		return bind.NewUnbind(s, bind.UnbindRequest{Namespace: "shop", ServiceAccount: "web", RoleARN: arn, CrossAccount: r.cross, WriterRole: r.writer})
	}
	return bind.New(s, bind.Request{Namespace: "shop", ServiceAccount: "web", RoleARN: arn, PodIdentity: r.podIdentity, CrossAccount: r.cross, WriterRole: r.writer})
}

// allowed says, in the words of what must hold, whether a plan may be made, and in which account it writes.
func (r fitRow) allowed() (account string, ok bool) {
	account = home // what a name means
	byName := !strings.HasPrefix(r.role, "arn:")
	if arn, typed := snapshot.ParseARN(r.role); typed {
		account = arn.Account
	}
	named := r.typed != "" || r.context != ""
	described := named && r.caller == home && r.typed != "gone"
	notHere := named && !described
	switch {
	case described && r.foreign: // the cluster that was read is another one
		return "", false
	case described && r.context == other: // the kubeconfig names an account, and EKS another
		return "", false
	case notHere && r.context == r.caller: // the kubeconfig names the account, which has no such cluster
		return "", false
	case byName && r.context != home && !described: // the cluster's account is unknown, or a wrong one is named
		return "", false
	case byName && r.caller != home:
		return "", false
	case account != r.caller && (!r.cross || r.writer == ""): // nobody who may write there
		return "", false
	case r.podIdentity && !r.unbind && !described, r.podIdentity && !r.unbind && account != home:
		return "", false
	case r.cross:
		return account, true
	case notHere && r.context == "", r.context != "" && !described && account != r.context, described && account != home:
		return "", false // another account than the cluster's
	default:
		return account, true
	}
}

// TestFit plans in every combination of the accounts of the kubeconfig's context, the AWS credentials and the role, of mechanism,
// issuer, typed cluster and flags: where they do not fit together there is no plan, and one line says why; where they do the
// plan writes in the account that was named, with the identity of that account.
func TestFit(t *testing.T) {
	plans, refusals := 0, 0
	each := func(r fitRow) {
		account, want := r.allowed()
		plan, err := r.plan()
		var refusal *bind.Refusal
		var unnamed *collect.RoleNameError
		switch {
		case !want && err == nil:
			t.Errorf("%+v: there is a plan: %v", r, summaries(plan))
		case !want && !errors.As(err, &refusal) && !errors.As(err, &unnamed), !want && strings.Contains(err.Error(), "\n"):
			t.Errorf("%+v: not refused in one line: %v", r, err)
		case want && err != nil:
			t.Errorf("%+v: %v", r, err)
		}
		if err != nil {
			refusals++
			return
		}
		plans++
		if !slices.ContainsFunc(plan.Steps, func(s bind.Step) bool { return s.Change.Object().InAWS }) {
			t.Errorf("%+v: nothing is written to AWS: %v", r, summaries(plan))
		}
		for _, step := range plan.Steps {
			in, writer := plan.Place.Account(step.Change), plan.Place.Writer(step.Change)
			if in != "" && in != account || in != "" && in != r.caller && writer != snapshot.RoleARN("aws", in, "writer") || in == r.caller && writer != "" {
				t.Errorf("%+v: %q is made in account %s by %q", r, step.Change.Summary(), in, writer)
			}
		}
		if crosses := account != r.caller || plan.Place.Cluster.Account != "" && account != plan.Place.Cluster.Account; plan.Crosses() != crosses {
			t.Errorf("%+v: crosses accounts: %v", r, plan.Crosses())
		}
	}
	no := []bool{false, true}
	for _, context := range []string{home, other, ""} {
		for _, caller := range []string{home, other} {
			for _, role := range []string{"web", snapshot.RoleARN("aws", home, "web"), snapshot.RoleARN("aws", other, "web")} {
				for _, typed := range []string{"", "right", "gone"} {
					for _, writer := range []string{"", "writer"} {
						for bits := range 16 {
							each(fitRow{context, caller, role, no[bits&1], no[bits>>1&1], no[bits>>2&1], typed, no[bits>>3&1], writer})
						}
					}
				}
			}
		}
	}
	if plans < 50 || refusals < 500 {
		t.Errorf("%d plans and %d refusals", plans, refusals)
	}
}

// TestFitOfItself holds what is unusual and must remain possible: a cluster that is not of EKS, and one of which EKS may not be asked.
func TestFitOfItself(t *testing.T) {
	const kops = "https://oidc.example.com/prod"
	webRole := snapshot.RoleARN("aws", home, "web")
	for name, c := range map[string]struct {
		edit func(*snapshot.Document)
		role string
		want string // a part of the refusal; empty: there is a plan
	}{
		"not of EKS, by name": {func(d *snapshot.Document) { d.Cluster = snapshot.Cluster{Issuer: kops} }, "web", "which is unknown"},
		"not of EKS, by name, with its provider": {func(d *snapshot.Document) {
			d.Cluster = snapshot.Cluster{Issuer: kops}
			d.AWS.OpenIDConnectProviders = []snapshot.OpenIDConnectProvider{{Arn: snapshot.ProviderARN("aws", home, kops), ClientIDList: []string{"sts.amazonaws.com"}}}
		}, "web", ""},
		"not of EKS, by ARN": {func(d *snapshot.Document) { d.Cluster = snapshot.Cluster{Issuer: kops} }, webRole, ""},
		"EKS refuses": {func(d *snapshot.Document) {
			d.Unreadable = []snapshot.Missing{{Resource: "eks:DescribeCluster", Error: "AccessDeniedException: no"}}
		}, "web", ""},
		"EKS refuses, and nothing names the account": {func(d *snapshot.Document) {
			d.Cluster.Account = ""
			d.Unreadable = []snapshot.Missing{{Resource: "eks:DescribeCluster", Error: "AccessDeniedException: no"}}
		}, "web", "which is unknown (eks:DescribeCluster prod: AccessDeniedException: no)"},
		"of EKS, with a provider in the account": {func(d *snapshot.Document) { // which clusters of other accounts have as well
			d.Cluster.Account = ""
			d.Unreadable = []snapshot.Missing{{Resource: "eks:DescribeCluster", Error: "AccessDeniedException: no"}}
			d.AWS.OpenIDConnectProviders = []snapshot.OpenIDConnectProvider{{Arn: snapshot.ProviderARN("aws", home, issuerID)}}
		}, "web", "which is unknown"},
		"nothing can be compared": {func(d *snapshot.Document) {
			d.Cluster.Issuer, d.Cluster.Server = "", "https://127.0.0.1:6443"
			d.AWS.EKSCluster = &snapshot.EKSCluster{
				Name: "prod", Arn: "arn:aws:eks:us-west-2:" + home + ":cluster/prod", Identity: &snapshot.ClusterIdentity{OIDC: &snapshot.ClusterOIDC{Issuer: issuerID}},
			}
		}, webRole, "is the cluster that was read is unknown"},
		"another partition": {func(*snapshot.Document) {}, snapshot.RoleARN("aws-us-gov", home, "web"), "is in partition aws-us-gov"},
		"credentials of another partition": {func(d *snapshot.Document) {
			d.Cluster.Region, d.AWS.CallerArn = "", "arn:aws-cn:iam::"+home+":user/tester"
		}, webRole, "these AWS credentials are of partition aws-cn"},
		"whose credentials is unknown": {func(d *snapshot.Document) {
			d.AWS.CallerAccount = ""
			d.Unreadable = append(d.Unreadable, snapshot.Missing{Resource: "sts:GetCallerIdentity", Error: "no connection"})
		}, webRole, "the account of the AWS credentials is unknown: sts:GetCallerIdentity: no connection"},
	} {
		t.Run(name, func(t *testing.T) {
			d := fitRow{context: home, caller: home}.snapshot().Document()
			d.AWS.EKSCluster = nil
			c.edit(&d)
			s := snapshot.New(d)
			arn, err := collect.RoleTyped(s, c.role)
			if err == nil {
				_, err = bind.New(s, bind.Request{Namespace: "shop", ServiceAccount: "web", RoleARN: arn})
			}
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
