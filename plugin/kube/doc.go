// Package kube reads and writes Kubernetes. A [Reader] has one question a method, each answered with a fact; it changes
// nothing, watches nothing and caches nothing. Only a [Writer] writes.
package kube
