package cmd

import (
	"flag"
	"io"
	"log"
	"strconv"

	"k8s.io/klog/v2"
)

// setLog silences the libraries: what matters of what they say is in the errors that they return. With -v
// client-go logs its requests to standard error, as in kubectl.
func setLog(errOut io.Writer, verbosity int) {
	if verbosity <= 0 {
		klog.SetLogger(klog.Logger{}) // the zero logger discards
		log.SetOutput(io.Discard)
		return
	}
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	// The values are of the form that the flags take. klog's own way to standard error is os.Stderr, which is not this program's
	// alone: see overheard.
	_ = flags.Set("v", strconv.Itoa(verbosity))
	_ = flags.Set("logtostderr", "false")
	_ = flags.Set("one_output", "true")
	_ = flags.Set("stderrthreshold", "FATAL")
	klog.ClearLogger()
	klog.SetOutput(errOut)
	log.SetOutput(errOut)
}
