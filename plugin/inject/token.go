package inject

import (
	"fmt"
	"path"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// A place is where a path leads in a container.
type place struct {
	mount  *corev1.VolumeMount // nil: no volume is mounted over the path
	volume *corev1.Volume      // nil: the pod has no volume of the mount's name
	file   string              // the path inside the volume
	// known is false where the path inside the volume depends on something unseen.
	known bool
}

// placeOf finds the mount that the path falls under. Of nested mounts the innermost one decides.
func placeOf(mounts []corev1.VolumeMount, volume func(name string) *corev1.Volume, file string) place {
	file = unixPath(file)
	var p place
	var longest string
	for i := range mounts {
		at := unixPath(mounts[i].MountPath)
		if (p.mount == nil || len(at) > len(longest)) && under(file, at) {
			p.mount, longest = &mounts[i], at
		}
	}
	if p.mount == nil {
		return p
	}
	p.file = path.Join(p.mount.SubPath, strings.TrimPrefix(strings.TrimPrefix(file, longest), "/"))
	p.known = p.mount.SubPathExpr == ""
	p.volume = volume(p.mount.Name)
	return p
}

// token returns the service account token that is projected to this place, nil if there is none.
func (p place) token() *corev1.ServiceAccountTokenProjection {
	if p.volume == nil || p.volume.Projected == nil {
		return nil
	}
	for i := range p.volume.Projected.Sources {
		if t := p.volume.Projected.Sources[i].ServiceAccountToken; t != nil && path.Clean(t.Path) == p.file {
			return t
		}
	}
	return nil
}

func under(file, dir string) bool {
	return file == dir || dir == "/" || strings.HasPrefix(file, dir+"/")
}

// unixPath makes a Windows path comparable with the mount paths, which stay in Unix form.
func unixPath(p string) string {
	if isWindowsPath(p) {
		p = strings.ReplaceAll(p[2:], `\`, "/")
	}
	return path.Clean("/" + p)
}

func isWindowsPath(p string) bool {
	return len(p) > 2 && p[1] == ':' && (p[2] == '\\' || p[2] == '/')
}

// unreadable says why the container's user may not read the token, empty if he may or if that cannot
// be told (the image's own user is not seen).
//
// The kubelet writes the token with the volume's default mode, owned by root. With an fsGroup it is
// 0640 for that group, to which every container belongs. Where all containers run as one user by the manifest
// it is 0600 and that user's; so too where the projection names a user. (pkg/volume/projected and
// FsUserFrom in kubernetes; before Kubernetes 1.19 it was 0600 for root.)
func (v view) unreadable(c *corev1.Container, volume *corev1.Volume, token *corev1.ServiceAccountTokenProjection) string {
	security := v.pod.Spec.SecurityContext
	if security != nil && security.FSGroup != nil {
		return ""
	}
	user := userOf(v.pod, c)
	if user == nil || *user == 0 {
		return ""
	}
	owner := token.User
	if owner == nil {
		owner = volume.Projected.DefaultUser
	}
	if owner == nil {
		owner = v.commonUser
	}
	if owner != nil {
		if *owner == *user {
			return ""
		}
		return fmt.Sprintf("the token belongs to user %d with mode 0600, and the container runs as user %d", *owner, *user)
	}
	mode := int32(0o644)
	if volume.Projected.DefaultMode != nil {
		mode = *volume.Projected.DefaultMode
	}
	groupMayRead := mode&0o040 != 0 // and root is the group of many a user: not told here
	if mode&0o004 != 0 || groupMayRead {
		return ""
	}
	return fmt.Sprintf("the token belongs to root with mode %04o, and the container runs as user %d", mode, *user)
}

func userOf(pod *corev1.Pod, c *corev1.Container) *int64 {
	if c.SecurityContext != nil && c.SecurityContext.RunAsUser != nil {
		return c.SecurityContext.RunAsUser
	}
	if pod.Spec.SecurityContext != nil {
		return pod.Spec.SecurityContext.RunAsUser
	}
	return nil
}

// commonUser returns the one user of all containers, ephemeral ones apart.
func commonUser(pod *corev1.Pod) *int64 {
	var common *int64
	for _, containers := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range containers {
			user := userOf(pod, &containers[i])
			if user == nil || common != nil && *common != *user {
				return nil
			}
			common = user
		}
	}
	return common
}
