package render

import (
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
)

// healthyLines is how many lines the answer about a healthy pod has at most.
const healthyLines = 8

// healthy reports whether an answer is that all is well: it is kept short.
func healthy(r *judge.Report) bool {
	return (r.Verdict == judge.Works || r.Verdict == judge.NotConfigured) && len(ofClass(r, check.Risk)) == 0 && r.Expected == nil
}

// chain writes the links from the pod to AWS, up to the first broken one.
func (p *page) chain(r *judge.Report) {
	links := r.Chain
	for i, l := range links {
		if l.Result == check.Fail {
			links = links[:i+1]
			break
		}
	}
	if len(links) == 0 {
		return
	}
	if !healthy(r) || p.style.Wide {
		p.blank()
		p.WriteString(strings.Join(p.chainLines(links), ""))
		return
	}
	above := strings.Count(p.String(), "\n")
	for _, expendable := range []check.Link{"", check.LinkRole, check.LinkEnvironment, check.LinkInjection} {
		links = withoutPassed(links, expendable)
		lines := p.chainLines(links)
		if above+strings.Count(strings.Join(lines, ""), "\n") <= healthyLines || expendable == check.LinkInjection {
			p.WriteString(strings.Join(lines, ""))
			return
		}
	}
}

// withoutPassed returns the links without one that passed.
func withoutPassed(links []judge.ChainLink, one check.Link) []judge.ChainLink {
	var rest []judge.ChainLink
	for _, l := range links {
		if l.Link != one || l.Result != check.Pass {
			rest = append(rest, l)
		}
	}
	return rest
}

// chainLines are the lines of the links.
func (p *page) chainLines(links []judge.ChainLink) []string {
	nameWidth, wordWidth := 0, 0
	for _, l := range links {
		nameWidth = max(nameWidth, columns(p.prose(string(l.Link))))
		wordWidth = max(wordWidth, len(resultWord(l.Result)))
	}
	lines := make([]string, len(links))
	for i, l := range links {
		s := p.resultSign(l.Result)
		head := "  " + pad(dressed(s.color, s.mark+" "+resultWord(l.Result)), len("x ")+wordWidth) +
			"  " + pad(p.prose(string(l.Link)), nameWidth) + "  "
		line := newPage(p.style)
		line.names = p.names
		line.paragraph(head, columns(head), l.Text)
		lines[i] = line.String()
	}
	return lines
}
