package export

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
)

// A Plan is a plan of bind or unbind as a document. Its JSON form is an interface.
type Plan struct {
	APIVersion     string        `json:"apiVersion"`
	Kind           string        `json:"kind"`
	Namespace      string        `json:"namespace"`
	ServiceAccount string        `json:"serviceAccount"`
	RoleArn        string        `json:"roleArn,omitempty"`
	Cluster        Cluster       `json:"cluster"`
	Caller         Caller        `json:"caller"`
	Steps          []Step        `json:"steps"`
	Later          []Step        `json:"later,omitempty"` // what is left to the user, such as restarts
	Warnings       []string      `json:"warnings,omitempty"`
	Source         string        `json:"source,omitempty"`    // the edit of what manages the service account (Helm, Argo CD, Flux)
	Verdict        judge.Verdict `json:"verdict,omitempty"`   // of explain, afterwards
	Remaining      []string      `json:"remaining,omitempty"` // findings that would break credentials even then
	Unknown        []fact.Gap    `json:"unknown,omitempty"`
}

// A Cluster is the cluster that a plan is for. What is unknown is left out.
type Cluster struct {
	Name    string `json:"name,omitempty"`
	Region  string `json:"region,omitempty"`
	Account string `json:"account,omitempty"`
}

// A Caller is whose the AWS credentials are that the plan was made with. What is unknown is left out.
type Caller struct {
	Account string `json:"account,omitempty"`
	Arn     string `json:"arn,omitempty"`
}

// A Step is one change of a plan.
type Step struct {
	Summary  string   `json:"summary"`
	Account  string   `json:"account,omitempty"` // the AWS account that it changes; none where it changes the cluster
	Writer   string   `json:"writer,omitempty"`  // the ARN of the role that makes it, if not the caller
	For      string   `json:"for,omitempty"`     // why
	Commands []string `json:"commands,omitempty"`
	ByHand   string   `json:"byHand,omitempty"` // what no command does
	Policy   string   `json:"policy,omitempty"` // the new trust policy
}

func document(plan *bind.Plan) Plan {
	d := Plan{
		APIVersion: snapshot.APIVersion, Kind: "Plan",
		Namespace: plan.Namespace, ServiceAccount: plan.ServiceAccount, RoleArn: plan.RoleARN,
		Cluster: Cluster{plan.Place.Cluster.Name, plan.Place.Cluster.Region, plan.Place.Cluster.Account},
		Caller:  Caller{plan.Place.Caller, plan.Place.CallerARN},
		Steps:   []Step{}, Source: plan.Source,
		Verdict: plan.Proof.Verdict, Remaining: plan.Proof.Remaining, Unknown: plan.Proof.Unknown,
	}
	for _, warning := range plan.Warnings {
		d.Warnings = append(d.Warnings, warning.String())
	}
	for _, step := range plan.Steps {
		one := stepOf(step.Change, plan.At)
		one.For, one.Account, one.Writer = step.For, plan.Place.Account(step.Change), plan.Place.Writer(step.Change)
		d.Steps = append(d.Steps, one)
	}
	for _, c := range plan.Later {
		d.Later = append(d.Later, stepOf(c, plan.At))
	}
	return d
}

func stepOf(c change.Change, at change.Coordinates) Step {
	one := []change.Change{c}
	return Step{Summary: c.Summary(), Commands: at.Shell(one), ByHand: at.Then(one), Policy: policyOf(c)}
}

// policyOf is the trust policy that a change leads to, empty if it leads to none.
func policyOf(c change.Change) string {
	switch c := c.(type) {
	case change.CreateRole:
		return c.Document
	case change.Grant:
		return c.Document
	case change.Revoke:
		return c.Document
	default:
		return ""
	}
}
