package check

import (
	"path"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
)

var irsa207 = Check{
	Code: IRSA207, Class: Breaks, Link: LinkInjection,
	Title: "the token file that the variables name is not mounted",
	Doc: Doc{
		Means: `The container's variables name a token file, and the pod has no volume there, or the container does not mount
it. So the file does not exist: some SDKs fail with "no such file or directory",
others go on to the node's role without a word.

Mostly the manifest sets the credentials variables, the region and AWS_STS_REGIONAL_ENDPOINTS all by itself. The
webhook then finds nothing to add to the container and leaves it alone altogether, mount included, while it does
add the volume to the pod. Copying the env of a running pod into a template leads there. The other way is a
controller that takes volumes out of pods which its own template does not have.`,
		Example: `    spec:
      containers:
      - name: app
        image: web
        env:                                   # copied from a running pod
        - {name: AWS_STS_REGIONAL_ENDPOINTS, value: regional}
        - {name: AWS_REGION, value: us-west-2}
        - {name: AWS_ROLE_ARN, value: "arn:aws:iam::111122223333:role/web"}
        - {name: AWS_WEB_IDENTITY_TOKEN_FILE, value: /var/run/secrets/eks.amazonaws.com/serviceaccount/token}
        # and no volumeMounts`,
		Fix: `Leave the variables to the webhook:

    kubectl set env deployment/web -n shop -c app AWS_ROLE_ARN- AWS_WEB_IDENTITY_TOKEN_FILE-

If the manifest is to keep them, it has to have the mount as well: of volume aws-iam-token, read-only, at
/var/run/secrets/eks.amazonaws.com/serviceaccount.`,
		Verify: `    kubectl exec web-0 -n shop -c app -- ls -l /var/run/secrets/eks.amazonaws.com/serviceaccount/
    kubectl get pod web-0 -n shop -o jsonpath='{.spec.containers[0].volumeMounts}'

A path at which nothing is mounted may also be filled by the image or by the program itself; such a path is
reported as not known.`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			m := c.UsedMechanism()
			missing, isMissing := c.Problem(inject.VolumeMissing, m)
			unmounted, isUnmounted := c.Problem(inject.MountMissing, m)
			switch {
			case m == inject.None:
				return skip("nothing asks for a role")
			case c.Has(inject.HalfSet), s.Overridden(c):
				return skip(IRSA205)
			case isMissing:
				return tokenMissing(s, c, missing, recreate(s))
			case isUnmounted && mounts(c.Spec, volumeNames[m]):
				return tokenMissing(s, c, unmounted, withoutVolume(s, c, m, volumeNames[m])) // the webhook keeps a mount of that name
			case isUnmounted:
				return tokenMissing(s, c, unmounted, unsetPair(s, c, m))
			}
			return tokenSeen(c, m)
		})
	},
}

func tokenMissing(s *subject.Subject, c *subject.Container, p inject.Problem, plan []change.Change) Outcome {
	out := Outcome{
		Result: Fail, Where: where(c, "volumeMounts"), Have: p.Detail, Need: "volume " + volumeNames[p.Mechanism] + " mounted at " + path.Dir(subject.Slashed(c.TokenFile)),
		Why: "the token is written into that volume only, so the file that the variables name does not exist",
		Fix: plan,
	}
	if !s.Bound() {
		out.Fix, out.Advice = nil, "annotate the service account and leave variables, volume and mount to the webhook, or give the manifest all of them"
	}
	return out
}

func mounts(c *corev1.Container, volume string) bool {
	return slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == volume })
}

// tokenSeen is the answer for a container whose token file is not known to be missing.
func tokenSeen(c *subject.Container, m inject.Mechanism) Outcome {
	variable := pairs[m][1]
	file := c.Variables.Get(variable)
	switch {
	case file.Presence == inject.Unset:
		return skip("the container has no " + variable)
	case file.Presence == inject.MaybeSet || !file.Known:
		return unknown(fact.Gap{What: "the value of " + variable + " in container " + c.Name, Reason: file.Why})
	case !c.ReadsVolume():
		return unknown(fact.Gap{What: file.Value + " in container " + c.Name, Reason: "nothing is mounted there, and the image's own files are not seen"})
	default:
		return pass()
	}
}
