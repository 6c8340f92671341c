package check

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

func (s *Subject) roleKey() string { return s.Settings.AnnotationPrefix + "/" + inject.RoleARN }

// classifyUnbound decides which code speaks for a service account that nothing binds: first what somebody
// meant (108, 104, 105, 107), then what a role expects (109, 103), then that nothing is there (102).
func (s *Subject) classifyUnbound() ruling {
	account, known := s.Account.Get()
	associations, _ := s.Associations.Get()
	switch {
	case len(associations) > 0:
		return allSay(pass(s.Associations.Source()))
	case s.Binding.RoleARN != "":
		return allSay(pass(s.Account.Source()))
	case s.Account.Absent():
		return allSay(skip("IRSA101"))
	case !known:
		return allSay(gap(s.Account))
	}
	if out, bound := s.boundBefore(); bound {
		return allSay(out)
	}
	out, code := s.meant(account)
	if code == "" {
		out, code = s.expected()
	}
	gaps := gapsOf(s.Associations)
	switch {
	case code != "" && s.Predicted && len(gaps) > 0:
		// Where nothing was injected, no association helped. Into a pod that does not exist yet, it may.
		return allSay(unknown(gaps...))
	case code != "":
		return ruling{verdictOf: verdictOf{code: code, outcome: out}}
	}
	return s.nothingMeant(gaps)
}

// boundBefore says why a pod whose service account nothing binds has a role nonetheless.
func (s *Subject) boundBefore() (Outcome, bool) {
	switch {
	case s.Reading.Mechanism == inject.PodIdentity && s.Associations.Known():
		return skip("IRSA706"), true
	case s.Reading.Mechanism == inject.PodIdentity:
		return skip("the pod was injected by EKS Pod Identity"), true
	case s.handMade():
		return skip("the manifest gives the pod its credentials settings itself"), true
	case s.injectedRole() != "":
		return skip("IRSA216"), true
	default:
		return Outcome{}, false
	}
}

// meant finds an attempt at an annotation.
func (s *Subject) meant(account *corev1.ServiceAccount) (Outcome, string) {
	if _, set := account.Annotations[s.roleKey()]; set {
		return s.emptyAnnotation(), "IRSA108"
	}
	if value := s.Pod.Annotations[s.roleKey()]; value != "" {
		return s.annotatedPod(value), "IRSA104"
	}
	for _, on := range []struct {
		annotations map[string]string
		where       string
	}{{s.Pod.Annotations, s.podWhere()}, {account.Annotations, s.accountWhere()}} {
		if value := on.annotations[inject.LegacyRole]; value != "" {
			return s.legacyAnnotated(on.where, value), "IRSA105"
		}
	}
	if keys := inject.MisspelledRole(account.Annotations, s.Settings.AnnotationPrefix); len(keys) > 0 {
		return s.misspelledKeys(account.Annotations, keys), "IRSA107"
	}
	return Outcome{}, ""
}

// expected finds a role that is waiting for this service account, or the service account that the pod was
// to run under.
func (s *Subject) expected() (Outcome, string) {
	if roles := s.rolesFor(s.AccountName); len(roles) > 0 {
		return s.annotationLost(roles), "IRSA109"
	}
	if other, role, _ := s.otherAccount(); other != "" {
		return s.runsUnderAnother(other, role), "IRSA103"
	}
	return Outcome{}, ""
}

// nothingMeant says that nothing binds the service account, as far as enough was read to say so.
func (s *Subject) nothingMeant(gaps []fact.Gap) ruling {
	r := ruling{verdictOf: verdictOf{code: "IRSA102", outcome: s.nothingBinds()}}
	gaps = append(gaps, gapsOf(s.Snapshot.Roles())...)
	gaps = append(gaps, gapsOf(s.Issuer)...)
	_, _, others := s.otherAccount()
	all := append(slices.Clone(gaps), others...)
	if len(all) == 0 {
		return r
	}
	r.code, r.outcome, r.others = "", Outcome{}, pass(s.Account.Source())
	r.open = map[string]Outcome{"IRSA102": unknown(all...), "IRSA103": unknown(all...)}
	if len(gaps) > 0 {
		r.open["IRSA109"] = unknown(gaps...)
	}
	return r
}

// rolesFor returns the roles whose trust policy names a service account of the pod's namespace by its exact
// subject and lets its token in, as far as that can be told.
func (s *Subject) rolesFor(account string) []snapshot.Role {
	issuer, ok := s.Issuer.Get()
	if !ok {
		return nil
	}
	subject := trust.Subject{Namespace: s.Pod.Namespace, Name: account}.String()
	var roles []snapshot.Role
	for _, role := range s.Snapshot.RolesNaming(subject) {
		policy, err := trust.Parse([]byte(role.AssumeRolePolicyDocument))
		if err != nil {
			continue
		}
		arn, _ := snapshot.ParseARN(role.Arn)
		decision := policy.Evaluate(trust.WebIdentity(trust.WebIdentityRequest{
			Issuer: issuer, Provider: snapshot.ProviderARN(arn.Partition, arn.Account, issuer), Subject: subject,
			RoleARN: role.Arn, Region: s.Snapshot.Cluster().Region, Time: s.Snapshot.TakenAt(),
		}))
		if decision.Verdict == trust.Allowed || decision.Verdict == trust.Undetermined {
			roles = append(roles, role)
		}
	}
	return roles
}

