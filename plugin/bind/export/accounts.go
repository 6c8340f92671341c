package export

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
)

// accounts says which AWS account each change of a plan belongs to that crosses accounts, as a comment; empty for all others.
// A format names no account: what is written for one would act in that of whatever credentials it is applied with.
func accounts(plan *bind.Plan) string {
	if !plan.Crosses() {
		return ""
	}
	text := "the cluster is in account " + plan.Place.Cluster.Account
	if plan.Place.Cluster.Account == "" {
		text = "the cluster's account is unknown"
	}
	var order []string
	summaries := map[string]string{}
	for _, step := range plan.Steps {
		account := plan.Place.Account(step.Change)
		if account == "" {
			continue
		}
		if !slices.Contains(order, account) {
			order = append(order, account)
		}
		summaries[account] += "\n- " + step.Change.Summary()
	}
	for _, account := range order {
		text += "\nwith AWS credentials of account " + account + ":" + summaries[account]
	}
	return comment(text)
}

// forCredentials returns a plan whose commands name no profile if they need the credentials of another account than that of the
// profile.
func forCredentials(plan *bind.Plan) *bind.Plan {
	elsewhere := slices.ContainsFunc(plan.Steps, func(s bind.Step) bool {
		account := plan.Place.Account(s.Change)
		return account != "" && plan.Place.Caller != "" && account != plan.Place.Caller
	})
	if !elsewhere {
		return plan
	}
	other := *plan
	other.At.Profile = ""
	return &other
}
