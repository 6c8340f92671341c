package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
)

// An unbinder is one run of `unbind`.
type unbinder struct {
	planCommand
	role    string // as typed, empty if it was not
	request bind.UnbindRequest
}

func newUnbind(p *program, k *kubeconfig) *cobra.Command {
	u := &unbinder{planCommand: newPlanCommand(p, k)}
	cmd := &cobra.Command{
		Use:   "unbind SERVICEACCOUNT [ROLE]",
		Short: "Remove the IAM role of a service account",
		Long: `Remove the IAM role of a service account: its annotation or Pod Identity association, and exactly its subject in the role's
trust policy. The role, whatever else it trusts, and the OIDC provider stay.

ROLE is required if neither an annotation nor an association names it, such as for a service account that was deleted. If a role
allows the service account by a pattern, the command warns and leaves the pattern. Pods that run keep the role until they are
recreated.

It changes nothing unless the accounts of the cluster, the AWS credentials and the role are the same. A role of another account
takes --cross-account, and --writer-role names a role there that makes the changes, as with bind.

IAM cannot refuse a write that overwrites another one, and its answers are old for some seconds. The command therefore watches its
change of the trust policy until IAM has shown it for longer than that (--settle), and makes it again if it is lost. A change that
another program makes within the same seconds can still be overwritten.

Exits with 0 when the role is removed, with 1 if it is not, and with 4 if a change is left to you: if Helm, Argo CD or Flux
manages the service account, the edit of its source is printed.`,
		Example: `# Remove the role of the service account web of the namespace shop
kubectl irsa unbind shop/web

# Only show the plan
kubectl irsa unbind shop/web --dry-run=client

# The role still trusts a service account that was deleted
kubectl irsa unbind shop/web web

# The last binding of the cluster: delete the OIDC provider too
kubectl irsa unbind shop/web --delete-provider`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := u.complete(cmd, args); err != nil {
				return err
			}
			return u.run(cmd.Context())
		},
		ValidArgsFunction: u.completeArguments,
	}
	u.addFlags(cmd)
	cmd.Flags().BoolVar(&u.request.DeleteProvider, "delete-provider", false, "Delete the OIDC provider too, if no role of the account trusts it")
	return cmd
}

func (u *unbinder) complete(cmd *cobra.Command, args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return usagef("SERVICEACCOUNT is required, and ROLE is optional")
	}
	if err := checkRole(args); err != nil {
		return err
	}
	if err := u.planCommand.complete(cmd, args[0]); err != nil {
		return err
	}
	if len(args) == 2 {
		u.role = args[1]
	}
	u.request.Namespace, u.request.ServiceAccount, u.request.ForceConflicts = u.namespace, u.account, u.forceConflicts
	return nil
}

func (u *unbinder) run(ctx context.Context) error {
	wanted := collect.BindingRequest{Role: u.role}
	wanted.Everything = u.request.DeleteProvider // who else trusts the provider
	_, err := u.carryOut(ctx, func(ctx context.Context) (proposal, error) {
		snapshot, roleARN, err := u.read(ctx, wanted)
		if err != nil {
			return proposal{}, err
		}
		request := u.request
		request.ServiceAccount, request.RoleARN, request.At = u.account, roleARN, u.source.at
		request.CrossAccount, request.WriterRole, request.Export = u.source.crosses, u.source.writerRole, u.format != ""
		plan, err := bind.NewUnbind(snapshot, request)
		return u.proposed(plan, snapshot, err)
	})
	return err
}
