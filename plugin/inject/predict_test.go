package inject

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
)

// A pair is a pod as it was sent to a real API server with the real webhook behind it, and as it came
// back.
type pair struct {
	ID      string
	Webhook struct {
		AWSDefaultRegion    string
		STSRegionalEndpoint bool
		TokenAudience       string
	}
	PodIdentityAssociation bool
	ServiceAccount         *corev1.ServiceAccount
	Submitted, Admitted    *corev1.Pod
}

func (p pair) settings() Settings {
	s := EKS(p.Webhook.AWSDefaultRegion)
	s.RegionalSTS = p.Webhook.STSRegionalEndpoint
	s.Audience = p.Webhook.TokenAudience
	return s
}

func pairs(t testing.TB) []pair {
	t.Helper()
	files, err := filepath.Glob("../../testdata/admission/*.ndjson")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded pairs: %v", err)
	}
	var all []pair
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range bytes.Lines(text) {
			n++
			var p pair
			if err := json.Unmarshal(line, &p); err != nil {
				t.Fatalf("%s:%d: %v", file, n, err)
			}
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		t.Fatal("the files hold no pairs")
	}
	return all
}

// bare takes away what the API server itself adds to a pod: the default token's volume and mounts, and
// the defaults of the fields that the webhook also touches.
func bare(pod *corev1.Pod) *corev1.Pod {
	p := pod.DeepCopy()
	var volumes []corev1.Volume
	for _, v := range p.Spec.Volumes {
		if strings.HasPrefix(v.Name, "kube-api-access-") {
			continue
		}
		if v.Projected != nil {
			v.Projected.DefaultMode = nil
		}
		volumes = append(volumes, v)
	}
	p.Spec.Volumes = volumes
	for _, containers := range [][]corev1.Container{p.Spec.InitContainers, p.Spec.Containers} {
		for i := range containers {
			c := &containers[i]
			var mounts []corev1.VolumeMount
			for _, m := range c.VolumeMounts {
				if !strings.HasPrefix(m.Name, "kube-api-access-") {
					mounts = append(mounts, m)
				}
			}
			c.VolumeMounts = mounts
			for j := range c.Env {
				if from := c.Env[j].ValueFrom; from != nil && from.FieldRef != nil {
					from.FieldRef.APIVersion = ""
				}
			}
		}
	}
	return p
}

// sameExpiration takes the recorded random expiration for the predicted default.
func sameExpiration(predicted, admitted *corev1.Pod) {
	for i, v := range predicted.Spec.Volumes {
		if v.Name != PodIdentityVolume || v.Projected == nil || i >= len(admitted.Spec.Volumes) {
			continue
		}
		want := v.Projected.Sources[0].ServiceAccountToken
		other := admitted.Spec.Volumes[i]
		if other.Projected == nil || len(other.Projected.Sources) == 0 || other.Projected.Sources[0].ServiceAccountToken == nil {
			continue
		}
		have := other.Projected.Sources[0].ServiceAccountToken.ExpirationSeconds
		if *want.ExpirationSeconds == 86400 && have != nil && *have >= 79200 && *have <= 86400 {
			want.ExpirationSeconds = have
		}
	}
}

func TestPredictRecordedPairs(t *testing.T) {
	for _, p := range pairs(t) {
		t.Run(p.ID, func(t *testing.T) {
			submitted, account := p.Submitted.DeepCopy(), p.ServiceAccount.DeepCopy()
			got := bare(Predict(p.settings(), p.ServiceAccount, p.Submitted, p.PodIdentityAssociation))
			want := bare(p.Admitted)
			sameExpiration(got, want)
			compare := func(what string, got, want any) {
				if !equality.Semantic.DeepEqual(got, want) {
					t.Errorf("%s:\n got %s\nwant %s", what, asJSON(got), asJSON(want))
				}
			}
			compare("volumes", got.Spec.Volumes, want.Spec.Volumes)
			compare("labels", got.Labels, want.Labels)
			compare("annotations", got.Annotations, want.Annotations)
			for _, c := range []struct{ got, want []corev1.Container }{
				{got.Spec.InitContainers, want.Spec.InitContainers},
				{got.Spec.Containers, want.Spec.Containers},
			} {
				if len(c.got) != len(c.want) {
					t.Fatalf("%d containers, want %d", len(c.got), len(c.want))
				}
				for i := range c.got {
					compare(c.want[i].Name+" env", c.got[i].Env, c.want[i].Env)
					compare(c.want[i].Name+" mounts", c.got[i].VolumeMounts, c.want[i].VolumeMounts)
				}
			}
			if !equality.Semantic.DeepEqual(submitted, p.Submitted) || !equality.Semantic.DeepEqual(account, p.ServiceAccount) {
				t.Error("the input was changed")
			}
		})
	}
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
