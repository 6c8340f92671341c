// Package aws reads and writes AWS. A [Reader] has one question a method, each answered with a fact; it changes nothing and
// caches nothing but credentials. Only a [Writer] writes.
package aws
