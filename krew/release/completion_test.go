package release

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// complete asks the real kubectl for completions, with the shim that the plugin prints in the folder bin.
func complete(t *testing.T, w world, bin string) {
	installed := filepath.Join(bin, "kubectl_complete-irsa")
	shim := w.kubectl(t, "irsa", "completion")
	if shim != string(readRepository(t, "krew/kubectl_complete-irsa")) {
		t.Error("`kubectl irsa completion` prints another shim than the archive holds")
	}
	if err := os.WriteFile(installed, []byte(shim), 0o755); err != nil {
		t.Fatal(err)
	}

	for name, test := range map[string]struct {
		words []string
		want  []string // offered
		not   []string // not offered
	}{
		"commands":                 {[]string{""}, []string{"whoami", "explain", "snapshot", "completion", "version"}, []string{"web-0"}},
		"a command's flags":        {[]string{"whoami", "--snap"}, []string{"--snapshot"}, nil},
		"kubectl's flags":          {[]string{"whoami", "--kubec"}, []string{"--kubeconfig"}, nil},
		"pods":                     {[]string{"whoami", "pod", ""}, []string{"web-0"}, []string{"web"}},
		"pods, bare":               {[]string{"explain", "we"}, []string{"web-0"}, []string{"deployment/"}},
		"types":                    {[]string{"explain", "depl"}, []string{"deployment/"}, []string{"web-0"}},
		"TYPE/NAME":                {[]string{"whoami", "pod/"}, []string{"pod/web-0"}, nil},
		"TYPE/NAME, short":         {[]string{"whoami", "sa/w"}, []string{"sa/web"}, nil},
		"service accounts":         {[]string{"whoami", "sa", ""}, []string{"web"}, []string{"web-0"}},
		"in another namespace":     {[]string{"whoami", "-n", "kube-system", "pod", ""}, nil, []string{"web-0"}},
		"namespaces":               {[]string{"whoami", "-n", ""}, []string{w.namespace, "kube-system"}, nil},
		"contexts":                 {[]string{"whoami", "--context", ""}, []string{"prod"}, nil},
		"service accounts to bind": {[]string{"bind", ""}, []string{"web"}, nil},
		"roles":                    {[]string{"bind", "web", ""}, []string{"web"}, nil},
		"roles, by ARN":            {[]string{"whoami", "--expect-role", ""}, []string{webRole}, nil},
		"codes":                    {[]string{"explain", "IRSA4"}, []string{"IRSA402"}, []string{"IRSA301", "web-0"}},
		"formats":                  {[]string{"explain", "-o", ""}, []string{"json", "yaml", "wide"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			offers := w.offers(t, test.words...)
			for _, want := range test.want {
				if !slices.Contains(offers, want) {
					t.Errorf("no %q in %q", want, offers)
				}
			}
			for _, not := range test.not {
				if slices.Contains(offers, not) {
					t.Errorf("%q in %q", not, offers)
				}
			}
		})
	}

	refusing, hanging := listen(t), listen(t)
	if err := refusing.Close(); err != nil {
		t.Fatal(err)
	}
	for name, server := range map[string]string{
		"nothing of a server that refuses": refusing.Addr().String(),
		"nothing of a server that hangs":   hanging.Addr().String(), // it accepts, and nobody reads: only a time-out ends that
	} {
		t.Run(name, func(t *testing.T) {
			words := []string{"whoami", "--server", "http://" + server, "pod", ""}
			if offers := w.offers(t, words...); len(offers) > 0 {
				t.Errorf("offered %q", offers)
			}
			_, errOut, err := w.try(t, append([]string{"irsa", "__complete"}, words...)...)
			if err != nil || !strings.HasPrefix(errOut, "Completion ended with directive") || strings.Count(errOut, "\n") > 1 {
				t.Errorf("%v, and it says %q", err, errOut) // one line is cobra's own, which shells drop
			}
		})
	}
}

// offers are the completions that kubectl offers for the words after `kubectl irsa`.
func (w world) offers(t *testing.T, words ...string) []string {
	t.Helper()
	out := w.kubectl(t, append([]string{"__complete", "irsa"}, words...)...)
	var offers []string
	for line := range strings.Lines(out) {
		offer, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t") // the rest is a description
		if !strings.HasPrefix(offer, ":") && offer != "" {               // the last line is the directive
			offers = append(offers, offer)
		}
	}
	return offers
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() }) // closed already where it refuses
	return listener
}
