package change

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// TestFaces holds what each change says of itself: its object, what is printed when it was made, and its diff.
func TestFaces(t *testing.T) {
	const (
		role     = "arn:aws:iam::111122223333:role/team/web"
		provider = "arn:aws:iam::111122223333:oidc-provider/oidc.example.com/id/A"
		key      = "eks.amazonaws.com/role-arn"
	)
	pod := submittedPod()
	pod.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "AWS_PROFILE", Value: "dev"}}
	s := snapshot.New(snapshot.Document{
		Kubernetes: []snapshot.Object{
			pod,
			&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", Annotations: map[string]string{key: "old"}}},
			&appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Namespace: snapshot.AgentNamespace, Name: "agent"}},
			&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "shop", Labels: map[string]string{"team": "a"}}}, selecting("team"),
		},
		AWS: &snapshot.AWS{
			Roles:                   []snapshot.Role{{RoleName: "web", Arn: role, AssumeRolePolicyDocument: `{"Version":"old"}`}},
			OpenIDConnectProviders:  []snapshot.OpenIDConnectProvider{{Arn: provider, URL: "oidc.example.com/id/A", ClientIDList: []string{"one"}}},
			PodIdentityAssociations: []snapshot.PodIdentityAssociation{{AssociationID: "a-1", Namespace: "shop", ServiceAccount: "web", RoleArn: "old"}},
			Instances: []snapshot.Instance{{InstanceID: "i-1", MetadataOptions: &snapshot.MetadataOptions{
				HTTPTokens: "optional", HTTPPutResponseHopLimit: 1, HTTPEndpoint: "disabled",
			}}},
		},
	})
	web := PodRef{Namespace: "shop", Name: "web-0", Owner: workload.Owner{Kind: "Deployment", Name: "web"}, Settings: inject.EKS("us-west-2")}
	replica, alone := web, web
	replica.Owner, alone.Owner = workload.Owner{Kind: "ReplicaSet", Name: "web"}, workload.Owner{}
	edit := EditTrust{RoleArn: role, Document: `{"Version":"new"}`}
	for _, c := range []struct {
		change Change
		inAWS  bool
		done   string
		gone   string // a line of the diff, without its sign
		added  string
	}{
		{edit, true, "role/web trust policy updated", `  "Version": "old"`, `  "Version": "new"`},
		{Grant{EditTrust: edit, Before: `{"Version":"mine"}`}, true, "role/web trusts the service account", `  "Version": "mine"`, `  "Version": "new"`},
		{Revoke{EditTrust: edit, Before: `{"Version":"mine"}`}, true, "role/web no longer trusts EKS Pod Identity for the service account", `  "Version": "mine"`, `  "Version": "new"`},
		{CreateRole{Arn: role, Path: "/team/", Document: `{"Version":"new"}`, Tags: []Tag{{"a", "b"}}}, true, "role/web created", "", "Tag: a=b"},
		{AttachPolicy{RoleArn: role, PolicyArn: "p"}, true, "role/web given p", "", "PolicyArn: p"},
		{CreateProvider{Arn: provider, Issuer: "https://oidc.example.com/id/A", ClientID: "one"}, true, "openidconnectprovider/oidc.example.com/id/A created", "", "- one"},
		{AddClientID{Arn: provider, ClientID: "two"}, true, "openidconnectprovider/oidc.example.com/id/A extended", "", "- two"},
		{DeleteProvider{Arn: provider}, true, "openidconnectprovider/oidc.example.com/id/A deleted", "- one", ""},
		{CreateAssociation{ServiceAccount: "web", RoleArn: "new"}, true, "podidentityassociation/web created", "", "roleArn: new"},
		{UpdateAssociation{AssociationID: "a-1", ServiceAccount: "web", RoleArn: "new"}, true, "podidentityassociation/web updated", "roleArn: old", "roleArn: new"},
		{DeleteAssociation{AssociationID: "a-1", ServiceAccount: "web"}, true, "podidentityassociation/web deleted", "roleArn: old", ""},
		{DeleteAssociation{AssociationID: "a-2", ServiceAccount: "web"}, true, "podidentityassociation/web deleted", "", ""},
		{ReadLog{Namespace: "shop", Pod: "web-0", Container: "app"}, false, "pod/web-0 log read", "", ""},
		{InstallAgent{Cluster: "prod"}, true, "addon/eks-pod-identity-agent created", "", "addonName: eks-pod-identity-agent"},
		{TolerateTaints{DaemonSet: "agent", Taints: []corev1.Taint{{Key: "dedicated", Value: "batch", Effect: "NoSchedule"}}}, false, "daemonset/agent patched", "", "  value: batch"},
		{TolerateTaints{DaemonSet: "gone", Taints: []corev1.Taint{{Key: "dedicated", Effect: "NoSchedule"}}}, false, "daemonset/gone patched", "", ""},
		{EnableSessionTags{AssociationID: "a-1", ServiceAccount: "web"}, true, "podidentityassociation/web updated", "", ""},
		{AllowAssume{RoleArn: role, TargetArn: "target", Actions: []string{"sts:AssumeRole"}}, true, "role/web given assume-target-role", "", `      "Resource": "target"`},
		{OpenMetadata{InstanceID: "i-1"}, true, "instance/i-1 updated", "HttpEndpoint: disabled", "HttpEndpoint: enabled"},
		{CloseMetadata{InstanceID: "i-1"}, true, "instance/i-1 updated", "HttpTokens: optional", "HttpTokens: required"},
		{CloseMetadata{InstanceID: "i-2"}, true, "instance/i-2 updated", "", ""},
		{CreateServiceAccount{Namespace: "shop", Name: "pay", Key: key, Value: "new"}, false, "serviceaccount/pay created", "", "    eks.amazonaws.com/role-arn: new"},
		{Annotate{Namespace: "shop", ServiceAccount: "web", Key: key, Value: "new"}, false, "serviceaccount/web annotated", "    eks.amazonaws.com/role-arn: old", "    eks.amazonaws.com/role-arn: new"},
		{Annotate{Namespace: "shop", ServiceAccount: "web", Key: key}, false, "serviceaccount/web annotation removed", "    eks.amazonaws.com/role-arn: old", ""},
		{LabelNamespace{Name: "shop", Labels: Labels{Set: map[string]string{"team": "b"}}}, false, "namespace/shop labeled", "team: a", "team: b"},
		{LabelNamespace{Name: "other", Labels: Labels{Set: map[string]string{"team": "b"}}}, false, "namespace/other labeled", "", ""},
		{BindByHand{Namespace: "shop", ServiceAccount: "web"}, false, "serviceaccount/web bound", "", ""},
		{Recreate{Pod: web}, false, "deployment/web restarted", "", ""},
		{Recreate{Pod: replica}, false, "pod/web-0 deleted", "", ""},
		{Submit{Pod: alone}, false, "pod/web-0 created", "", ""},
		{SetServiceAccount{Pod: web, ServiceAccount: "pay"}, false, "deployment/web serviceaccount updated", "  serviceAccountName: web", "  serviceAccountName: pay"},
		{SetVariables{Pod: web, Container: "app", Variables: []Variable{{"AWS_PROFILE", "prod"}}}, false, "deployment/web env updated", "      value: dev", "      value: prod"},
		{UnsetVariables{Pod: web, Container: "app", Names: []string{"AWS_PROFILE"}}, false, "deployment/web env updated", "    - name: AWS_PROFILE", ""},
		{AnnotateTemplate{Pod: alone, Key: "eks.amazonaws.com/skip-containers", Value: "proxy"}, false, "pod/web-0 patched", "    eks.amazonaws.com/skip-containers: app,proxy", "    eks.amazonaws.com/skip-containers: proxy"},
		{LabelTemplate{Pod: web, Labels: Labels{Remove: []string{"out"}, Set: map[string]string{"tier": "web"}}}, false, "deployment/web patched", `    out: ""`, "    tier: web"},
		{SelectWindows{Pod: web}, false, "deployment/web patched", "", "    kubernetes.io/os: windows"},
		{SetFSGroup{Pod: web, Group: 65534}, false, "deployment/web patched", "", "    fsGroup: 65534"},
		{RemoveVolume{Pod: web, Name: "data"}, false, "deployment/web patched", "  - name: data", ""},
		{SelectWindows{Pod: PodRef{Namespace: "shop", Name: "gone"}}, false, "pod/gone patched", "", ""},
	} {
		t.Run(c.done, func(t *testing.T) {
			object := c.change.Object()
			if object.InAWS != c.inAWS || !strings.HasPrefix(c.done, object.String()+" ") {
				t.Errorf("object %+v", object)
			}
			if got := c.change.Done(); got != c.done {
				t.Errorf("done: %q", got)
			}
			name, before, after := c.change.Diff(s)
			if name == "" {
				t.Error("the diff is of nothing")
			}
			if c.gone+c.added == "" && before != after {
				t.Errorf("from\n%s\nto\n%s", before, after)
			}
			for line, sides := range map[string][2]string{c.gone: {before, after}, c.added: {after, before}} {
				if line != "" && (!hasLine(sides[0], line) || hasLine(sides[1], line)) {
					t.Errorf("%q: from\n%s\nto\n%s", line, before, after)
				}
			}
			if _, same, _ := c.change.Diff(s); same != before {
				t.Error("the snapshot was changed")
			}
		})
	}
}

func hasLine(text, line string) bool { return strings.Contains("\n"+text, "\n"+line+"\n") }
