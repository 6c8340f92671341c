package cmd

import (
	"bytes"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/render"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/scrub"
)

const (
	// mostOverheard is how much is kept of what a program prints, in bytes: of more the end, where its error is.
	mostOverheard = 64 << 10
	// unshown is how long a program may run before what it prints is shown: it may wait for a person, with a code to enter. One
	// that fails sooner has its last line in the error instead.
	unshown = time.Second
	// pause is how long a line that has no end yet, such as a question, waits for it.
	pause = 200 * time.Millisecond
)

// An overheard holds what a program that logs in prints to standard error: an exec plugin, a credential_process. Client-go and
// the AWS SDK let these write to this program's own, secrets and escape sequences included.
type overheard struct {
	show   func(text string, ended bool)
	person bool // somebody reads it

	mu      sync.Mutex
	text    []byte    // neither taken nor shown
	waiting bool      // a timer runs
	open    bool      // what comes is shown
	first   time.Time // when the first of the text came
	latest  time.Time // when the latest of it came
	closed  bool      // it is in an error already
	writer  *os.File
	drained chan struct{}
}

// overhear makes what is started from now on, or holds on to os.Stderr from now on, write to the overheard that it returns. It
// changes nothing and returns nil if the program's own standard error is not that of the process, as in tests.
func (p *program) overhear() *overheard {
	if _, ours := p.errOut.(*os.File); !ours {
		return nil
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil // they then write where they always did
	}
	o := &overheard{show: p.pass, person: terminalWidth(p.errOut) > 0, writer: writer, drained: make(chan struct{}, 1)}
	os.Stderr = writer
	go o.listen(reader)
	return o
}

// pass writes what another program prints to standard error.
func (p *program) pass(text string, ended bool) {
	text = render.Escape(scrub.Text(text), !utf8Locale(os.Getenv))
	if ended {
		text += "\n"
	}
	_ = p.line.replace(p.errOut, text, !ended) // there is no other place to report to
}

// mark is what asks listen to say that everything before it has been read. No text has it.
const mark = 0

func (o *overheard) listen(from io.Reader) {
	buffer := make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		o.hear(buffer[:n])
		if err != nil {
			return
		}
	}
}

func (o *overheard) hear(heard []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	text := bytes.ReplaceAll(heard, []byte{mark}, nil)
	if !o.closed {
		o.latest = time.Now()
		if len(o.text) == 0 {
			o.first = o.latest
		}
		o.text = lastOf(append(o.text, text...), mostOverheard)
	}
	if len(o.text) > 0 && !o.waiting {
		o.waiting = true
		after := unshown
		if o.open {
			after = pause
		}
		time.AfterFunc(after, o.reveal)
	}
	if len(text) < len(heard) {
		select {
		case o.drained <- struct{}{}:
		default:
		}
	}
}

// lastOf returns the end of a text that is too long, from the beginning of a line: half of a secret looks like none.
func lastOf(text []byte, most int) []byte {
	if len(text) <= most {
		return text
	}
	text = text[len(text)-most:]
	return text[bytes.IndexByte(text, '\n')+1:]
}

// reveal shows what was heard. A secret, of several lines or of several writes, is in one piece, unless the program pauses within
// it.
func (o *overheard) reveal() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting = false
	if o.closed || len(o.text) == 0 {
		return
	}
	o.open = true
	whole := len(o.text)
	if time.Since(o.latest) < pause && time.Since(o.first) < 2*unshown {
		whole = bytes.LastIndexByte(o.text, '\n') + 1 // it is still writing: the rest of the last line may come
		o.waiting = true
		time.AfterFunc(pause, o.reveal)
	}
	lines := strings.Split(scrub.Text(string(o.text[:whole])), "\n")
	o.text = slices.Clone(o.text[whole:])
	for i, line := range lines {
		if last := i == len(lines)-1; !last || line != "" {
			line = strings.TrimSuffix(line, "\r")
			o.show(line[strings.LastIndexByte(line, '\r')+1:], !last) // what is drawn over is not seen
		}
	}
}

// asks reports whether the program has asked a person something, as far as can be told: what it printed was shown on a terminal.
func (o *overheard) asks() bool {
	if o == nil {
		return false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.open && o.person
}

// take returns what a program that has ended printed, as far as it was not shown. Nothing more is shown from then on.
func (o *overheard) take() string {
	if o == nil {
		return ""
	}
	select {
	case <-o.drained: // of a program that prints zeros
	default:
	}
	if _, err := o.writer.Write([]byte{mark}); err == nil {
		select {
		case <-o.drained:
		case <-time.After(pause): // a program that still runs has filled the pipe
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	text := string(o.text)
	o.text, o.closed = nil, true
	return text
}
