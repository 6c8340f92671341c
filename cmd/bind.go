package cmd

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
)

// tagText is what the keys and values of tags consist of (https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html).
var tagText = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$`)

// A binder is one run of `bind`.
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
		Long: `Give a service account an IAM role. The command creates or changes what is missing: the OIDC provider, the role's trust
policy, the annotation, and with --restart the workloads that use the service account.

It shows a plan first: each change with a diff and the reason, and what "kubectl irsa explain" reports afterwards. It makes the
changes when you confirm them. Before the first one the API server checks all changes in the cluster, by a dry run: if it refuses
one, nothing is changed, neither in the cluster nor in AWS. If nothing is missing, it changes nothing. If it is stopped, run the same
command again: it continues.

SERVICEACCOUNT is NAME, NAMESPACE/NAME or sa/NAME. A pod or a workload (pod/NAME, deploy/NAME, …) stands for the service account
that it runs under. ROLE is a name, with its path or without, or an ARN. A name means a role in the account of the cluster.

It changes nothing unless the accounts of the cluster, the AWS credentials and the role are the same, and the cluster that EKS
describes is the one of the API server. A role of another account takes its ARN and --cross-account. If the AWS credentials are
not of that account, --writer-role names a role there that makes the changes; a --reader-role only reads. The plan names the
cluster, its account and the AWS credentials.

In the trust policy it adds this one service account only. It corrects a statement that allows nobody and was meant for this
service account (for example for the OIDC provider of a former cluster), and leaves the rest as it is, byte for byte. With
--pod-identity it uses EKS Pod Identity instead of IRSA. --migrate moves a service account from IRSA to EKS Pod Identity
without a gap: run the command again when all pods are recreated, and it removes the annotation and its trust.

With -o it prints the plan for another tool and changes nothing.

IAM cannot refuse a write that overwrites another one, and its answers are old for some seconds. The command therefore watches its
change of the trust policy until IAM has shown it for longer than that (--settle), and makes it again if it is lost. A change that
another program makes within the same seconds can still be overwritten.

Exits with 0 when the binding is complete, with 1 if it is not, and with 4 if a change is left to you: if Helm, Argo CD or Flux
manages the service account, the annotation belongs in its source, and the edit is printed.`,
		Example: `# Give the service account web of the namespace shop the role web
kubectl irsa bind shop/web web

# The same in a script, and restart the workloads that use it
kubectl irsa bind shop/web web --yes --restart --wait

# Create whatever is missing
kubectl irsa bind shop/web web --create-serviceaccount --create-role --policy-arn arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess

# Only show the plan
kubectl irsa bind shop/web web --dry-run=client

# A role of another account, in which the role deployer makes the changes
kubectl irsa bind kube-system/external-dns arn:aws:iam::444455556666:role/external-dns --cross-account --writer-role deployer

# Print the plan as Terraform
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
	flags.BoolVar(&b.request.CreateServiceAccount, "create-serviceaccount", false, "Create the service account if it does not exist")
	flags.BoolVar(&b.request.CreateRole, "create-role", false, "Create the role if it does not exist")
	flags.StringSliceVar(&b.request.PolicyARNs, "policy-arn", nil, "ARN of a managed policy to attach to the role; this flag can be repeated")
	flags.StringVar(&b.request.PermissionsBoundary, "permissions-boundary", "", "ARN of the permissions boundary of a role that is created")
	flags.StringSliceVar(&b.tags, "tags", nil, "Tags of a role that is created, as KEY=VALUE")
	flags.BoolVar(&b.request.PodIdentity, "pod-identity", false, "Use EKS Pod Identity instead of IRSA")
	flags.BoolVar(&b.request.Migrate, "migrate", false, "Move the service account from IRSA to EKS Pod Identity, without a gap")
	flags.BoolVar(&b.request.Restart, "restart", false, "Restart the workloads whose pods were created before; otherwise the commands are printed")
	flags.BoolVar(&b.request.AllowPattern, "allow-pattern", false, "Accept a trust policy that allows the service account by a pattern, and so others too")
	flags.BoolVar(&b.wait, "wait", false, "Wait until there is a pod with the new role, and print its identity")
	flags.DurationVar(&b.timeout, "timeout", 5*time.Minute, "How long --wait waits")
	return cmd
}

// complete turns what was typed into a request, before anything is read.
func (b *binder) complete(cmd *cobra.Command, args []string) error {
	if len(args) != 2 && (len(args) != 1 || !b.request.Migrate) {
		return usagef("SERVICEACCOUNT and ROLE are required, and nothing else; with --migrate ROLE is optional")
	}
	if err := checkRole(args); err != nil {
		return err
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
			return usagef("--tags %q: it must be KEY=VALUE", tag)
		}
		if !tagText.MatchString(key + value) {
			return usagef("--tags %q: AWS tags consist of letters, digits, spaces and _.:/=+-@", tag)
		}
		b.request.Tags = append(b.request.Tags, change.Tag{Key: key, Value: value})
	}
	r := b.request
	switch {
	case !r.CreateRole && (r.PermissionsBoundary != "" || len(r.Tags) > 0):
		return usagef("--permissions-boundary and --tags are for a role that is created: add --create-role")
	case r.Migrate && (r.CreateRole || r.CreateServiceAccount):
		return usagef("--migrate cannot be used with --create-role or --create-serviceaccount: both must exist")
	case b.wait && (b.dryRun != dryRunNone || b.format != ""):
		return usagef("--wait cannot be used with --dry-run or -o, which change nothing")
	}
	b.waits = b.wait
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
		request.ServiceAccount = b.account
		request.CrossAccount, request.WriterRole, request.Export = b.source.crosses, b.source.writerRole, b.format != ""
		request.RoleARN = roleARN // empty with --migrate alone: the plan finds the one that the service account has
		plan, err := bind.New(snapshot, request)
		return b.proposed(plan, snapshot, err)
	})
	if err != nil || !b.wait {
		return err
	}
	err = b.afterwards(ctx, plan)
	if ctx.Err() != nil {
		b.program.complain("the binding is complete; it was not waited for a pod")
	}
	return err
}
