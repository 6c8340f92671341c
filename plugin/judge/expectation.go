package judge

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

// An Expectation is the answer to the assertion that the target has a certain role.
type Expectation struct {
	RoleArn string    `json:"roleArn"`
	Result  Assertion `json:"result"`
}

// An Assertion says whether what was expected is so.
type Assertion string

// The answers to an assertion, the worst first.
const (
	AssertedNo      Assertion = "no"      // some container is another identity, or none
	AssertedUnknown Assertion = "unknown" // it is unknown
	AssertedYes     Assertion = "yes"
)

// worse returns the worse of two answers.
func (a Assertion) worse(b Assertion) Assertion {
	order := []Assertion{AssertedNo, AssertedUnknown, AssertedYes}
	return order[min(slices.Index(order, a), slices.Index(order, b))]
}

// expectation answers whether every container that counts has the role; nil where none is expected.
// Containers without a configured role do not count where another one has one.
func (r *Report) expectation(role string) *Expectation {
	if role == "" {
		return nil
	}
	result, counted := AssertedYes, false
	for _, c := range r.Containers {
		if c.Type == string(inject.Ephemeral) || c.Verdict == NotConfigured && r.Verdict != NotConfigured {
			continue
		}
		result, counted = result.worse(c.has(role)), true
	}
	if !counted {
		result = AssertedUnknown
	}
	return &Expectation{RoleArn: role, Result: result}
}

// has answers for one container. Where the SDKs differ, every one of them must have the role; a role that it
// has only if all that is unknown is as it should be is not one that it has.
func (c ContainerReport) has(role string) Assertion {
	if c.Identity.Provider == sdk.SDKDependent {
		result := AssertedYes
		for _, identity := range c.BySDK {
			result = result.worse(same(identity.Provider, identity.RoleArn, role))
		}
		return result
	}
	result := same(c.Identity.Provider, c.Identity.RoleArn, role)
	if c.Verdict == Undetermined {
		return result.worse(AssertedUnknown)
	}
	return result
}

// same compares an identity with the expected role. Access keys are another identity; the identity of a profile is
// unknown, and so is the role of a node that was not read.
func same(provider sdk.Provider, have, want string) Assertion {
	switch {
	case have == want:
		return AssertedYes
	case have != "", provider == sdk.NoProvider, provider == sdk.Failed, provider == sdk.Static:
		return AssertedNo
	default:
		return AssertedUnknown
	}
}
