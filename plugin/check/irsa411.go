package check

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

var irsa411 = Check{
	Code: IRSA411, Class: Risk, Link: LinkTrust,
	Title: "the trust policy lets in more than this service account",
	Doc: Doc{
		Means: `A statement of the trust policy tests no subject, or a pattern with * or ? that stands for more than one. Then
other service accounts of the cluster can take the role too: those that are there, and those that somebody makes
tomorrow. With no test of the subject at all it is every service account of every namespace, so that whoever may
create a pod anywhere in the cluster has what the role may do.`,
		Example: `Only the audience is tested:

    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud": "sts.amazonaws.com"}}

or a pattern reaches over the namespace, as this one does, which also takes in pay-archive:api:

    "StringLike": {"oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:pay*:api"}`,
		Fix: `Name the subjects that are meant, in full, under StringEquals; several of them as a list:

    "StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": [
        "system:serviceaccount:shop:web", "system:serviceaccount:shop:worker"]}

Find out first who uses the role, or those who are not named will fail. Where a whole namespace is meant, end the
pattern behind its colon: system:serviceaccount:shop:*.`,
		Verify: `CloudTrail's events name the subjects that took the role in the last 90 days (userIdentity.userName and
requestParameters.roleArn):

    aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=AssumeRoleWithWebIdentity`,
	},
	Run: func(s *subject.Subject) Outcome {
		return eachFederation(s, func(j *subject.RoleJudgement) Outcome {
			if out := trustUnread(s, j); out.Result != "" {
				return out
			}
			exposure := j.Policy.Exposure(j.Request)
			out := Outcome{
				Result: Fail, Where: trustWhere(j), Need: "StringEquals " + trust.TrimScheme(issuerURL(s)) + ":sub " + s.TokenSubject(),
				Fix:      namedInFull(s, j),
				Advice:   "name the service accounts that are meant, in full, under StringEquals",
				Evidence: []string{j.Role.Source()},
			}
			if exposure.Any && allows(s, j, anybody) {
				out.Have = "no condition on " + trust.TrimScheme(issuerURL(s)) + ":sub"
				out.Why = "every service account of the cluster can take the role" + othersAllowed(s, j, exposure)
				return out
			}
			// A Deny may leave open no more than the pod's own namespace.
			neighbour := trust.Subject{Namespace: s.Pod.Namespace, Name: nobody}.String()
			neighbours := allows(s, j, neighbour)
			if exposure.Any && neighbours {
				out.Have = "no condition on " + trust.TrimScheme(issuerURL(s)) + ":sub but that of a Deny"
				out.Why = "every service account of namespace " + s.Pod.Namespace + " can take the role" + othersAllowed(s, j, exposure)
				return out
			}
			var wide []string
			reaching := false
			for _, p := range exposure.Patterns[:min(len(exposure.Patterns), mostTried)] {
				others := allows(s, j, instance(p.Text))
				if others || neighbours && edgeOf(p).fits(neighbour) {
					wide = append(wide, p.Text)
					reaching = reaching || others && p.AnyNamespace
				}
			}
			if len(wide) == 0 {
				return pass(j.Role.Source())
			}
			out.Have = few(wide)
			out.Why = "every service account that " + out.Have + " fits can take the role, also one that is made later" + othersAllowed(s, j, exposure)
			if reaching {
				out.Why = "a wildcard of " + out.Have + " reaches over the namespace, so that service accounts of other namespaces can take the role" + othersAllowed(s, j, exposure)
			}
			return out
		})
	},
}

