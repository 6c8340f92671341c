package cmd

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// shown keeps what an overheard shows.
type shown struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *shown) show(text string, ended bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.WriteString(text)
	if ended {
		s.text.WriteString("\n")
	}
}

func (s *shown) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// TestOverheard holds that what a program printed is taken as a whole, or shown once it waits, and never both.
func TestOverheard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s shown
		o := &overheard{show: s.show, drained: make(chan struct{}, 1)}
		o.hear([]byte("open https://device.example and enter ABCD\nkey AKIAIOSFODNN7EXAMPLE\nCode: "))
		time.Sleep(unshown - time.Millisecond)
		if s.String() != "" {
			t.Errorf("too early: %q", s.String())
		}
		time.Sleep(2 * time.Millisecond)
		if got, want := s.String(), "open https://device.example and enter ABCD\nkey REDACTED\nCode: "; got != want {
			t.Errorf("shown %q, want %q", got, want)
		}
		o.hear([]byte("\nthanks\n"))
		time.Sleep(pause + time.Millisecond)
		if got := s.String(); !strings.HasSuffix(got, "Code: \nthanks\n") {
			t.Errorf("shown %q", got)
		}
	})
}

// TestOverheardWriting holds that a program that never pauses is shown all the same, and a secret that it writes in two halves is
// not.
func TestOverheardWriting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s shown
		o := &overheard{show: s.show, drained: make(chan struct{}, 1)}
		o.hear([]byte("open https://device.example\nkey AKIAIOSF"))
		time.Sleep(unshown - time.Millisecond)
		o.hear([]byte("OD"))
		time.Sleep(2 * time.Millisecond)
		o.hear([]byte("NN7EXAMPLE "))
		synctest.Wait()
		if got, want := s.String(), "open https://device.example\n"; got != want {
			t.Errorf("shown %q, want %q", got, want)
		}
		time.Sleep(2 * pause)
		synctest.Wait()
		if got, want := s.String(), "open https://device.example\nkey REDACTED "; got != want {
			t.Errorf("shown %q, want %q", got, want)
		}
		for range 40 { // a spinner that is faster than the pause
			o.hear([]byte("\r| waiting"))
			time.Sleep(pause / 2)
		}
		synctest.Wait()
		if got := s.String(); !strings.Contains(got, "waiting") || strings.Contains(got, "\r") {
			t.Errorf("shown %q", got)
		}
	})
}

// TestOverheardMuch holds that of a long text the end is kept, where the error is.
func TestOverheardMuch(t *testing.T) {
	o := &overheard{waiting: true}
	o.hear([]byte("the beginning\n"))
	for range 3 {
		o.hear(bytes.Repeat([]byte("a line\n"), mostOverheard/10))
	}
	o.hear([]byte("the error\n"))
	text := string(o.text)
	if len(text) > mostOverheard || !strings.HasPrefix(text, "a line\n") || !strings.HasSuffix(text, "a line\nthe error\n") {
		t.Errorf("kept %d bytes, from %.20q", len(text), text)
	}
}

// TestOverheardTaken holds that everything that was written before is taken, and that nothing is shown afterwards.
func TestOverheardTaken(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	var s shown
	o := &overheard{show: s.show, writer: writer, drained: make(chan struct{}, 1)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		o.listen(reader)
	}()
	text := strings.Repeat("a line\n", 1000) + "the error\n"
	if _, err := writer.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if got := o.take(); got != text {
		t.Errorf("taken %d bytes, want %d", len(got), len(text))
	}
	o.hear(bytes.Repeat([]byte("x"), 2*mostOverheard))
	o.reveal()
	if s.String() != "" || len(o.text) > 0 {
		t.Errorf("shown %q, kept %d bytes", s.String(), len(o.text))
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	<-ended
	if got := (*overheard)(nil).take(); got != "" {
		t.Errorf("%q of nothing", got)
	}
}

// TestProgressAndQuestion holds that the progress line is not drawn behind a question, and comes back after the next whole line.
func TestProgressAndQuestion(t *testing.T) {
	var l progressLine
	var screen strings.Builder
	write := func(text string, asked bool) {
		if err := l.replace(&screen, text, asked); err != nil {
			t.Fatal(err)
		}
	}
	write("open https://device.example\n", false)
	write("Code: ", true)
	l.draw(&screen, 80, "reading", " (2 s)")
	if got, want := screen.String(), "open https://device.example\nCode: "; got != want {
		t.Errorf("screen %q, want %q", got, want)
	}
	write("thanks\n", false)
	l.draw(&screen, 80, "reading", " (3 s)")
	if got := screen.String(); !strings.HasSuffix(got, "thanks\nreading (3 s)") {
		t.Errorf("screen %q", got)
	}
}
