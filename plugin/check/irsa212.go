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
	Title: "the container's user may not read the token file",
	Doc: Doc{
		Means: `The token is there, and the file's owner and mode keep the container's user from reading it. The kubelet decides
them: with an fsGroup the file is readable for that group, to which every container belongs; where all containers
set one and the same runAsUser it belongs to that user, with mode 0600; else everybody may read it, by the
volume's defaultMode of 0644. A manifest that gives the volume a narrower defaultMode, or the token a user of its
own, ends this.

Before Kubernetes 1.19 the file was readable for root only, hence the old advice to set an fsGroup.`,
		Example: `    spec:
      securityContext: {runAsUser: 1000}
      containers: [{name: app, image: web, securityContext: {runAsUser: 2000}}, {name: proxy, image: proxy}]
      volumes:
      - name: aws-iam-token
        projected:
          defaultMode: 0400           # for root, while the containers run as 1000 and 2000
          sources: [{serviceAccountToken: {audience: sts.amazonaws.com, path: token}}]`,
		Fix: `Give the pod an fsGroup:

    kubectl patch deployment/web -n shop -p '{"spec":{"template":{"spec":{"securityContext":{"fsGroup":65534}}}}}'

or let all containers run as one user, or take the volume's own mode away.`,
		Verify: `    kubectl exec web-0 -n shop -c app -- sh -c 'id; ls -lnL $AWS_WEB_IDENTITY_TOKEN_FILE; head -c 1 $AWS_WEB_IDENTITY_TOKEN_FILE'

An SDK says "permission denied" and the file's path, or goes on to the node's role. The user that only the image
names is not seen from here.`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			m := c.UsedMechanism()
			if m == inject.None {
				return skip("nothing asks for a role")
			}
			if p, unreadable := c.Problem(inject.UnreadableToken, m); unreadable {
				return Outcome{
					Result: Fail, Where: where(c, "volumeMounts, "+c.Volume), Have: p.Detail, Need: "a token that the user may read",
					Why: "without an fsGroup the kubelet gives the token's file to one user, or to root with the volume's mode",
					Fix: edit(s, change.SetFSGroup{Pod: podRef(s), Group: anyGroup}),
				}
			}
			if imageUserDecides(s, c) {
				return unknown(fact.Gap{What: "the user of container " + c.Name, Reason: "the image names it, and volume " + c.Volume + " is not readable for everybody"})
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
