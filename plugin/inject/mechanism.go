package inject

import (
	"path"

	corev1 "k8s.io/api/core/v1"
)

// A Mechanism is a way to give a container a role.
type Mechanism string

const (
	None        Mechanism = "none"
	WebIdentity Mechanism = "webIdentity" // IRSA
	PodIdentity Mechanism = "podIdentity" // EKS Pod Identity
)

// marks are what the webhook leaves behind for one mechanism.
type marks struct {
	mechanism Mechanism
	volume    string
	mountPath string
	token     string
	first     string // the first variable of the pair
	file      string // the second, which names the token's file
}

// mechanisms are in the order in which the webhook decides: an association beats an annotation.
var mechanisms = []marks{
	{PodIdentity, PodIdentityVolume, PodIdentityMount, podIdentityToken, fullURIVariable, authorizationVariable},
	{WebIdentity, WebIdentityVolume, WebIdentityMount, webIdentityToken, roleVariable, tokenFileVariable},
}

// injectedPair returns where in env the webhook's own pair stands, or -1: literal values next to each
// other, the token's file where the webhook mounts it, and nothing behind them that the webhook would
// have put before them.
func (m marks) injectedPair(c *corev1.Container) int {
	var paths map[string]bool
	for i := 0; i+1 < len(c.Env); i++ {
		first, file := c.Env[i], c.Env[i+1]
		if first.Name != m.first || file.Name != m.file || first.ValueFrom != nil || file.ValueFrom != nil {
			continue
		}
		if paths == nil {
			paths = m.injectedPaths(c)
		}
		if paths[file.Value] && !precedesInjection(c.Env[i+2:]) {
			return i
		}
	}
	return -1
}

// injectedPaths are the paths of the token that the webhook may have written: the standard one, and that
// of another --token-mount-path if the volume is mounted there.
func (m marks) injectedPaths(c *corev1.Container) map[string]bool {
	unix := path.Join(m.mountPath, m.token)
	paths := map[string]bool{unix: true, windowsPath(unix): true}
	for _, mount := range c.VolumeMounts {
		if mount.Name == m.volume && mount.ReadOnly {
			unix := path.Join(mount.MountPath, m.token)
			paths[unix], paths[windowsPath(unix)] = true, true
		}
	}
	return paths
}

// precedesInjection reports whether rest opens with what the webhook puts before its pair: then a pair
// before it was there before the webhook.
func precedesInjection(rest []corev1.EnvVar) bool {
	return injectedSTS(rest, 0) || injectedRegion(rest, 0)
}

// injectedSTS reports whether the webhook's choice of the STS endpoint is at i.
func injectedSTS(env []corev1.EnvVar, i int) bool {
	return i >= 0 && i < len(env) && env[i].Name == stsVariable && env[i].Value == "regional"
}

// injectedRegion reports whether the webhook's pair of regions is at i.
func injectedRegion(env []corev1.EnvVar, i int) bool {
	return i >= 0 && i+1 < len(env) &&
		env[i].Name == defaultRegionVariable && env[i+1].Name == regionVariable &&
		env[i].ValueFrom == nil && env[i+1].ValueFrom == nil &&
		env[i].Value == env[i+1].Value && env[i].Value != ""
}

// injectedWith returns the mechanism that the webhook gave the container: the one whose pair and mount are there,
// else the first of which there is either. The mount of a container that the webhook does not mutate is no mark. Where
// there is none, the marks are None's.
func injectedWith(c *corev1.Container, passedOver bool) marks {
	found := marks{mechanism: None}
	for _, m := range mechanisms {
		pair, mount := m.injectedPair(c) >= 0, m.mounted(c)
		switch {
		case pair && mount:
			return m
		case found.mechanism == None && (pair || mount && !passedOver):
			found = m
		}
	}
	return found
}

// besideOwnMount returns what the webhook added to a container whose manifest brings the credentials variables and
// mounts the token's volume itself: region and STS endpoint at most, at the end.
func besideOwnMount(c *corev1.Container) (from, to int) {
	for _, m := range mechanisms {
		if mountOf(c, m.volume) != nil {
			return tail(c, len(c.Env)), len(c.Env)
		}
	}
	return 0, 0
}

// mounted reports whether the webhook's mount is there.
func (m marks) mounted(c *corev1.Container) bool {
	for _, mount := range c.VolumeMounts {
		if mount.Name == m.volume && mount.MountPath == m.mountPath && mount.ReadOnly {
			return true
		}
	}
	return false
}

// injected returns the half-open range of c.Env that the webhook added, as far as that can be told from
// the values and their order; it is empty where the webhook added nothing. A manifest that sets the
// same values itself looks the same, and comes out of the webhook the same.
func (m marks) injected(c *corev1.Container) (from, to int) {
	from = m.injectedPair(c)
	switch {
	case from >= 0:
		to = from + 2
	case m.mounted(c):
		from, to = len(c.Env), len(c.Env) // the pair was set before, what follows it may still be added
	default:
		return 0, 0
	}
	return tail(c, from), to
}

// tail returns where the webhook's region and STS endpoint begin that are before end.
func tail(c *corev1.Container, end int) int {
	if injectedRegion(c.Env, end-2) {
		end -= 2
	}
	if injectedSTS(c.Env, end-1) {
		end--
	}
	return end
}
