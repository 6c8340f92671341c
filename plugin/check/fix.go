package check

import (
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/subject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// podRef names the pod for changes that recreate it.
func podRef(s *subject.Subject) change.PodRef {
	return change.PodRef{
		Namespace: s.Pod.Namespace, Name: s.Pod.Name, Owner: workload.OwnerOf(s.Pod),
		Settings: s.Settings, Injects: s.WebhookAnswers(),
	}
}

// recreate is the plan that recreates the pod. A predicted pod is created by applying its manifest.
func recreate(s *subject.Subject) []change.Change {
	if s.Predicted {
		return []change.Change{change.Submit{Pod: podRef(s)}}
	}
	return []change.Change{change.Recreate{Pod: podRef(s)}}
}

func setServiceAccount(s *subject.Subject, name string) change.Change {
	return change.SetServiceAccount{Pod: podRef(s), ServiceAccount: name}
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

func unsetPair(s *subject.Subject, c *subject.Container, m inject.Mechanism) []change.Change {
	var names []string
	for _, name := range pairs[m] {
		if subject.SetsVariable(c.Spec.Env, name) {
			names = append(names, name)
		}
	}
	return []change.Change{change.UnsetVariables{Pod: podRef(s), Container: c.Name, Names: names}}
}

// volumeNames are the webhook's names of the volumes with the token.
var volumeNames = map[inject.Mechanism]string{
	inject.WebIdentity: inject.WebIdentityVolume,
	inject.PodIdentity: inject.PodIdentityVolume,
}

// mountsOf are the places where the pod's containers mount a volume.
func mountsOf(s *subject.Subject, volume string) []change.VolumeMount {
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

// unset is the plan that removes variables from the container's own env; nil where the first of them is not
// there, or where the pod is only predicted.
func unset(s *subject.Subject, c *subject.Container, names ...string) []change.Change {
	if s.Predicted {
		return nil
	}
	var there []string
	for _, name := range names {
		for _, v := range c.Spec.Env {
			if v.Name == name && !slices.Contains(there, name) {
				there = append(there, name)
			}
		}
	}
	if !slices.Contains(there, names[0]) {
		return nil
	}
	return []change.Change{change.UnsetVariables{Pod: podRef(s), Container: c.Name, Names: there}}
}

// withoutVolume is the plan by which the webhook's own volume replaces another. One that was the
// webhook's is removed when the pod is recreated.
func withoutVolume(s *subject.Subject, name string) []change.Change {
	account, _ := s.Account.Get()
	if account != nil && !s.Pod.CreationTimestamp.IsZero() {
		at, dated := snapshot.AnnotatedAt(account.ManagedFields, s.Settings.AnnotationPrefix+"/"+inject.Audience)
		if dated && at.After(s.Pod.CreationTimestamp.Time) {
			return recreate(s)
		}
	}
	return []change.Change{change.RemoveVolume{Pod: podRef(s), Name: name, Mounts: mountsOf(s, name)}}
}
