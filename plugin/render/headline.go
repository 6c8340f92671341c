package render

import (
	"strconv"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// headline says in one sentence what a report comes to.
func headline(r *judge.Report) string {
	who := subject(r.Target)
	if r.Pods != nil && r.Pods.Refused != "" {
		return who + " has no pods: the API server refuses them"
	}
	worst := worstContainers(r)
	if len(worst) == 1 && len(countedContainers(r)) > 1 {
		who += ", " + containerWords(worst[0]) + ","
	}
	identity, same := commonIdentity(worst)
	if len(worst) > 0 && same && endsWithNothing(worst) {
		identity.Provider = sdk.NoProvider
	}
	if r.Ended != "" {
		return endedHeadline(r, who, identity, same)
	}
	switch r.Verdict {
	case judge.Works:
		if same && identity.RoleArn != "" {
			return who + " gets " + gets(identity.Provider, identity.RoleArn)
		}
		return who + " gets its AWS credentials"
	case judge.NotConfigured:
		if same && identity.Provider == sdk.IMDS {
			return "nothing gives " + who + " a role of its own; it can take " + gets(identity.Provider, identity.RoleArn)
		}
		return "nothing gives " + who + " an AWS role"
	case judge.Broken:
		return who + " " + brokenWords(identity, same)
	default:
		return "it cannot be told whether " + who + " gets its AWS credentials"
	}
}

// endedHeadline is the headline about a pod that has ended: what it was given, which is all that is left to see.
func endedHeadline(r *judge.Report, who string, identity judge.Identity, same bool) string {
	ended := "; it has ended (" + r.Ended + ")"
	switch r.Verdict {
	case judge.Works:
		if same && identity.RoleArn != "" {
			return who + " was given " + gets(identity.Provider, identity.RoleArn) + ended
		}
		return who + " was given its AWS credentials" + ended
	case judge.NotConfigured:
		if same && identity.Provider == sdk.IMDS {
			return "nothing gave " + who + " a role of its own; it could take " + gets(identity.Provider, identity.RoleArn) + ended
		}
		return "nothing gave " + who + " an AWS role" + ended
	case judge.Broken:
		return who + " " + strings.NewReplacer("will not get", "did not get", "gets", "got", "depends", "depended").Replace(brokenWords(identity, same)) + ended
	default:
		return "it is unknown whether " + who + " got its AWS credentials" + ended
	}
}

// brokenWords says what a container gets instead of the intended credentials.
func brokenWords(identity judge.Identity, same bool) string {
	switch {
	case !same, identity.Provider == sdk.Uncertain, identity.Provider == "":
		return "will not get its AWS credentials"
	case identity.Provider == sdk.NoProvider, identity.Provider == sdk.Failed:
		return "will not get AWS credentials"
	case identity.Provider == sdk.SDKDependent:
		return "will not get its AWS credentials; what it gets instead depends on the SDK"
	default:
		return "will not get its AWS credentials, but " + gets(identity.Provider, identity.RoleArn)
	}
}

// endsWithNothing reports whether no SDK gets any credentials in the containers, be it with an error or
// without.
func endsWithNothing(containers []judge.ContainerReport) bool {
	nothing := func(p sdk.Provider) bool { return p == sdk.NoProvider || p == sdk.Failed }
	for _, c := range containers {
		if !nothing(c.Identity.Provider) && (c.Identity.Provider != sdk.SDKDependent || len(c.BySDK) == 0) {
			return false
		}
		for _, identity := range c.BySDK {
			if !nothing(identity.Provider) {
				return false
			}
		}
	}
	return true
}

// worstContainers returns the containers whose verdict is the report's.
func worstContainers(r *judge.Report) []judge.ContainerReport {
	var worst []judge.ContainerReport
	for _, c := range countedContainers(r) {
		if c.Verdict == r.Verdict {
			worst = append(worst, c)
		}
	}
	return worst
}

// commonIdentity returns the identity that all the containers have; same is false where they differ.
func commonIdentity(containers []judge.ContainerReport) (identity judge.Identity, same bool) {
	for i, c := range containers {
		if i > 0 && (c.Identity.Provider != identity.Provider || c.Identity.RoleArn != identity.RoleArn) {
			return judge.Identity{}, false
		}
		identity = c.Identity
	}
	return identity, len(containers) > 0
}

// answer writes the first line, and below it what the answer is about where that is not plain.
func (p *page) answer(r *judge.Report) {
	p.paragraph(p.verdict(r.Verdict)+": ", 2, headline(r))
	p.replicas(r)
	counted := countedContainers(r)
	switch {
	case len(counted) > 1 || len(r.Containers) > len(counted):
		p.blank()
		width := 0
		for _, c := range r.Containers {
			width = max(width, columns(p.verdict(c.Verdict)))
		}
		for _, c := range r.Containers {
			p.containerLine(c, width)
		}
	case len(counted) == 1 && (partlyKnown(counted[0]) || counted[0].Identity.Provider == sdk.SDKDependent && (p.style.Wide || !endsWithNothing(counted))):
		for _, line := range bySDK(counted[0].BySDK) {
			p.paragraph("  ", 4, line)
		}
	}
}

// containerLine writes what one of several containers comes to, beside its verdict.
func (p *page) containerLine(c judge.ContainerReport, width int) {
	indent := 2 + width + 2
	head := "  " + pad(p.verdict(c.Verdict), width) + "  "
	if c.Identity.Provider != sdk.SDKDependent || endsWithNothing([]judge.ContainerReport{c}) && !p.style.Wide {
		p.paragraph(head, indent, containerWords(c)+": "+identityWords(c))
		return
	}
	p.paragraph(head, indent, containerWords(c)+": what it gets depends on the SDK")
	for _, line := range bySDK(c.BySDK) {
		p.paragraph(strings.Repeat(" ", indent), indent+2, line)
	}
}

// identityWords says what a container ends up with.
func identityWords(c judge.ContainerReport) string {
	if c.Identity.Provider == sdk.SDKDependent && endsWithNothing([]judge.ContainerReport{c}) {
		return "no credentials, or an error, as the SDK has it"
	}
	return gets(c.Identity.Provider, c.Identity.RoleArn)
}

// replicas says which pod answers for a workload, and how its other pods do.
func (p *page) replicas(r *judge.Report) {
	switch {
	case r.Pods == nil:
		return
	case r.Pods.Refused != "":
		if r.Verdict == judge.NotConfigured { // no finding quotes it
			p.paragraph("  ", 2, r.Pods.Refused)
		}
		return
	case r.Pods.Total == 0:
		p.paragraph("  ", 2, noPods(r.Target))
		return
	}
	p.paragraph("  ", 2, "answered by pod "+r.Pod+podsWords(r.Pods))
}

// noPods says what is judged where a target has no pod.
func noPods(t workload.Target) string {
	if t.Kind == "ServiceAccount" {
		return "no pod runs under it now: this is about a new one"
	}
	return "it has no pod now: this is about a new one"
}

func podsWords(pods *judge.PodCount) string {
	if pods == nil || pods.Total < 2 {
		return ""
	}
	return ", the newest of " + strconv.Itoa(pods.Total) + " (" + tally(pods.ByVerdict) + ")"
}

// tally counts verdicts, the worst first.
func tally(byVerdict map[judge.Verdict]int) string {
	var parts []string
	for _, v := range []judge.Verdict{judge.Broken, judge.Undetermined, judge.Works, judge.NotConfigured} {
		if n := byVerdict[v]; n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+tallyWord(v, n))
		}
	}
	return strings.Join(parts, ", ")
}

func tallyWord(v judge.Verdict, n int) string {
	if v == judge.Works && n > 1 {
		return "work"
	}
	return verdictWords(v)
}
