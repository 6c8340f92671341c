package inject

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"
)

func literalVar(name, value string) corev1.EnvVar { return corev1.EnvVar{Name: name, Value: value} }

func configMapRef(name string, optional bool) corev1.EnvFromSource {
	return corev1.EnvFromSource{ConfigMapRef: &corev1.ConfigMapEnvSource{
		LocalObjectReference: corev1.LocalObjectReference{Name: name}, Optional: &optional,
	}}
}

func secretRef(name, prefix string) corev1.EnvFromSource {
	return corev1.EnvFromSource{Prefix: prefix, SecretRef: &corev1.SecretEnvSource{
		LocalObjectReference: corev1.LocalObjectReference{Name: name},
	}}
}

// secretKey is the variable A from a Secret.
func secretKey(name, key string, optional bool) corev1.EnvVar {
	return corev1.EnvVar{Name: "A", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: name}, Key: key, Optional: &optional,
	}}}
}

func field(variable, path string) corev1.EnvVar {
	return corev1.EnvVar{Name: variable, ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: path}}}
}

// sources know the ConfigMaps "settings" and "redacted" and the Secret "keys", can tell that "gone" is
// not there, and may not read the rest.
func sources() Sources {
	in := func(objects map[string]Data) func(string) Data {
		return func(name string) Data {
			if name == "gone" {
				return Data{Knowledge: Absent}
			}
			if d, ok := objects[name]; ok {
				return d
			}
			return Data{Knowledge: Unreadable, Why: "forbidden"}
		}
	}
	return Sources{
		ConfigMap: in(map[string]Data{
			"settings": {Knowledge: Known, Values: map[string]string{"AWS_REGION": "eu-west-1", "A": "from settings", "1BAD": "x", "no=name": "x"}},
			"redacted": {Knowledge: Known, Values: map[string]string{"AWS_REGION": ""}},
		}),
		Secret: in(map[string]Data{
			"keys": {Knowledge: Known, Values: map[string]string{"AWS_ACCESS_KEY_ID": "must not be seen", "id": ""}},
		}),
	}
}

