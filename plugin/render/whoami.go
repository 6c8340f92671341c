package render

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/sdk"
)

// fieldWidth is the width of the labels of `whoami`, which stand as those of `kubectl describe` do.
const fieldWidth = 18

// Whoami returns who targets are in AWS, one after the other.
func Whoami(reports []*judge.Report, s Style) string {
	return each(reports, s, (*page).identity)
}

func (p *page) identity(r *judge.Report) {
	kind := r.Target.Kind
	if kind == "ServiceAccount" {
		kind = "Service Account"
	}
	p.describe(kind, strings.TrimPrefix(r.Target.Namespace+"/"+r.Target.Name, "/"))
	if r.Pod != "" && r.Pod != r.Target.Name {
		p.describe("Pod", r.Pod+newestOf(r.Pods))
	}
	switch {
	case r.Pods == nil || r.Pods.Total > 0:
	case r.Pods.Refused != "":
		p.describe("Pod", "<none>: the API server refuses them")
	default:
		p.describe("Pod", "<none>: the answer is about a new one")
	}
	if r.Target.Kind != "ServiceAccount" {
		p.describe("Service Account", orNone(r.ServiceAccount))
	}
	for _, group := range alikeContainers(r.Containers) {
		p.container(r, group)
	}
	if len(r.Containers) == 0 {
		p.describe("Containers", "<none>")
	}
	p.expectation(r)
	p.WriteString(pad("Verdict:", fieldWidth) + p.verdict(r.Verdict) + p.codes(r) + "\n")
	p.exact(0, "Explain:", fieldWidth, explainCommand(r.Target, p.style.Source))
}

// codes lists the findings that decide the verdict.
func (p *page) codes(r *judge.Report) string {
	if codes := breaking(r); len(codes) > 0 {
		return " (" + p.value(strings.Join(codes, ", ")) + ")"
	}
	return ""
}

// newestOf says of how many pods one is the newest.
func newestOf(pods *judge.PodCount) string {
	switch {
	case pods == nil || pods.Total < 2:
		return ""
	case len(pods.ByVerdict) == 1:
		return ", newest of " + strconv.Itoa(pods.Total) + " pods"
	default:
		return ", newest of " + strconv.Itoa(pods.Total) + " pods (" + tally(pods.ByVerdict) + ")"
	}
}

// alikeContainers groups containers about which everything is the same. A pod may have very many that are all different.
func alikeContainers(containers []judge.ContainerReport) [][]judge.ContainerReport {
	const compared = 8
	var groups [][]judge.ContainerReport
next:
	for _, c := range containers {
		for i, group := range groups[:min(len(groups), compared)] {
			first := group[0]
			first.Name = c.Name
			if reflect.DeepEqual(first, c) {
				groups[i] = append(group, c)
				continue next
			}
		}
		groups = append(groups, []judge.ContainerReport{c})
	}
	return groups
}

// container writes who containers of a report are that are alike.
func (p *page) container(r *judge.Report, group []judge.ContainerReport) {
	c, words := group[0], containersOf(group)
	p.WriteString(p.prose(strings.ToUpper(words[:1])+words[1:]) + ":\n")
	p.detail("Identity", providerWords(c.Identity.Provider))
	if c.Identity.RoleArn != "" {
		p.detailExact("Role", c.Identity.RoleArn)
	}
	if c.Identity.AssumedFrom != "" {
		p.detailExact("Assumed From", c.Identity.AssumedFrom)
	}
	if c.Identity.SessionName != "" {
		p.detailExact("Session", c.Identity.SessionName)
	}
	if c.Identity.Provider == sdk.SDKDependent || partlyKnown(c) || p.style.Wide {
		for i, line := range bySDK(c.BySDK) {
			p.detail(labelOnce("By SDK", i), line)
		}
	}
	if c.Identity.Certainty != judge.Expected || p.style.Wide {
		certainty := certaintyWords(c.Identity.Certainty)
		if why := because(r); r.Verdict == judge.Undetermined && len(r.Containers) == 1 && c.Identity.Certainty == judge.UnknownCertainty && why != "" {
			certainty = "unknown, because " + why
		}
		p.detail("Certainty", certainty)
	}
	p.origin(c)
	for i, line := range fallbackLines(c) {
		p.detail(labelOnce("If That Fails", i), line)
	}
}

