package check

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa209 = Check{
	Code: IRSA209, Class: Breaks, Link: LinkInjection,
	Title: "a Windows container has a Linux path to the token file",
	Doc: Doc{
		Means: `The webhook writes a Windows path into AWS_WEB_IDENTITY_TOKEN_FILE only if the pod's nodeSelector has
kubernetes.io/os (or beta.kubernetes.io/os) = windows. It does not read node affinity, spec.os or tolerations. This
pod runs on a Windows node for another reason, so its variable has a Linux path, where programs do not find the
token.`,
		Example: `    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      template:
        spec:
          serviceAccountName: web
          affinity:
            nodeAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                nodeSelectorTerms:
                - matchExpressions: [{key: kubernetes.io/os, operator: In, values: [windows]}]
          containers: [{name: app, image: web}]`,
		Fix: `Add the node selector to the pod template. You can keep the affinity:

    kubectl patch deployment/web -n shop -p '{"spec":{"template":{"spec":{"nodeSelector":{"kubernetes.io/os":"windows"}}}}}'

New pods get the path C:\var\run\secrets\eks.amazonaws.com\serviceaccount\token.`,
		Verify: `    kubectl get pod web-0 -n shop -o jsonpath='{.spec.nodeSelector}{" "}{.spec.nodeName}{"\n"}'
    kubectl get node NODE -o jsonpath='{.metadata.labels.kubernetes\.io/os}{"\n"}'
    kubectl exec web-0 -n shop -c app -- powershell Get-ChildItem Env:AWS_WEB_IDENTITY_TOKEN_FILE

If the node cannot be read, a pod counts as a Linux pod unless its spec refers to Windows.`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			switch m := c.UsedMechanism(); {
			case m == inject.None:
				return skip("the container requests no role")
			case m == inject.PodIdentity:
				return skip(IRSA705)
			case s.UnixPathOnWindows(c):
				return unixPath(s, c)
			}
			_, unix := inject.TokenOnWindows(c.Container)
			if g, open := s.Node.Node.Gap(); unix && open && hintsAtWindows(s.Pod) {
				return unknown(g)
			}
			return pass(s.Node.Node.Source())
		})
	},
}

func unixPath(s *subject.Subject, c *subject.Container) Outcome {
	return Outcome{
		Result: Fail, Where: where(c, "env AWS_WEB_IDENTITY_TOKEN_FILE"), Have: c.TokenFile, Need: "C:" + strings.ReplaceAll(c.TokenFile, "/", `\`),
		Why: "the webhook writes a Windows path only if the pod has the node selector kubernetes.io/os=windows",
		Fix: edit(s, change.SelectWindows{Pod: podRef(s)}), Evidence: []string{s.Node.Node.Source()},
	}
}

// hintsAtWindows reports whether a pod has a setting that is for Windows nodes only, though it does not
// require one.
func hintsAtWindows(pod *corev1.Pod) bool {
	windows := func(text string) bool { return strings.Contains(strings.ToLower(text), "windows") }
	spec := pod.Spec
	if spec.RuntimeClassName != nil && windows(*spec.RuntimeClassName) ||
		spec.SecurityContext != nil && spec.SecurityContext.WindowsOptions != nil ||
		slices.ContainsFunc(spec.Tolerations, func(t corev1.Toleration) bool { return windows(t.Value) || windows(t.Key) }) ||
		slices.ContainsFunc(spec.Containers, func(c corev1.Container) bool {
			return c.SecurityContext != nil && c.SecurityContext.WindowsOptions != nil
		}) {
		return true
	}
	for key, value := range spec.NodeSelector {
		if windows(key) || windows(value) {
			return true
		}
	}
	if spec.Affinity == nil || spec.Affinity.NodeAffinity == nil {
		return false
	}
	var terms []corev1.NodeSelectorTerm
	if required := spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution; required != nil {
		terms = required.NodeSelectorTerms
	}
	for _, preferred := range spec.Affinity.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution {
		terms = append(slices.Clip(terms), preferred.Preference)
	}
	return slices.ContainsFunc(terms, func(term corev1.NodeSelectorTerm) bool {
		return slices.ContainsFunc(term.MatchExpressions, func(e corev1.NodeSelectorRequirement) bool {
			return windows(e.Key) || slices.ContainsFunc(e.Values, windows)
		})
	})
}
