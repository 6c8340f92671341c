// Package check knows what can be wrong between a pod and its AWS credentials. Each check is a value: a
// code, a title, its documentation and a pure function from a [subject.Subject] (a pod with all that follows from what was
// read about it) to an [Outcome]. Package judge runs them all and makes the report.
//
// A check and the words of its finding are in the file of its code, irsaNNN.go; what several checks share is in the other
// files. Which check reports a cause, and which comes first where several could, is in order.go.
package check

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

// A Class is what a finding means for the pod.
type Class string

// The classes of findings.
const (
	Breaks Class = "breaks" // the container will not get the intended credentials
	Risk   Class = "risk"   // the credentials work, but more is allowed than necessary
	Note   Class = "note"   // for information
)

// A Result is the answer of a check.
type Result string

// The results of a check.
const (
	Pass    Result = "pass"
	Fail    Result = "fail"
	Skip    Result = "skip"
	Unknown Result = "unknown"
)

// A Check is one thing that can be wrong. Codes are permanent.
type Check struct {
	Code  Code
	Class Class
	Link  Link
	Title string // what is wrong, lower case, true on its own
	Doc   Doc
	// Gap marks a note that reports something that is needed and unknown: "works, unless …".
	Gap bool
	// NeverUnknown says why the check can always be answered; empty where it can be unknown.
	NeverUnknown string
	Run          func(*subject.Subject) Outcome
}

// Doc is the long text of a code, under its four headings.
type Doc struct {
	Means   string // what it means
	Example string // an example
	Fix     string // how to fix it
	Verify  string // how to verify the fix
}

// A Link is a part of the chain from the pod to AWS, in whose order findings of one class are shown.
type Link string

// The links of the chain.
const (
	LinkAccount     Link = "service account"
	LinkInjection   Link = "injection"
	LinkEnvironment Link = "environment"
	LinkProvider    Link = "OIDC provider"
	LinkRole        Link = "role"
	LinkTrust       Link = "trust policy"
	LinkPodIdentity Link = "Pod Identity"
	LinkFallback    Link = "fallback"
)

// Links are the links in their order.
var Links = []Link{LinkAccount, LinkInjection, LinkEnvironment, LinkPodIdentity, LinkProvider, LinkRole, LinkTrust, LinkFallback}

// An Outcome is a check's whole answer: at most one finding.
type Outcome struct {
	Result     Result
	Containers []string // the containers that it concerns; none means all
	Where      string   // the object and field, in the user's terms
	Have, Need string   // what is there, what would have to be
	Why        string   // the mechanism, one sentence; for a skip, the reason
	Gaps       []fact.Gap
	// Fix is the plan that fixes it, in the order in which it must be carried out.
	Fix []change.Change
	// Rather is what is better than Fix and cannot be computed; it is printed before it.
	Rather string
	// Advice is what to do where no change can be computed, or in addition to it.
	Advice string
	// Look is a command that shows what Advice or Rather is about, or does it once a person has filled in what is upper case,
	// as an argument list: it is printed where [Here] is in them, or else after the advice.
	Look []string
	// Evidence names what the finding was read from.
	Evidence []string
}

func pass(evidence ...string) Outcome { return Outcome{Result: Pass, Evidence: evidence} }

// skip is the outcome of a check that is skipped; why names the code or the state that made it so.
func skip[T ~string](why T) Outcome { return Outcome{Result: Skip, Why: string(why)} }

func unknown(gaps ...fact.Gap) Outcome { return Outcome{Result: Unknown, Gaps: gaps} }

// gap is the outcome of a check that needed a fact that there is no answer to.
func gap[T any](f fact.Fact[T]) Outcome {
	g, _ := f.Gap()
	return unknown(g)
}

// Here marks the place of the outcome's command in a sentence. The command gets its coordinates where it is printed. No other
// sentence has this character.
const Here = "\x00"
