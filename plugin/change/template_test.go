package change

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// submittedPod is a pod as its manifest has it, before any webhook.
func submittedPod() *corev1.Pod {
	mounts := []corev1.VolumeMount{{Name: "data", MountPath: "/data"}, {Name: "cache", MountPath: "/cache"}, {Name: "data", MountPath: "/more", SubPath: "more"}}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "shop", Name: "web-0", Labels: map[string]string{"app": "web", "out": ""},
			Annotations: map[string]string{"eks.amazonaws.com/skip-containers": "app,proxy"},
		},
		Spec: corev1.PodSpec{
			ServiceAccountName: "web",
			InitContainers:     []corev1.Container{{Name: "init", VolumeMounts: mounts[:1]}},
			Containers:         []corev1.Container{{Name: "app", VolumeMounts: mounts}, {Name: "proxy"}},
			Volumes:            []corev1.Volume{{Name: "data"}, {Name: "cache"}},
		},
	}
}

// TestTemplateChanges holds each change to what its command does: the patch, merged into the pod as the API
// server would merge it into the template, has to give what Apply gives.
func TestTemplateChanges(t *testing.T) {
	ref := PodRef{Namespace: "shop", Name: "web-0", Owner: workload.Owner{Kind: "Deployment", Name: "web"}, Settings: inject.EKS("us-west-2")}
	for _, c := range []struct {
		change  Change
		summary string
		check   func(*corev1.Pod) bool
	}{
		{
			AnnotateTemplate{Pod: ref, Key: "eks.amazonaws.com/skip-containers", Value: "proxy"}, "set annotation eks.amazonaws.com/skip-containers=proxy in the template of deployment/web",
			func(p *corev1.Pod) bool { return p.Annotations["eks.amazonaws.com/skip-containers"] == "proxy" },
		},
		{
			AnnotateTemplate{Pod: ref, Key: "eks.amazonaws.com/skip-containers"}, "remove annotation eks.amazonaws.com/skip-containers from the template of deployment/web",
			func(p *corev1.Pod) bool { return len(p.Annotations) == 0 },
		},
		{
			LabelTemplate{Pod: ref, Labels: Labels{Remove: []string{"out"}, Set: map[string]string{"irsa": "on", "tier": "web"}}}, "remove label out and set label irsa=on and set label tier=web in the template of deployment/web",
			func(p *corev1.Pod) bool {
				return reflect.DeepEqual(p.Labels, map[string]string{"app": "web", "irsa": "on", "tier": "web"})
			},
		},
		{
			SelectWindows{Pod: ref}, "set node selector kubernetes.io/os=windows in the template of deployment/web",
			func(p *corev1.Pod) bool { return p.Spec.NodeSelector["kubernetes.io/os"] == "windows" },
		},
		{
			SetFSGroup{Pod: ref, Group: 65534}, "set securityContext.fsGroup to 65534 in the template of deployment/web",
			func(p *corev1.Pod) bool { return *p.Spec.SecurityContext.FSGroup == 65534 },
		},
		{
			RemoveVolume{Pod: ref, Name: "data", Mounts: []VolumeMount{{"init", true, "/data"}, {"app", false, "/data"}, {"app", false, "/more"}}}, "remove volume data and its mounts from the template of deployment/web",
			func(p *corev1.Pod) bool {
				return len(p.Spec.Volumes) == 1 && len(p.Spec.InitContainers[0].VolumeMounts) == 0 && len(p.Spec.Containers[0].VolumeMounts) == 1 && len(p.Spec.Containers) == 2
			},
		},
	} {
		t.Run(c.summary, func(t *testing.T) {
			if c.change.Summary() != c.summary {
				t.Errorf("summary %q", c.change.Summary())
			}
			before := snapshot.New(snapshot.Document{Kubernetes: []snapshot.Object{submittedPod()}})
			after, ok := Apply(before, []Change{c.change})
			if !ok {
				t.Fatal("it is said not to be foreseen")
			}
			pod, _ := after.Pod("shop", "web-0").Get()
			if !c.check(pod) {
				t.Errorf("applied: %+v", pod)
			}
			if patched := merged(t, c.change); !reflect.DeepEqual(normal(patched.Labels), normal(pod.Labels)) ||
				!reflect.DeepEqual(normal(patched.Annotations), normal(pod.Annotations)) || !sameJSON(t, patched.Spec, pod.Spec) {
				t.Errorf("the command leads to another pod than foreseen:\n%+v\n%+v", patched, pod)
			}
			if old, _ := before.Pod("shop", "web-0").Get(); !sameJSON(t, old, snapshot.ObjectsOf[*corev1.Pod](snapshot.New(snapshot.Document{Kubernetes: []snapshot.Object{submittedPod()}}))[0]) {
				t.Error("the snapshot that it was tried on has changed")
			}
		})
	}
}

func normal(m map[string]string) map[string]string {
	if len(m) == 0 {
		return nil
	}
	return m
}

func sameJSON(t *testing.T, a, b any) bool {
	t.Helper()
	x, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(x) == string(y)
}

