// Package testbed runs what the plugin talks to, for tests: a real API server with etcd, a pod identity
// webhook in it, and an AWS account that answers on the services' wire protocols. Everything listens on
// loopback only, and every call is logged, so that tests can count them and the rounds they take.
//
//	var bed testbed.Bed
//
//	func TestMain(m *testing.M) { os.Exit(bed.Main(m)) }
//
//	func TestWeb(t *testing.T) {
//		cluster := bed.ControlPlane(t)
//		account := bed.AWS(t)
//		...
//	}
package testbed
