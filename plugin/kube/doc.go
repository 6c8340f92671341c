// Package kube reads Kubernetes: one question a method, each answered with a fact. It changes nothing,
// watches nothing and caches nothing.
package kube
