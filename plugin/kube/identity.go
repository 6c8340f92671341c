package kube

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// An Identity is how AWS knows the cluster, as far as a kubeconfig tells. Any field may be empty.
type Identity struct {
	Name    string // of the EKS cluster
	Region  string
	Account string
	Profile string // the AWS profile that the kubeconfig's user logs in with
	Login   string // the account of the role that the user logs in with: mostly, and not always, the cluster's
}

// Or fills what i does not know from a less certain source.
func (i Identity) Or(other Identity) Identity {
	for _, field := range []struct {
		have *string
		from string
	}{{&i.Name, other.Name}, {&i.Region, other.Region}, {&i.Account, other.Account}, {&i.Profile, other.Profile}, {&i.Login, other.Login}} {
		if *field.have == "" {
			*field.have = field.from
		}
	}
	return i
}

// Identify reads the cluster's identity from a kubeconfig's context (the current one if it is empty), the most
// certain source first: what the user's credential plugin is told, an EKS ARN as the name of cluster or
// context (`aws eks update-kubeconfig`), eksctl's form of that name, the server's host name. What the
// user typed goes before all of them: typed.Or(Identify(…)).
func Identify(config clientcmdapi.Config, context string) Identity {
	if context == "" {
		context = config.CurrentContext
	}
	entry := config.Contexts[context]
	if entry == nil {
		entry = &clientcmdapi.Context{}
	}
	var id Identity
	var login snapshot.ARN
	if user := config.AuthInfos[entry.AuthInfo]; user != nil && user.Exec != nil {
		id, login = ofPlugin(user.Exec)
	}
	for _, name := range []string{entry.Cluster, context} {
		id = id.Or(ofARN(name))
	}
	for _, name := range []string{entry.Cluster, context} {
		id = id.Or(ofEksctl(name))
	}
	if server := config.Clusters[entry.Cluster]; server != nil {
		id = id.Or(ofServer(server.Server))
	}
	id.Login = login.Account
	return id
}

// ofPlugin reads the arguments of `aws eks get-token` and `aws-iam-authenticator token`, whatever wraps them,
// and the role that they assume.
func ofPlugin(plugin *clientcmdapi.ExecConfig) (Identity, snapshot.ARN) {
	var id Identity
	value := func(flags ...string) string { return flagValue(plugin.Args, flags) }
	program := strings.TrimSuffix(path.Base(strings.ReplaceAll(plugin.Command, `\`, "/")), ".exe")
	role := ""
	switch {
	case slices.Contains(plugin.Args, "get-token") && (program == "aws" || slices.Contains(plugin.Args, "eks")):
		id = Identity{Name: value("--cluster-name", "--cluster-id"), Region: value("--region"), Profile: value("--profile")}
		role = value("--role-arn", "--role")
	case slices.Contains(plugin.Args, "token") && (program == "aws-iam-authenticator" || slices.Contains(plugin.Args, "aws-iam-authenticator")):
		id = Identity{Name: value("--cluster-id", "-i"), Region: value("--region")}
		role = value("--role", "-r")
	default:
		return id, snapshot.ARN{}
	}
	id = ofARN(id.Name).Or(id) // the name may be given as an ARN
	env := map[string]string{}
	for _, variable := range plugin.Env {
		env[variable.Name] = variable.Value
	}
	id = id.Or(Identity{Region: env["AWS_REGION"], Profile: env["AWS_PROFILE"]})
	id = id.Or(Identity{Region: env["AWS_DEFAULT_REGION"], Profile: env["AWS_DEFAULT_PROFILE"]})
	login, _ := snapshot.ParseARN(role)
	return id, login
}

// flagValue finds the value of a flag in arguments, in each form in which the two programs take one.
func flagValue(args, flags []string) string {
	for i, arg := range args {
		for _, flag := range flags {
			if arg == flag && i+1 < len(args) {
				return args[i+1]
			}
			if value, ok := strings.CutPrefix(arg, flag+"="); ok {
				return value
			}
		}
	}
	return ""
}

// ofARN reads arn:PARTITION:eks:REGION:ACCOUNT:cluster/NAME.
func ofARN(text string) Identity {
	arn, ok := snapshot.ParseARN(text)
	name, cluster := strings.CutPrefix(arn.Resource, "cluster/")
	if !ok || arn.Service != "eks" || !cluster {
		return Identity{}
	}
	return Identity{Name: name, Region: arn.Region, Account: arn.Account}
}

// ofEksctl reads [USER@]NAME.REGION.eksctl.io, as eksctl names contexts and clusters. An EKS cluster's name has no dot.
func ofEksctl(text string) Identity {
	place, ok := strings.CutSuffix(text[strings.LastIndex(text, "@")+1:], ".eksctl.io")
	name, region, cut := strings.Cut(place, ".")
	if !ok || !cut || !regionForm.MatchString(region) {
		return Identity{}
	}
	return Identity{Name: name, Region: region}
}

var regionForm = regexp.MustCompile(`^[a-z]{2,5}(-[a-z]+)+-[0-9]{1,2}$`)

func ofServer(server string) Identity {
	address, err := url.Parse(server)
	if err != nil {
		return Identity{}
	}
	host := strings.TrimSuffix(strings.ToLower(address.Hostname()), ".")
	if labels, ok := snapshot.EndpointHost(host); ok {
		return Identity{Region: regionIn(labels)}
	}
	return Identity{}
}

// regionIn finds the last label of a host name that has the form of a region.
func regionIn(host string) string {
	labels := strings.Split(host, ".")
	for _, label := range slices.Backward(labels) {
		if regionForm.MatchString(label) {
			return label
		}
	}
	return ""
}

// IssuerRegion returns the region of an EKS issuer (https://oidc.eks.REGION.amazonaws.com/id/…, and its
// dual-stack and Chinese forms), and "" for an issuer that is not of EKS.
func IssuerRegion(issuer string) string {
	address, err := url.Parse(issuer)
	if err != nil {
		return ""
	}
	host := address.Hostname()
	for _, prefix := range []string{"oidc.eks.", "oidc-eks."} {
		if rest, ok := strings.CutPrefix(host, prefix); ok {
			return regionIn(rest)
		}
	}
	return ""
}
