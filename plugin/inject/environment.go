package inject

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// Redacted is what stands for a value that was left out when a pod was recorded.
const Redacted = "<redacted>"

// Linux takes no environment string longer than 128 KiB and, with the usual stack, no environment of
// more than 2 MiB: a container with more does not start, and what is beyond is not followed here.
const (
	maxValue       = 128 << 10
	maxEnvironment = 2 << 20
	maxOpen        = 64 // sources that were not read
)

// An Environment is a container's, as the kubelet builds it.
type Environment struct {
	variables map[string]Variable
	// open are the envFrom sources that were not read, which may set any name with their prefix.
	open []openSource
	// Blocked says why the kubelet cannot start the container: a source that is not optional is not
	// there.
	Blocked []string
}

type openSource struct{ prefix, from, why string }

// Get returns what is known of the variable.
func (e Environment) Get(name string) Variable {
	if v, ok := e.variables[name]; ok {
		return v
	}
	for _, o := range e.open {
		if strings.HasPrefix(name, o.prefix) && name != o.prefix {
			return maybeSet(o.from, o.why)
		}
	}
	return Variable{Presence: Unset}
}

// Names returns the variables that are set or may be, sorted, but for those that only a source that was
// not read may set, and those for services.
func (e Environment) Names() []string {
	return slices.Sorted(maps.Keys(e.variables))
}

// EnvironmentOf builds the environment of a container of the pod: envFrom first, each source over the
// one before it; then env in its order, over envFrom, with references to what is already set. (kubelet,
// makeEnvironmentVariables.) The image's own variables are not seen.
func EnvironmentOf(pod *corev1.Pod, c *corev1.Container, sources Sources) Environment {
	b := builder{pod: pod, sources: sources, cache: make(map[string]Data)}
	b.env.variables = make(map[string]Variable, len(c.Env))
	for i := range c.EnvFrom {
		b.addSource(&c.EnvFrom[i])
	}
	for i := range c.Env {
		b.addVariable(&c.Env[i])
	}
	return b.env
}

// builder holds what is shared while one environment is built.
type builder struct {
	pod     *corev1.Pod
	sources Sources
	cache   map[string]Data
	env     Environment
	size    int  // of what sources and references have given so far
	full    bool // there is too much: any name may be set, and values from sources are unknown
}

func (b *builder) addSource(from *corev1.EnvFromSource) {
	switch {
	case from.ConfigMapRef != nil:
		b.addData(from.Prefix, "configmaps/"+from.ConfigMapRef.Name, b.configMap(from.ConfigMapRef.Name), isTrue(from.ConfigMapRef.Optional))
	case from.SecretRef != nil:
		b.addData(from.Prefix, "secrets/"+from.SecretRef.Name, b.secret(from.SecretRef.Name), isTrue(from.SecretRef.Optional))
	}
}

func (b *builder) addData(prefix, from string, data Data, optional bool) {
	switch data.Knowledge {
	case Known:
		for key, value := range data.Values {
			if b.full {
				return
			}
			b.addKey(prefix+key, value, from)
		}
	case Absent:
		if !optional {
			b.env.Blocked = append(b.env.Blocked, from+" does not exist")
		}
	default:
		b.openUp(openSource{prefix, from, fmt.Sprintf("%s was not read: %s", from, orUnasked(data.Why))})
	}
}

// addKey sets one variable of an envFrom source.
func (b *builder) addKey(name, value, from string) {
	if b.size += len(name) + len(value) + 2; b.size > maxEnvironment {
		b.overflow()
		return
	}
	v := setUnknown(from, "values of "+from+" are not kept")
	if value != "" && value != Redacted {
		v = setTo(value, from)
	}
	if len(validation.IsEnvVarName(name)) > 0 {
		// kubelets before 1.34 skip such a name, later ones take nearly all
		if len(validation.IsRelaxedEnvVarName(name)) > 0 {
			return
		}
		v = maybeSet(from, "some kubelets skip such a name")
	}
	b.env.variables[name] = v.or(b.env.Get(name))
}

// openUp notes a source that was not read. What was set before may be overwritten by it.
func (b *builder) openUp(o openSource) {
	if b.full {
		return
	}
	if len(b.env.open) == maxOpen {
		b.overflow()
		return
	}
	b.env.open = append(b.env.open, o)
	for name, v := range b.env.variables {
		if strings.HasPrefix(name, o.prefix) && name != o.prefix {
			b.env.variables[name] = maybeSet(o.from, o.why).or(v)
		}
	}
}

// overflow gives up on envFrom: from here on it may set anything.
func (b *builder) overflow() {
	everything := openSource{"", "envFrom", "envFrom has more variables than are read"}
	b.env.open = []openSource{everything}
	b.full = true
	for name, v := range b.env.variables {
		b.env.variables[name] = maybeSet(everything.from, everything.why).or(v)
	}
}

