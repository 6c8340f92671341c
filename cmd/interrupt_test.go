package cmd_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
)

// TestInterrupt holds that Ctrl-C ends a request that is under way: exit code 130, and not a word.
func TestInterrupt(t *testing.T) {
	asked := make(chan struct{}, 16)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	defer server.Close()
	command := exec.CommandContext(t.Context(), "kubectl-irsa", "explain", "web-0", "--no-aws", "--server", server.URL, "-n", "shop")
	var out, errOut bytes.Buffer
	command.Stdout, command.Stderr = &out, &errOut
	command.Env = append(os.Environ(), "KUBECONFIG="+os.DevNull, "HOME="+t.TempDir())
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	<-asked
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := command.Wait()
	if code := command.ProcessState.ExitCode(); code != 130 || out.Len() > 0 || errOut.Len() > 0 {
		t.Errorf("%v, standard output %q, standard error %q, want exit code 130 and nothing", err, out.String(), errOut.String())
	}
}
