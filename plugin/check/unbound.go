package check

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/evidence"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/trust"
)

func (s *Subject) roleKey() string { return s.Settings.AnnotationPrefix + "/" + inject.RoleARN }

// classifyUnbound decides which code speaks for a service account that nothing binds: first what somebody
// meant (104, 105, 107, 108), then what a role expects (109, 103), then that nothing is there (102).
func (s *Subject) classifyUnbound() verdictOf {
	account, known := s.Account.Get()
	if !known || s.Binding.RoleARN != "" {
		return verdictOf{}
	}
	associations, associationsKnown := s.Associations.Get()
	if len(associations) > 0 {
		return verdictOf{}
	}
	if _, set := account.Annotations[s.roleKey()]; set {
		return verdictOf{"IRSA108", s.emptyAnnotation()}
	}
	if value, set := s.Pod.Annotations[s.roleKey()]; set {
		return verdictOf{"IRSA104", s.annotatedPod(value)}
	}
	for _, on := range []struct {
		annotations map[string]string
		where       string
	}{{s.Pod.Annotations, s.podWhere()}, {account.Annotations, s.accountWhere()}} {
		if value, set := on.annotations[inject.LegacyRole]; set {
			return verdictOf{"IRSA105", s.legacyAnnotated(on.where, value)}
		}
	}
	if keys := inject.MisspelledRole(account.Annotations, s.Settings.AnnotationPrefix); len(keys) > 0 {
		return verdictOf{"IRSA107", s.misspelledKey(keys[0], account.Annotations[keys[0]])}
	}
	if g, ok := s.Associations.Gap(); ok && !associationsKnown {
		return verdictOf{"IRSA102", unknown(g)}
	}
	if role, found := s.roleNaming(s.AccountName); found {
		return verdictOf{"IRSA109", s.annotationLost(role)}
	}
	if other, role, found := s.otherAccount(); found {
		return verdictOf{"IRSA103", s.runsUnderAnother(other, role)}
	}
	if out := s.unboundGaps(); out.Result == Unknown {
		return verdictOf{"IRSA109", out}
	}
	return verdictOf{"IRSA102", s.nothingBinds()}
}

// unboundGaps says what would have to be read to rule 109 and 103 out.
func (s *Subject) unboundGaps() Outcome {
	var gaps []evidence.Gap
	if g, ok := s.Snapshot.Roles().Gap(); ok {
		gaps = append(gaps, g)
	}
	if g, ok := s.Issuer.Gap(); ok {
		gaps = append(gaps, g)
	}
	if g, ok := s.Snapshot.ServiceAccounts(s.Pod.Namespace).Gap(); ok {
		gaps = append(gaps, g)
	}
	if len(gaps) == 0 {
		return pass()
	}
	return unknown(gaps...)
}

// roleNaming returns a role whose trust policy names a service account of the pod's namespace by its exact
// subject, for this cluster's issuer.
func (s *Subject) roleNaming(account string) (evidence.Role, bool) {
	issuer, ok := s.Issuer.Get()
	if !ok {
		return evidence.Role{}, false
	}
	subject := trust.Subject{Namespace: s.Pod.Namespace, Name: account}.String()
	for _, role := range s.Snapshot.SeenRoles() {
		// Cheap first: a policy that names the subject exactly has it in its text.
		if !strings.Contains(string(role.AssumeRolePolicyDocument), subject) {
			continue
		}
		policy, err := trust.Parse([]byte(role.AssumeRolePolicyDocument))
		if err != nil {
			continue
		}
		arn, _ := evidence.ParseARN(role.Arn)
		decision := policy.Evaluate(trust.WebIdentity(trust.WebIdentityRequest{
			Issuer: issuer, Provider: evidence.ProviderARN(arn.Partition, arn.Account, issuer), Subject: subject,
			RoleARN: role.Arn, Region: s.Snapshot.Cluster().Region, Time: s.Snapshot.TakenAt(),
		}))
		if decision.Verdict == trust.Allowed {
			return role, true
		}
	}
	return evidence.Role{}, false
}

// otherAccount returns the service account that the workload was probably meant to run under: another one
// of the namespace that bears the workload's name and is bound, or that a role's trust names. Where the pod
// runs under "default", the only bound account that no pod uses will do as well.
func (s *Subject) otherAccount() (*corev1.ServiceAccount, string, bool) {
	accounts, ok := s.Snapshot.ServiceAccounts(s.Pod.Namespace).Get()
	if !ok {
		accounts = nil
		for _, account := range evidence.ObjectsOf[*corev1.ServiceAccount](s.Snapshot) {
			if account.Namespace == s.Pod.Namespace {
				accounts = append(accounts, account)
			}
		}
	}
	names := workloadNames(s.Pod)
	var idle *corev1.ServiceAccount
	idleCount := 0
	for _, account := range accounts {
		if account.Name == s.AccountName {
			continue
		}
		annotated := account.Annotations[s.roleKey()]
		named := slices.Contains(names, account.Name)
		if named && annotated != "" {
			return account, annotated, true
		}
		if named {
			if role, found := s.roleNaming(account.Name); found {
				return account, role.Arn, true
			}
		}
		if annotated != "" && !s.used(account.Name) {
			idle = account
			idleCount++
		}
	}
	if s.AccountName == "default" && idleCount == 1 {
		if _, found := s.roleNaming(idle.Name); found {
			return idle, idle.Annotations[s.roleKey()], true
		}
	}
	return nil, "", false
}