func (b *builder) addVariable(v *corev1.EnvVar) {
	from := "env"
	switch {
	case v.Value == Redacted:
		b.env.variables[v.Name] = setUnknown(from, "the snapshot does not contain the value")
	case v.Value != "" || v.ValueFrom == nil:
		b.env.variables[v.Name] = b.expanded(v.Value)
	default:
		value, ok := b.from(v.ValueFrom)
		if ok {
			b.env.variables[v.Name] = value.or(b.env.Get(v.Name))
		}
	}
}

func (b *builder) expanded(value string) Variable {
	why := "it refers to a variable with an unknown value"
	limit := min(maxValue, maxEnvironment-b.size)
	text, known := expand(value, limit, func(name string) (string, bool) {
		v := b.env.Get(name)
		switch {
		case v.Presence == Set && v.Known:
			return v.Value, true
		case v.Presence == Unset && !isServiceVariable(name):
			return "$(" + name + ")", true
		}
		return "", false
	})
	if !known {
		return setUnknown("env", why)
	}
	if strings.Contains(value, "$") {
		b.size += len(text)
	}
	return setTo(text, "env")
}

// from resolves a reference. It is false where the reference sets nothing, so that what envFrom set
// under the name stays.
func (b *builder) from(source *corev1.EnvVarSource) (Variable, bool) {
	from := origin(source)
	switch {
	case source.FieldRef != nil:
		if value, known := fieldOf(b.pod, source.FieldRef.FieldPath); known {
			return setTo(value, from), true
		}
		return setUnknown(from, "the value is known only when the pod runs"), true
	case source.ConfigMapKeyRef != nil:
		ref := source.ConfigMapKeyRef
		return b.fromKey(b.configMap(ref.Name), "configmaps/"+ref.Name, ref.Key, from, isTrue(ref.Optional))
	case source.SecretKeyRef != nil:
		ref := source.SecretKeyRef
		return b.fromKey(b.secret(ref.Name), "secrets/"+ref.Name, ref.Key, from, isTrue(ref.Optional))
	case source.FileKeyRef != nil && isTrue(source.FileKeyRef.Optional):
		return maybeSet(from, "the file is written by another container"), true
	}
	return setUnknown(from, "the value is known only when the container runs"), true
}

func (b *builder) fromKey(data Data, object, key, from string, optional bool) (Variable, bool) {
	if data.Knowledge == Known {
		value, ok := data.Values[key]
		switch {
		case ok && value != "" && value != Redacted:
			return setTo(value, from), true
		case ok:
			return setUnknown(from, "values of "+object+" are not kept"), true
		}
	}
	missing := data.Knowledge == Known || data.Knowledge == Absent
	switch {
	case missing && optional:
		return Variable{}, false
	case missing:
		b.env.Blocked = append(b.env.Blocked, from+" does not exist")
		return Variable{}, false
	case optional:
		return maybeSet(from, fmt.Sprintf("%s was not read: %s", object, orUnasked(data.Why))), true
	}
	// a container that runs has it, or the kubelet would not have started it
	return setUnknown(from, fmt.Sprintf("%s was not read: %s", object, orUnasked(data.Why))), true
}

func (b *builder) configMap(name string) Data {
	return b.lookup("configmaps/"+name, name, func(name string) Data { return configMapData(b.sources, name) })
}

func (b *builder) secret(name string) Data {
	return b.lookup("secrets/"+name, name, func(name string) Data { return secretData(b.sources, name) })
}

func (b *builder) lookup(id, name string, in func(string) Data) Data {
	data, ok := b.cache[id]
	if !ok {
		data = in(name)
		b.cache[id] = data
	}
	return data
}

func isTrue(b *bool) bool { return b != nil && *b }

// isServiceVariable reports whether the kubelet may set a variable of this name for a service.
func isServiceVariable(name string) bool {
	return strings.HasPrefix(name, "KUBERNETES_") || strings.HasSuffix(name, "_SERVICE_HOST") ||
		strings.Contains(name, "_SERVICE_PORT") || strings.Contains(name, "_PORT_") || strings.HasSuffix(name, "_PORT")
}

// fieldOf returns a field of the pod; unknown where it has no value yet (a template's name, an address)
// or may have been left out of the record (an annotation).
func fieldOf(pod *corev1.Pod, path string) (string, bool) {
	if key, ok := subscript(path, "metadata.labels"); ok {
		return pod.Labels[key], true
	}
	if key, ok := subscript(path, "metadata.annotations"); ok {
		value, present := pod.Annotations[key]
		return value, present && value != Redacted
	}
	value := ""
	switch path {
	case "metadata.name":
		value = pod.Name
	case "metadata.namespace":
		value = pod.Namespace
	case "metadata.uid":
		value = string(pod.UID)
	case "spec.nodeName":
		value = pod.Spec.NodeName
	case "spec.serviceAccountName":
		value = workload.ServiceAccountName(pod)
	case "status.hostIP":
		value = pod.Status.HostIP
	case "status.podIP":
		value = pod.Status.PodIP
	}
	return value, value != ""
}

// subscript returns KEY of "path['KEY']".
func subscript(text, path string) (string, bool) {
	rest, ok := strings.CutPrefix(text, path+"['")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(rest, "']")
}
