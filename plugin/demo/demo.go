// Package demo holds the snapshot of a small cluster in which every pod shows another story of its AWS
// credentials, so that the tool can be tried without a cluster or an account.
package demo

import _ "embed"

// Snapshot is the snapshot file.
//
//go:embed demo.yaml
var Snapshot []byte
