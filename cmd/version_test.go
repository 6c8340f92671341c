package cmd

import (
	"runtime/debug"
	"testing"
)

func TestBuiltVersion(t *testing.T) {
	info := &debug.BuildInfo{
		Main:     debug.Module{Version: "v1.2.3"},
		Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}},
	}
	for _, test := range []struct {
		set  string
		info *debug.BuildInfo
		want string
	}{
		{"v2.0.0", info, "v2.0.0"},
		{"", info, "v1.2.3"},
		{"", &debug.BuildInfo{}, "(devel)"},
		{"", nil, "(devel)"},
	} {
		got := builtVersion(test.set, func() (*debug.BuildInfo, bool) { return test.info, test.info != nil })
		if got.Version != test.want {
			t.Errorf("version %q, want %q", got.Version, test.want)
		}
		if test.info == info && (got.Commit != "abc" || !got.Modified) {
			t.Errorf("commit %q, modified %t", got.Commit, got.Modified)
		}
	}
}
