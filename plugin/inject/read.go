package inject

import (
	"fmt"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// A ContainerType is the list of the pod that a container is in, in the words of a report. Native
// sidecars are init containers.
type ContainerType string

const (
	Ordinary  ContainerType = "container"
	Init      ContainerType = "init"
	Ephemeral ContainerType = "ephemeral"
)

// A Reading is what a pod shows of its injection.
type Reading struct {
	// Mechanism is the one of the containers': PodIdentity if any was injected with it.
	Mechanism Mechanism
	// Containers are the init containers, the ordinary and the ephemeral ones, as the pod has them.
	Containers []Container
}

// A Container is what one container shows of its injection.
type Container struct {
	Name string
	Type ContainerType
	// Mechanism is what the webhook put into the container, wholly or in part.
	Mechanism Mechanism
	// Partial says that a part of it is missing: a variable, the volume or the mount.
	Partial bool
	// ByHand is the mechanism whose two variables the manifest sets itself, with its own values.
	ByHand Mechanism
	// Env are those variables of the container's own env that the webhook deals with, in order.
	Env []Injected
	// RoleARN is the literal value of AWS_ROLE_ARN.
	RoleARN string
	// TokenFile is the literal path of the token of Mechanism, or of ByHand where nothing was injected.
	TokenFile string
	// Volume and MountPath are what the token's path falls under; Audience and ExpirationSeconds (the
	// API server's own audience and 3600 where they are empty and 0) are those of the token projected
	// there.
	Volume, MountPath, Audience string
	ExpirationSeconds           int64
	Problems                    []Problem
}

// An Injected is one variable.
type Injected struct {
	Name  string
	Value string // empty where it comes from elsewhere
	// FromTemplate says that the manifest set it, as far as value and place in the list can tell.
	FromTemplate bool
	// Referenced says that the value comes from a field, ConfigMap or Secret.
	Referenced bool
}

// Read says which mechanism each container of the pod was injected with and what is wrong with that.
// It looks at the pod alone: that the role or the audience is another than the annotated one is
// Compare's to say. The prefix is that of the webhook's annotations.
func Read(pod *corev1.Pod, prefix string) Reading {
	v := viewOf(pod, prefix)
	r := Reading{Mechanism: None}
	for i, c := range ContainersOf(pod) {
		r.Containers = append(r.Containers, v.read(c, typeAt(pod, i)))
	}
	for _, c := range r.Containers {
		if c.Mechanism == PodIdentity || r.Mechanism == None {
			r.Mechanism = c.Mechanism
		}
	}
	r.markOddOnes()
	return r
}

// markOddOnes finds the containers that the webhook did not mutate although it would have.
func (r *Reading) markOddOnes() {
	if r.Mechanism == None {
		return
	}
	for i := range r.Containers {
		c := &r.Containers[i]
		if c.Type == Ephemeral || c.Mechanism != None || c.Has(SkippedByAnnotation) || c.ownsPair(r.Mechanism) {
			continue
		}
		c.Problems = append(c.Problems, Problem{NotLikeSiblings, r.Mechanism, "nothing was injected, unlike in the pod's other containers"})
	}
}

// ownsPair reports whether the manifest sets one or both variables of the mechanism itself.
func (c Container) ownsPair(m Mechanism) bool {
	for _, p := range c.Problems {
		if p.Mechanism == m && (p.Kind == HalfSet || p.Kind == OwnCredentials) {
			return true
		}
	}
	return false
}

func (v view) read(c *corev1.Container, t ContainerType) Container {
	skipped := v.skipped[c.Name] && t != Ephemeral
	out := Container{Name: c.Name, Type: t, Mechanism: None, ByHand: None}
	if skipped {
		out.Problems = append(out.Problems, Problem{SkippedByAnnotation, None, "the annotation " + SkipContainers + " names the container"})
	}
	injected := injectedWith(c, skipped || t == Ephemeral)
	out.Mechanism = injected.mechanism
	var from, to int
	switch {
	case out.Mechanism != None:
		from, to = injected.injected(c)
	case !skipped && t != Ephemeral:
		from, to = besideOwnMount(c)
	}
	out.Env = variablesOf(c, from, to)
	out.RoleARN, _ = literal(c, roleVariable)

	for _, m := range mechanisms {
		out.readPair(v, c, m)
	}
	if out.Mechanism != None && out.Volume == "" {
		out.show(placeOf(c.VolumeMounts, v.volume, path.Join(injected.mountPath, injected.token)), out.TokenFile)
	}
	if out.Mechanism == None && out.ByHand == None && t == Ephemeral {
		out.Problems = append(out.Problems, Problem{NothingInEphemeral, None, "the API server does not call the webhook for ephemeral containers"})
	}
	out.Partial = out.Mechanism != None && (injected.injectedPair(c) < 0 || slices.ContainsFunc(out.Problems, func(p Problem) bool {
		return p.Mechanism == out.Mechanism && (p.Kind == VolumeMissing || p.Kind == MountMissing)
	}))
	return out
}

// readPair looks at the two variables of one mechanism and at the token that they lead to.
func (c *Container) readPair(v view, spec *corev1.Container, m marks) {
	problem := func(kind ProblemKind, format string, args ...any) {
		c.Problems = append(c.Problems, Problem{kind, m.mechanism, fmt.Sprintf(format, args...)})
	}
	first, file := hasVariable(spec, m.first), hasVariable(spec, m.file)
	switch {
	case !first && !file:
		return
	case !file:
		problem(HalfSet, "%s is set but %s is not", m.first, m.file)
		return
	case !first:
		problem(HalfSet, "%s is set but %s is not", m.file, m.first)
	case m.injectedPair(spec) < 0:
		problem(OwnCredentials, "the manifest sets %s and %s", m.first, m.file)
		if c.ByHand == None {
			c.ByHand = m.mechanism
		}
	}
	if tokenFile, known := literal(spec, m.file); known {
		c.readToken(v, spec, m, tokenFile)
	}
}

// readToken looks at what the second variable of a mechanism leads to.
func (c *Container) readToken(v view, spec *corev1.Container, m marks, tokenFile string) {
	problem := func(kind ProblemKind, format string, args ...any) {
		c.Problems = append(c.Problems, Problem{kind, m.mechanism, fmt.Sprintf(format, args...)})
	}
	if v.windows && !isWindowsPath(tokenFile) {
		problem(UnixPathOnWindows, "%s is %s", m.file, tokenFile)
	}
	p := placeOf(spec.VolumeMounts, v.volume, tokenFile)
	if c.Mechanism == m.mechanism || c.Mechanism == None {
		c.show(p, tokenFile)
	}
	switch {
	case p.mount == nil && !m.injectedPaths(spec)[tokenFile]:
		// a path of the manifest's own, which the image or the program may fill
	case p.mount == nil && v.volumes[m.volume] == nil:
		problem(VolumeMissing, "%s is %s, but the pod has no volume %s", m.file, tokenFile, m.volume)
	case p.mount == nil:
		problem(MountMissing, "%s is %s, but no volume is mounted there", m.file, tokenFile)
	case p.volume == nil:
		problem(VolumeMissing, "%s is %s, but the pod has no volume %s", m.file, tokenFile, p.mount.Name)
	case p.token() != nil:
		c.checkToken(v, spec, m, p)
	case p.known && (p.mount.Name == m.volume || p.volume.Projected != nil):
		problem(NotTheToken, "volume %s has no service account token at %s", p.mount.Name, p.file)
	}
}

// checkToken looks at a token that is there.
func (c *Container) checkToken(v view, spec *corev1.Container, m marks, p place) {
	token := p.token()
	if (m.mechanism == PodIdentity) != (token.Audience == PodIdentityAudience) {
		why := fmt.Sprintf("the token of volume %s is for audience %s", p.mount.Name, orAPIServer(token.Audience))
		c.Problems = append(c.Problems, Problem{OtherAudience, m.mechanism, why})
	}
	if c.Type == Ephemeral || v.windows {
		return
	}
	if why := v.unreadable(spec, p.volume, token); why != "" {
		c.Problems = append(c.Problems, Problem{UnreadableToken, m.mechanism, why})
	}
}

// ReadToken reads where a path leads in a container: its volume, mount, audience and expiration, as in a [Reading].
func ReadToken(pod *corev1.Pod, spec *corev1.Container, file string) Container {
	var c Container
	c.show(placeOf(spec.VolumeMounts, func(name string) *corev1.Volume { return volumeOf(pod, name) }, file), file)
	return c
}

// show takes the token's place over into the reading.
func (c *Container) show(p place, tokenFile string) {
	c.TokenFile = tokenFile
	if p.mount == nil || p.volume == nil {
		return
	}
	c.Volume, c.MountPath = p.mount.Name, p.mount.MountPath
	token := p.token()
	if token == nil {
		return
	}
	c.Audience = token.Audience
	if token.ExpirationSeconds != nil {
		c.ExpirationSeconds = *token.ExpirationSeconds
	}
}

func orAPIServer(audience string) string {
	if audience == "" {
		return "of the API server"
	}
	return audience
}

// TokenOnWindows returns the problem of a container on a node known to run Windows whose token path is
// a Unix one. Read finds it by itself only where the pod says that it wants Windows.
func TokenOnWindows(c Container) (Problem, bool) {
	if c.TokenFile == "" || isWindowsPath(c.TokenFile) {
		return Problem{}, false
	}
	mechanism := c.Mechanism
	if mechanism == None {
		mechanism = c.ByHand
	}
	return Problem{UnixPathOnWindows, mechanism, "the token's path is " + c.TokenFile}, true
}

// variablesOf returns the variables that the webhook deals with; it added those in env[from:to].
func variablesOf(c *corev1.Container, from, to int) []Injected {
	var all []Injected
	for i, v := range c.Env {
		switch v.Name {
		case roleVariable, tokenFileVariable, fullURIVariable, authorizationVariable, regionVariable, defaultRegionVariable, stsVariable:
			all = append(all, Injected{Name: v.Name, Value: v.Value, FromTemplate: i < from || i >= to, Referenced: v.ValueFrom != nil})
		}
	}
	return all
}

// literal returns the variable's value if env has it as it is, without references. Of several of
// the same name the last one counts.
func literal(c *corev1.Container, name string) (string, bool) {
	value, found := "", false
	for _, v := range c.Env {
		if v.Name == name {
			value, found = v.Value, v.ValueFrom == nil && !strings.Contains(v.Value, "$(")
		}
	}
	if !found {
		return "", false
	}
	return value, true
}

// asksForWindows reports whether the pod can only run on Windows by its own words.
func asksForWindows(pod *corev1.Pod) bool {
	if pod.Spec.OS != nil && pod.Spec.OS.Name == corev1.Windows {
		return true
	}
	for _, key := range []string{"kubernetes.io/os", "beta.kubernetes.io/os"} {
		if pod.Spec.NodeSelector[key] == "windows" {
			return true
		}
	}
	if pod.Spec.Affinity == nil || pod.Spec.Affinity.NodeAffinity == nil {
		return false
	}
	required := pod.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	if required == nil || len(required.NodeSelectorTerms) == 0 {
		return false
	}
	for _, term := range required.NodeSelectorTerms { // any of them suffices
		if !demandsWindows(term) {
			return false
		}
	}
	return true
}

func demandsWindows(term corev1.NodeSelectorTerm) bool {
	for _, e := range term.MatchExpressions {
		isOS := e.Key == "kubernetes.io/os" || e.Key == "beta.kubernetes.io/os"
		if isOS && e.Operator == corev1.NodeSelectorOpIn && len(e.Values) == 1 && e.Values[0] == "windows" {
			return true
		}
	}
	return false
}
