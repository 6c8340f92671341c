package check

import "testing"

func TestReachesTokens(t *testing.T) {
	for dir, want := range map[string]bool{
		"/":                                  true,
		"/var":                               true,
		"/var/lib":                           true,
		"/var/lib/kubelet":                   true,
		"/var/lib/kubelet/pods":              true,
		"/var/lib/kubelet/pods/0c0ffee0/vol": true,
		"/var/lib/kubelet/plugins":           false,
		"/var/lib/kubelet/device-plugins":    false,
		"/var/lib/kubelet2":                  false,
		"/var/libs":                          false,
		"/var/log":                           false,
		"/etc":                               false,
	} {
		if got := reachesTokens(dir); got != want {
			t.Errorf("%s: %v, want %v", dir, got, want)
		}
	}
}
