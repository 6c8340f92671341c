package bind

import (
	"strconv"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/check"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/judge"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// mostJudged is how many workloads are judged: pods of one service account differ little.
const mostJudged = 100

// prove carries the plan out on the snapshot, restarts and all, and judges the service account's pods; where it has
// none, the one that a plain manifest would create.
func (p *planner) prove() {
	changes := append(p.plan.Changes(), p.plan.Later...)
	if p.plan.Source != "" && !p.request.Migrate { // what the source should have
		changes = append([]change.Change{change.Annotate{
			Namespace: p.request.Namespace, ServiceAccount: p.request.ServiceAccount, Key: p.roleKey(), Value: p.request.RoleARN,
		}}, changes...)
	}
	after, ok := change.Apply(p.snapshot, changes)
	if !ok {
		return
	}
	if len(p.pods) == 0 {
		p.proveReport(p.judgePlain(after))
		return
	}
	judged, count := map[workload.Owner]bool{}, 0
	for _, pod := range p.pods {
		owner := workload.OwnerOf(pod)
		now, ok := after.Pod(pod.Namespace, pod.Name).Get()
		if !ok || owner.Name != "" && judged[owner] {
			continue
		}
		if count++; count > mostJudged {
			p.plan.Proof.Verdict = judge.Undetermined.Worse(p.plan.Proof.Verdict)
			p.plan.Proof.Unknown = append(p.plan.Proof.Unknown, fact.Gap{What: "the pods beyond the newest " + strconv.Itoa(mostJudged), Reason: "they are not judged one by one"})
			return
		}
		judged[owner] = true
		p.proveReport(judge.Judge(after, now, false, judge.Options{}))
	}
}

// judgePlain judges a pod with nothing in it but the service account.
func (p *planner) judgePlain(s *snapshot.Snapshot) *judge.Report {
	draft := s.Draft()
	pod := subject.Admit(s, workload.PlainPod(p.request.Namespace, p.request.ServiceAccount))
	draft.Put(pod)
	return judge.Judge(draft.Snapshot(), pod, true, judge.Options{})
}

func (p *planner) proveReport(r *judge.Report) {
	proof := &p.plan.Proof
	proof.Verdict = r.Verdict.Worse(proof.Verdict)
	for _, f := range r.Findings {
		if f.Class == check.Breaks {
			proof.Remaining = append(proof.Remaining, string(f.Code)+" "+f.Title+" ("+r.Target.Name+")")
		}
	}
	proof.Unknown = append(proof.Unknown, r.Unknown...)
}
