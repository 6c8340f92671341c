// Package krew holds what belongs to the plugin besides its binary.
package krew

import _ "embed"

// CompletionShim is the executable that kubectl looks for when it completes the plugin's arguments.
//
//go:embed kubectl_complete-irsa
var CompletionShim string

// CompletionShimWindows is the same for Windows, where kubectl looks for it with the endings of PATHEXT (os/exec.LookPath).
//
//go:embed kubectl_complete-irsa.cmd
var CompletionShimWindows string
