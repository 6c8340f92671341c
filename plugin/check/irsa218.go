package check

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa218 = Check{
	Code: IRSA218, Class: Breaks, Link: LinkInjection,
	Title: "the API server rejects the workload's pods",
	Doc: Doc{
		Means: `The workload has no pods because the API server rejects each pod that its controller creates. Deployments
and ReplicaSets show the message in the condition ReplicaFailure; the others show it in Events with reason
FailedCreate, which the cluster keeps for an hour. Without a pod, nothing gets credentials, whatever the service
account and the role contain.

Two causes come from the injection. The template or another webhook mounts a volume at the path of the token
("mountPath ... must be unique"). Or the pod identity webhook does not answer and has failurePolicy Fail.`,
		Example: `    $ kubectl get deployment web -n shop -o jsonpath='{.status.conditions[?(@.type=="ReplicaFailure")].message}'
    Pod "web-6d8f9c7b54-hfdhm" is invalid: spec.containers[0].volumeMounts[2].mountPath: Invalid value:
    "/var/run/secrets/eks.amazonaws.com/serviceaccount": must be unique`,
		Fix: `Fix what the message names. If the token path is mounted twice, remove the mount and its volume from the
template:

    kubectl edit deployment web -n shop

If the template has no such mount, another webhook copies or adds it. Exclude the pod from that webhook, or change
its settings. A known cause is the Istio setting holdApplicationUntilProxyStarts.

If the pod identity webhook does not answer, fix the webhook. Until then, failurePolicy Ignore lets pods start
without credentials.`,
		Verify: `    kubectl get events -n shop --field-selector reason=FailedCreate
    kubectl rollout status deployment/web -n shop

The controller tries again within 17 minutes. This makes it try again at once:

    kubectl rollout restart deployment/web -n shop`,
	},
	Run: func(s *subject.Subject) Outcome {
		refusal, refused := s.Refused()
		switch {
		case !s.Predicted:
			return skip("the pod exists")
		case !slices.ContainsFunc(s.Containers, func(c *subject.Container) bool { return c.Wants != inject.None }):
			return skip("no container needs a role") // whatever rejects it, no credentials are missing
		case refused && refusal.Cause == subject.RefusedAccount && s.Account.Absent():
			return skip(IRSA101)
		case refused:
			return podsRefused(s, refusal)
		case !s.Refusal.Absent():
			return gap(s.Refusal)
		default:
			return pass(s.Refusal.Source())
		}
	},
}

func podsRefused(s *subject.Subject, r subject.Refusal) Outcome {
	out := Outcome{
		Result: Fail, Where: r.Recorded, Have: quoted(r.Message), Need: "pods that the API server accepts",
		Evidence: []string{s.Refusal.Source()},
	}
	if !r.At.IsZero() {
		out.Have += " (recorded " + stamp(r.At) + ")"
	}
	out.Why, out.Advice = refusalWords(s, r)
	return out
}

// refusalWords are the mechanism of a rejection, and what to do.
func refusalWords(s *subject.Subject, r subject.Refusal) (why, advice string) {
	workload := strings.ToLower(r.Workload.Kind) + "/" + r.Workload.Name
	switch r.Cause {
	case subject.RefusedTokenTwice:
		return tokenTwice(r, workload)
	case subject.RefusedAccount:
		why = "the API server rejects pods whose service account does not exist"
		if s.Account.Known() {
			return why + "; service account " + s.AccountName + " exists now, but the controller has not tried again yet",
				"wait until the controller creates the pods, or restart " + workload
		}
		return why, "create service account " + s.Pod.Namespace + "/" + r.Named
	case subject.RefusedIdentityWebhook:
		return "the pod identity webhook " + r.Named + " does not answer, and its failurePolicy is Fail, so the API server creates no pod" + outageWords(s),
			"fix webhook " + r.Named + "; until then, failurePolicy Ignore lets pods start without credentials"
	case subject.RefusedWebhookFails:
		return "admission webhook " + r.Named + " does not answer, and its failurePolicy is Fail, so the API server creates no pod",
			"fix webhook " + r.Named + "; the pod identity webhook is not the cause"
	case subject.RefusedWebhookDenies:
		return "admission webhook " + r.Named + " denies the pods", "change the template of " + workload + " as " + r.Named + " requires, or the webhook's rules"
	case subject.RefusedQuota:
		return "the pods exceed ResourceQuota " + r.Named + " of namespace " + s.Pod.Namespace + ", or do not set the requests and limits that it requires",
			"raise quota " + r.Named + ", or change the replicas or the requests and limits of " + workload
	case subject.RefusedPodSecurity:
		return "Pod Security admission rejects pods that do not meet level " + r.Named + " in namespace " + s.Pod.Namespace + "; the webhook's token volume meets every level",
			"change the security contexts and volumes in the template of " + workload + ", according to the message"
	case subject.RefusedInvalid:
		return "the pod is not valid after admission changed it", "change the template of " + workload + ", according to the message"
	default:
		return "the API server creates no pod, so nothing gets credentials", "fix what the API server's message names"
	}
}

func tokenTwice(r subject.Refusal, workload string) (why, advice string) {
	if r.TokenPath == "" {
		return "the webhook adds volume " + r.Named + " for the token, and the pod has a second volume with that name",
			"remove volume " + r.Named + " from the template of " + workload + ", or exclude the pod from the other webhook that adds it" + otherWebhooks(r)
	}
	if len(r.Mounts) > 0 {
		var mounts []string
		for _, m := range r.Mounts {
			mounts = append(mounts, "volume "+m.Volume+" in container "+m.Container)
		}
		return "the webhook mounts the token at " + r.TokenPath + ", where the template already mounts " + few(mounts),
			"remove the mount at " + r.TokenPath + " from the template of " + workload + " (" + few(mounts) + ")"
	}
	return "the webhook mounts the token at " + r.TokenPath + ", and another mutating webhook adds a second mount there; the template has none" + otherWebhooks(r),
		"exclude the pods from the other webhook, or change its settings (Istio: holdApplicationUntilProxyStarts)"
}

// otherWebhooks names the other webhooks that change new pods of the namespace.
func otherWebhooks(r subject.Refusal) string {
	if len(r.Others) == 0 {
		return ""
	}
	return "; other webhooks for new pods: " + few(r.Others)
}

// outageWords say why the webhook cannot answer, where that is known.
func outageWords(s *subject.Subject) string {
	registered, _ := s.Registrations.Get()
	for _, r := range registered {
		switch o := r.Outage(s.Snapshot); o.Cause {
		case subject.WithoutCA:
			return "; its caBundle is empty"
		case subject.OtherCA:
			return "; its caBundle is not the cluster's CA"
		case subject.WithoutEndpoints:
			return "; its Service " + o.Service + " has no ready endpoint"
		}
	}
	return ""
}

// quoted is a message of a server in one line, shortened.
func quoted(message string) string {
	const most = 400
	runes := []rune(strings.Join(strings.Fields(message), " "))
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(runes)
}
