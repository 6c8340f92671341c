package cmd

import (
	"slices"

	"github.com/spf13/pflag"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/scrub"
)

// unplaced are the flags of kubectl that do not decide where a command acts and with which credentials, or that are secrets. A
// namespace is in each command that needs one.
var unplaced = []string{
	clientcmd.FlagNamespace, clientcmd.FlagTimeout, clientcmd.FlagDisableCompression,
	clientcmd.FlagBearerToken, clientcmd.FlagUsername, clientcmd.FlagPassword,
}

// typed returns the flags that were typed of those that select the cluster and the credentials.
func (k *kubeconfig) typed() [][]string {
	var typed [][]string
	k.flags.VisitAll(func(f *pflag.Flag) {
		if f.Changed && !slices.Contains(unplaced, f.Name) {
			typed = append(typed, flagTyped(f)...)
		}
	})
	return typed
}

func flagTyped(f *pflag.Flag) [][]string {
	value := scrub.Text(f.Value.String()) // as in --proxy-url=http://user:password@proxy
	if list, ok := f.Value.(pflag.SliceValue); ok {
		var each [][]string
		for _, one := range list.GetSlice() {
			each = append(each, change.Flag(f.Name, scrub.Text(one)))
		}
		return each
	}
	switch {
	case f.Value.Type() != "bool":
		return [][]string{change.Flag(f.Name, value)}
	case value == "true":
		return [][]string{{"--" + f.Name}}
	default:
		return [][]string{{"--" + f.Name + "=" + value}}
	}
}

// coordinates are what a command needs that is run in another shell, with the same kubeconfig, to act on the same
// cluster and account:
//
//   - the flags that were typed, as they were typed; a context that is the kubeconfig's current one is no flag;
//   - for the AWS CLI also the profile and the region that the kubeconfig tells, which it does not read;
//   - the profile of AWS_PROFILE, which may be set for one command only. Access keys in the environment have no flag.
//
// The cluster's own region, where it is known, is that of what was read: see [change.Coordinates.In].
func (s *source) coordinates(l live) change.Coordinates {
	at := change.Coordinates{Kubectl: s.kubeconfig.typed(), Profile: l.identity.Profile, Region: l.identity.Region}
	profile := s.awsProfile
	if l.account != nil {
		at.Profile, at.Region = l.account.Profile(), l.account.Region()
		if l.identity.Profile == "" {
			profile = at.Profile
		}
	}
	for _, flag := range []struct{ name, value string }{
		{"eks-cluster", s.eksCluster}, {"aws-profile", profile}, {"aws-region", s.awsRegion}, {"reader-role", s.readerRole},
	} {
		if flag.value != "" {
			at.Plugin = append(at.Plugin, change.Flag(flag.name, flag.value))
		}
	}
	if s.crosses {
		at.Write = append(at.Write, []string{"--cross-account"})
	}
	if s.writerRole != "" {
		at.Write = append(at.Write, change.Flag("writer-role", s.writerRole))
		if s.readerRole == "" { // it reads as well, and the other commands do not write
			at.Read = append(at.Read, change.Flag("reader-role", s.writerRole))
		}
	}
	return at
}

// arguments are those of a command that asks the same source.
func (s *source) arguments() []string {
	if s.snapshot != "" {
		return change.Flag("snapshot", s.snapshot)
	}
	arguments := slices.Concat(slices.Concat(s.at.Kubectl, s.at.Plugin, s.at.Read)...)
	if s.noAWS {
		arguments = append(arguments, "--no-aws")
	}
	return arguments
}
