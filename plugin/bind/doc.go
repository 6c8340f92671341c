// Package bind plans how a service account gets a role, or loses it again: from a snapshot and a request
// to the changes, in an order in which whatever worked before still works after each. Nothing here
// does I/O; package apply carries plans out, package export prints them for other tools.
package bind
