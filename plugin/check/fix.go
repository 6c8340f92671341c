package check

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// podRef names the pod for changes that recreate it.
func podRef(s *subject.Subject) change.PodRef {
	ref := change.PodRef{
		Namespace: s.Pod.Namespace, Name: s.Pod.Name, Owner: workload.OwnerOf(s.Pod),
		Settings: s.Settings, Injects: s.WebhookAnswers(),
	}
	if owner, ok := s.Snapshot.Object(ref.Owner.Kind, ref.Namespace, ref.Owner.Name); ok && !s.Predicted {
		ref.Rollout, ref.Revision = workload.RolloutOf(owner), workload.RevisionOf(owner, s.Pod)
	}
	return ref
}

// recreate is the plan that recreates the pod. A predicted pod is created by applying its manifest.
func recreate(s *subject.Subject) []change.Change { return recreateIf(s, "") }

// recreateIf is the same where a new pod differs from this one only if something holds.
func recreateIf(s *subject.Subject, restsOn string, probe ...string) []change.Change {
	if s.Predicted {
		return []change.Change{change.Submit{Pod: podRef(s)}}
	}
	return []change.Change{change.Recreate{Pod: podRef(s), RestsOn: restsOn, Probe: probe}}
}

// edit is the plan that changes the template of the pod's workload. What the template has already, the pod gets when it is
// recreated; nil where this does not help because something else adds it to each new pod.
func edit(s *subject.Subject, c change.Change) []change.Change {
	edits, known := change.EditsTemplate(s.Snapshot, c)
	switch {
	case edits || !known:
		return []change.Change{c}
	case podRef(s).Revision == workload.CurrentRevision:
		return nil
	default:
		return recreateIf(s, "pod "+s.Pod.Namespace+"/"+s.Pod.Name+" is from an earlier template, and no other webhook adds what the template does not have")
	}
}

// editContainer is the same for a change of one container, which the template may not have: then a webhook adds it.
func editContainer(s *subject.Subject, container string, c change.Change) []change.Change {
	if s.Manifest != nil && s.Manifest[container] == nil {
		return nil
	}
	return edit(s, c)
}

// addedAtAdmission names the source of what the pod has and its template does not have, so that no edit of the template removes
// it; empty where it is unknown.
func addedAtAdmission(s *subject.Subject, container, what string) string {
	if s.Manifest == nil {
		return ""
	}
	if s.Manifest[container] == nil {
		return "container " + container + " is not in the template of the pod's workload: remove " + what + " from the configuration of the webhook that adds the container"
	}
	return "the template of the pod's workload does not have " + what + ": change the configuration of the webhook that adds it when a pod is created"
}

func setServiceAccount(s *subject.Subject, name string) []change.Change {
	return edit(s, change.SetServiceAccount{Pod: podRef(s), ServiceAccount: name})
}

// annotate is the plan that gives the pod's service account a role and then the pod what follows from it.
func annotate(s *subject.Subject, role string) []change.Change {
	return append([]change.Change{change.Annotate{Namespace: s.Pod.Namespace, ServiceAccount: s.AccountName, Key: s.RoleKey(), Value: role}}, recreate(s)...)
}

// pairs are the variables that the webhook sets together.
var pairs = map[inject.Mechanism][]string{
	inject.WebIdentity: {"AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"},
	inject.PodIdentity: {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"},
}

// unsetPair is the plan that removes the variables of a mechanism that the container's template sets.
func unsetPair(s *subject.Subject, c *subject.Container, m inject.Mechanism) []change.Change {
	var names []string
	for _, name := range pairs[m] {
		if subject.SetsVariable(c.Spec.Env, name) {
			names = append(names, name)
		}
	}
	return editContainer(s, c.Name, change.UnsetVariables{Pod: podRef(s), Container: c.Name, Names: names})
}

// volumeNames are the webhook's names of the volumes with the token.
var volumeNames = map[inject.Mechanism]string{
	inject.WebIdentity: inject.WebIdentityVolume,
	inject.PodIdentity: inject.PodIdentityVolume,
}

// mountsOf are the places where containers mount a volume: those of the template, or of the pod where that was not read.
func mountsOf(s *subject.Subject, volume string) []change.VolumeMount {
	var mounts []change.VolumeMount
	for _, c := range s.Containers {
		spec := c.Spec
		if s.Manifest != nil {
			spec = s.Manifest[c.Name]
		}
		if spec == nil {
			continue
		}
		for _, m := range spec.VolumeMounts {
			if m.Name == volume {
				mounts = append(mounts, change.VolumeMount{Container: c.Name, Init: c.Type == inject.Init, Path: m.MountPath})
			}
		}
	}
	return slices.Clip(mounts)
}

// unset is the plan that removes variables from the container's own env; nil where the first of them is not there.
func unset(s *subject.Subject, c *subject.Container, names ...string) []change.Change {
	var there []string
	for _, name := range names {
		if subject.SetsVariable(c.Spec.Env, name) {
			there = append(there, name)
		}
	}
	if !slices.Contains(there, names[0]) {
		return nil
	}
	return editContainer(s, c.Name, change.UnsetVariables{Pod: podRef(s), Container: c.Name, Names: there})
}

// withoutVolume is the plan by which the webhook's own volume replaces another that the container reads. The webhook's own
// goes when the pod is recreated, and the one of the API server's token stays: then the variables are what leads to it.
func withoutVolume(s *subject.Subject, c *subject.Container, m inject.Mechanism, volume string) []change.Change {
	switch {
	case strings.HasPrefix(volume, apiTokenVolume):
		return unsetPair(s, c, m)
	case webhookAdded(s, volume):
		return recreate(s)
	default:
		return edit(s, change.RemoveVolume{Pod: podRef(s), Name: volume, Mounts: mountsOf(s, volume)})
	}
}

// apiTokenVolume is how the name begins of the volume that the API server adds to a pod for its token.
// https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-token-volume
const apiTokenVolume = "kube-api-access-"

// webhookAdded reports whether a volume of the pod was added by the pod identity webhook: it is of the webhook's shape, and the
// template does not have it. Where the template was not read, an annotation that is younger than the pod shows it.
func webhookAdded(s *subject.Subject, volume string) bool {
	named := func(v corev1.Volume) bool { return v.Name == volume }
	if slices.ContainsFunc(inject.Undo(s.Pod, s.Settings.AnnotationPrefix).Spec.Volumes, named) {
		return false
	}
	if edits, known := change.EditsTemplate(s.Snapshot, change.RemoveVolume{Pod: podRef(s), Name: volume}); known {
		return !edits
	}
	account, _ := s.Account.Get()
	if account == nil || s.Pod.CreationTimestamp.IsZero() {
		return false
	}
	at, dated := snapshot.AnnotatedAt(account.ManagedFields, s.Settings.AnnotationPrefix+"/"+inject.Audience)
	return dated && at.After(s.Pod.CreationTimestamp.Time)
}