// namedInFull is the edit that names the service accounts that are annotated with the role, this one among them. Where not all of
// the cluster's were read, others may use the role as well, and the edit is blind to them.
func namedInFull(s *subject.Subject, j *subject.RoleJudgement) []change.Change {
	if unmodifiable(j.ARN) || !s.Issuer.Known() {
		return nil
	}
	var users []trust.Subject
	for _, account := range snapshot.ObjectsOf[*corev1.ServiceAccount](s.Snapshot) {
		user := trust.Subject{Namespace: account.Namespace, Name: account.Name}
		if s.Settings.Binding(account, account.Namespace, account.Name).RoleARN == j.RoleARN && allows(s, j, user.String()) {
			users = append(users, user)
		}
	}
	slices.SortFunc(users, func(a, b trust.Subject) int { return strings.Compare(a.String(), b.String()) })
	edit, err := j.Policy.Narrow(j.Request, users...)
	if err != nil || edit.Summary == "" || edit.Size > trust.QuotaMaximum {
		return nil
	}
	what := "role " + j.ARN.RoleName() + ": " + edit.Summary
	_, all := s.Snapshot.ServiceAccounts("").Get()
	if !all {
		what += ", once it is known that no other service account uses the role"
	}
	return []change.Change{change.EditTrust{RoleArn: j.ARN.String(), What: what, Document: string(edit.Document), Blind: !all}}
}

// mostTried is how many patterns of one policy are tried: more than a policy within the largest quota can hold that
// are of any use.
const mostTried = 200

// nobody is a name of a namespace or a service account that no policy has, and anybody is the subject of both.
const (
	nobody  = "not-named-anywhere"
	anybody = "system:serviceaccount:" + nobody + ":" + nobody
)

// instance is a subject that a pattern fits and that no policy names.
func instance(pattern string) string {
	return strings.NewReplacer("*", nobody, "?", "x").Replace(pattern)
}

// allows reports whether the policy allows, or may allow, another subject: a Deny may deny what a pattern allows.
func allows(s *subject.Subject, j *subject.RoleJudgement, subject string) bool {
	return j.Policy.Verdict(j.Request.With(trust.TrimScheme(issuerURL(s))+":sub", subject)).MayAllow()
}

// mostNamed is how many of the service accounts that a policy allows are named.
const mostNamed = 4

// othersAllowed names some of the cluster's other service accounts that a policy allows.
func othersAllowed(s *subject.Subject, j *subject.RoleJudgement, exposure trust.Exposure) string {
	var named []string
	more := false
	edges := edgesOf(exposure)
	for _, account := range snapshot.ObjectsOf[*corev1.ServiceAccount](s.Snapshot) {
		if account.Namespace == s.Pod.Namespace && account.Name == s.AccountName {
			continue
		}
		subject := trust.Subject{Namespace: account.Namespace, Name: account.Name}.String()
		if !exposure.Any && !slices.ContainsFunc(edges, func(e edge) bool { return e.fits(subject) }) || !allows(s, j, subject) {
			continue
		}
		if more = len(named) == mostNamed; more {
			break
		}
		named = append(named, account.Namespace+"/"+account.Name)
	}
	_, all := s.Snapshot.ServiceAccounts("").Get()
	slices.Sort(named)
	switch {
	case len(named) == 0 && all && !allows(s, j, s.TokenSubject()):
		return "; none of those that are there now is let in"
	case len(named) == 0 && all:
		return "; of those that are there now it is none but this one"
	case len(named) == 0:
		return "; which of the cluster's these are was not read"
	case more || !all:
		return ", among them " + strings.Join(named, ", ")
	default:
		return ": now also " + strings.Join(named, ", ")
	}
}

// An edge is what a pattern has before its first and behind its last wildcard: a cheap first look at whether it fits
// one of the cluster's thousands of subjects.
type edge struct{ prefix, suffix string }

func (e edge) fits(subject string) bool {
	return strings.HasPrefix(subject, e.prefix) && strings.HasSuffix(subject, e.suffix)
}

func edgesOf(exposure trust.Exposure) []edge {
	var edges []edge
	for _, p := range exposure.Patterns[:min(len(exposure.Patterns), mostTried)] {
		edges = append(edges, edgeOf(p))
	}
	return edges
}

func edgeOf(p trust.Pattern) edge {
	first := strings.IndexAny(p.Text, "*?$")
	if first < 0 {
		return edge{prefix: p.Text}
	}
	return edge{p.Text[:first], p.Text[strings.LastIndexAny(p.Text, "*?}")+1:]}
}