// merged merges the patch of the change's one command into the pod's template.
func merged(t *testing.T, c Change) corev1.PodTemplateSpec {
	t.Helper()
	commands := c.Commands()
	if len(commands) != 1 || strings.Join(commands[0][:4], " ") != "kubectl patch deployment/web -p" || strings.Join(commands[0][5:], " ") != "-n shop" {
		t.Fatalf("commands %q", commands)
	}
	var patch struct {
		Spec struct {
			Template json.RawMessage `json:"template"`
		} `json:"spec"`
	}
	if err := json.Unmarshal([]byte(commands[0][4]), &patch); err != nil {
		t.Fatal(err)
	}
	pod := submittedPod()
	template, err := json.Marshal(corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: pod.Labels, Annotations: pod.Annotations}, Spec: pod.Spec})
	if err != nil {
		t.Fatal(err)
	}
	text, err := strategicpatch.StrategicMergePatch(template, patch.Spec.Template, corev1.PodTemplateSpec{})
	if err != nil {
		t.Fatal(err)
	}
	var out corev1.PodTemplateSpec
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// selecting is a webhook that selects namespaces by labels with the keys. A snapshot keeps no other labels of a namespace.
func selecting(keys ...string) *admissionv1.MutatingWebhookConfiguration {
	selector := &metav1.LabelSelector{}
	for _, key := range keys {
		selector.MatchExpressions = append(selector.MatchExpressions, metav1.LabelSelectorRequirement{Key: key, Operator: metav1.LabelSelectorOpExists})
	}
	return &admissionv1.MutatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: "selecting"}, Webhooks: []admissionv1.MutatingWebhook{{NamespaceSelector: selector}},
	}
}

func TestLabelNamespace(t *testing.T) {
	c := LabelNamespace{Name: "shop", Labels: Labels{Remove: []string{"out"}, Set: map[string]string{"irsa": "on"}}}
	before := snapshot.New(snapshot.Document{Kubernetes: []snapshot.Object{
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "shop", Labels: map[string]string{"out": "", "team": "a", "owner": "b"}}},
		selecting("out", "irsa", "team"),
	}})
	after, ok := Apply(before, []Change{c})
	if !ok {
		t.Fatal("it is said not to be foreseen")
	}
	namespace, _ := after.Namespace("shop").Get()
	if !reflect.DeepEqual(namespace.Labels, map[string]string{"irsa": "on", "team": "a"}) {
		t.Errorf("labels %v", namespace.Labels)
	}
	if got := nowhere.Shell([]Change{c}); !reflect.DeepEqual(got, []string{"kubectl label namespace shop out- irsa=on --overwrite"}) {
		t.Errorf("commands %q", got)
	}
	if got := c.Summary(); got != "remove label out and set label irsa=on of namespace shop" {
		t.Errorf("summary %q", got)
	}
	if _, ok := Apply(snapshot.New(snapshot.Document{}), []Change{c}); ok {
		t.Error("a namespace that is not there was labelled")
	}
}

// TestSubmit: applying a manifest lets the webhook see the pod again, after what was changed before.
func TestSubmit(t *testing.T) {
	ref := PodRef{Namespace: "shop", Name: "web-0", Settings: inject.EKS("us-west-2"), Injects: true}
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}}
	pod := submittedPod()
	delete(pod.Annotations, "eks.amazonaws.com/skip-containers")
	before := snapshot.New(snapshot.Document{TakenAt: time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC), Kubernetes: []snapshot.Object{account, pod}})
	plan := []Change{
		Annotate{Namespace: "shop", ServiceAccount: "web", Key: "eks.amazonaws.com/role-arn", Value: "arn:aws:iam::111122223333:role/web"},
		Submit{Pod: ref},
	}
	after, ok := Apply(before, plan)
	if !ok {
		t.Fatal("it is said not to be foreseen")
	}
	made, _ := after.Pod("shop", "web-0").Get()
	if reading := inject.Read(made, inject.DefaultPrefix); reading.Mechanism != inject.WebIdentity {
		t.Errorf("mechanism %s", reading.Mechanism)
	}
	if Summary(plan[1:]) != "create the pod, which does not exist yet" || len(nowhere.Shell(plan[1:])) > 0 {
		t.Errorf("%q %q", Summary(plan[1:]), nowhere.Shell(plan[1:]))
	}
	if _, ok := Apply(snapshot.New(snapshot.Document{}), plan[1:]); ok {
		t.Error("a pod that is not there was made")
	}
}

// TestTemplateOfNobody: where no workload has a template, what to change can only be described.
func TestTemplateOfNobody(t *testing.T) {
	ref := PodRef{Namespace: "shop", Name: "web-0"}
	for _, c := range []Change{SelectWindows{Pod: ref}, SetFSGroup{Pod: ref}, RemoveVolume{Pod: ref, Name: "data"}, LabelTemplate{Pod: ref}, AnnotateTemplate{Pod: ref, Key: "k"}} {
		if len(c.Commands()) > 0 {
			t.Errorf("%T: %q", c, c.Commands())
		}
		if !strings.HasSuffix(c.Summary(), "the manifest of pod shop/web-0") {
			t.Errorf("%T: %q", c, c.Summary())
		}
	}
}
