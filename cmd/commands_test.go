package cmd_test

import (
	"encoding/json"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/inject"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/snapshot"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/workload"
)

// commanded is a workload with something of all that changes change.
func commanded(namespace, name string) *appsv1.Deployment {
	labels := map[string]string{"app": name}
	mounts := []corev1.VolumeMount{{Name: "aws", MountPath: "/root/.aws"}, {Name: "cache", MountPath: "/cache"}}
	env := []corev1.EnvVar{{Name: "AWS_PROFILE", Value: "dev"}, {Name: "AWS_REGION", Value: "us-west-2"}}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{
					Labels:      map[string]string{"app": name, "eks.amazonaws.com/skip-pod-identity-webhook": "true"},
					Annotations: map[string]string{"eks.amazonaws.com/skip-containers": "app,proxy"},
				},
				Spec: corev1.PodSpec{
					ServiceAccountName: "web",
					InitContainers:     []corev1.Container{{Name: "init", Image: "init", VolumeMounts: mounts[:1], Env: env}},
					Containers:         []corev1.Container{{Name: "app", Image: "app", VolumeMounts: mounts, Env: env}, {Name: "proxy", Image: "proxy", Env: env}},
					Volumes: []corev1.Volume{
						{Name: "aws", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
						{Name: "cache", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
					},
				},
			},
		},
	}
}

// TestCommandsOfChanges holds each change of the cluster to what its commands do: run by kubectl on a real API server, they lead to
// the objects that the change foresees.
func TestCommandsOfChanges(t *testing.T) {
	b := newBinding(t)
	b.cluster.ServiceAccount(t, b.namespace, "web", map[string]string{"eks.amazonaws.com/role_arn": "arn:aws:iam::111122223333:role/web"})
	for name, of := range map[string]func(change.PodRef) change.Change{
		"annotate": func(p change.PodRef) change.Change {
			return change.AnnotateTemplate{Pod: p, Key: "eks.amazonaws.com/skip-containers", Value: "proxy"}
		},
		"unannotate": func(p change.PodRef) change.Change {
			return change.AnnotateTemplate{Pod: p, Key: "eks.amazonaws.com/skip-containers"}
		},
		"label": func(p change.PodRef) change.Change {
			return change.LabelTemplate{Pod: p, Labels: change.Labels{Set: map[string]string{"irsa": "on"}, Remove: []string{"eks.amazonaws.com/skip-pod-identity-webhook"}}}
		},
		"windows": func(p change.PodRef) change.Change { return change.SelectWindows{Pod: p} },
		"fsgroup": func(p change.PodRef) change.Change { return change.SetFSGroup{Pod: p, Group: 65534} },
		"account": func(p change.PodRef) change.Change { return change.SetServiceAccount{Pod: p, ServiceAccount: "other"} },
		"set-variable": func(p change.PodRef) change.Change {
			return change.SetVariables{Pod: p, Container: "app", Variables: []change.Variable{{Name: "AWS_PROFILE", Value: "prod"}, {Name: "AWS_DEFAULT_REGION", Value: "us-west-2"}}}
		},
		"unset-variable": func(p change.PodRef) change.Change {
			return change.UnsetVariables{Pod: p, Container: "app", Names: []string{"AWS_PROFILE"}}
		},
		"unset-in-init": func(p change.PodRef) change.Change {
			return change.UnsetVariables{Pod: p, Container: "init", Names: []string{"AWS_PROFILE", "AWS_REGION"}}
		},
		"volume": func(p change.PodRef) change.Change {
			return change.RemoveVolume{Pod: p, Name: "aws", Mounts: []change.VolumeMount{{Container: "init", Init: true, Path: "/root/.aws"}, {Container: "app", Path: "/root/.aws"}}}
		},
		"restart": func(p change.PodRef) change.Change { return change.Recreate{Pod: p} },
		"annotate-account": func(p change.PodRef) change.Change {
			return change.Annotate{Namespace: p.Namespace, ServiceAccount: "web", Key: "eks.amazonaws.com/role-arn", Value: "arn:aws:iam::111122223333:role/web"}
		},
		"unannotate-account": func(p change.PodRef) change.Change {
			return change.Annotate{Namespace: p.Namespace, ServiceAccount: "web", Key: "eks.amazonaws.com/role_arn"}
		},
		"create-account": func(p change.PodRef) change.Change {
			return change.CreateServiceAccount{Namespace: p.Namespace, Name: "made", Key: "eks.amazonaws.com/role-arn", Value: "arn:aws:iam::111122223333:role/web"}
		},
		"label-namespace": func(p change.PodRef) change.Change {
			return change.LabelNamespace{Name: p.Namespace, Labels: change.Labels{Set: map[string]string{"irsa": "on"}}}
		},
	} {
		for _, paused := range []bool{false, true} {
			if paused && name != "unset-variable" && name != "restart" {
				continue
			}
			object := commanded(b.namespace, name)
			if object.Spec.Paused = paused; paused {
				object.Name += "-paused"
			}
			t.Run(object.Name, func(t *testing.T) {
				if _, err := b.cluster.Admin.AppsV1().Deployments(b.namespace).Create(t.Context(), object, metav1.CreateOptions{}); err != nil {
					t.Fatal(err)
				}
				pod := b.plain(object.Name+"-0", "web", object.Name)
				before := b.objects(t, object.Name, pod)
				c := of(change.PodRef{
					Namespace: b.namespace, Name: pod.Name, Owner: workload.OwnerOf(pod), Rollout: workload.RolloutOf(before[0]), Settings: inject.EKS(testbed.Region),
				})
				foreseen, ok := change.Apply(snapshot.New(snapshot.Document{Kubernetes: before}), []change.Change{c})
				if !ok {
					t.Fatal("the change cannot be foreseen")
				}
				for _, argv := range c.Commands() {
					b.exec(t, b.cluster.Kubectl(), argv[1:]...).expectOut(t)
				}
				came := snapshot.New(snapshot.Document{Kubernetes: b.objects(t, object.Name, pod)})
				for _, kind := range []string{"Deployment", "ServiceAccount", "Namespace"} {
					for _, of := range []string{object.Name, "web", "made", b.namespace} {
						want, got := facets(foreseen, kind, b.namespace, of), facets(came, kind, b.namespace, of)
						if want != got {
							t.Errorf("%s %s:\nforeseen %s\ncame     %s", kind, of, want, got)
						}
					}
				}
			})
		}
	}
}

