package judge

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/manifest"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// A Certainty says how an identity is known.
type Certainty string

// The certainties.
const (
	Proven           Certainty = "proven"   // STS said so
	Expected         Certainty = "expected" // it follows from everything that was read
	UnknownCertainty Certainty = "unknown"
)

// A Report is the answer for one target. Its JSON form is an interface.
type Report struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	// Of a list whose items all have the same provenance, the header has it.
	Provenance *Provenance `json:"provenance,omitempty"`
	// Cluster is the cluster's name. Only the items of a list have it.
	Cluster        string            `json:"cluster,omitempty"`
	Target         workload.Target   `json:"target"`
	Manifest       *manifest.Place   `json:"manifest,omitempty"` // where the target comes from, if not from the cluster
	Pod            string            `json:"pod,omitempty"`      // the pod that answers for a workload
	ServiceAccount string            `json:"serviceAccount,omitempty"`
	Verdict        Verdict           `json:"verdict"`
	Expected       *Expectation      `json:"expected,omitempty"`
	Containers     []ContainerReport `json:"containers"`
	Chain          []ChainLink       `json:"chain,omitempty"`
	Findings       []Finding         `json:"findings"`
	Unknown        []fact.Gap        `json:"unknown"`
	Pods           *PodCount         `json:"pods,omitempty"`
	Ended          string            `json:"ended,omitempty"` // the phase of a pod that has ended: Succeeded or Failed

	// Deciding are those of Unknown without which the verdict is open.
	Deciding []fact.Gap `json:"-"`
	// decidingPods are the same for the verdicts of the other pods that the report stands for.
	decidingPods []fact.Gap
	// FixedRole is the ARN that the fixes annotate the service account with; empty where they do not.
	FixedRole string           `json:"-"`
	Checks    []CheckedOutcome `json:"checks,omitempty"`
}

// PodCount sums up the pods that a workload's report stands for.
type PodCount struct {
	Total     int             `json:"total"`
	ByVerdict map[Verdict]int `json:"byVerdict"`
	// Refused is the message with which the API server refuses the pods, where there are none for that reason.
	Refused string `json:"refused,omitempty"`
}

// A ContainerReport is one container's identity in AWS.
type ContainerReport struct {
	Name     string                   `json:"name"`
	Type     string                   `json:"type"` // container, init or ephemeral
	Verdict  Verdict                  `json:"verdict"`
	Identity Identity                 `json:"identity"`
	BySDK    map[sdk.Name]SDKIdentity `json:"bySDK,omitempty"`
	// Fallback is what SDKs use if the role is refused.
	Fallback map[sdk.Provider][]sdk.Name `json:"fallback,omitempty"`
	Injected *Injected                   `json:"injected,omitempty"`
	// Settings are the variables and files beside it that decide which credentials an SDK gets.
	Settings []Setting `json:"settings,omitempty"`
}

// An Identity is who a container is in AWS.
type Identity struct {
	Provider sdk.Provider `json:"provider"`
	RoleArn  string       `json:"roleArn,omitempty"`
	// AssumedFrom is the role with whose credentials RoleArn is assumed: the association's, where that has a target role.
	AssumedFrom string    `json:"assumedFrom,omitempty"`
	SessionName string    `json:"sessionName,omitempty"`
	Certainty   Certainty `json:"certainty"`
}

// An SDKIdentity is who a container is in AWS through one SDK.
type SDKIdentity struct {
	Provider sdk.Provider `json:"provider"`
	RoleArn  string       `json:"roleArn,omitempty"`
	Error    string       `json:"error,omitempty"`
	Note     string       `json:"note,omitempty"`
}

// Injected is what the webhook, or the template in its place, gave a container.
type Injected struct {
	Env               map[string]string `json:"env"`
	Volume            string            `json:"volume,omitempty"`
	MountPath         string            `json:"mountPath,omitempty"`
	Audience          string            `json:"audience,omitempty"`
	ExpirationSeconds int64             `json:"expirationSeconds,omitempty"`
}

// A ChainLink is one link of the chain from the pod to AWS, as it stands.
type ChainLink struct {
	Link   check.Link   `json:"link"`
	Result check.Result `json:"result"`
	Text   string       `json:"text"`
}

// A Finding is a check that failed.
type Finding struct {
	Code   check.Code   `json:"code"`
	Class  check.Class  `json:"class"`
	Result check.Result `json:"result"`
	Title  string       `json:"title"`
	// After are the codes of the findings that hide this one: it shows when their fixes are applied.
	After      []string `json:"after,omitempty"`
	Containers []string `json:"containers,omitempty"`
	Where      string   `json:"where,omitempty"`
	Have       string   `json:"have,omitempty"`
	Need       string   `json:"need,omitempty"`
	Why        string   `json:"why,omitempty"`
	Fix        *Fix     `json:"fix,omitempty"`
	Evidence   []string `json:"evidence,omitempty"`
}

// A Fix is what fixes a finding. Proved says that exactly Commands were applied to the snapshot, the result was judged again,
// and the answer becomes `works`; With names the findings whose fixes it takes for that beside this one. For a risk or a
// note it says that the finding is gone afterwards and the verdict no worse.
type Fix struct {
	Proved bool     `json:"proved"`
	With   []string `json:"with,omitempty"`
	// RestsOn is what the proof takes for granted, because it was not read or cannot be; Probe is the command that shows whether
	// it holds.
	RestsOn []string `json:"restsOn,omitempty"`
	Probe   string   `json:"probe,omitempty"`
	Summary string   `json:"summary"`
	// Edits are the changes of objects that come from manifest files: they are made there, not in the cluster.
	Edits    []Edit   `json:"edits,omitempty"`
	Commands []string `json:"commands,omitempty"`
	// Then is what is left to do after Commands, where they do not do all of it.
	Then string `json:"then,omitempty"`
	// Bind is the first of Commands where that is `kubectl irsa bind`, which does by itself what the others do step by step.
	Bind string `json:"-"`
	// Look is the command in Summary, empty where it has none.
	Look string `json:"-"`
	// Diffs are what the fix changes of policies.
	Diffs []Diff `json:"-"`
	// Policies are the documents in Commands.
	Policies []change.PolicyFile `json:"-"`
}

// A Diff is what a fix makes of a text.
type Diff struct{ Before, After string }

// An Edit is a change in a manifest file.
type Edit struct {
	File string `json:"file"` // as it was named; - is standard input
	Line int    `json:"line"`
	Do   string `json:"do"` // what to do at that line, as an imperative sentence
}

// Steps are the commands that make the fix step by step.
func (f Fix) Steps() []string {
	if f.Bind == "" {
		return f.Commands
	}
	return f.Commands[1:]
}

// A CheckedOutcome is what one check answered, also where it found nothing.
type CheckedOutcome struct {
	Code   check.Code   `json:"code"`
	Result check.Result `json:"result"`
	Why    string       `json:"why,omitempty"`
	Gaps   []fact.Gap   `json:"unknown,omitempty"`
}
