package cmd

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const blank = "\r               \r"

func tell(ctx context.Context, out *bytes.Buffer, l *progressLine) (end func()) {
	return l.show(ctx, out, 40, func() string { return "reading" })
}

// TestProgress holds that short work is silent, that longer work is shown each second, and that the line is
// erased, also when the work is cancelled.
func TestProgress(t *testing.T) {
	for _, test := range []struct {
		work time.Duration
		want string
	}{
		{900 * time.Millisecond, ""},
		{2500 * time.Millisecond, "reading (1 s)" + blank + "reading (2 s)" + blank},
	} {
		synctest.Test(t, func(t *testing.T) {
			var out bytes.Buffer
			end := tell(t.Context(), &out, &progressLine{})
			time.Sleep(test.work)
			end()
			if out.String() != test.want {
				t.Errorf("%s of work: %q, want %q", test.work, out.String(), test.want)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		ctx, cancel := context.WithCancel(t.Context())
		end := tell(ctx, &out, &progressLine{})
		time.Sleep(1500 * time.Millisecond)
		cancel()
		synctest.Wait()
		if want := "reading (1 s)" + blank; out.String() != want {
			t.Errorf("cancelled: %q, want %q", out.String(), want)
		}
		end()
	})
}

// TestProgressBeside holds that what is written while work is under way does not meet the line.
func TestProgressBeside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var screen bytes.Buffer
		p := &program{out: &screen, errOut: &screen}
		end := tell(t.Context(), &screen, &p.line)
		time.Sleep(1500 * time.Millisecond)
		if err := p.answer("a result\n"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		p.complain("warning: a message")
		end()
		if want := "reading (1 s)" + blank + "a result\nreading (2 s)" + blank + "warning: a message\n"; screen.String() != want {
			t.Errorf("%q, want %q", screen.String(), want)
		}
	})
}

// TestProgressNarrow holds that the line, with the echo of Ctrl-C, is narrower than the terminal.
func TestProgressNarrow(t *testing.T) {
	for _, width := range []int{1, 3, 4, 10, 80} {
		var out bytes.Buffer
		var l progressLine
		l.draw(&out, width, strings.Repeat("x", 100), " (9 s)")
		if want := " (9 s)"; width >= 10 && !strings.HasSuffix(out.String(), want) {
			t.Errorf("%d columns: %q has no %q", width, out.String(), want)
		}
		if most := max(0, width-1); out.Len()+echo > most && out.Len() > 0 {
			t.Errorf("%d columns: %q", width, out.String())
		}
		l.erase()
	}
}
