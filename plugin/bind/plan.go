package bind

import (
	"fmt"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A Plan is what to do, in this order. Each prefix of Steps leaves what worked before working.
type Plan struct {
	Namespace, ServiceAccount string
	// Workload is what was named instead of the service account that it runs under; zero if nothing was.
	Workload workload.Target
	RoleARN  string // empty where there is none, in a plan to unbind
	Steps    []Step
	// Later are the restarts that are left to the user.
	Later []change.Change
	// Warnings are what the user who confirms the plan must know.
	Warnings []Notice
	// Stays is what a plan to unbind leaves in place.
	Stays []string
	// Source is what to change in the source of a service account that another program manages; empty if none does.
	Source string
	// Again says that the same command continues once the pods are recreated.
	Again bool
	// Injection is what new pods get once the plan is carried out; zero in a plan to unbind.
	Injection Injection
	Proof     Proof
	// Place is where it acts, and who makes its changes.
	Place Place
	// At says where the commands of its changes act.
	At change.Coordinates
}

// A Step is a change and what it is for.
type Step struct {
	Change change.Change
	For    string
}

// Proof is what `explain` reports about the service account's pods once the plan is carried out and the workloads are restarted:
// found out by doing so on the snapshot.
type Proof struct {
	Verdict judge.Verdict // the worst of all; empty where it could not be foreseen
	// Remaining are the findings that would still break a pod, each with its code.
	Remaining []string
	// Unknown are the gaps that would keep the answer from being certain.
	Unknown []fact.Gap
}

// Changes are those of the steps.
func (p *Plan) Changes() []change.Change {
	changes := make([]change.Change, len(p.Steps))
	for i, step := range p.Steps {
		changes[i] = step.Change
	}
	return changes
}

func (p *Plan) add(c change.Change, why string) { p.Steps = append(p.Steps, Step{Change: c, For: why}) }

func (p *Plan) warn(format string, args ...any) { p.advise("", format, args...) }

// advise warns, and says what to run about it.
func (p *Plan) advise(command, format string, args ...any) {
	p.Warnings = append(p.Warnings, Notice{fmt.Sprintf(format, args...), command})
}

func (p *Plan) stays(format string, args ...any) {
	p.Stays = append(p.Stays, fmt.Sprintf(format, args...))
}
