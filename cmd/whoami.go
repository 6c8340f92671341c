package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
)

func newWhoami(p *program, k *kubeconfig) *cobra.Command {
	q := newQuestion(p, k)
	cmd := &cobra.Command{
		Use:   "whoami (POD | TYPE/NAME | TYPE NAME... | -f FILENAME)",
		Short: "Print who a pod is in AWS",
		Long: `Print who a pod is in AWS: for each container the identity that AWS SDKs find, where it comes from, and what they do
if it fails.

A pod is POD, pod/POD or NAMESPACE/POD. A workload (deployment, statefulset, daemonset, replicaset, job, cronjob) or a service account is answered by its newest
pod or, if it has none, by the one that its template creates. Without a name, whoami lists all pods of the namespace.
With -f it is about the pods that manifests create, whether they exist or not.

Where a server does not answer, what decides the verdict is waited for as long as --request-timeout allows, 30 seconds by
default. What only notes need is unknown 3 seconds after the last answer; with -o wide it is waited for, too.

Exits with 0 if there is an answer, and with 1 if there is none. With --expect-role: 0 if that is the target's role, 2
if it has another identity, 3 if that is unknown.`,
		Example: `# Who is this pod?
kubectl irsa whoami pod web-0

# Who are the pods of this deployment?
kubectl irsa whoami deploy/web -n shop

# The role alone, for a script
kubectl irsa whoami web-0 -o jsonpath='{.containers[0].identity.roleArn}'

# Fail unless it is this role
kubectl irsa whoami web-0 --expect-role arn:aws:iam::111122223333:role/web`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := q.complete(cmd, args); err != nil {
				return err
			}
			if err := q.validate(); err != nil {
				return err
			}
			return q.whoami(cmd.Context())
		},
	}
	q.addFlags(cmd)
	return cmd
}

func (q *question) whoami(ctx context.Context) error {
	found, err := q.ask(ctx)
	if err != nil {
		return err
	}
	if q.expectRole != "" {
		q.program.exit = assertion(found)
	}
	if len(found) == 0 && q.output.isText() {
		return nil
	}
	return q.output.print(q.program, q.identities(found))
}

// identities is the answer of `whoami`.
func (q *question) identities(found []*judge.Report) answer {
	shown := q.rows.of(found)
	a := answer{targets: targetsOf(shown), value: render.Identities(shown), source: q.arguments()}
	a.text = func(s render.Style) string {
		if q.query.named() || len(found) == 1 && len(shown) == 1 && !q.rows.noHeaders {
			return render.Whoami(found, s)
		}
		return q.table(found, s)
	}
	if len(q.query.targets) == 1 && len(found) == 1 {
		a.value = render.IdentityOf(found[0])
	}
	return a
}
