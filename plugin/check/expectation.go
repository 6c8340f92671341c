package check

import (
	"strings"

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
	AssertedUnknown Assertion = "unknown" // it cannot be told, or depends on the SDK
	AssertedYes     Assertion = "yes"
)

// expectation answers the assertion of the options; nil where there is none. It is about the containers that
// are to get a role, and about all of them where none is.
func (s *Subject) expectation() *Expectation {
	if s.Options.ExpectRole == "" {
		return nil
	}
	var wanting, all []Assertion
	for _, c := range s.Containers {
		if c.Type == inject.Ephemeral {
			continue
		}
		answer := s.asserted(c)
		all = append(all, answer)
		if c.Wants != inject.None {
			wanting = append(wanting, answer)
		}
	}
	if len(wanting) == 0 {
		wanting = all
	}
	e := &Expectation{RoleArn: s.Options.ExpectRole, Result: AssertedUnknown}
	for i, answer := range wanting {
		if i == 0 {
			e.Result = answer
		}
		e.Result = e.Result.worse(answer)
	}
	return e
}

func (a Assertion) worse(b Assertion) Assertion {
	for _, worst := range []Assertion{AssertedNo, AssertedUnknown} {
		if a == worst || b == worst {
			return worst
		}
	}
	return AssertedYes
}

// asserted answers for one container: no if no SDK takes the role, yes if all do.
func (s *Subject) asserted(c *Container) Assertion {
	var yes, no bool
	for _, o := range c.Outcomes {
		switch s.takes(c, o.Provider) {
		case AssertedYes:
			yes = true
		case AssertedNo:
			no = true
		default:
			return AssertedUnknown
		}
	}
	switch {
	case yes && !no:
		return AssertedYes
	case no && !yes:
		return AssertedNo
	default:
		return AssertedUnknown
	}
}

// takes reports whether a provider gives the container the role that is expected.
func (s *Subject) takes(c *Container, p sdk.Provider) Assertion {
	switch p {
	case sdk.NoProvider, sdk.Failed:
		return AssertedNo
	case sdk.Static:
		// Keys of a user begin with AKIA, those of a session with ASIA (IAM User Guide, unique identifiers).
		if id, _ := c.Variables.known("AWS_ACCESS_KEY_ID"); strings.HasPrefix(id, "AKIA") {
			return AssertedNo
		}
		return AssertedUnknown
	}
	switch role := s.roleOf(c, p); role {
	case "":
		return AssertedUnknown
	case s.Options.ExpectRole:
		return AssertedYes
	default:
		return AssertedNo
	}
}
