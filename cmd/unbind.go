package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/collect"
)

// An unbinder is what `unbind` was asked to do.
type unbinder struct {
	planCommand
	role    string // as typed, empty if it was not
	request bind.UnbindRequest
}

func newUnbind(p *program, k *kubeconfig) *cobra.Command {
	u := &unbinder{planCommand: newPlanCommand(p, k)}
	cmd := &cobra.Command{
		Use:   "unbind SERVICEACCOUNT [ROLE]",
		Short: "Take a service account's IAM role away",
		Long: `Take a service account's IAM role away: its annotation or Pod Identity association, and exactly its subject in the role's
trust policy. What the role lets in beside it stays, and so does the OIDC provider.

ROLE is needed where nothing names it any more, such as for a service account that was deleted; a role that lets the
service account in by a pattern is told, and left alone. Pods that run keep the role until they are recreated.

Exits with 0 once the role is removed, with 1 if it is not, and with 4 if a change is left to you: the annotation of a
service account that Helm, Argo CD or Flux manages, whose edit for the source is printed.`,
		Example: `# Take the role of the service account web of the namespace shop away
kubectl irsa unbind shop/web

# Only show what would be done
kubectl irsa unbind shop/web --dry-run=client

# The role still trusts a service account that is gone
kubectl irsa unbind shop/web web

# The last binding of the cluster: the OIDC provider too
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
	cmd.Flags().BoolVar(&u.request.DeleteProvider, "delete-provider", false, "Delete the OIDC provider too, if no role of the account trusts it any more")
	return cmd
}

func (u *unbinder) complete(cmd *cobra.Command, args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return usagef("SERVICEACCOUNT is needed, and at most ROLE beside it")
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
		request.RoleARN, request.At = roleARN, u.source.at
		plan, err := bind.NewUnbind(snapshot, request)
		return proposal{plan, snapshot}, err
	})
	return err
}
