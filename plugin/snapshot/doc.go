// Package snapshot holds what was seen: one snapshot of a cluster and an AWS account, from which every
// answer is computed. It reads and writes the snapshot file, keeps secrets out of it, and answers each
// question with a [fact.Fact], which knows whether there is an answer at all.
//
// The package does no I/O, has no clock and no environment.
package snapshot