// expectOut holds that a command succeeded.
func (r run) expectOut(t *testing.T) {
	t.Helper()
	if r.code != 0 {
		t.Errorf("exit code %d: %s", r.code, r.errOut)
	}
}

// objects are what changes act on, as the API server has them, the workload first.
func (b *binding) objects(t *testing.T, deployment string, pod *corev1.Pod) []snapshot.Object {
	t.Helper()
	d, err := b.cluster.Admin.AppsV1().Deployments(b.namespace).Get(t.Context(), deployment, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	namespace, err := b.cluster.Admin.CoreV1().Namespaces().Get(t.Context(), b.namespace, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := b.cluster.Admin.CoreV1().ServiceAccounts(b.namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	all := []snapshot.Object{d, namespace, pod}
	for i := range accounts.Items {
		all = append(all, &accounts.Items[i])
	}
	return all
}

// facets is what changes change of an object, as text; empty where there is none. That kubectl notes when it restarted a
// workload is left out.
func facets(s *snapshot.Snapshot, kind, namespace, name string) string {
	if kind == "Namespace" {
		namespace = ""
	}
	object, ok := s.Object(kind, namespace, name)
	if !ok {
		return ""
	}
	var facet any = []map[string]string{object.GetLabels(), object.GetAnnotations()}
	if _, template := workload.Template(object); template != nil {
		template = template.DeepCopy()
		delete(template.Annotations, "kubectl.kubernetes.io/restartedAt")
		if len(template.Annotations) == 0 {
			template.Annotations = nil
		}
		facet = template
	}
	text, err := json.Marshal(facet)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// TestProbe holds that the probe that a fix offers prints the token's volume where the webhook mutates pods, and nothing of it
// where it does not, and that it creates nothing.
func TestProbe(t *testing.T) {
	for _, answers := range []bool{true, false} {
		b := newBindingWithout(t)
		if answers {
			b.webhook(t)
		}
		b.cluster.ServiceAccount(t, b.namespace, "web", map[string]string{"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/web"})
		pod := b.plain("web-0", "web", "web")
		b.cluster.Pod(t, pod)
		argv := []string{"run", "irsa-probe", "--image=none", "--dry-run=server", "-o", "jsonpath={.spec.volumes[*].name}", `--overrides={"spec":{"serviceAccountName":"web"}}`, "-n", b.namespace}
		got := b.exec(t, b.cluster.Kubectl(), argv...)
		got.expectOut(t)
		if strings.Contains(got.out, inject.WebIdentityVolume) != answers {
			t.Errorf("webhook answers %v: the probe prints %q", answers, got.out)
		}
		pods, err := b.cluster.Admin.CoreV1().Pods(b.namespace).List(t.Context(), metav1.ListOptions{})
		if err != nil || len(pods.Items) != 1 {
			t.Errorf("%d pods, %v; want the one that was there", len(pods.Items), err)
		}
	}
}
