package snapshot

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func nodeOf(providerID string) *corev1.Node {
	return &corev1.Node{Spec: corev1.NodeSpec{ProviderID: providerID}}
}

func TestInstanceID(t *testing.T) {
	for provider, want := range map[string]string{
		"aws:///us-west-2a/i-0c4bda24d4460d407": "i-0c4bda24d4460d407", "aws:////i-0c4bda24d4460d407": "i-0c4bda24d4460d407", "i-0c4bda24": "i-0c4bda24",
		"aws:///us-west-2a/abc/fargate-ip-10-0-0-1.us-west-2.compute.internal": "", "eks-hybrid:///us-west-2/prod/mi-0123456789": "",
		"kind://docker/kind/kind-control-plane": "", "": "", "i-": "", "aws:///us-west-2a/i-XYZ": "", "gce://p/z/i-am-not": "", "gce://p/z/i-0abc": "",
	} {
		if got := InstanceID(nodeOf(provider)); got != want {
			t.Errorf("%s: got %q, want %q", provider, got, want)
		}
	}
}

// FuzzInstanceID: an instance is found in every form that AWS writes, and nothing of another cloud is one.
func FuzzInstanceID(f *testing.F) {
	f.Add("us-west-2a", "0c4bda24d4460d407", "gce", "aws:///us-west-2a/i-0abc")
	f.Add("", "", "kind", "aws://i-0")
	f.Fuzz(func(t *testing.T, zone, digits, scheme, raw string) {
		id := InstanceID(nodeOf(raw))
		if id != "" && (!IsInstanceID(id) || !strings.HasSuffix(raw, id) || strings.Contains(raw, "://") && !strings.HasPrefix(raw, "aws://")) {
			t.Errorf("%q is the instance %q", raw, id)
		}
		if !IsInstanceID("i-"+digits) || strings.ContainsAny(zone+scheme, ":/") {
			return
		}
		for _, provider := range []string{"aws:///" + zone + "/i-" + digits, "aws:////i-" + digits, "i-" + digits} {
			if got := InstanceID(nodeOf(provider)); got != "i-"+digits {
				t.Errorf("%q is the instance %q", provider, got)
			}
		}
		if got := InstanceID(nodeOf(scheme + ":///" + zone + "/i-" + digits)); got != "" && scheme != "aws" {
			t.Errorf("%s has the instance %q", scheme, got)
		}
	})
}
