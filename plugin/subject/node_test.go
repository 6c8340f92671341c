package subject

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestPlatformOf(t *testing.T) {
	for _, c := range []struct {
		provider, compute string
		want              Platform
		instance          string
	}{
		{"aws:///us-west-2a/i-0a1b2c3d4e5f60718", "", PlatformEC2, "i-0a1b2c3d4e5f60718"},
		{"aws:////i-0a1b2c3d", "", PlatformEC2, "i-0a1b2c3d"},
		{"i-0a1b2c3d", "", PlatformEC2, "i-0a1b2c3d"},
		{"aws:///us-west-2a/i-0a1b2c3d4e5f60718", "auto", PlatformAuto, "i-0a1b2c3d4e5f60718"},
		{"aws:///us-west-2a/5f2ad1b6f2/fargate-ip-10-0-12-34", "", PlatformFargate, ""},
		{"", "fargate", PlatformFargate, ""},
		{"eks-hybrid:///us-west-2/prod/mi-0123", "", PlatformHybrid, ""},
		{"", "hybrid", PlatformHybrid, ""},
		{"gce://project/zone/instance", "", PlatformOther, ""},
		{"kind://docker/kind/kind-control-plane", "", PlatformOther, ""},
		{"openstack:///RegionOne/i-0000002a", "", PlatformOther, ""},
		{"azure:///subscriptions/s/virtualMachines/i-0a1b2c3d", "", PlatformOther, ""},
		{"", "", PlatformUnknown, ""},
		{"node-1", "", PlatformUnknown, ""},
		{"aws:///us-west-2a/i-", "", PlatformUnknown, ""},
		{"aws:///us-west-2a/i-xyz", "", PlatformUnknown, ""},
	} {
		node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{}}, Spec: corev1.NodeSpec{ProviderID: c.provider}}
		if c.compute != "" {
			node.Labels["eks.amazonaws.com/compute-type"] = c.compute
		}
		if platform, instance := platformOf(node); platform != c.want || instance != c.instance {
			t.Errorf("%q %q: %q %q, want %q %q", c.provider, c.compute, platform, instance, c.want, c.instance)
		}
	}
}
