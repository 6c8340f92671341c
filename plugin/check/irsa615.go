package check

import (
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

var irsa615 = Check{
	Code: IRSA615, Class: Risk, Link: LinkFallback,
	Title: "the container can read the tokens of the other pods on its node",
	Doc: Doc{
		Means: `The container is privileged, shares the process namespace of the host, or mounts the root directory of the host or the
kubelet's directory of pods. A process in it can read the service account tokens of every pod on the node and assume
the roles of these pods. Separate roles for workloads do not prevent this. The host network alone (hostNetwork) does
not expose the tokens; it exposes the node's role (IRSA606).`,
		Example: `A monitoring agent that mounts the root directory of the host, even if read-only:

    volumeMounts:
    - {name: root, mountPath: /host, readOnly: true}
    volumes:
    - name: root
      hostPath: {path: /}

The tokens of the other pods are under /host/var/lib/kubelet/pods.`,
		Fix: `Give the container only what it needs: single capabilities in place of privileged, and single directories (/proc,
/sys, /var/log) in place of the root directory. If this is not possible, run such pods and pods with powerful roles on
different nodes, with taints or with separate node groups.`,
		Verify: `List the tokens without reading them:

    kubectl exec node-agent-7w9xq -n monitoring -- sh -c 'ls -d /host/var/lib/kubelet/pods/*/volumes/kubernetes.io~projected/aws-iam-token'

List the pods on the node:

    kubectl get pods -A --field-selector spec.nodeName=ip-10-0-23-117.us-west-2.compute.internal`,
	},
	NeverUnknown: "the pod itself has the settings that expose the node; the roles on the node are listed as far as they were read",
	Run: func(s *subject.Subject) Outcome {
		out := perContainer(s, func(c *subject.Container) Outcome {
			have := opensNode(s, c.Spec)
			if have == "" {
				return pass()
			}
			return Outcome{
				Result: Fail, Where: where(c, "security"), Have: have, Need: "a container that is isolated from its node",
				Why: have + " exposes the kubelet's directory, which contains the tokens of all pods on the node",
			}
		})
		if out.Result == Fail {
			out.Why += "; " + neighbourText(s)
		}
		return out
	},
}

// opensNode names what allows a container to read the kubelet's directory; empty if nothing is found.
func opensNode(s *subject.Subject, c *corev1.Container) string {
	switch {
	case c.SecurityContext != nil && c.SecurityContext.Privileged != nil && *c.SecurityContext.Privileged:
		return "privileged: true"
	case s.Pod.Spec.HostPID:
		return "hostPID: true"
	}
	for _, mount := range c.VolumeMounts {
		if dir, ok := hostPath(s.Pod, mount); ok && reachesTokens(dir) {
			return "host path " + dir + " at " + mount.MountPath
		}
	}
	return ""
}

// hostPath returns the directory of the host that is mounted; ok is false where it is none. Where only a
// part of the volume is mounted that is known when the container runs (subPathExpr), the whole counts.
func hostPath(pod *corev1.Pod, mount corev1.VolumeMount) (dir string, ok bool) {
	i := slices.IndexFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == mount.Name })
	if i < 0 || pod.Spec.Volumes[i].HostPath == nil {
		return "", false
	}
	return path.Join("/", pod.Spec.Volumes[i].HostPath.Path, mount.SubPath), true
}

// podsDirectory is where the kubelet keeps the volumes of the node's pods (kubelet, --root-dir).
const podsDirectory = "/var/lib/kubelet/pods"

// reachesTokens reports whether a directory of the host has the tokens of the node's pods, or is among
// them. The kubelet's other directories have none.
func reachesTokens(dir string) bool {
	below := func(a, b string) bool { return a == b || b == "/" || strings.HasPrefix(a, b+"/") }
	return below(podsDirectory, dir) || below(dir, podsDirectory)
}

// neighbourText returns which roles the other pods of the node have, as far as they were read.
func neighbourText(s *subject.Subject) string {
	if s.Node.Name == "" {
		return "the node of the pod is unknown"
	}
	var roles []string
	for _, pod := range snapshot.ObjectsOf[*corev1.Pod](s.Snapshot) {
		if pod.Spec.NodeName != s.Node.Name || pod.Namespace == s.Pod.Namespace && pod.Name == s.Pod.Name {
			continue
		}
		roles = subject.AppendNew(roles, rolesOf(s, pod))
	}
	slices.Sort(roles)
	switch _, all := snapshot.ListOf[*corev1.Pod](s.Snapshot, "").Get(); {
	case len(roles) > 0 && all:
		return "the other pods on the node have the roles " + strings.Join(roles, ", ")
	case len(roles) > 0:
		return "the other pods on the node that were read have the roles " + strings.Join(roles, ", ")
	case all:
		return "no other pod on the node has a role now"
	default:
		return "not all pods on the node were read, and those that were read have no role"
	}
}

// rolesOf are the roles that a pod's variables name, or its association. Of many pods only this is looked at.
func rolesOf(s *subject.Subject, pod *corev1.Pod) []string {
	var roles []string
	for _, containers := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range containers {
			for _, v := range containers[i].Env {
				switch {
				case v.Name == "AWS_ROLE_ARN" && inject.CheckRoleARN(v.Value) == "" && v.Value != "":
					roles = subject.AppendNew(roles, []string{v.Value})
				case v.Name == subject.FullURI && (v.Value == inject.PodIdentityURI || v.Value == inject.PodIdentityURIv6):
					roles = subject.AppendNew(roles, associatedRoles(s, pod))
				}
			}
		}
	}
	return roles
}

func associatedRoles(s *subject.Subject, pod *corev1.Pod) []string {
	list, _ := s.Snapshot.Associations(pod.Namespace, workload.ServiceAccountName(pod)).Get()
	var roles []string
	for i := range list {
		roles = subject.AppendNew(roles, []string{subject.Intent{Association: &list[i]}.PodIdentityRole()})
	}
	return roles
}
