package kube

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/neterr"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/wait"
)

// A pluginTransport names the kubeconfig's exec plugin where it fails: client-go returns that as the error of a request, which
// looks as if the API server had not answered.
type pluginTransport struct {
	http.RoundTripper
	plugin *clientcmdapi.ExecConfig
	reader *Reader
	// failed is the first failure: the plugin is not run again for requests that follow.
	failed *atomic.Pointer[neterr.CommandError]
	// turn has room for one request, until the plugin has answered one. Client-go runs it again for each request that was waiting
	// when it failed: a person would be asked again, for nothing.
	turn     chan struct{}
	loggedIn *atomic.Bool
}

func newPluginTransport(next http.RoundTripper, plugin *clientcmdapi.ExecConfig, reader *Reader) pluginTransport {
	return pluginTransport{next, plugin, reader, new(atomic.Pointer[neterr.CommandError]), make(chan struct{}, 1), new(atomic.Bool)}
}

// What client-go prints of an exec plugin that fails (plugin/pkg/client/auth/exec, roundTripper and wrapCmdRunErrorLocked).
const (
	pluginFailed   = "getting credentials: "
	pluginNotFound = "exec: executable "
)

var pluginExit = regexp.MustCompile(` failed with exit code (-?\d+)$`)

// RoundTrip implements http.RoundTripper.
func (t pluginTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	if !t.loggedIn.Load() {
		select {
		case t.turn <- struct{}{}:
			defer func() { <-t.turn }()
		case <-request.Context().Done():
			return nil, request.Context().Err()
		}
	}
	if failed := t.failed.Load(); failed != nil {
		return nil, failed
	}
	response, err := t.send(request)
	if err == nil {
		t.loggedIn.Store(true)
		return response, nil
	}
	if late, ok := errors.AsType[*neterr.CommandError](err); ok {
		t.failed.CompareAndSwap(nil, late)
		return nil, t.failed.Load()
	}
	why, failed := strings.CutPrefix(err.Error(), pluginFailed)
	if !failed {
		t.loggedIn.Store(request.Context().Err() == nil)
		return nil, err
	}
	t.failed.CompareAndSwap(nil, t.failure(why))
	return nil, t.failed.Load()
}

// send sends a request. Client-go runs the plugin in it and waits for it, however long it runs and whatever ends the request's
// context; nobody here waits with it. The plugin is not ended: client-go does not say which process it is. At a terminal Ctrl-C
// reaches it, too.
func (t pluginTransport) send(request *http.Request) (*http.Response, error) {
	type outcome struct {
		response *http.Response
		err      error
	}
	done := make(chan outcome)
	left := make(chan struct{})
	defer close(left)
	go func() {
		response, err := t.RoundTripper.RoundTrip(request)
		select {
		case done <- outcome{response, err}:
		case <-left:
			if err == nil {
				_ = response.Body.Close() // nobody reads it
			}
		}
	}()
	ctx := request.Context()
	login, cancel := t.reader.bounds.ForLogin(ctx)
	defer cancel()
	for sent := clockOf(ctx).sent(); ; {
		select {
		case o := <-done:
			return o.response, o.err
		case <-sent: // the plugin has answered, and the request has its own time
			cancel()
			sent = nil
		case <-login.Done():
			if wait.Late(login) && !wait.Late(ctx) {
				return nil, t.late()
			}
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			login = ctx
		}
	}
}

// late is the failure of a plugin that does not end.
func (t pluginTransport) late() *neterr.CommandError {
	e := &neterr.CommandError{What: "kubeconfig: exec plugin", Command: t.plugin.Command, Failure: "did not end in time"}
	if t.reader.PluginText != nil {
		e.Text = neterr.LastLine(t.reader.PluginText())
	}
	return e
}

// failure says what is wrong with the plugin, by what client-go says.
func (t pluginTransport) failure(why string) *neterr.CommandError {
	e := &neterr.CommandError{What: "kubeconfig: exec plugin", Command: t.plugin.Command}
	exit := pluginExit.FindStringSubmatch(why)
	if t.reader.PluginText != nil {
		e.Text = neterr.LastLine(t.reader.PluginText())
	}
	switch {
	case exit != nil && exit[1] == "-1":
		e.Failure = "was ended by a signal"
	case exit != nil:
		e.Failure = neterr.Exited(exit[1])
		e.Do = "correct users[].user.exec in the kubeconfig, or log in again"
		if neterr.NeedsSSOLogin(e.Text) {
			e.Do = "run " + strconv.Quote(t.ssoLogin())
		}
	case strings.HasPrefix(why, pluginNotFound):
		e.Failure, e.Text = "was not found", neterr.LastLine(neterr.Line(t.plugin.InstallHint))
		e.Do = "install it, or correct users[].user.exec.command in the kubeconfig"
	case strings.HasPrefix(why, "decoding stdout: "):
		e.Failure, e.Do = "printed no ExecCredential", "correct users[].user.exec in the kubeconfig"
	default:
		e.Failure, e.Text = "failed", neterr.LastLine(strings.TrimPrefix(why, "exec: "))
	}
	return e
}

// ssoLogin is the command that renews the session of the plugin's AWS profile.
func (t pluginTransport) ssoLogin() string {
	env := map[string]string{}
	for _, variable := range t.plugin.Env {
		env[variable.Name] = variable.Value
	}
	typed := flagValue(t.plugin.Args, []string{"--profile"})
	return neterr.LoginCommand(cmp.Or(typed, env["AWS_PROFILE"], os.Getenv("AWS_PROFILE"), os.Getenv("AWS_DEFAULT_PROFILE")), "sso", "login")
}