func TestEnvironment(t *testing.T) {
	pod := &corev1.Pod{}
	pod.Name, pod.Namespace = "web-0", "shop"
	pod.Labels = map[string]string{"app": "web"}

	known := func(v string) string { return "set " + v }
	const unknown, maybe, unset = "set ?", "maybe", "unset"
	for _, c := range []struct {
		what string
		from []corev1.EnvFromSource
		env  []corev1.EnvVar
		want map[string]string
		// blocked says how many sources are missing
		blocked int
	}{
		{what: "nothing", want: map[string]string{"HOME": unset}},
		{what: "a value, an empty one, one left out", env: []corev1.EnvVar{literalVar("A", "a"), literalVar("B", ""), literalVar("C", Redacted)},
			want: map[string]string{"A": known("a"), "B": known(""), "C": unknown}},
		{what: "the last of a name", env: []corev1.EnvVar{literalVar("A", "1"), literalVar("A", "2")}, want: map[string]string{"A": known("2")}},
		{what: "env over envFrom", from: []corev1.EnvFromSource{configMapRef("settings", false)}, env: []corev1.EnvVar{literalVar("AWS_REGION", "x")},
			want: map[string]string{"AWS_REGION": known("x"), "A": known("from settings")}},
		{what: "names that are none", from: []corev1.EnvFromSource{configMapRef("settings", false)},
			want: map[string]string{"no=name": unset, "1BAD": maybe}},
		{what: "a later source over an earlier one", from: []corev1.EnvFromSource{configMapRef("settings", false), configMapRef("redacted", false)},
			want: map[string]string{"AWS_REGION": unknown}},
		{what: "a source that was not read", from: []corev1.EnvFromSource{configMapRef("hidden", false)}, want: map[string]string{"AWS_PROFILE": maybe}},
		{what: "a source that was not read, over one that was", from: []corev1.EnvFromSource{configMapRef("settings", false), configMapRef("hidden", false)},
			want: map[string]string{"AWS_REGION": unknown, "B": maybe}},
		{what: "a source that was not read, under one that was", from: []corev1.EnvFromSource{configMapRef("hidden", false), configMapRef("settings", false)},
			want: map[string]string{"AWS_REGION": known("eu-west-1"), "B": maybe}},
		{what: "a source that was not read, with a prefix", from: []corev1.EnvFromSource{secretRef("hidden", "DB_")},
			want: map[string]string{"AWS_PROFILE": unset, "DB_X": maybe, "DB_": unset}},
		{what: "a Secret: its keys, never its values", from: []corev1.EnvFromSource{secretRef("keys", "")},
			want: map[string]string{"AWS_ACCESS_KEY_ID": unknown, "AWS_SECRET_ACCESS_KEY": unset}},
		{what: "a Secret with a prefix", from: []corev1.EnvFromSource{secretRef("keys", "X_")},
			want: map[string]string{"X_AWS_ACCESS_KEY_ID": unknown, "AWS_ACCESS_KEY_ID": unset}},
		{what: "an optional source that is not there", from: []corev1.EnvFromSource{configMapRef("gone", true)}, want: map[string]string{"A": unset}},
		{what: "a source that is not there", from: []corev1.EnvFromSource{configMapRef("gone", false)}, want: map[string]string{"A": unset}, blocked: 1},
		{what: "a key of a Secret", env: []corev1.EnvVar{secretKey("keys", "id", false)}, want: map[string]string{"A": unknown}},
		{what: "a key that is not there", env: []corev1.EnvVar{secretKey("keys", "no", false)}, want: map[string]string{"A": unset}, blocked: 1},
		{what: "an optional key that is not there leaves what envFrom set", from: []corev1.EnvFromSource{configMapRef("settings", false)},
			env: []corev1.EnvVar{secretKey("keys", "no", true)}, want: map[string]string{"A": known("from settings")}},
		{what: "a Secret that was not read, in a container that runs", env: []corev1.EnvVar{secretKey("hidden", "k", false)}, want: map[string]string{"A": unknown}},
		{what: "an optional one", env: []corev1.EnvVar{secretKey("hidden", "k", true)}, want: map[string]string{"A": maybe}},
		{what: "an optional one over envFrom", from: []corev1.EnvFromSource{configMapRef("settings", false)},
			env: []corev1.EnvVar{secretKey("hidden", "k", true)}, want: map[string]string{"A": unknown}},
		{what: "fields", env: []corev1.EnvVar{
			field("NAME", "metadata.name"), field("APP", "metadata.labels['app']"), field("NONE", "metadata.labels['none']"),
			field("NOTE", "metadata.annotations['gone']"), field("IP", "status.podIP"), field("ACCOUNT", "spec.serviceAccountName"), field("BAD", "metadata.labels['"),
		}, want: map[string]string{"NAME": known("web-0"), "APP": known("web"), "NONE": known(""), "NOTE": unknown, "IP": unknown, "ACCOUNT": known("default"), "BAD": unknown}},
		{what: "references", env: []corev1.EnvVar{
			literalVar("A", "a"), literalVar("B", "$(A)$(A)-$$(A)-$(C)-$A-$"), literalVar("C", "c"), field("F", "metadata.name"), literalVar("D", "$(F)/$(B)"),
		}, want: map[string]string{"B": known("aa-$(A)-$(C)-$A-$"), "D": known("web-0/aa-$(A)-$(C)-$A-$")}},
		{what: "a reference to itself", env: []corev1.EnvVar{literalVar("A", "$(A)x")}, want: map[string]string{"A": known("$(A)x")}},
		{what: "a reference to what envFrom set under its name", from: []corev1.EnvFromSource{configMapRef("settings", false)},
			env: []corev1.EnvVar{literalVar("A", "$(A)!")}, want: map[string]string{"A": known("from settings!")}},
		{what: "references to what is not known", from: []corev1.EnvFromSource{secretRef("keys", ""), secretRef("hidden", "H_")},
			env:  []corev1.EnvVar{literalVar("A", "$(id)"), literalVar("B", "$(H_X)"), literalVar("C", "$(WEB_SERVICE_HOST)"), literalVar("D", "$(A)")},
			want: map[string]string{"A": unknown, "B": unknown, "C": unknown, "D": unknown}},
	} {
		t.Run(c.what, func(t *testing.T) {
			e := EnvironmentOf(pod, &corev1.Container{Env: c.env, EnvFrom: c.from}, sources())
			for name, want := range c.want {
				v := e.Get(name)
				got := string(v.Presence)
				switch {
				case v.Presence == Set && v.Known:
					got = "set " + v.Value
				case v.Presence == Set:
					got = "set ?"
				}
				if got != want {
					t.Errorf("%s: %s, want %s", name, got, want)
				}
				if (got == unknown || got == maybe) && (v.Why == "" || v.From == "") {
					t.Errorf("%s: %s without a reason: %+v", name, got, v)
				}
			}
			if len(e.Blocked) != c.blocked {
				t.Errorf("blocked by %v", e.Blocked)
			}
			for _, name := range e.Names() {
				if strings.Contains(e.Get(name).Value, "must not be seen") {
					t.Errorf("%s holds a Secret's value", name)
				}
			}
		})
	}
}

