package snapshot_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

var update = flag.Bool("update", false, "write the list of what is kept")

// keptFile lists every field that a snapshot keeps of the objects it holds.
const keptFile = "../../testdata/snapshot/kept.txt"

// TestKept holds the list of what a snapshot keeps: each field of each kind is set, and those that are left are listed. A new
// line in it is a decision: some check, fact or fix reads the field, and docs/snapshot.md says so.
func TestKept(t *testing.T) {
	var out strings.Builder
	out.WriteString("# What a snapshot keeps: the fields, and after = what is kept of a value that is not kept whole. Written by TestKept.\n")
	templates := map[string]bool{}
	for _, prototype := range snapshot.Prototypes() {
		f := filler{}
		f.fill(reflect.ValueOf(prototype).Elem())
		lines := listed(t, prototype, snapshot.Kept(prototype))
		switch o := prototype.(type) {
		case *corev1.Pod:
			o.Labels = map[string]string{snapshot.AgentLabel: snapshot.AgentName, "another": ""}
			lines = withOnly(lines, listed(t, o, snapshot.Kept(o)), "of the Pod Identity agent")
		case *corev1.Event:
			o.Reason = workload.FailedCreate
			lines = withOnly(lines, listed(t, o, snapshot.Kept(o)), "of one about a refused pod")
		}
		fmt.Fprintf(&out, "\n%s\n", reflect.TypeOf(prototype).Elem().Name())
		for _, line := range withoutTemplate(lines, templates) {
			out.WriteString("  " + line + "\n")
		}
	}
	document := snapshot.Document{}
	f := filler{}
	f.fill(reflect.ValueOf(&document).Elem())
	out.WriteString("\nSnapshot, but for kubernetes\n")
	document.Kubernetes = nil
	s := snapshot.New(document)
	text, err := s.JSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range listed(t, document, json.RawMessage(text)) {
		out.WriteString("  " + line + "\n")
	}
	if *update {
		if err := os.WriteFile(keptFile, []byte(out.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(keptFile)
	if err != nil {
		t.Fatal(err)
	}
	have, listed := strings.Split(out.String(), "\n"), strings.Split(string(want), "\n")
	for _, line := range have {
		if !slices.Contains(listed, line) {
			t.Errorf("kept, and not in %s: %s", keptFile, line)
		}
	}
	if out.String() != string(want) {
		t.Errorf("the list is not that of %s: if it should be, run go test ./plugin/snapshot -run TestKept -update", keptFile)
	}
}

// withOnly adds the lines that are new, and when they are there.
func withOnly(lines, others []string, when string) []string {
	for _, line := range others {
		if !slices.Contains(lines, line) {
			lines = append(lines, line+"   # only "+when)
		}
	}
	return lines
}

// listed are the places of the values that are kept, without the numbers of lists.
func listed(t *testing.T, object, kept any) []string {
	t.Helper()
	before, after := leaves(t, object), leaves(t, kept)
	var lines []string
	for at, values := range after {
		for value := range values {
			line := at
			if !before[at][value] {
				line += " = " + value
			}
			nothing := slices.Contains([]string{"", "0", "{}"}, value) && line != at && !strings.Contains(strings.ToLower(at), "data.another")
			if !nothing && !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	return folded(lines)
}

// folded sorts the lines, and writes * for the keys of a map of which all are kept.
func folded(lines []string) []string {
	whole := map[string]bool{}
	for i, line := range lines {
		before, _, all := strings.Cut(line, ".another")
		if all {
			whole[before+"."] = true
			lines[i] = strings.Replace(line, ".another", ".*", 1)
		}
	}
	lines = slices.DeleteFunc(lines, func(line string) bool {
		return slices.ContainsFunc(keysOf(reflect.TypeFor[map[string]string]()), func(key string) bool {
			before, _, found := strings.Cut(line, key)
			return found && whole[before]
		})
	})
	slices.Sort(lines)
	return slices.Compact(lines)
}

var inTemplate = regexp.MustCompile(`^(spec\.(?:jobTemplate\.spec\.)?template)\.(.+)$`)

// withoutTemplate are the lines but for those of a pod template where one is listed already, for the first kind that has one.
func withoutTemplate(lines []string, listed map[string]bool) []string {
	var left []string
	first := len(listed) == 0
	for _, line := range lines {
		field := inTemplate.FindStringSubmatch(line)
		switch {
		case field == nil, !first && !listed[field[2]]:
			left = append(left, line)
		case first:
			listed[field[2]] = true
			left = append(left, line)
		default:
			left = append(left, field[1]+": as that of a Deployment")
		}
	}
	return slices.Compact(left)
}

func leaves(t *testing.T, object any) map[string]map[string]bool {
	t.Helper()
	text, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	found := map[string]map[string]bool{}
	var walk func(at string, value any)
	walk = func(at string, value any) {
		switch value := value.(type) {
		case map[string]any:
			if len(value) == 0 {
				walk(at, "{}")
			}
			for key, one := range value {
				walk(strings.TrimPrefix(at+"."+key, "."), one)
			}
		case []any:
			for _, one := range value {
				walk(at+"[]", one)
			}
		case nil:
		default:
			if found[at] == nil {
				found[at] = map[string]bool{}
			}
			found[at][fmt.Sprint(value)] = true
		}
	}
	walk("", plain)
	return found
}

// A filler sets every field of an object to a value of its own.
type filler struct{ n int }

// unions are the types of which one field at most is set: a list has an element for each.
var unions = []reflect.Type{reflect.TypeFor[corev1.VolumeSource](), reflect.TypeFor[corev1.VolumeProjection]()}

func (f *filler) fill(v reflect.Value) {
	f.n++
	if f.special(v) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				f.fill(v.Field(i))
			}
		}
	case reflect.Slice:
		f.list(v)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, key := range keysOf(v.Type()) {
			value := reflect.New(v.Type().Elem()).Elem()
			f.fill(value)
			v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), value)
		}
	case reflect.String:
		v.SetString(fmt.Sprintf("marker%d", f.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(1000 + f.n))
	case reflect.Uint8, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(f.n % 200))
	case reflect.Interface: // the objects of a document
	default:
		panic("no value for " + v.Type().String())
	}
}