// used reports whether a pod in the snapshot runs under the service account. Where only this pod was read,
// it cannot be told, and the account counts as used.
func (s *Subject) used(account string) bool {
	pods, ok := evidence.ListOf[*corev1.Pod](s.Snapshot, s.Pod.Namespace).Get()
	return !ok || slices.ContainsFunc(pods, func(p *corev1.Pod) bool { return p.Spec.ServiceAccountName == account })
}

// workloadNames are the names under which the pod's workload is known: its owner, and the usual labels.
func workloadNames(pod *corev1.Pod) []string {
	var names []string
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	_, name := Owner(pod)
	add(name)
	for _, label := range []string{"app.kubernetes.io/name", "app.kubernetes.io/instance", "app", "k8s-app", "name"} {
		add(pod.Labels[label])
	}
	return names
}

// Owner returns the workload that a pod belongs to, as its references and labels tell: a Deployment's
// ReplicaSet is named after it with the template's hash.
func Owner(pod *corev1.Pod) (kind, name string) {
	for _, owner := range pod.OwnerReferences {
		if owner.Controller == nil || !*owner.Controller {
			continue
		}
		if hash := pod.Labels["pod-template-hash"]; owner.Kind == "ReplicaSet" && hash != "" {
			if deployment, ok := strings.CutSuffix(owner.Name, "-"+hash); ok {
				return "Deployment", deployment
			}
		}
		return owner.Kind, owner.Name
	}
	return "", ""
}

func (s *Subject) emptyAnnotation() Outcome {
	return Outcome{
		Result: Fail, Where: s.accountWhere() + ", annotation " + s.roleKey(), Have: `""`, Need: "the ARN of a role",
		Why:    "the webhook leaves a pod alone whose service account has an empty role annotation",
		Advice: "set the annotation to the role's ARN, then make the pod anew",
	}
}

func (s *Subject) annotatedPod(value string) Outcome {
	out := Outcome{
		Result: Fail, Where: s.podWhere() + ", annotation " + s.roleKey(), Have: value,
		Need: "the annotation on " + s.accountWhere(),
		Why:  "the webhook reads the role from the service account only; on a pod or a template nothing reads it",
	}
	if inject.CheckRoleARN(value) == "" {
		out.Fix = append([]change.Change{change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: s.roleKey(), Value: value}}, s.recreate()...)
	}
	return out
}

func (s *Subject) legacyAnnotated(where, value string) Outcome {
	return Outcome{
		Result: Fail, Where: where + ", annotation " + inject.LegacyRole, Have: value,
		Need:   s.roleKey() + " on " + s.accountWhere(),
		Why:    "the annotation is read by kube2iam and kiam, not by the pod identity webhook",
		Advice: "give the role a trust policy for this service account and annotate the service account with the role's ARN",
	}
}

func (s *Subject) misspelledKey(key, value string) Outcome {
	out := Outcome{
		Result: Fail, Where: s.accountWhere() + ", annotations", Have: key, Need: s.roleKey(),
		Why: "the webhook reads this one key and no other",
	}
	if inject.CheckRoleARN(value) == "" {
		out.Fix = append([]change.Change{
			change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: s.roleKey(), Value: value},
			change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: key},
		}, s.recreate()...)
	}
	return out
}

func (s *Subject) annotationLost(role evidence.Role) Outcome {
	return Outcome{
		Result: Fail, Where: s.accountWhere() + ", annotations", Have: "no " + s.roleKey(), Need: s.roleKey() + "=" + role.Arn,
		Why: "the trust policy of role " + role.RoleName + " names exactly this service account, and without the annotation the webhook gives its pods nothing",
		Fix: append([]change.Change{change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: s.roleKey(), Value: role.Arn}}, s.recreate()...),
	}
}

func (s *Subject) runsUnderAnother(other *corev1.ServiceAccount, role string) Outcome {
	return Outcome{
		Result: Fail, Where: s.podWhere() + ", spec.serviceAccountName", Have: s.AccountName, Need: other.Name,
		Why: "service account " + other.Name + " is the one bound to " + role + ", and the token of " + s.AccountName + " has another subject",
		Fix: []change.Change{s.setServiceAccount(other.Name)},
	}
}

func (s *Subject) nothingBinds() Outcome {
	return Outcome{
		Result: Fail, Where: s.accountWhere(), Have: "no annotation " + s.roleKey() + ", no Pod Identity association",
		Why:    "nothing gives the pod a role of its own",
		Advice: "if the pod is to have a role, annotate its service account with the role's ARN or create a Pod Identity association",
	}
}