// TestEnvironmentIsBounded: what a pod can make of few bytes by references and repeated sources is
// followed only as far as Linux would take it.
func TestEnvironmentIsBounded(t *testing.T) {
	c := corev1.Container{Env: []corev1.EnvVar{literalVar("V0", strings.Repeat("x", 1000))}}
	for i := range 12 {
		c.Env = append(c.Env, literalVar(fmt.Sprintf("V%d", i+1), fmt.Sprintf("$(V%d)$(V%d)", i, i)))
	}
	e := EnvironmentOf(&corev1.Pod{}, &c, Sources{})
	if v := e.Get("V7"); !v.Known || len(v.Value) != 128_000 {
		t.Errorf("V7 has %d bytes, want 128000", len(v.Value))
	}
	if v := e.Get("V12"); v.Presence != Set || v.Known {
		t.Errorf("V12 has %d bytes, more than Linux takes", len(v.Value))
	}

	for i := range 30 {
		c.Env = append(c.Env, literalVar(fmt.Sprintf("W%d", i), "$(V7)"))
	}
	e = EnvironmentOf(&corev1.Pod{}, &c, Sources{})
	if first, last := e.Get("W0"), e.Get("W29"); !first.Known || last.Presence != Set || last.Known {
		t.Errorf("W0 known: %v, W29 known: %v, where the whole is more than Linux takes", first.Known, last.Known)
	}

	many := make(map[string]string)
	for i := range 1000 {
		many[fmt.Sprintf("KEY_%d", i)] = "value"
	}
	sources := Sources{ConfigMap: func(string) Data { return Data{Knowledge: Known, Values: many} }}
	c = corev1.Container{}
	for i := range 300 {
		c.EnvFrom = append(c.EnvFrom, corev1.EnvFromSource{Prefix: fmt.Sprintf("P%d_", i), ConfigMapRef: &corev1.ConfigMapEnvSource{}})
	}
	e = EnvironmentOf(&corev1.Pod{}, &c, sources)
	if n := len(e.Names()); n > 150_000 {
		t.Errorf("%d variables were followed", n)
	}
	if v := e.Get("AWS_PROFILE"); v.Presence != MaybeSet {
		t.Errorf("AWS_PROFILE is %+v, where not all sources were followed", v)
	}

	c = corev1.Container{}
	for i := range 200 {
		c.EnvFrom = append(c.EnvFrom, secretRef(fmt.Sprint("hidden", i), fmt.Sprintf("H%d_", i)))
	}
	e = EnvironmentOf(&corev1.Pod{}, &c, Sources{})
	if v := e.Get("H199_X"); v.Presence != MaybeSet || len(e.open) > maxOpen {
		t.Errorf("H199_X is %+v, by %d sources", v, len(e.open))
	}

	brackets := strings.Repeat("$(", 50_000)
	if v := (EnvironmentOf(&corev1.Pod{}, &corev1.Container{Env: []corev1.EnvVar{literalVar("B", brackets)}}, Sources{})).Get("B"); v.Value != brackets {
		t.Errorf("brackets that never close: %d bytes, want %d", len(v.Value), len(brackets))
	}
}

// naive expands by looking at one character after the other.
func naive(value string, variables map[string]string) string {
	var out string
	for i := 0; i < len(value); i++ {
		rest := value[i:]
		end := strings.IndexByte(rest, ')')
		switch {
		case strings.HasPrefix(rest, "$$"):
			out += "$"
			i++
		case strings.HasPrefix(rest, "$(") && end > 0:
			name := rest[2:end]
			text, ok := variables[name]
			if !ok {
				text = rest[:end+1]
			}
			out += text
			i += end
		default:
			out += rest[:1]
		}
	}
	return out
}

func FuzzExpand(f *testing.F) {
	for _, seed := range []string{"", "$", "$$", "$(A)", "$$(A)", "$$$(A)", "$(", "$(A", "$()", "$(B)$(A)x$", "$($(A))", "$(A)$(", "$($$)", "é$é"} {
		f.Add(seed)
	}
	variables := map[string]string{"A": "1", "": "empty", "$": "dollar"}
	f.Fuzz(func(t *testing.T, value string) {
		if !utf8.ValidString(value) {
			return // the API server takes none
		}
		got, ok := expand(value, 1<<20, func(name string) (string, bool) {
			if text, ok := variables[name]; ok {
				return text, true
			}
			return "$(" + name + ")", true
		})
		if len(value) < 1000 && (!ok || got != naive(value, variables)) {
			t.Errorf("%q: %q %v, want %q", value, got, ok, naive(value, variables))
		}
	})
}

func FuzzSkipped(f *testing.F) {
	for _, seed := range []string{"", "c0", "c0, i0", "\"c0", "\"a,b\",c", "\n\na", "a\nb", "a\r\n", ",", "\"a\"b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, annotation string) {
		pod := &corev1.Pod{}
		pod.Annotations = map[string]string{"eks.amazonaws.com/skip-containers": annotation}
		plain := !strings.ContainsAny(annotation, "\"\r\n")
		skipped := Skipped(pod, DefaultPrefix)
		if !plain || annotation == "" {
			return
		}
		for name := range strings.SplitSeq(annotation, ",") {
			if !skipped[name] {
				t.Errorf("%q does not skip %q", annotation, name)
			}
		}
	})
}
