package export

import (
	"sigs.k8s.io/yaml"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/bind"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/evidence"
)

// planDocument is a plan as a document; its form is an interface.
type planDocument struct {
	APIVersion     string         `json:"apiVersion"`
	Kind           string         `json:"kind"`
	Namespace      string         `json:"namespace"`
	ServiceAccount string         `json:"serviceAccount"`
	RoleArn        string         `json:"roleArn,omitempty"`
	Steps          []stepDocument `json:"steps"`
	Later          []stepDocument `json:"later,omitempty"`
	Warnings       []string       `json:"warnings,omitempty"`
	Source         string         `json:"source,omitempty"`
	Verdict        check.Verdict  `json:"verdict,omitempty"` // of explain, afterwards
	Remaining      []string       `json:"remaining,omitempty"`
	Unknown        []evidence.Gap `json:"unknown,omitempty"`
}

type stepDocument struct {
	Summary  string   `json:"summary"`
	For      string   `json:"for,omitempty"`
	Commands []string `json:"commands,omitempty"`
	// Policy is the trust policy as it is to be.
	Policy string `json:"policy,omitempty"`
}

func document(plan *bind.Plan) (string, error) {
	d := planDocument{
		APIVersion: evidence.APIVersion, Kind: "Plan",
		Namespace: plan.Namespace, ServiceAccount: plan.ServiceAccount, RoleArn: plan.RoleARN,
		Steps: []stepDocument{}, Warnings: plan.Warnings, Source: plan.Source,
		Verdict: plan.Proof.Verdict, Remaining: plan.Proof.Remaining, Unknown: plan.Proof.Unknown,
	}
	for _, step := range plan.Steps {
		d.Steps = append(d.Steps, stepDocument{
			Summary: step.Change.Summary(), For: step.For, Commands: change.Shell([]change.Change{step.Change}), Policy: policyOf(step.Change),
		})
	}
	for _, c := range plan.Later {
		d.Later = append(d.Later, stepDocument{Summary: c.Summary(), Commands: change.Shell([]change.Change{c})})
	}
	text, err := yaml.Marshal(d)
	return string(text), err
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