// origin says where a container's identity comes from.
func (p *page) origin(c judge.ContainerReport) {
	if c.Injected == nil {
		p.detail("Environment", "<none>")
	} else {
		p.injected(c.Injected)
	}
	for i, s := range c.Settings {
		p.detail(labelOnce("Also Decides", i), settingWords(s))
	}
}

// settingWords writes what is known of a setting.
func settingWords(s judge.Setting) string {
	words := s.Name
	if s.Value != "" {
		words += "=" + s.Value
	}
	var more []string
	if s.From != "" && s.From != "env" {
		more = append(more, "from "+s.From)
	}
	if s.Unknown != "" {
		more = append(more, "unknown: "+s.Unknown)
	}
	if len(more) > 0 {
		words += " (" + strings.Join(more, "; ") + ")"
	}
	return words
}

// injected writes what the webhook gave a container, or the template in its place.
func (p *page) injected(i *judge.Injected) {
	lines := 0
	for _, name := range slices.Sorted(maps.Keys(i.Env)) {
		p.detailExact(labelOnce("Environment", lines), name+"="+i.Env[name])
		lines++
	}
	if i.Volume == "" {
		return
	}
	token := "volume " + i.Volume
	if i.MountPath != "" {
		token += " at " + i.MountPath
	}
	if i.Audience != "" {
		token += ", audience " + i.Audience
	}
	if i.ExpirationSeconds > 0 {
		token += ", renewed within " + duration(i.ExpirationSeconds)
	}
	p.detail("Token", token)
}

// fallbackLines says what SDKs do when the identity cannot be had, those that go on silently first.
func fallbackLines(c judge.ContainerReport) []string {
	providers := slices.SortedFunc(maps.Keys(c.Fallback), func(a, b sdk.Provider) int {
		if (a == sdk.Failed) != (b == sdk.Failed) {
			if a == sdk.Failed {
				return 1
			}
			return -1
		}
		return strings.Compare(string(a), string(b))
	})
	lines := make([]string, len(providers))
	for i, provider := range providers {
		lines[i] = fallbackWords(provider)
		if names := c.Fallback[provider]; len(c.Fallback) > 1 && len(names) > 0 {
			lines[i] += ": " + joined(names)
		}
	}
	return lines
}

func joined(names []sdk.Name) string {
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = string(name)
	}
	return strings.Join(words, ", ")
}

func fallbackWords(p sdk.Provider) string {
	switch p {
	case sdk.Failed:
		return "an error, no other credentials"
	case sdk.NoProvider:
		return "no credentials"
	case sdk.Uncertain, sdk.SDKDependent:
		return "unknown"
	default:
		return providerWords(p) + ", without an error"
	}
}

// duration writes seconds in hours and minutes.
func duration(seconds int64) string {
	const longest = 1 << 31 // the API server takes no more
	if seconds > longest {
		return fmt.Sprintf("%d seconds", seconds)
	}
	d := (time.Duration(seconds) * time.Second).String()
	if short, ok := strings.CutSuffix(d, "m0s"); ok {
		d = short + "m"
	}
	if short, ok := strings.CutSuffix(d, "h0m"); ok {
		d = short + "h"
	}
	return d
}

func (p *page) describe(label, text string) { p.field(0, label+":", fieldWidth, text) }

func (p *page) detail(label, text string) {
	p.field(2, colon(label), fieldWidth-2, text)
}

func (p *page) detailExact(label, value string) {
	p.exact(2, colon(label), fieldWidth-2, value)
}

func colon(label string) string {
	if label == "" {
		return ""
	}
	return label + ":"
}

func orNone(text string) string {
	if text == "" {
		return "<none>"
	}
	return text
}
