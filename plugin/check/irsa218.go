package check

import (
	"slices"
	"strings"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa218 = Check{
	Code: IRSA218, Class: Breaks, Link: LinkInjection,
	Title: "the API server refuses the workload's pods",
	Doc: Doc{
		Means: `The workload should have pods and has none, because the API server refuses each that its controller creates. The
controller records the API server's message: those of Deployments and ReplicaSets in the condition ReplicaFailure,
all others in Events with the reason FailedCreate, which the cluster keeps for an hour. Whatever the chain from the
service account to the role looks like, there is no pod that gets credentials.

Two of these refusals come from the injection. The token is mounted twice: the template, or another webhook, mounts
something in the place of the token ("mountPath ... must be unique"). Or the pod identity webhook does not answer and
is registered with failurePolicy Fail, so no pod is created without it.`,
		Example: `    $ kubectl get deployment web -n shop -o jsonpath='{.status.conditions[?(@.type=="ReplicaFailure")].message}'
    Pod "web-6d8f9c7b54-hfdhm" is invalid: spec.containers[0].volumeMounts[2].mountPath: Invalid value:
    "/var/run/secrets/eks.amazonaws.com/serviceaccount": must be unique`,
		Fix: `Do what the message asks for. Where the token is mounted twice, remove the mount and its volume from the template:

    kubectl edit deployment web -n shop

If the template has no such mount, another webhook copies or adds it: exclude the pod from that webhook, or change its
settings. The option holdApplicationUntilProxyStarts of Istio is a known one.

Where the pod identity webhook fails closed, make it answer. Until then failurePolicy Ignore lets pods start without
credentials.`,
		Verify: `    kubectl get events -n shop --field-selector reason=FailedCreate
    kubectl rollout status deployment/web -n shop

The controller tries again by itself, after a refusal at the latest after 17 minutes; kubectl rollout restart does so at once.`,
	},
	Run: func(s *subject.Subject) Outcome {
		refusal, refused := s.Refused()
		switch {
		case !s.Predicted:
			return skip("the pod exists")
		case !slices.ContainsFunc(s.Containers, func(c *subject.Container) bool { return c.Wants != inject.None }):
			return skip("no container should get a role") // whatever refuses it, no credentials are missing
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
		Result: Fail, Where: r.Recorded, Have: quoted(r.Message), Need: "pods that the API server admits",
		Evidence: []string{s.Refusal.Source()},
	}
	if !r.At.IsZero() {
		out.Have += " (recorded " + stamp(r.At) + ")"
	}
	out.Why, out.Advice = refusalWords(s, r)
	return out
}

// refusalWords are the mechanism of a refusal, and what to do.
func refusalWords(s *subject.Subject, r subject.Refusal) (why, advice string) {
	workload := strings.ToLower(r.Workload.Kind) + "/" + r.Workload.Name
	switch r.Cause {
	case subject.RefusedTokenTwice:
		return tokenTwice(r, workload)
	case subject.RefusedAccount:
		why = "Kubernetes admits no pod under a service account that does not exist"
		if s.Account.Known() {
			return why + "; service account " + s.AccountName + " exists now, and the controller has not tried again since",
				"wait until the controller creates the pods, or restart " + workload
		}
		return why, "create service account " + s.Pod.Namespace + "/" + r.Named
	case subject.RefusedIdentityWebhook:
		return "the API server calls the pod identity webhook " + r.Named + " for each new pod and gets no answer; its failurePolicy is Fail, so no pod is created without it" + outageWords(s),
			"make webhook " + r.Named + " answer; until then failurePolicy Ignore admits pods, without credentials"
	case subject.RefusedWebhookFails:
		return "the API server calls admission webhook " + r.Named + " for each new pod and gets no answer, and its failurePolicy is Fail",
			"make webhook " + r.Named + " answer; the pod identity webhook is not what refuses the pods"
	case subject.RefusedWebhookDenies:
		return "admission webhook " + r.Named + " denies the pods", "change the template of " + workload + " as " + r.Named + " asks for, or the webhook's rules"
	case subject.RefusedQuota:
		return "the pods exceed ResourceQuota " + r.Named + " of namespace " + s.Pod.Namespace + ", or lack the requests and limits that it asks for",
			"raise quota " + r.Named + ", or change the replicas or the requests and limits of " + workload
	case subject.RefusedPodSecurity:
		return "Pod Security admission refuses what does not meet level " + r.Named + " in namespace " + s.Pod.Namespace + "; the webhook's token volume meets every level",
			"change the security contexts and volumes in the template of " + workload + ", as the message says"
	case subject.RefusedInvalid:
		return "what admission made of the template is not a valid pod", "change the template of " + workload + ", as the message says"
	default:
		return "no pod is created, so nothing gets credentials", "do what the API server's message asks for"
	}
}

func tokenTwice(r subject.Refusal, workload string) (why, advice string) {
	if r.TokenPath == "" {
		return "the webhook adds volume " + r.Named + " for the token, and the pod has a second one of that name",
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
	return "the webhook mounts the token at " + r.TokenPath + ", and another mutating webhook changes the containers so that it is mounted there twice: the template has no mount there" + otherWebhooks(r),
		"exclude the pods from the other webhook, or change its settings (Istio: holdApplicationUntilProxyStarts)"
}

// otherWebhooks names the other webhooks that change new pods of the namespace.
func otherWebhooks(r subject.Refusal) string {
	if len(r.Others) == 0 {
		return ""
	}
	return "; also called for new pods: " + few(r.Others)
}

// outageWords say why the webhook cannot answer, where that shows.
func outageWords(s *subject.Subject) string {
	registered, _ := s.Registrations.Get()
	for _, r := range registered {
		switch o := r.Outage(s.Snapshot); o.Cause {
		case subject.WithoutCA:
			return "; the CA bundle of its registration is empty"
		case subject.OtherCA:
			return "; the CA bundle of its registration is not the cluster's CA"
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
