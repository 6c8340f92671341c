package cmd

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
)

// A binder is what `bind` was asked to do.
type binder struct {
	planCommand
	role    string // as typed
	request bind.Request
	tags    []string
	wait    bool
	timeout time.Duration
}

func newBind(p *program, k *kubeconfig) *cobra.Command {
	b := &binder{planCommand: newPlanCommand(p, k)}
	cmd := &cobra.Command{
		Use:   "bind SERVICEACCOUNT ROLE",
		Short: "Give a service account an IAM role",
		Long: `Give a service account an IAM role, whatever of that exists already: the OIDC provider, the role's trust policy, the
annotation, and the restart of the workloads that use the service account. What "kubectl irsa explain" would find is
worked out first; the changes are shown, each as a diff with what it is for, and made once they are confirmed. Where
nothing is to be done, nothing is done, and running the same command again goes on where it was stopped.

SERVICEACCOUNT is NAME, NAMESPACE/NAME or sa/NAME. ROLE is a name, with its path or without, or an ARN.

The trust policy is widened by this one service account only. A statement that allows nobody and was meant for it (for the
provider of a former cluster, say) is corrected; all else stays byte for byte. With --pod-identity
the role is given by EKS Pod Identity instead, and --migrate moves a service account from one to the other without a
gap: run it again when all pods are new, and it takes the old parts away.

With -o the plan is printed for another tool, and nothing is changed.

Exits with 0 once the binding is made, with 1 if it is not, and with 4 if a change is left to you: the annotation of a
service account that Helm, Argo CD or Flux manages belongs into its source, and the edit is printed.`,
		Example: `# Give the service account web of the namespace shop the role web
kubectl irsa bind shop/web web

# The same for a script, with the restart of what uses it
kubectl irsa bind shop/web web --yes --restart --wait

# Make whatever is missing
kubectl irsa bind shop/web web --create-serviceaccount --create-role --policy-arn arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess

# Only show what would be done
kubectl irsa bind shop/web web --dry-run=client

# As Terraform
kubectl irsa bind shop/web web -o terraform`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := b.complete(cmd, args); err != nil {
				return err
			}
			return b.run(cmd.Context())
		},
		ValidArgsFunction: b.completeArguments,
	}
	b.addFlags(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&b.request.CreateServiceAccount, "create-serviceaccount", false, "Make the service account if it does not exist")
	flags.BoolVar(&b.request.CreateRole, "create-role", false, "Make the role if it does not exist")
	flags.StringSliceVar(&b.request.PolicyARNs, "policy-arn", nil, "ARN of a managed policy that the role is to have; this flag can be repeated")
	flags.StringVar(&b.request.PermissionsBoundary, "permissions-boundary", "", "ARN of the policy that bounds a role that is made")
	flags.StringSliceVar(&b.tags, "tags", nil, "Tags of a role that is made, as KEY=VALUE")
	flags.BoolVar(&b.request.PodIdentity, "pod-identity", false, "Give the role by EKS Pod Identity instead of IRSA")
	flags.BoolVar(&b.request.Migrate, "migrate", false, "Move the service account from IRSA to EKS Pod Identity, without a gap")
	flags.BoolVar(&b.request.Restart, "restart", false, "Restart the workloads whose pods were made before; otherwise the commands are printed")
	flags.BoolVar(&b.request.AllowPattern, "allow-pattern", false, "Accept a trust policy that lets the service account in by a pattern, and others with it")
	flags.BoolVar(&b.wait, "wait", false, "Wait until there is a pod with the new role, and tell who it is")
	flags.DurationVar(&b.timeout, "timeout", 5*time.Minute, "How long --wait waits")
	return cmd
}

// complete turns what was typed into a request, before anything is read.
func (b *binder) complete(cmd *cobra.Command, args []string) error {
	if len(args) != 2 && (len(args) != 1 || !b.request.Migrate) {
		return usagef("SERVICEACCOUNT and ROLE are needed, and nothing else; with --migrate ROLE may be left out")
	}
	if err := b.planCommand.complete(cmd, args[0]); err != nil {
		return err
	}
	if len(args) == 2 {
		b.role = args[1]
	}
	for _, tag := range b.tags {
		key, value, ok := strings.Cut(tag, "=")
		if !ok || key == "" {
			return usagef("--tags %q: it is not of the form KEY=VALUE", tag)
		}
		b.request.Tags = append(b.request.Tags, change.Tag{Key: key, Value: value})
	}
	r := b.request
	switch {
	case !r.CreateRole && (r.PermissionsBoundary != "" || len(r.Tags) > 0):
		return usagef("--permissions-boundary and --tags are for a role that is made: add --create-role")
	case r.Migrate && (r.CreateRole || r.CreateServiceAccount):
		return usagef("--migrate moves what exists: --create-role and --create-serviceaccount do not go with it")
	case b.wait && (b.dryRun != dryRunNone || b.format != ""):
		return usagef("--wait waits for what was changed: --dry-run and -o do not go with it")
	}
	b.request.Namespace, b.request.ServiceAccount, b.request.ForceConflicts = b.namespace, b.account, b.forceConflicts
	return nil
}

func (b *binder) run(ctx context.Context) error {
	wanted := collect.BindingRequest{Role: b.role}
	wanted.Agent = b.request.PodIdentity || b.request.Migrate
	wanted.Wide = len(b.request.PolicyARNs) > 0 // the policies that the role has
	plan, err := b.carryOut(ctx, func(ctx context.Context) (proposal, error) {
		snapshot, roleARN, err := b.read(ctx, wanted)
		if err != nil {
			return proposal{}, err
		}
		request := b.request
		request.At = b.source.at
		request.RoleARN = roleARN // empty with --migrate alone: the plan finds the one that the service account has
		plan, err := bind.New(snapshot, request)
		return proposal{plan, snapshot}, err
	})
	if err != nil || !b.wait {
		return err
	}
	return b.afterwards(ctx, plan)
}
