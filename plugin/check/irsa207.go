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
	Title: "the token file is not mounted in the container",
	Doc: Doc{
		Means: `The container's variables name a token file, but the pod has no volume for it, or the container does not
mount the volume. So the file does not exist. Some SDKs fail with "No such file or directory"; others use the node's
role without an error.

In most cases the manifest sets the credentials variables, the region and AWS_STS_REGIONAL_ENDPOINTS, for example
because somebody copied the env of a running pod into a template. The webhook then has no variable to add. It adds
the volume to the pod, but not the mount to the container. A controller that removes volumes which are not in its
own template causes the same fault.`,
		Example: `    spec:
      containers:
      - name: app
        image: web
        env:                                   # copied from a running pod
        - {name: AWS_STS_REGIONAL_ENDPOINTS, value: regional}
        - {name: AWS_REGION, value: us-west-2}
        - {name: AWS_ROLE_ARN, value: "arn:aws:iam::111122223333:role/web"}
        - {name: AWS_WEB_IDENTITY_TOKEN_FILE, value: /var/run/secrets/eks.amazonaws.com/serviceaccount/token}
        # and no volumeMounts

The error in the pod's log:

    [Errno 2] No such file or directory: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'`,
		Fix: `Remove the variables from the pod template, so that the webhook injects its own:

    kubectl set env deployment/web -n shop -c app AWS_ROLE_ARN- AWS_WEB_IDENTITY_TOKEN_FILE-

If the manifest must keep the variables, add the mount: volume aws-iam-token, read-only, at
/var/run/secrets/eks.amazonaws.com/serviceaccount.`,
		Verify: `    kubectl exec web-0 -n shop -c app -- ls -l /var/run/secrets/eks.amazonaws.com/serviceaccount/
    kubectl get pod web-0 -n shop -o jsonpath='{.spec.containers[0].volumeMounts}'

If nothing is mounted at the path, the image or the program can still create the file. Such a path is reported as
unknown.`,
	},
	Run: func(s *subject.Subject) Outcome {
		return perContainer(s, func(c *subject.Container) Outcome {
			m := c.UsedMechanism()
			missing, isMissing := c.Problem(inject.VolumeMissing, m)
			unmounted, isUnmounted := c.Problem(inject.MountMissing, m)
			switch {
			case m == inject.None:
				return skip("the container requests no role")
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
		Why: "the kubelet writes the token into that volume only, so the file does not exist in the container",
		Fix: plan,
	}
	if !s.Bound() {
		out.Fix, out.Advice = nil, "annotate the service account and let the webhook inject the variables, the volume and the mount, or set all of them in the manifest"
	}
	return out
}

func mounts(c *corev1.Container, volume string) bool {
	return slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == volume })
}

// tokenSeen is the outcome for a container whose token file is not certainly missing.
func tokenSeen(c *subject.Container, m inject.Mechanism) Outcome {
	variable := pairs[m][1]
	file := c.Variables.Get(variable)
	switch {
	case file.Presence == inject.Unset:
		return skip("the container has no " + variable)
	case file.Presence == inject.MaybeSet || !file.Known:
		return unknown(fact.Gap{What: "the value of " + variable + " in container " + c.Name, Reason: file.Why})
	case !c.ReadsVolume():
		return unknown(fact.Gap{What: file.Value + " in container " + c.Name, Reason: "nothing is mounted there, and the files of the image are unknown"})
	default:
		return pass()
	}
}