// otherAccount returns the service account that the workload was probably meant to run under, and the role
// that it is bound to: another one of the namespace that bears the workload's name, or, for a pod that runs
// under "default", the only annotated one that no pod uses. The gaps say what kept it from being found.
func (s *Subject) otherAccount() (name, role string, gaps []fact.Gap) {
	for _, name := range workloadNames(s.Pod) {
		if name == s.AccountName {
			continue
		}
		account := s.Snapshot.ServiceAccount(s.Pod.Namespace, name)
		object, ok := account.Get()
		if !ok {
			gaps = append(gaps, gapsOf(account)...)
			continue
		}
		role := s.boundTo(object)
		if role == "" {
			continue
		}
		used := s.used(name)
		switch {
		case s.AccountName == "default" || used.Absent():
			return name, role, nil
		default:
			// A pod with an account of its own may well be meant to have no role. It is told by nobody
			// else using the one that bears its workload's name.
			gaps = append(gaps, gapsOf(used)...)
		}
	}
	if s.AccountName != "default" {
		return "", "", gaps
	}
	name, role, more := s.idleAccount()
	return name, role, append(gaps, more...)
}

// idleAccount returns the only annotated service account of the namespace, where no pod uses it and its
// role expects it.
func (s *Subject) idleAccount() (name, role string, gaps []fact.Gap) {
	list := s.Snapshot.ServiceAccounts(s.Pod.Namespace)
	accounts, ok := list.Get()
	if !ok {
		return "", "", gapsOf(list)
	}
	for _, account := range accounts {
		if account.Name == s.AccountName || account.Annotations[s.roleKey()] == "" {
			continue
		}
		if name != "" {
			return "", "", nil
		}
		name, role = account.Name, account.Annotations[s.roleKey()]
	}
	// Where the pods were not listed, the account counts as used: nothing else points to it.
	if name == "" || !s.used(name).Absent() || len(s.rolesFor(name)) == 0 {
		return "", "", nil
	}
	return name, role, nil
}

// boundTo is the role that a service account is annotated with, or that expects it.
func (s *Subject) boundTo(account *corev1.ServiceAccount) string {
	if role := account.Annotations[s.roleKey()]; role != "" {
		return role
	}
	if roles := s.rolesFor(account.Name); len(roles) > 0 {
		return roles[0].Arn
	}
	return ""
}

// used answers with a pod that runs under a service account of the pod's namespace: absent where none does.
func (s *Subject) used(account string) fact.Fact[*corev1.Pod] {
	list := snapshot.ListOf[*corev1.Pod](s.Snapshot, s.Pod.Namespace)
	pods, ok := list.Get()
	if !ok {
		pods = snapshot.ObjectsOf[*corev1.Pod](s.Snapshot)
	}
	for _, pod := range pods {
		if pod.Namespace == s.Pod.Namespace && pod.Spec.ServiceAccountName == account {
			return fact.Known(pod, list.Source())
		}
	}
	if !ok {
		return fact.Map(list, func([]*corev1.Pod) *corev1.Pod { return nil })
	}
	return fact.Absent[*corev1.Pod](list.Source())
}

// workloadNames are the names under which the pod's workload is known: its owner, and the usual labels.
func workloadNames(pod *corev1.Pod) []string {
	var names []string
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	add(workload.OwnerOf(pod).Name)
	for _, label := range []string{"app.kubernetes.io/name", "app.kubernetes.io/instance", "app", "k8s-app", "name"} {
		add(pod.Labels[label])
	}
	return names
}

// annotate is the plan that gives the pod's service account a role and then the pod what follows from it.
func (s *Subject) annotate(role string) []change.Change {
	return append([]change.Change{change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: s.roleKey(), Value: role}}, s.recreate()...)
}

func (s *Subject) emptyAnnotation() Outcome {
	out := Outcome{
		Result: Fail, Where: s.accountWhere() + ", annotation " + s.roleKey(), Have: `""`, Need: "the ARN of a role",
		Why:      "to the webhook an empty annotation is none",
		Advice:   "set the annotation to the role's ARN, then make the pod anew",
		Evidence: []string{s.Account.Source()},
	}
	if roles := s.rolesFor(s.AccountName); len(roles) == 1 {
		out.Need, out.Fix = roles[0].Arn, s.annotate(roles[0].Arn)
	}
	return out
}