// keysOf are the keys of a map: one that nobody reads, and of texts those that somebody does.
func keysOf(t reflect.Type) []string {
	keys := []string{"another"}
	if t == reflect.TypeFor[map[string]string]() {
		keys = append(keys, "eks.amazonaws.com/role-arn", "eks.amazonaws.com/rolearn", "eks.amazonaws.com/audience", "eks.amazonaws.com/other", "iam.amazonaws.com/role",
			snapshot.PodENI, "kubernetes.io/os", "kubernetes.io/arch", "eks.amazonaws.com/nodegroup", "app.kubernetes.io/managed-by",
			"argocd.argoproj.io/instance", "meta.helm.sh/release-name", "kubernetes.io/service-name", corev1.LastAppliedConfigAnnotation)
	}
	return keys
}

func (f *filler) list(v reflect.Value) {
	element := v.Type().Elem()
	parts := []func(reflect.Value){func(reflect.Value) {}}
	for i := range fieldsOf(element) {
		for _, union := range unions {
			switch field := element.Field(i); {
			case element == union:
				parts = nil
				for j := range union.NumField() {
					parts = append(parts, func(one reflect.Value) { only(one, j) })
				}
			case field.Type == union && field.Anonymous:
				parts = nil
				for j := range union.NumField() {
					parts = append(parts, func(one reflect.Value) { only(one.Field(i), j) })
				}
			}
		}
	}
	for _, change := range variants[element] {
		parts = append(parts, func(one reflect.Value) { change(one.Addr().Interface()) })
	}
	v.Set(reflect.MakeSlice(v.Type(), len(parts), len(parts)))
	for i, part := range parts {
		f.fill(v.Index(i))
		part(v.Index(i))
	}
}

func fieldsOf(t reflect.Type) int {
	if t.Kind() != reflect.Struct {
		return 0
	}
	return t.NumField()
}

func only(union reflect.Value, field int) {
	for i := range union.NumField() {
		if i != field {
			union.Field(i).SetZero()
		}
	}
}

