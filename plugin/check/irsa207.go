package check

import (
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/fact"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
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
		Mend: `Leave the variables to the webhook:

    kubectl set env deployment/web -n shop -c app AWS_ROLE_ARN- AWS_WEB_IDENTITY_TOKEN_FILE-

If the manifest is to keep them, it has to have the mount as well: of volume aws-iam-token, read-only, at
/var/run/secrets/eks.amazonaws.com/serviceaccount.`,
		Sure: `    kubectl exec web-0 -n shop -c app -- ls -l /var/run/secrets/eks.amazonaws.com/serviceaccount/
    kubectl get pod web-0 -n shop -o jsonpath='{.spec.containers[0].volumeMounts}'

A path at which nothing is mounted may also be filled by the image or by the program itself; such a path is
reported as not known.`,
	},
	Run: func(s *Subject) Outcome {
		return s.perContainer(func(c *Container) Outcome {
			m := c.mechanism()
			missing, isMissing := c.problem(inject.VolumeMissing, m)
			unmounted, isUnmounted := c.problem(inject.MountMissing, m)
			switch {
			case m == inject.None:
				return skip("nothing asks for a role")
			case c.Has(inject.HalfSet), s.overridden(c):
				return skip(IRSA205)
			case isMissing:
				return s.tokenMissing(c, missing, s.recreate())
			case isUnmounted && mounts(c.Spec, volumeNames[m]):
				return s.tokenMissing(c, unmounted, s.withoutVolume(volumeNames[m])) // the webhook keeps a mount of that name
			case isUnmounted:
				return s.tokenMissing(c, unmounted, s.unsetPair(c, m))
			}
			return s.tokenSeen(c, m)
		})
	},
}

// mechanism is the one whose variables the container has: what it wants, or, where that is not known, what
// it was given.
func (c *Container) mechanism() inject.Mechanism {
	switch c.Wants {
	case inject.WebIdentity, inject.PodIdentity:
		if c.Mechanism != inject.None {
			return c.Mechanism
		}
		return c.Wants
	case "":
		if c.Mechanism != inject.None {
			return c.Mechanism
		}
		return c.ByHand
	default:
		return inject.None
	}
}

func (s *Subject) tokenMissing(c *Container, p inject.Problem, plan []change.Change) Outcome {
	out := Outcome{
		Result: Fail, Where: c.where("volumeMounts"), Have: p.Detail, Need: "volume " + volumeNames[p.Mechanism] + " mounted at " + path.Dir(slashed(c.TokenFile)),
		Why: "the token is written into that volume only, so the file that the variables name does not exist",
		Fix: plan,
	}
	if !s.bound() {
		out.Fix, out.Advice = nil, "annotate the service account and leave variables, volume and mount to the webhook, or give the manifest all of them"
	}
	return out
}

// volumeNames are the webhook's names of the volumes with the token.
var volumeNames = map[inject.Mechanism]string{
	inject.WebIdentity: inject.WebIdentityVolume,
	inject.PodIdentity: inject.PodIdentityVolume,
}

func mounts(c *corev1.Container, volume string) bool {
	return slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == volume })
}

// tokenSeen is the answer for a container whose token file is not known to be missing.
func (s *Subject) tokenSeen(c *Container, m inject.Mechanism) Outcome {
	variable := pairs[m][1]
	file := c.Variables.Get(variable)
	switch {
	case file.Presence == inject.Unset:
		return skip("the container has no " + variable)
	case file.Presence == inject.MaybeSet || !file.Known:
		return unknown(fact.Gap{What: "the value of " + variable + " in container " + c.Name, Reason: file.Why})
	case !c.readsVolume():
		return unknown(fact.Gap{What: file.Value + " in container " + c.Name, Reason: "nothing is mounted there, and the image's own files are not seen"})
	default:
		return pass()
	}
}

// readsVolume reports whether the container's token path leads into the volume of its reading.
func (c *Container) readsVolume() bool {
	file, mount := slashed(c.TokenFile), strings.TrimSuffix(c.MountPath, "/")
	return c.Volume != "" && (file == mount || strings.HasPrefix(file, mount+"/"))
}

// slashed returns a Windows path as a Unix one, without its drive.
func slashed(file string) string {
	if drive, rest, ok := strings.Cut(file, ":"); ok && len(drive) == 1 {
		file = rest
	}
	return strings.ReplaceAll(file, `\`, "/")
}

// mountsOf are the places where the pod's containers mount a volume.
func (s *Subject) mountsOf(volume string) []change.VolumeMount {
	var mounts []change.VolumeMount
	for _, c := range s.Containers {
		for _, m := range c.Spec.VolumeMounts {
			if m.Name == volume {
				mounts = append(mounts, change.VolumeMount{Container: c.Name, Init: c.Type == inject.Init, Path: m.MountPath})
			}
		}
	}
	return slices.Clip(mounts)
}
