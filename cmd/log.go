package cmd

import (
	"flag"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"k8s.io/klog/v2"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/scrub"
)

// The levels of -v from which on kubectl logs requests, their headers, and those of the answers.
const (
	logRequests        = 6
	logRequestHeaders  = 7
	logResponseHeaders = 8
)

// setLog silences the libraries: what matters of what they say is in the errors that they return. With -v they log to standard
// error, as in kubectl, but for requests: see requestLog.
func setLog(errOut io.Writer, verbosity int) {
	if verbosity <= 0 {
		klog.SetLogger(klog.Logger{}) // the zero logger discards
		log.SetOutput(io.Discard)
		return
	}
	out := logWriter{errOut}
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	// The values are of the form that the flags take. klog's own way to standard error is os.Stderr, which is not this program's
	// alone: see overheard.
	_ = flags.Set("v", strconv.Itoa(min(verbosity, logRequests-1)))
	_ = flags.Set("logtostderr", "false")
	_ = flags.Set("one_output", "true")
	_ = flags.Set("stderrthreshold", "FATAL")
	klog.ClearLogger()
	klog.SetOutput(out)
	log.SetOutput(out)
}

// A logWriter writes the lines of a log, which may quote anything, without secrets and escape sequences.
type logWriter struct{ to io.Writer }

func (w logWriter) Write(line []byte) (int, error) {
	text := render.Escape(strings.TrimSuffix(scrub.Text(string(line)), "\n"), !utf8Locale(os.Getenv))
	if _, err := io.WriteString(w.to, text+"\n"); err != nil {
		return 0, err
	}
	return len(line), nil
}

// A requestLog logs requests and answers without their bodies, and of their headers only some. Client-go's own log, which this one
// replaces, has the values of ConfigMaps in bodies, what `kubectl apply` was given in annotations, and tokens in commands for curl.
type requestLog struct {
	http.RoundTripper
	verbosity int
}

// loggedHeaders are those that say what was asked for and who answered, and are neither credentials nor cookies.
var loggedHeaders = []string{
	"Accept", "Content-Type", "Content-Length", "User-Agent", "Impersonate-User", "Impersonate-Group",
	"Audit-Id", "Date", "Retry-After", "Server", "Via", "Warning", "X-Kubernetes-Pf-Flowschema-Uid", "X-Kubernetes-Pf-Prioritylevel-Uid",
}

// RoundTrip implements http.RoundTripper.
func (l requestLog) RoundTrip(request *http.Request) (*http.Response, error) {
	start := time.Now()
	response, err := l.RoundTripper.RoundTrip(request)
	about := []any{"verb", request.Method, "url", request.URL.Redacted()}
	if l.verbosity >= logRequestHeaders {
		about = append(about, "headers", loggable(request.Header))
	}
	if err != nil {
		about = append(about, "error", err.Error())
	} else {
		about = append(about, "status", response.Status)
		if l.verbosity >= logResponseHeaders {
			about = append(about, "responseHeaders", loggable(response.Header))
		}
	}
	klog.InfoS("Request", append(about, "milliseconds", time.Since(start).Milliseconds())...)
	return response, err
}

// loggable returns the headers that are logged.
func loggable(headers http.Header) map[string]string {
	kept := map[string]string{}
	for _, name := range loggedHeaders {
		if values := headers.Values(name); len(values) > 0 {
			kept[name] = strings.Join(values, ", ")
		}
	}
	return kept
}
