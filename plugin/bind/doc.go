// Package bind plans how a service account comes to have a role, or loses it again: from a snapshot and a request
// to the changes that are to be made, in an order in which whatever worked before goes on working. Nothing here
// does I/O; package apply carries plans out, package export prints them for other tools.
package bind
