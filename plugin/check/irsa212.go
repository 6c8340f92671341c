package check

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa212 = Check{
	Code: IRSA212, Class: Breaks, Link: LinkInjection,
	Title: "the container's user cannot read the token file",
	Doc: Doc{
		Means: `The token file exists, but its owner and mode do not allow the container's user to read it. With an
fsGroup, the file is readable for that group, and every container belongs to it. If all containers set the same
runAsUser, the file belongs to that user with mode 0600. Otherwise the volume's defaultMode of 0644 allows everybody
to read it. A manifest with a narrower defaultMode, or with a user for the token, changes this.

Before Kubernetes 1.19, only root could read the file. This is why old instructions set an fsGroup.`,
		Example: `    spec:
      securityContext: {runAsUser: 1000}
      containers: [{name: app, image: web, securityContext: {runAsUser: 2000}}, {name: proxy, image: proxy}]
      volumes:
      - name: aws-iam-token
        projected:
          defaultMode: 0400           # for root, but the containers run as 1000 and 2000
          sources: [{serviceAccountToken: {audience: sts.amazonaws.com, path: token}}]

The error in the pod's log:

    [Errno 13] Permission denied: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'`,
		Fix: `Set an fsGroup in the pod template:

    kubectl patch deployment/web -n shop -p '{"spec":{"template":{"spec":{"securityContext":{"fsGroup":65534}}}}}'

or run all containers as the same user, or remove the mode from the volume.`,
		Verify: `    kubectl exec web-0 -n shop -c app -- sh -c 'id; ls -lnL $AWS_WEB_IDENTITY_TOKEN_FILE; head -c 1 $AWS_WEB_IDENTITY_TOKEN_FILE'

Some SDKs report "permission denied" with the path of the file; others use the node's role. If only the image sets
the user, the user is unknown.`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			m := c.UsedMechanism()
			if m == inject.None {
				return skip("the container requests no role")
			}
			if p, unreadable := c.Problem(inject.UnreadableToken, m); unreadable {
				return Outcome{
					Result: Fail, Where: where(c, "volumeMounts, "+c.Volume), Have: p.Detail, Need: "a token file that the user can read",
					Why: "without an fsGroup the token file belongs to one user, or to root with the volume's mode",
					Fix: edit(s, change.SetFSGroup{Pod: podRef(s), Group: anyGroup}),
				}
			}
			if imageUserDecides(s, c) {
				return unknown(fact.Gap{What: "the user of container " + c.Name, Reason: "the image sets it, and not every user can read volume " + c.Volume})
			}
			return pass()
		})
	},
}

// anyGroup is the group nobody: fsGroup must be some number, and any number works.
const anyGroup = 65534

// imageUserDecides reports whether only the image decides which user the container runs as, while the token's file is
// not readable by everybody.
func imageUserDecides(s *subject.Subject, c *subject.Container) bool {
	spec, security := c.Spec, s.Pod.Spec.SecurityContext
	if security != nil && (security.FSGroup != nil || security.RunAsUser != nil) ||
		spec.SecurityContext != nil && spec.SecurityContext.RunAsUser != nil || s.Node.Windows {
		return false
	}
	for _, v := range s.Pod.Spec.Volumes {
		if v.Name == c.Volume && v.Projected != nil {
			return narrow(v.Projected) || s.RootsToken()
		}
	}
	return false
}

func narrow(v *corev1.ProjectedVolumeSource) bool {
	const everybody = 0o004
	return v.DefaultMode != nil && *v.DefaultMode&everybody == 0
}
