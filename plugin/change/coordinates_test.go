package change

import (
	"reflect"
	"strings"
	"testing"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

var nowhere Coordinates

// TestPlace holds which flags a command of each kind gets, and that what it says itself is kept.
func TestPlace(t *testing.T) {
	live := Coordinates{
		Kubectl: [][]string{{"--context", "prod"}, {"--kubeconfig", "/etc/prod"}, {"--insecure-skip-tls-verify"}},
		Plugin:  [][]string{{"--eks-cluster", "prod"}, {"--aws-profile", "ops"}},
		Write:   [][]string{{"--cross-account"}, {"--writer-role", "writer"}}, Read: [][]string{{"--reader-role", "writer"}},
		Profile: "ops", Region: "us-west-2",
	}
	china := Coordinates{Region: "cn-north-1"}
	const cluster, plugin = " --context prod --kubeconfig /etc/prod --insecure-skip-tls-verify", " --eks-cluster prod --aws-profile ops"
	const reads, writes = " --reader-role writer", " --cross-account --writer-role writer"
	for _, c := range []struct {
		at         Coordinates
		argv, want string // the flags that are added
	}{
		{nowhere, "kubectl get pods", ""},
		{nowhere, "aws eks list-clusters", ""},
		{nowhere, "kubectl irsa explain pod/web-0", ""},
		{live, "kubectl rollout restart deployment/web -n shop", cluster},
		{live, "kubectl irsa explain pod/web-0 -n shop", cluster + plugin + reads},
		{live, "kubectl irsa bind shop/web web --restart", cluster + plugin + writes},
		{live, "kubectl irsa unbind shop/web --cross-account", cluster + plugin + " --writer-role writer"},
		{live, "kubectl irsa bind shop/web web --eks-cluster=dev --context dev", " --kubeconfig /etc/prod --insecure-skip-tls-verify --aws-profile ops" + writes},
		{live, "aws iam update-assume-role-policy --role-name web", " --profile ops"},
		{live, "aws eks create-addon --cluster-name prod", " --profile ops --region us-west-2"},
		{live, "aws ec2 modify-instance-metadata-options --instance-id i-1", " --profile ops --region us-west-2"},
		{live, "aws eks create-addon --region eu-west-1", " --profile ops"},
		{china, "aws iam create-role --role-name web", " --region cn-north-1"},
		{china, "aws eks create-addon", " --region cn-north-1"},
		{china, "kubectl get pods", ""},
		{live, "eksctl create cluster", ""},
		{live, "kubectl", ""},
		{live, "", ""},
	} {
		if got := strings.Join(c.at.Place(strings.Fields(c.argv)), " "); got != c.argv+c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.argv, got, c.argv+c.want)
		}
	}
	exec := []string{"kubectl", "exec", "web-0", "--", "printenv", "--context"}
	if got := strings.Join(live.Place(exec), " "); got != "kubectl exec web-0"+cluster+" -- printenv --context" {
		t.Errorf("before another program's command line: %s", got)
	}
	if !reflect.DeepEqual(exec, []string{"kubectl", "exec", "web-0", "--", "printenv", "--context"}) {
		t.Errorf("the command itself was changed: %q", exec)
	}
}

// TestHostileCoordinates holds that names from a kubeconfig act on no shell, and that a line that cannot be checked by eye is
// not printed.
func TestHostileCoordinates(t *testing.T) {
	restart := Recreate{Pod: PodRef{Namespace: "shop", Name: "web-0", Owner: workload.Owner{Kind: "ReplicaSet", Name: "web"}}}
	for context, want := range map[string]string{
		"my prod":          "kubectl delete pod web-0 -n shop --context 'my prod'",
		"it's; rm -rf ~":   `kubectl delete pod web-0 -n shop --context 'it'"'"'s; rm -rf ~'`,
		"$(reboot)`id`":    "kubectl delete pod web-0 -n shop --context '$(reboot)`id`'",
		"--kubeconfig=x":   "kubectl delete pod web-0 -n shop --context=--kubeconfig=x",
		"a\nkubectl":       "",
		"\x1b[2Jprod":      "",
		"prod\u202eetihw":  "",
		"prod\ufe0f":       "",
		"prod\x9b2J":       "",
		"продакшн":         "kubectl delete pod web-0 -n shop --context 'продакшн'",
		"":                 "kubectl delete pod web-0 -n shop --context ''",
		"arn:aws:eks:x/*?": "kubectl delete pod web-0 -n shop --context 'arn:aws:eks:x/*?'",
	} {
		at := Coordinates{Kubectl: [][]string{Flag("context", context)}}
		if got := strings.Join(at.Shell([]Change{restart}), "\n"); got != want {
			t.Errorf("context %q: %s, want %s", context, got, want)
		}
		if left := at.Then([]Change{restart}); (left == "") != (want != "") {
			t.Errorf("context %q: %q is left to do", context, left)
		}
	}
}

// TestIn holds that the cluster's own region comes before the one that the AWS SDK is configured with.
func TestIn(t *testing.T) {
	here := Coordinates{Region: "eu-west-1"}
	if got := here.In(snapshot.New(snapshot.Document{Cluster: snapshot.Cluster{Region: "us-west-2"}})).Region; got != "us-west-2" {
		t.Errorf("region %q", got)
	}
	if got := here.In(snapshot.New(snapshot.Document{})).Region; got != "eu-west-1" {
		t.Errorf("region %q", got)
	}
}

// TestCredentials holds that what is in another account than that of the credentials is told, since no flag leads there.
func TestCredentials(t *testing.T) {
	s := snapshot.New(snapshot.Document{AWS: &snapshot.AWS{CallerAccount: "111122223333"}})
	mine := AttachPolicy{RoleArn: "arn:aws:iam::111122223333:role/web"}
	theirs := AttachPolicy{RoleArn: "arn:aws:iam::444455556666:role/web"}
	if got := Credentials(s, mine, Annotate{}, DeleteAssociation{}); got != "" {
		t.Errorf("in the own account and in the cluster: %q", got)
	}
	if got := Credentials(s, mine, theirs, theirs); got != "with AWS credentials of account 444455556666" {
		t.Errorf("%q", got)
	}
	if got := Credentials(snapshot.New(snapshot.Document{}), theirs); got != "" {
		t.Errorf("without knowing whose the credentials are: %q", got)
	}
}
