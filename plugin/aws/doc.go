// Package aws reads AWS: one question a method, each answered with a fact. It changes nothing and caches
// nothing but credentials.
package aws
