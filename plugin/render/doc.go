// Package render writes reports as text for people, as a table of many targets, as JSON and YAML, as values for templates, and in
// the formats of pipelines: CSV, JUnit and SARIF. It is pure: it reads neither the terminal nor the environment; a [Style] has
// what is known about them.
//
// Everything that comes from a cluster, an account or a file is untrusted. All text passes [Escape] on its
// way out, in the one place that appends to a page.
package render