// variants are further elements of lists, of which more is kept than of any.
var variants = map[reflect.Type][]func(any){
	reflect.TypeFor[corev1.EnvVar](): {
		func(v any) { v.(*corev1.EnvVar).Name = "AWS_REGION" },
		func(v any) {
			v.(*corev1.EnvVar).Name, v.(*corev1.EnvVar).Value = "AWS_ENDPOINT_URL", "https://me:secret@host/path?query#fragment"
		},
		func(v any) {
			v.(*corev1.EnvVar).Name, v.(*corev1.EnvVar).Value = "AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"
		},
	},
	reflect.TypeFor[corev1.PodCondition]():  {func(v any) { v.(*corev1.PodCondition).Type = corev1.PodScheduled }, func(v any) { v.(*corev1.PodCondition).Type = corev1.PodReady }},
	reflect.TypeFor[corev1.NodeCondition](): {func(v any) { v.(*corev1.NodeCondition).Type = corev1.NodeNetworkUnavailable }},
	reflect.TypeFor[metav1.ManagedFieldsEntry](): {
		func(v any) { v.(*metav1.ManagedFieldsEntry).FieldsV1 = metav1.NewFieldsV1(`{"f:spec":{}}`) },
		func(v any) {
			v.(*metav1.ManagedFieldsEntry).Manager, v.(*metav1.ManagedFieldsEntry).FieldsV1 = "helm", metav1.NewFieldsV1(`{"f:spec":{}}`)
		},
	},
	reflect.TypeFor[appsv1.DeploymentCondition](): {
		func(v any) { v.(*appsv1.DeploymentCondition).Type = appsv1.DeploymentReplicaFailure },
		func(v any) {
			v.(*appsv1.DeploymentCondition).Type, v.(*appsv1.DeploymentCondition).Reason = appsv1.DeploymentReplicaFailure, workload.FailedCreate
		},
	},
	reflect.TypeFor[appsv1.ReplicaSetCondition](): {
		func(v any) { v.(*appsv1.ReplicaSetCondition).Type = appsv1.ReplicaSetReplicaFailure },
		func(v any) {
			v.(*appsv1.ReplicaSetCondition).Type, v.(*appsv1.ReplicaSetCondition).Reason = appsv1.ReplicaSetReplicaFailure, workload.FailedCreate
		},
	},
	reflect.TypeFor[admissionv1.MutatingWebhook](): {
		func(v any) {
			address := "https://127.0.0.1:23443/path?query"
			v.(*admissionv1.MutatingWebhook).ClientConfig = admissionv1.WebhookClientConfig{URL: &address, CABundle: []byte("authority")}
		},
	},
	reflect.TypeFor[snapshot.Missing](): {
		func(v any) {
			v.(*snapshot.Missing).Error = `forbidden: User "me" cannot list pods; User: arn:aws:sts::111122223333:assumed-role/admin/me@example.com is not authorized; GET https://me:secret@host/path?token=secret`
		},
	},
}

// special sets a value of a type that is written in its own way.
func (f *filler) special(v reflect.Value) bool {
	switch v := v.Addr().Interface().(type) {
	case *metav1.Time:
		*v = metav1.NewTime(time.Unix(int64(1e9+f.n), 0).UTC())
	case *metav1.MicroTime:
		*v = metav1.NewMicroTime(time.Unix(int64(1e9+f.n), 0).UTC())
	case *time.Time:
		*v = time.Unix(int64(1e9+f.n), 0).UTC()
	case *resource.Quantity:
		*v = resource.MustParse("1")
	case *intstr.IntOrString:
		*v = intstr.FromInt32(int32(1000 + f.n))
	case *metav1.FieldsV1:
		*v = *metav1.NewFieldsV1(`{"f:metadata":{"f:annotations":{"f:eks.amazonaws.com/role-arn":{},"f:another":{}},"f:labels":{"f:another":{}}},"f:spec":{}}`)
	case *corev1.ObjectReference: // recursive nowhere, and long
		*v = corev1.ObjectReference{Kind: "marker-kind", Namespace: "marker-namespace", Name: "marker-name", UID: "marker-uid", FieldPath: "marker-path"}
	case *snapshot.PolicyDocument:
		*v = `{"Statement":"marker"}`
	default:
		return false
	}
	return true
}
