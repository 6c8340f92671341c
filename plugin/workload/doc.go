// Package workload knows the kinds of Kubernetes objects that carry pods: how kubectl names them, the template of their
// pods, the owner of a pod, and the service account that a pod runs under.
//
// The package does no I/O.
package workload
