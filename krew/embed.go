// Package krew holds what belongs to the plugin besides its binary.
package krew

import _ "embed"

// CompletionShim is the executable that kubectl looks for when it completes the plugin's arguments.
//
//go:embed kubectl_complete-irsa
var CompletionShim string
