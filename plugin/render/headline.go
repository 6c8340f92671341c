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
	who += podsWords(r)
	worst := worstContainers(r)
	if namesContainer(r, worst) {
		who = containerWords(worst[0]) + " of " + who
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
			return who + " has no IAM role configured; it gets " + gets(identity.Provider, identity.RoleArn)
		}
		return who + " has no IAM role configured"
	case judge.Broken:
		return who + " " + brokenWords(identity, same)
	default:
		return "it is unknown whether " + who + " gets " + intended(identity, same) + reason(r)
	}
}

// intended names what a container should get, where that is known.
func intended(identity judge.Identity, same bool) string {
	if same && identity.RoleArn != "" {
		return identity.RoleArn
	}
	return "its AWS credentials"
}

func reason(r *judge.Report) string {
	if why := because(r); why != "" {
		return ", because " + why
	}
	return ""
}

// namesContainer reports whether the verdict is about one container of several, which the headline names.
func namesContainer(r *judge.Report, worst []judge.ContainerReport) bool {
	return len(worst) == 1 && len(countedContainers(r)) > 1
}

// endedHeadline is the headline about a pod that has ended: what it got, which is all that is left to see.
func endedHeadline(r *judge.Report, who string, identity judge.Identity, same bool) string {
	ended := "; it has ended (" + r.Ended + ")"
	switch r.Verdict {
	case judge.Works:
		if same && identity.RoleArn != "" {
			return who + " got " + gets(identity.Provider, identity.RoleArn) + ended
		}
		return who + " got its AWS credentials" + ended
	case judge.NotConfigured:
		if same && identity.Provider == sdk.IMDS {
			return who + " had no IAM role configured; it got " + gets(identity.Provider, identity.RoleArn) + ended
		}
		return who + " had no IAM role configured" + ended
	case judge.Broken:
		return who + " " + strings.NewReplacer("will not get", "did not get", "gets", "got", "depends", "depended").Replace(brokenWords(identity, same)) + ended
	default:
		return "it is unknown whether " + who + " got " + intended(identity, same) + reason(r) + ended
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
		return "will not get its AWS credentials; what it gets depends on the SDK"
	default:
		return "will not get its AWS credentials; it gets " + gets(identity.Provider, identity.RoleArn)
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

// answer writes the first line, and below it what it does not say: the pod that answers, the other containers, and what each SDK
// gets where they differ.
func (p *page) answer(r *judge.Report) {
	p.paragraph(p.verdict(r.Verdict)+": ", 2, headline(r))
	p.answering(r)
	counted := countedContainers(r)
	switch {
	case len(counted) > 1 || len(r.Containers) > len(counted):
		p.containerLines(r)
	case len(counted) == 1 && p.differs(counted[0]):
		p.sdks(2, counted[0])
	}
}

// differs reports whether what a container gets is shown by SDK.
func (p *page) differs(c judge.ContainerReport) bool {
	return partlyKnown(c) || c.Identity.Provider == sdk.SDKDependent && (p.style.Wide || !endsWithNothing([]judge.ContainerReport{c}))
}

// sdks writes what a container gets, an outcome a line with its SDKs.
func (p *page) sdks(indent int, c judge.ContainerReport) {
	for _, line := range bySDK(c.BySDK) {
		p.paragraph(strings.Repeat(" ", indent), indent+2, line)
	}
}

// A containerGroup is containers with one verdict and one identity.
type containerGroup struct {
	verdict judge.Verdict
	words   string
	of      []judge.ContainerReport
}

// containerLines writes what each of several containers comes to, those with the same outcome together, and without those that the
// headline is about.
func (p *page) containerLines(r *judge.Report) {
	var groups []*containerGroup
	place := map[string]*containerGroup{}
	for _, c := range r.Containers {
		group := &containerGroup{verdict: c.Verdict, words: identityWords(c)}
		if p.differs(c) {
			group.words = "depends on the SDK"
		} else {
			key := string(c.Verdict) + " " + group.words
			if place[key] == nil {
				place[key] = group
			} else {
				place[key].of = append(place[key].of, c)
				continue
			}
		}
		group.of = []judge.ContainerReport{c}
		groups = append(groups, group)
	}
	counted, worst := countedContainers(r), worstContainers(r)
	width := 0
	for _, g := range groups {
		width = max(width, columns(p.verdict(g.verdict)))
	}
	for _, g := range groups {
		told := len(worst) > 0 && g.verdict == r.Verdict && len(g.of) == len(worst) && g.of[0].Name == worst[0].Name
		if told && (namesContainer(r, worst) || len(g.of) == len(counted)) && !p.differs(g.of[0]) {
			continue
		}
		head := "  " + pad(p.verdict(g.verdict), width) + "  "
		indent := columns(head)
		p.paragraph(head, indent, containersOf(g.of)+": "+g.words)
		if p.differs(g.of[0]) {
			p.sdks(indent, g.of[0])
		}
	}
}

// containersOf names containers, those of one type together.
func containersOf(containers []judge.ContainerReport) string {
	if len(containers) == 1 {
		return containerWords(containers[0])
	}
	var order []string
	names := map[string][]string{}
	for _, c := range containers {
		if names[c.Type] == nil {
			order = append(order, c.Type)
		}
		names[c.Type] = append(names[c.Type], c.Name)
	}
	parts := make([]string, len(order))
	for i, kind := range order {
		words := containerWords(judge.ContainerReport{Type: kind, Name: strings.Join(names[kind], ", ")})
		if len(names[kind]) > 1 {
			words = strings.Replace(words, "container ", "containers ", 1)
		}
		parts[i] = words
	}
	return strings.Join(parts, " and ")
}

// identityWords says what a container ends up with.
func identityWords(c judge.ContainerReport) string {
	if c.Identity.Provider == sdk.SDKDependent && endsWithNothing([]judge.ContainerReport{c}) {
		return "no credentials, or an error, by SDK"
	}
	return gets(c.Identity.Provider, c.Identity.RoleArn)
}

// answering says which pod answers for a workload that has several, or where something is wrong; and what is judged where it has
// none.
func (p *page) answering(r *judge.Report) {
	switch {
	case r.Pods == nil:
	case r.Pods.Refused != "":
		if r.Verdict == judge.NotConfigured { // no finding quotes it
			p.paragraph("  ", 2, r.Pods.Refused)
		}
	case r.Pods.Total == 0:
		p.paragraph("  ", 2, noPods(r.Target))
	case healthy(r) && !p.style.Wide, namesPod(r):
	default:
		p.paragraph("  ", 2, "answered by its newest pod "+r.Pod)
	}
}

// noPods says what is judged where a target has no pod.
func noPods(t workload.Target) string {
	if t.Kind == "ServiceAccount" {
		return "no pod runs under it: the answer is about a new one"
	}
	return "it has no pod: the answer is about a new one"
}

// namesPod reports whether the headline names the pod that answers for a workload: its only one, where something is wrong.
func namesPod(r *judge.Report) bool { return r.Pods != nil && r.Pods.Total == 1 && !healthy(r) }

// podsWords counts the pods of a workload, by verdict where they differ.
func podsWords(r *judge.Report) string {
	pods := r.Pods
	switch {
	case pods == nil || pods.Total == 0:
		return ""
	case namesPod(r):
		return " (pod " + r.Pod + ")"
	case pods.Total == 1:
		return " (1 pod)"
	case len(pods.ByVerdict) == 1:
		return " (" + strconv.Itoa(pods.Total) + " pods)"
	default:
		return " (" + strconv.Itoa(pods.Total) + " pods: " + tally(pods.ByVerdict) + ")"
	}
}

// tally counts verdicts, the worst first.
func tally(byVerdict map[judge.Verdict]int) string {
	var parts []string
	for _, v := range judge.Verdicts {
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
