package inject

import (
	"path"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// A SharedFile is what is known of one of the two files that every SDK looks into, where a volume
// provides it. What the image itself holds is not seen.
type SharedFile struct {
	Presence Presence
	Variable string // that names the path; empty where it is the one below the home directory
	Path     string // in the container
	From     string // the volume and what it is made of
	// Content is the file's text where Known is true.
	Content string
	Known   bool
	Why     string // what makes the presence or the content unknown
}

// The files, below the home directory and by the variable that moves them.
const (
	credentialsFile     = ".aws/credentials"
	credentialsVariable = "AWS_SHARED_CREDENTIALS_FILE"
	configFile          = ".aws/config"
	configVariable      = "AWS_CONFIG_FILE"
)

// devNull is what people name to have no file.
const devNull = "/dev/null"

// maxHomes bounds the directories that are tried where HOME is unknown.
const maxHomes = 32

// Uncertain reports whether there is something that was not read: the file may be there, or what is in it is unknown.
func (f SharedFile) Uncertain() bool { return f.Presence == MaybeSet || f.Presence == Set && !f.Known }

// SharedFiles returns what volumes put where an SDK in the container looks for its credentials file and
// its config file. A path that a variable names is one that somebody means: where nothing says what is there, the file may
// be. Where HOME is unknown, every directory with an .aws below it that a volume is
// mounted into counts as home, but one of root's for a container that runs as somebody else.
func SharedFiles(pod *corev1.Pod, c *corev1.Container, env Environment, sources Sources) (credentials, config SharedFile) {
	l := locator{pod, c, sources}
	return l.find(env, credentialsVariable, credentialsFile), l.find(env, configVariable, configFile)
}

// A locator looks for files that volumes put into one container.
type locator struct {
	pod       *corev1.Pod
	container *corev1.Container
	sources   Sources
}

func (l locator) find(env Environment, variable, file string) SharedFile {
	moved := env.Get(variable)
	switch {
	case moved.Presence == MaybeSet || moved.Presence == Set && !moved.Known:
		return SharedFile{Presence: MaybeSet, Variable: variable, From: moved.From, Why: "the value of " + variable + " is unknown"}
	case moved.Presence == Set && moved.Value != "":
		return l.named(variable, moved.Value)
	}
	home := env.Get("HOME")
	if home.Presence == Set && home.Known && home.Value != "" {
		return l.fileAt(path.Join(home.Value, file))
	}
	found := SharedFile{Presence: Unset}
	for _, dir := range homes(l.container) {
		f := l.fileAt(path.Join(dir, file))
		if user := userOf(l.pod, l.container); f.Presence == Set && dir == "/root" && user != nil && *user != 0 {
			f.Presence, f.Why = MaybeSet, "it is in the home directory of root, and the container runs as another user"
		}
		if f.Presence == Set {
			return f
		}
		if f.Presence == MaybeSet && found.Presence == Unset {
			found = f
		}
	}
	return found
}

// homes returns the directories that may be the home of the container's user.
func homes(c *corev1.Container) []string {
	all := []string{"/root", "/"}
	seen := map[string]bool{"/root": true, "/": true}
	for _, mount := range c.VolumeMounts {
		at := unixPath(mount.MountPath)
		home := at
		if before, _, found := strings.Cut(at+"/", "/.aws/"); found {
			home = path.Clean("/" + before)
		} else if path.Dir(at) != "/home" {
			continue
		}
		if !seen[home] && len(all) < maxHomes {
			seen[home] = true
			all = append(all, home)
		}
	}
	return all
}

// named returns what is at the path that a variable names.
func (l locator) named(variable, file string) SharedFile {
	f := SharedFile{Presence: Unset}
	switch p := l.place(file); {
	case file == devNull:
	case !path.IsAbs(file) && !isWindowsPath(file):
		f = SharedFile{Presence: MaybeSet, From: "the image", Why: "the path is resolved in the container"}
	case p.mount == nil:
		f = SharedFile{Presence: MaybeSet, From: "the image", Why: "no volume is mounted there, and images are not read"}
	case p.volume != nil:
		if f = p.content(l.sources); f.Presence == Unset && p.unread() {
			f = SharedFile{Presence: MaybeSet, From: "volume " + p.volume.Name, Why: notRead(p.volume)}
		}
	}
	f.Variable, f.Path = variable, file
	return f
}

// unread reports whether the volume is of a kind whose files nobody lists.
func (p place) unread() bool {
	return p.volume.Secret == nil && p.volume.ConfigMap == nil && p.volume.Projected == nil
}

// notRead says why the files of a volume are unknown.
func notRead(v *corev1.Volume) string {
	const files = ", whose files are not read"
	switch {
	case v.HostPath != nil:
		return "it is " + v.HostPath.Path + " of the node" + files
	case v.PersistentVolumeClaim != nil:
		return "it is the persistent volume claim " + v.PersistentVolumeClaim.ClaimName + files
	case v.EmptyDir != nil:
		return "it is an emptyDir, which the pod's containers fill"
	case v.CSI != nil:
		return "it is a volume of the CSI driver " + v.CSI.Driver + files
	default:
		return "its files are not read"
	}
}

func (l locator) place(file string) place {
	return placeOf(l.container.VolumeMounts, func(name string) *corev1.Volume { return volumeOf(l.pod, name) }, file)
}

// fileAt returns what a volume puts at the path.
func (l locator) fileAt(file string) SharedFile {
	p := l.place(file)
	if p.volume == nil {
		return SharedFile{Presence: Unset}
	}
	f := p.content(l.sources)
	f.Path = file
	return f
}

// content returns what the volume puts at the place.
func (p place) content(sources Sources) SharedFile {
	from := "volume " + p.volume.Name
	switch {
	case !p.known:
		return SharedFile{Presence: MaybeSet, From: from, Why: "its subPathExpr is known only when the container runs"}
	case p.volume.Secret != nil:
		return p.key(p.volume.Secret.Items, secretData(sources, p.volume.Secret.SecretName), from+" of secrets/"+p.volume.Secret.SecretName)
	case p.volume.ConfigMap != nil:
		return p.key(p.volume.ConfigMap.Items, configMapData(sources, p.volume.ConfigMap.Name), from+" of configmaps/"+p.volume.ConfigMap.Name)
	case p.volume.Projected != nil:
		return p.projected(sources, from)
	}
	// A disk, a host's directory, a CSI driver: only one that is mounted as .aws is taken to hold AWS files.
	if at := unixPath(p.mount.MountPath); strings.Contains(at+"/", "/.aws/") {
		return SharedFile{Presence: MaybeSet, From: from, Why: notRead(p.volume)}
	}
	return SharedFile{Presence: Unset}
}

func (p place) projected(sources Sources, from string) SharedFile {
	found := SharedFile{Presence: Unset}
	for _, source := range p.volume.Projected.Sources {
		f := SharedFile{Presence: Unset}
		switch {
		case source.Secret != nil:
			f = p.key(source.Secret.Items, secretData(sources, source.Secret.Name), from+" of secrets/"+source.Secret.Name)
		case source.ConfigMap != nil:
			f = p.key(source.ConfigMap.Items, configMapData(sources, source.ConfigMap.Name), from+" of configmaps/"+source.ConfigMap.Name)
		}
		if f.Presence == Set || found.Presence == Unset {
			found = f // a later source overwrites an earlier one
		}
	}
	return found
}

// key finds the key that becomes the file at the place: by the items where there are any, else by its
// name.
func (p place) key(items []corev1.KeyToPath, data Data, from string) SharedFile {
	key := p.file
	if len(items) > 0 {
		key = ""
		for _, item := range items {
			if path.Clean(item.Path) == p.file {
				key = item.Key
			}
		}
		if key == "" {
			return SharedFile{Presence: Unset}
		}
	}
	switch data.Knowledge {
	case Known:
		value, ok := data.Values[key]
		switch {
		case !ok:
			return SharedFile{Presence: Unset}
		case value == "" || value == Redacted:
			return SharedFile{Presence: Set, From: from, Why: "its content is not in the snapshot"}
		}
		return SharedFile{Presence: Set, From: from, Content: value, Known: true}
	case Absent:
		return SharedFile{Presence: Unset}
	}
	return SharedFile{Presence: MaybeSet, From: from, Why: "it was not read: " + orUnasked(data.Why)}
}
