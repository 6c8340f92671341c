// Package render turns reports into what is read: text for people, a table for many targets, JSON, YAML,
// and the values that templates work on. It is pure: it neither looks at the terminal nor at the
// environment; a [Style] says what was found out about them.
//
// Everything that comes from a cluster, an account or a file is untrusted. All text passes [Escape] on its
// way out, in the one place that appends to a page.
package render
