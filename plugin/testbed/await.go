package testbed

import (
	"testing"
	"time"
)

// await asks again until the API server's caches have caught up: permissions and webhooks take a moment to come
// into force, and nothing tells when they have.
func (cp *ControlPlane) await(t testing.TB, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(10 * time.Millisecond) {
		if t.Failed() {
			return
		}
		if time.Now().After(deadline) {
			t.Errorf("%s: not in force after 30 s", what)
			return
		}
	}
}