func (s *Subject) annotatedPod(value string) Outcome {
	out := Outcome{
		Result: Fail, Where: s.podWhere() + ", annotation " + s.roleKey(), Have: "on the pod: " + value,
		Need:     "on " + s.accountWhere(),
		Why:      "the webhook reads the role from the service account only; on a pod or a template nothing reads it",
		Advice:   "put the annotation on the service account, then make the pod anew",
		Evidence: []string{s.Account.Source()},
	}
	if inject.CheckRoleARN(value) == "" {
		out.Fix = s.annotate(value)
	}
	return out
}

func (s *Subject) legacyAnnotated(where, value string) Outcome {
	out := Outcome{
		Result: Fail, Where: where + ", annotation " + inject.LegacyRole, Have: value,
		Need:     s.roleKey() + " on " + s.accountWhere(),
		Why:      "kube2iam and kiam read this annotation, the pod identity webhook does not",
		Advice:   "give the role a trust policy for " + s.token() + " and annotate the service account with the role's ARN",
		Evidence: []string{s.Account.Source()},
	}
	if role, ok := s.meantRole(value); ok {
		out.Need, out.Fix = s.roleKey()+"="+role+" on "+s.accountWhere(), s.annotate(role)
	}
	return out
}

func (s *Subject) misspelledKeys(annotations map[string]string, keys []string) Outcome {
	out := Outcome{
		Result: Fail, Where: s.accountWhere() + ", annotations", Have: strings.Join(keys, ", "), Need: s.roleKey(),
		Why:      "the webhook reads this one key and no other",
		Advice:   "set the annotation " + s.roleKey() + " to the role's ARN, then make the pod anew",
		Evidence: []string{s.Account.Source()},
	}
	value := annotations[keys[0]]
	agree := !slices.ContainsFunc(keys, func(key string) bool { return annotations[key] != value })
	if agree && value != "" && inject.CheckRoleARN(value) == "" {
		out.Fix = []change.Change{change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: s.roleKey(), Value: value}}
		for _, key := range keys {
			out.Fix = append(out.Fix, change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: key})
		}
		out.Fix = append(out.Fix, s.recreate()...)
	}
	return out
}

func (s *Subject) annotationLost(roles []snapshot.Role) Outcome {
	out := Outcome{
		Result: Fail, Where: s.accountWhere() + ", annotations", Have: "no " + s.roleKey(), Need: s.roleKey() + "=" + roles[0].Arn,
		Why:      "the trust policy of role " + roles[0].RoleName + " names exactly this service account, and without the annotation the webhook gives its pods nothing",
		Evidence: []string{s.Account.Source(), "iam:GetRole " + roles[0].RoleName},
	}
	if len(roles) > 1 {
		out.Why = fmt.Sprintf("the trust policies of %d roles name exactly this service account, and without the annotation the webhook gives its pods nothing", len(roles))
		out.Need = s.roleKey() + " with one of " + strings.Join(arns(roles), ", ")
		out.Advice = "annotate the service account with the role that is meant, then make the pod anew"
		return out
	}
	out.Fix = s.annotate(roles[0].Arn)
	return out
}

// arns are the ARNs of roles, of many only the first few.
func arns(roles []snapshot.Role) []string {
	const shown = 5
	var list []string
	for _, role := range roles[:min(len(roles), shown)] {
		list = append(list, role.Arn)
	}
	if len(roles) > shown {
		list = append(list, "…")
	}
	return list
}

func (s *Subject) runsUnderAnother(other, role string) Outcome {
	fix := []change.Change{s.setServiceAccount(other)}
	account, _ := s.Snapshot.ServiceAccount(s.Pod.Namespace, other).Get()
	if account.Annotations[s.roleKey()] == "" {
		fix = slices.Insert(fix, 0, change.Change(change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: other, Key: s.roleKey(), Value: role}))
	}
	return Outcome{
		Result: Fail, Where: s.podWhere() + ", spec.serviceAccountName", Have: s.AccountName, Need: other,
		Why:      "service account " + other + " is the one that is bound, to " + role + ", and the token of " + s.AccountName + " has another subject",
		Fix:      fix,
		Evidence: []string{s.Account.Source(), s.Snapshot.ServiceAccount(s.Pod.Namespace, other).Source()},
	}
}

func (s *Subject) nothingBinds() Outcome {
	return Outcome{
		Result: Fail, Where: s.accountWhere(), Have: "no annotation " + s.roleKey() + ", no Pod Identity association",
		Why:      "without either of them the webhook leaves the service account's pods alone",
		Advice:   "if the pod is to have a role, annotate its service account with the role's ARN or create a Pod Identity association",
		Evidence: []string{s.Account.Source(), s.Associations.Source()},
	}
}
