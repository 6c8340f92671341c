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
	Title: "the trust policy allows more than this service account",
	Doc: Doc{
		Means: `A statement of the trust policy does not test the subject, or it uses a pattern with * or ? that matches
several subjects. Other service accounts of the cluster can assume the role too, including those that are created
later. Without a test of the subject these are all service accounts in all namespaces: anybody who can create a pod
in the cluster gets the role's permissions.`,
		Example: `Only the audience is tested:

    "Condition": {"StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud": "sts.amazonaws.com"}}

Or a pattern matches other namespaces. This one also matches pay-archive:api:

    "StringLike": {"oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:pay*:api"}`,
		Fix: `Name the intended subjects in full with StringEquals. Use a list for several subjects:

    "StringEquals": {
      "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": [
        "system:serviceaccount:shop:web", "system:serviceaccount:shop:worker"]}

Find out first who uses the role: service accounts that you do not name lose it. To allow a whole namespace, end the
pattern after the namespace's colon: system:serviceaccount:shop:*.`,
		Verify: `CloudTrail events show which subjects assumed the role in the last 90 days (userIdentity.userName and
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
				Advice:   "name the intended service accounts in full with StringEquals",
				Evidence: []string{j.Role.Source()},
			}
			if exposure.Any && allows(s, j, anybody) {
				out.Have = "no condition on " + trust.TrimScheme(issuerURL(s)) + ":sub"
				out.Why = "every service account of the cluster can assume the role" + othersAllowed(s, j, exposure)
				return out
			}
			// A Deny can leave only the pod's own namespace.
			neighbour := trust.Subject{Namespace: s.Pod.Namespace, Name: nobody}.String()
			neighbours := allows(s, j, neighbour)
			if exposure.Any && neighbours {
				out.Have = "no condition on " + trust.TrimScheme(issuerURL(s)) + ":sub except in a Deny"
				out.Why = "every service account of namespace " + s.Pod.Namespace + " can assume the role" + othersAllowed(s, j, exposure)
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
			out.Why = "every service account that matches " + out.Have + " can assume the role, also one that is created later" + othersAllowed(s, j, exposure)
			if reaching {
				out.Why = "a wildcard in " + out.Have + " also matches other namespaces, so service accounts there can assume the role" + othersAllowed(s, j, exposure)
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
	what := edit.In(j.ARN.RoleName())
	_, all := s.Snapshot.ServiceAccounts("").Get()
	if !all {
		what += ", after you have checked that no other service account uses the role"
	}
	return []change.Change{change.EditTrust{RoleArn: j.ARN.String(), What: what, Document: string(edit.Document), Blind: !all}}
}

// mostTried is how many patterns of one policy are tried: more than a policy within the largest quota can hold that
// have any effect.
const mostTried = 200

// nobody is a name of a namespace or a service account that no policy has, and anybody is the subject of both.
const (
	nobody  = "not-named-anywhere"
	anybody = "system:serviceaccount:" + nobody + ":" + nobody
)

// instance is a subject that matches a pattern and that no policy names.
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
		return "; none of the existing ones is allowed"
	case len(named) == 0 && all:
		return "; of the existing ones, only this one is allowed"
	case len(named) == 0:
		return "; the cluster's other service accounts were not read"
	case more || !all:
		return ", for example " + strings.Join(named, ", ")
	default:
		return "; existing ones: " + strings.Join(named, ", ")
	}
}

// An edge is what a pattern has before its first and behind its last wildcard: a cheap first test of whether it matches
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
