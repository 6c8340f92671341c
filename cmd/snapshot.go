package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
)

func newSnapshot(p *program, k *kubeconfig) *cobra.Command {
	s := source{program: p, kubeconfig: k}
	var all, wide, anonymous bool
	var selector, format string
	cmd := &cobra.Command{
		Use:   "snapshot [POD | TYPE/NAME | TYPE NAME...]",
		Short: "Print everything that an answer is computed from",
		Long: `Print what was read about the targets in Kubernetes and AWS, as a file for a bug report, a support case or a test. With
--snapshot FILENAME every other command answers from that file and reads nothing else.

Only what an answer reads is in it. Secrets are not: the values of Secrets and ConfigMaps, of variables that are not AWS
settings, images, commands and arguments are left out. Names, ARNs and trust policies are in it.

With --anonymize, accounts, names, ids, addresses, hosts and certificates are replaced, each everywhere by the same, and the
texts of errors are left out. The answer stays the same: the verdict and the codes. With --snapshot FILENAME it replaces
them in that file. Each run replaces them differently, and the key is not kept. These stay: regions, times, numbers, the
length of names, the first byte of addresses, variables that an AWS SDK reads, AWS managed policies, and the words of
Kubernetes and AWS (kube-system, default, node, role).

If one of several targets is not found, it is reported on standard error, the others are printed, and the command exits
with 1.`,
		Example: `# What was read about one pod
kubectl irsa snapshot pod web-0 > web.yaml

# The same with all that can be read, for a bug report
kubectl irsa snapshot pod web-0 --wide > web.yaml

# All namespaces
kubectl irsa snapshot -A > cluster.yaml

# The same without names, and an existing file without names
kubectl irsa snapshot pod web-0 --anonymize > public.yaml
kubectl irsa snapshot --snapshot cluster.yaml --anonymize > public.yaml

# Answer from it, without a cluster
kubectl irsa explain pod web-0 --snapshot web.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "yaml" && format != "json" {
				return unknownWord("output format", format, []string{"json", "yaml"})
			}
			q, err := parseQuery(args, k.typedNamespace(), all, selector)
			if err != nil {
				return err
			}
			if err := s.validate(); err != nil {
				return err
			}
			return s.write(cmd.Context(), q, wide, anonymous, format)
		},
	}
	addSelection(cmd, &all, &selector)
	cmd.Flags().StringVarP(&format, "output", "o", "yaml", "One of json, yaml")
	completeValues(cmd, "output", "json", "yaml")
	cmd.Flags().BoolVar(&wide, "wide", false, "Read also what only notes need, as explain -o wide does: the roles' policies, the VPC's endpoints")
	cmd.Flags().BoolVar(&anonymous, "anonymize", false, "Replace accounts, names, ids, addresses and hosts, so that the answer stays the same")
	s.addFlags(cmd)
	cmd.ValidArgsFunction = s.completeTargets
	return cmd
}

// write reads what a query is about, as much as the other commands would, and prints it.
func (s *source) write(ctx context.Context, q query, wide, anonymous bool, format string) error {
	snapshot, q, err := s.read(ctx, q, wide)
	if err != nil {
		return err
	}
	if s.snapshot != "" && q.named() {
		// The cluster says by itself that a target is not there; a file has to be asked.
		_, err := reports(snapshot, q, judge.Options{NoFixes: true})
		if _, err = s.answerable(q, err, s.likeNamed(ctx)); err != nil {
			return err
		}
	}
	if anonymous {
		if snapshot, err = s.anonymized(snapshot, q); err != nil {
			return err
		}
	}
	if format == "json" {
		return s.program.document(snapshot.JSON())
	}
	return s.program.document(snapshot.YAML())
}
