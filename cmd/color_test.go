package cmd

import (
	"runtime"
	"testing"
)

// TestColors holds who decides about colour: the flag, then NO_COLOR, then CLICOLOR_FORCE, then the terminal.
func TestColors(t *testing.T) {
	auto := runtime.GOOS != "windows" // there a terminal needs WT_SESSION as well
	for _, test := range []struct {
		mode                  colorMode
		noColor, force, kind  string // NO_COLOR, CLICOLOR_FORCE and TERM
		onTerminal, elsewhere bool
	}{
		{colorAuto, "", "", "xterm", auto, false},
		{"", "", "", "xterm", auto, false}, // a flag that could not be read is an error, which is coloured as well
		{colorAuto, "", "", "", auto, false},
		{colorAuto, "", "", "dumb", false, false},
		{colorAuto, "1", "", "xterm", false, false},
		{colorAuto, "0", "", "xterm", false, false}, // NO_COLOR has no values
		{colorAuto, "", "1", "xterm", true, true},
		{colorAuto, "", "yes", "xterm", true, true},
		{colorAuto, "", "0", "xterm", auto, false},
		{colorAuto, "", "1", "dumb", true, true},
		{colorAuto, "1", "1", "xterm", false, false},
		{colorAlways, "", "", "xterm", true, true},
		{colorAlways, "1", "", "xterm", true, true},
		{colorAlways, "1", "0", "dumb", true, true},
		{colorNever, "", "", "xterm", false, false},
		{colorNever, "", "1", "xterm", false, false},
		{colorNever, "1", "1", "dumb", false, false},
	} {
		env := map[string]string{"NO_COLOR": test.noColor, "CLICOLOR_FORCE": test.force, "TERM": test.kind}
		getenv := func(name string) string { return env[name] }
		if got := test.mode.colors(getenv, true); got != test.onTerminal {
			t.Errorf("--color=%s with %v on a terminal: %t", test.mode, env, got)
		}
		if got := test.mode.colors(getenv, false); got != test.elsewhere {
			t.Errorf("--color=%s with %v on no terminal: %t", test.mode, env, got)
		}
	}
}

// TestColorTyped holds the errors of --color.
func TestColorTyped(t *testing.T) {
	for typed, want := range map[string]string{
		"alwys": `did you mean "always"?`,
		"Auto":  `did you mean "auto"?`,
		"nevr":  `did you mean "never"?`,
		"":      `must be "auto", "always", or "never"`,
		"yes":   `must be "auto", "always", or "never"`,
	} {
		var mode colorMode
		if err := mode.Set(typed); err == nil || err.Error() != want {
			t.Errorf("--color=%s: %v, want %s", typed, err, want)
		}
	}
	for _, typed := range colorModes {
		var mode colorMode
		if err := mode.Set(typed); err != nil || mode.String() != typed {
			t.Errorf("--color=%s: %q, %v", typed, mode, err)
		}
	}
}
