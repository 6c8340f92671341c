package cmd

import (
	"strings"
	"testing"
)

func TestCompletionShim(t *testing.T) {
	for goos, want := range map[string]string{
		"linux": "#!/bin/sh\n", "darwin": "#!/bin/sh\n", "windows": "@echo off\r\n",
	} {
		if got := completionShim(goos); !strings.HasPrefix(got, want) || !strings.Contains(got, "kubectl irsa __complete ") {
			t.Errorf("%s: %q", goos, got)
		}
	}
}

// TestShellScripts holds that each script loads kubectl's completion and says where the executable belongs.
func TestShellScripts(t *testing.T) {
	for _, name := range shells() {
		text := shellScript(name)
		for _, part := range []string{"kubectl completion " + name, "kubectl irsa completion ", "kubectl_complete-irsa", "bin"} {
			if !strings.Contains(text, part) {
				t.Errorf("%s: %q is not in\n%s", name, part, text)
			}
		}
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "#") && len(line) > 130 {
				t.Errorf("%s: %q", name, line)
			}
		}
	}
}
