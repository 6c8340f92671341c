package inject

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"
)

// An Aspect is what of a pod a Difference is about.
type Aspect string

const (
	EnvAspect        Aspect = "env"        // Name is the variable
	MountAspect      Aspect = "mount"      // Name is the volume; values are mount paths
	VolumeAspect     Aspect = "volume"     // Name is the volume
	AudienceAspect   Aspect = "audience"   // Name is the volume
	ExpirationAspect Aspect = "expiration" // Name is the volume; values are seconds
	LabelAspect      Aspect = "label"      // Name is the label
)

// A difference is one thing in which a pod is not what was predicted.
type difference struct {
	Container string // empty where the whole pod is meant
	Aspect    Aspect
	Name      string
	Have      *string // nil: the pod does not have it
	Want      *string // nil: it was not predicted
}

// compare says in what pod differs from predicted, of that which the webhook is responsible for: its
// variables, volumes, mounts and label. The random expiration of Pod Identity counts as its default,
// and so does the order of the variables, which decides nothing between different names.
//
// To compare a live pod with what it would be today, predict from Undo of it.
func compare(pod, predicted *corev1.Pod) []difference {
	var all []difference
	for _, list := range []struct{ have, want []corev1.Container }{
		{pod.Spec.InitContainers, predicted.Spec.InitContainers},
		{pod.Spec.Containers, predicted.Spec.Containers},
	} {
		// By name, as other webhooks put containers of their own between them. The API server admits no name twice, and no empty
		// one; a manifest can have both, and then the first is compared with the first.
		wanted := make(map[string][]*corev1.Container, len(list.want))
		for i := range list.want {
			wanted[list.want[i].Name] = append(wanted[list.want[i].Name], &list.want[i])
		}
		for i := range list.have {
			name := list.have[i].Name
			if want := wanted[name]; len(want) > 0 {
				all = append(all, compareContainers(&list.have[i], want[0])...)
				wanted[name] = want[1:]
			}
		}
	}
	for _, m := range mechanisms {
		all = append(all, compareVolumes(volumeOf(pod, m.volume), volumeOf(predicted, m.volume), m)...)
	}
	have, want := lookup(pod.Labels, podIdentityLabel), lookup(predicted.Labels, podIdentityLabel)
	if have == nil {
		return all // webhooks before v0.6.17 set no label
	}
	return appendDifference(all, "", LabelAspect, podIdentityLabel, have, want)
}

func compareContainers(have, want *corev1.Container) []difference {
	var all []difference
	for _, name := range []string{
		roleVariable, tokenFileVariable, fullURIVariable, authorizationVariable,
		defaultRegionVariable, regionVariable, stsVariable,
	} {
		all = appendDifference(all, have.Name, EnvAspect, name, valueOf(have, name), valueOf(want, name))
	}
	for _, m := range mechanisms {
		all = appendDifference(all, have.Name, MountAspect, m.volume, mountOf(have, m.volume), mountOf(want, m.volume))
	}
	return all
}

func compareVolumes(have, want *corev1.Volume, m marks) []difference {
	haveKind, wantKind := kindOf(have, m), kindOf(want, m)
	all := appendDifference(nil, "", VolumeAspect, m.volume, haveKind, wantKind)
	if len(all) > 0 || have == nil || *haveKind != tokenKind {
		return all
	}
	h, w := tokenOf(have, m), tokenOf(want, m)
	all = appendDifference(all, "", AudienceAspect, m.volume, &h.Audience, &w.Audience)
	haveSeconds, wantSeconds := expirationOf(h), expirationOf(w)
	if m.mechanism == PodIdentity && wantSeconds == defaultExpiration && minJittered <= haveSeconds && haveSeconds <= defaultExpiration {
		return all
	}
	haveText, wantText := strconv.FormatInt(haveSeconds, 10), strconv.FormatInt(wantSeconds, 10)
	return appendDifference(all, "", ExpirationAspect, m.volume, &haveText, &wantText)
}

func appendDifference(all []difference, container string, aspect Aspect, name string, have, want *string) []difference {
	if have == nil && want == nil || have != nil && want != nil && *have == *want {
		return all
	}
	return append(all, difference{container, aspect, name, have, want})
}

// What a volume is, as a value to compare.
const (
	tokenKind = "service account token"
	otherKind = "another volume"
)

func kindOf(v *corev1.Volume, m marks) *string {
	if v == nil {
		return nil
	}
	kind := otherKind
	if tokenOf(v, m) != nil {
		kind = tokenKind
	}
	return &kind
}

func tokenOf(v *corev1.Volume, m marks) *corev1.ServiceAccountTokenProjection {
	return place{volume: v, file: m.token}.token()
}

// expirationOf returns the seconds asked for; Kubernetes' default is an hour.
func expirationOf(t *corev1.ServiceAccountTokenProjection) int64 {
	if t.ExpirationSeconds == nil {
		return 3600
	}
	return *t.ExpirationSeconds
}

// valueOf returns the variable's value, of several of the same name the last one's; where it comes from
// elsewhere, it is what names that place.
func valueOf(c *corev1.Container, name string) *string {
	var value *string
	for i := range c.Env {
		if c.Env[i].Name != name {
			continue
		}
		value = &c.Env[i].Value
		if from := c.Env[i].ValueFrom; from != nil {
			text := origin(from)
			value = &text
		}
	}
	return value
}

func lookup(m map[string]string, key string) *string {
	value, ok := m[key]
	if !ok {
		return nil
	}
	return &value
}
