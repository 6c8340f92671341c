package kube

import (
	"strings"
	"testing"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

func TestIdentify(t *testing.T) {
	const arn = "arn:aws:eks:us-west-2:111122223333:cluster/prod"
	aws := func(args ...string) *clientcmdapi.ExecConfig {
		return &clientcmdapi.ExecConfig{Command: "aws", Args: args}
	}
	for _, test := range []struct {
		name    string
		context string
		cluster string
		server  string
		exec    *clientcmdapi.ExecConfig
		want    Identity
	}{
		{name: "nothing"},
		{name: "another cluster", context: "kind-test", cluster: "kind-test", server: "https://127.0.0.1:6443"},
		{
			name: "aws eks get-token",
			exec: aws("--region", "eu-west-1", "eks", "get-token", "--cluster-name", "prod", "--output", "json"),
			want: Identity{Name: "prod", Region: "eu-west-1"},
		},
		{
			name: "aws eks get-token with values after an equals sign",
			exec: aws("--region=eu-west-1", "eks", "get-token", "--cluster-name=prod", "--profile=ops"),
			want: Identity{Name: "prod", Region: "eu-west-1", Profile: "ops"},
		},
		{
			name: "the role's account is not the cluster's",
			exec: aws("eks", "get-token", "--cluster-name", "prod", "--role-arn", "arn:aws:iam::444455556666:role/admin"),
			want: Identity{Name: "prod", Login: "444455556666"},
		},
		{
			name: "the cluster's ARN is better than the role's", context: arn, cluster: arn,
			exec: aws("eks", "get-token", "--cluster-name", "prod", "--role-arn", "arn:aws:iam::444455556666:role/admin"),
			want: Identity{Name: "prod", Region: "us-west-2", Account: "111122223333", Login: "444455556666"},
		},
		{
			name: "a local cluster on Outposts has an id",
			exec: aws("eks", "get-token", "--cluster-id", "a1b2", "--region", "us-west-2"),
			want: Identity{Name: "a1b2", Region: "us-west-2"},
		},
		{
			name: "aws wrapped in another program",
			exec: &clientcmdapi.ExecConfig{Command: "aws-vault", Args: []string{"exec", "ops", "--", "aws", "eks", "get-token", "--cluster-name", "prod"}},
			want: Identity{Name: "prod"},
		},
		{
			name: "by its path, on Windows",
			exec: &clientcmdapi.ExecConfig{Command: `C:\Program Files\Amazon\aws.exe`, Args: []string{"eks", "get-token", "--cluster-name", "prod"}},
			want: Identity{Name: "prod"},
		},
		{
			name: "environment of the plugin",
			exec: &clientcmdapi.ExecConfig{
				Command: "aws", Args: []string{"eks", "get-token", "--cluster-name", "prod"},
				Env: []clientcmdapi.ExecEnvVar{{Name: "AWS_PROFILE", Value: "ops"}, {Name: "AWS_DEFAULT_REGION", Value: "eu-west-1"}},
			},
			want: Identity{Name: "prod", Region: "eu-west-1", Profile: "ops"},
		},
		{
			name: "aws-iam-authenticator",
			exec: &clientcmdapi.ExecConfig{Command: "aws-iam-authenticator", Args: []string{"token", "-i", "prod", "-r", "arn:aws:iam::111122223333:role/admin"}},
			want: Identity{Name: "prod", Login: "111122223333"},
		},
		{
			name: "aws-iam-authenticator, long flags", cluster: "x",
			server: "https://0123456789ABCDEF0123456789ABCDEF.gr7.us-west-2.eks.amazonaws.com",
			exec:   &clientcmdapi.ExecConfig{Command: "/usr/local/bin/aws-iam-authenticator", Args: []string{"token", "--cluster-id", "prod"}},
			want:   Identity{Name: "prod", Region: "us-west-2"},
		},
		{
			name: "another plugin's arguments mean nothing",
			exec: &clientcmdapi.ExecConfig{Command: "gke-gcloud-auth-plugin", Args: []string{"token", "-i", "prod"}, Env: []clientcmdapi.ExecEnvVar{{Name: "AWS_PROFILE", Value: "ops"}}},
		},
		{
			name: "a flag without its value",
			exec: aws("eks", "get-token", "--cluster-name"),
		},
		{name: "ARN as the cluster's name", context: "prod", cluster: arn, want: Identity{Name: "prod", Region: "us-west-2", Account: "111122223333"}},
		{name: "ARN as the context's name", context: arn, cluster: "c", want: Identity{Name: "prod", Region: "us-west-2", Account: "111122223333"}},
		{
			name: "ARN in China", context: "c", cluster: "arn:aws-cn:eks:cn-north-1:111122223333:cluster/prod",
			want: Identity{Name: "prod", Region: "cn-north-1", Account: "111122223333"},
		},
		{name: "ARN of something else", context: "c", cluster: "arn:aws:eks:us-west-2:111122223333:nodegroup/prod"},
		{
			name: "eksctl", context: "me@example.com@prod.eu-central-1.eksctl.io", cluster: "prod.eu-central-1.eksctl.io",
			want: Identity{Name: "prod", Region: "eu-central-1"},
		},
		{name: "eksctl, context only", context: "admin@prod.us-gov-west-1.eksctl.io", want: Identity{Name: "prod", Region: "us-gov-west-1"}},
		{name: "not quite eksctl", context: "admin@prod.eksctl.io"},
		{
			name: "server", context: "c", cluster: "c", server: "https://0123456789ABCDEF0123456789ABCDEF.gr7.us-west-2.eks.amazonaws.com",
			want: Identity{Region: "us-west-2"},
		},
		{
			name: "server in China", context: "c", cluster: "c", server: "https://0123.yl4.cn-northwest-1.eks.amazonaws.com.cn:443",
			want: Identity{Region: "cn-northwest-1"},
		},
		{
			name: "dual-stack server", context: "c", cluster: "c", server: "https://0123.gr7.ap-southeast-1.api.aws",
			want: Identity{Region: "ap-southeast-1"},
		},
		{
			name: "dual-stack server in China", context: "c", cluster: "c", server: "https://0123.yl4.cn-north-1.api.amazonwebservices.com.cn",
			want: Identity{Region: "cn-north-1"},
		},
		{name: "a host that only looks like one", context: "c", cluster: "c", server: "https://us-west-2.eks.amazonaws.com.example.org"},
		{name: "no URL", context: "c", cluster: "c", server: "://"},
	} {
		t.Run(test.name, func(t *testing.T) {
			config := clientcmdapi.NewConfig()
			config.CurrentContext = test.context
			config.Contexts[test.context] = &clientcmdapi.Context{Cluster: test.cluster, AuthInfo: "user"}
			config.Clusters[test.cluster] = &clientcmdapi.Cluster{Server: test.server}
			config.AuthInfos["user"] = &clientcmdapi.AuthInfo{Exec: test.exec}
			if got := Identify(*config, ""); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestIdentifyWhatIsNotThere(t *testing.T) {
	config := clientcmdapi.NewConfig()
	config.Contexts["c"] = &clientcmdapi.Context{Cluster: "gone", AuthInfo: "gone"}
	for _, context := range []string{"", "c", "gone"} {
		if got := Identify(*config, context); got != (Identity{}) {
			t.Errorf("context %q: got %+v, want nothing", context, got)
		}
	}
}

func TestIssuerRegion(t *testing.T) {
	for issuer, want := range map[string]string{
		"https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE":     "us-west-2",
		"https://oidc.eks.cn-north-1.amazonaws.com.cn/id/EXAMPLED539D4633E53DE1B71EXAMPLE": "cn-north-1",
		"https://oidc-eks.eu-west-3.api.aws/id/EXAMPLED539D4633E53DE1B71EXAMPLE":           "eu-west-3",
		"https://kubernetes.default.svc.cluster.local":                                     "",
		"https://example.com/oidc.eks.us-west-2.amazonaws.com":                             "",
		"": "",
	} {
		if got := IssuerRegion(issuer); got != want {
			t.Errorf("%s: got %q, want %q", issuer, got, want)
		}
	}
}

// FuzzIdentify holds that no kubeconfig brings it down, and that a region, which becomes part of a host name, has the form of
// one wherever it was cut out of another name.
func FuzzIdentify(f *testing.F) {
	f.Add("aws", "eks get-token --cluster-name prod", "arn:aws:eks:us-west-2:1:cluster/x", "me@prod.us-west-2.eksctl.io", "https://x.gr7.us-west-2.eks.amazonaws.com")
	f.Add("aws-iam-authenticator", "token -i", "a@b@.eksctl.io", "", "https://oidc.eks..api.aws/id/X")
	f.Fuzz(func(t *testing.T, command, args, cluster, context, server string) {
		config := clientcmdapi.NewConfig()
		config.Contexts[context] = &clientcmdapi.Context{Cluster: cluster, AuthInfo: "user"}
		config.Clusters[cluster] = &clientcmdapi.Cluster{Server: server}
		config.AuthInfos["user"] = &clientcmdapi.AuthInfo{Exec: &clientcmdapi.ExecConfig{Command: command, Args: strings.Fields(args)}}
		Identify(*config, context)
		for _, region := range []string{ofEksctl(context).Region, ofServer(server).Region, IssuerRegion(server)} {
			if region != "" && !regionForm.MatchString(region) {
				t.Errorf("region %q", region)
			}
		}
	})
}
