package cmd

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	// The ways to log in that kubectl knows.
	_ "k8s.io/client-go/plugin/pkg/client/auth"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/near"
)

// fewNames are as many as an error lists.
const fewNames = 8

// A kubeconfig is the flags with which kubectl selects the cluster and the credentials, and what they lead to. They
// are client-go's own; cli-runtime's form of them brings kustomize and a discovery cache along, which this
// program has no use for and which would make up a third of it.
type kubeconfig struct {
	path      string
	overrides clientcmd.ConfigOverrides
	extra     []string // --as-user-extra
	flags     *pflag.FlagSet
	verbosity int // -v
}

func newKubeconfig() *kubeconfig { return &kubeconfig{} }

func (k *kubeconfig) addFlags(all *pflag.FlagSet) {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.StringVar(&k.path, "kubeconfig", "", "Path to the kubeconfig file to use for CLI requests.")
	names := clientcmd.RecommendedConfigOverrideFlags("")
	names.ClusterOverrideFlags.APIServer.ShortName = "s"
	clientcmd.BindOverrideFlags(&k.overrides, flags, names)
	flags.StringArrayVar(&k.extra, "as-user-extra", nil, "User extras to impersonate for the operation, this flag can be repeated to specify multiple values for the same key.")
	all.AddFlagSet(flags)
	k.flags = flags
}

// loader returns the merged configuration; it reads files when it is asked.
func (k *kubeconfig) loader() clientcmd.ClientConfig {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = k.path
	rules.Warner = func(error) {} // a missing file of several is no news; if it matters, an error follows
	overrides := k.overrides
	for _, entry := range k.extra {
		if key, value, ok := strings.Cut(entry, "="); ok {
			if overrides.AuthInfo.ImpersonateUserExtra == nil {
				overrides.AuthInfo.ImpersonateUserExtra = map[string][]string{}
			}
			overrides.AuthInfo.ImpersonateUserExtra[key] = append(overrides.AuthInfo.ImpersonateUserExtra[key], value)
		}
	}
	return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &overrides)
}

// restConfig returns how to reach the API server.
func (k *kubeconfig) restConfig() (*rest.Config, error) {
	config, err := k.loader().ClientConfig()
	if err != nil {
		return nil, k.problem(err)
	}
	if k.verbosity >= logRequests {
		config.Wrap(func(next http.RoundTripper) http.RoundTripper { return requestLog{next, k.verbosity} })
	}
	return config, nil
}

// raw returns the merged configuration as it is in the files, and the context in use.
func (k *kubeconfig) raw() (clientcmdapi.Config, string, error) {
	config, err := k.loader().RawConfig()
	if err != nil {
		return config, "", k.problem(err)
	}
	if context := k.overrides.CurrentContext; context != "" {
		return config, context, nil
	}
	return config, config.CurrentContext, nil
}

// namespace returns the namespace of -n, else of the context, else default.
func (k *kubeconfig) namespace() (string, error) {
	namespace, _, err := k.loader().Namespace()
	if err != nil {
		return "", k.problem(err)
	}
	return namespace, nil
}

// typed returns the namespace that was typed, empty if none was.
func (k *kubeconfig) typedNamespace() string { return k.overrides.Context.Namespace }

// errNoCluster says that nothing names a cluster.
var errNoCluster = errors.New("no cluster: there is no kubeconfig (--kubeconfig, KUBECONFIG, ~/.kube/config), or it names no cluster")

// problem says in one line what is wrong with the configuration.
func (k *kubeconfig) problem(err error) error {
	if clientcmd.IsEmptyConfig(err) {
		return errNoCluster
	}
	// What is named and not there: client-go's own words for it differ, and name none that is.
	if config, unread := k.loader().RawConfig(); unread == nil {
		in := k.overrides.Context
		switch {
		case lacks(config.Contexts, k.overrides.CurrentContext):
			return noSuch("context", k.overrides.CurrentContext, config.Contexts)
		case lacks(config.Clusters, in.Cluster):
			return noSuch("cluster", in.Cluster, config.Clusters)
		case lacks(config.AuthInfos, in.AuthInfo):
			return noSuch("user", in.AuthInfo, config.AuthInfos)
		case k.overrides.CurrentContext == "" && lacks(config.Contexts, config.CurrentContext):
			return noSuch("context", config.CurrentContext, config.Contexts)
		}
	}
	return fmt.Errorf("kubeconfig: %w", err)
}

func lacks[T any](entries map[string]T, name string) bool {
	_, ok := entries[name]
	return name != "" && !ok
}

// noSuch says that the kubeconfig has no such entry, and which one comes nearest, or else all of them.
func noSuch[T any](what, typed string, entries map[string]T) error {
	names := slices.Sorted(maps.Keys(entries))
	if name, ok := near.To(typed, names); ok {
		return fmt.Errorf("kubeconfig: %s %q does not exist: did you mean %q?", what, typed, name)
	}
	if len(names) == 0 || len(names) > fewNames {
		return fmt.Errorf("kubeconfig: %s %q does not exist: \"kubectl config get-%ss\" lists all", what, typed, what)
	}
	return fmt.Errorf("kubeconfig: %s %q does not exist: must be one of %s", what, typed, strings.Join(names, ", "))
}

// contexts, clusters and users are what the kubeconfig names, for completion: none on any error.
func (k *kubeconfig) contexts() []string {
	config, _, err := k.raw()
	if err != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(config.Contexts))
}

func (k *kubeconfig) clusters() []string {
	config, _, err := k.raw()
	if err != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(config.Clusters))
}

func (k *kubeconfig) users() []string {
	config, _, err := k.raw()
	if err != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(config.AuthInfos))
}
