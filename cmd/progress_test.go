package cmd

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestProgress holds that short work is silent, that longer work is told each second, and that the line is
// erased, also when the work is cancelled.
func TestProgress(t *testing.T) {
	for _, test := range []struct {
		work time.Duration
		want string
	}{
		{900 * time.Millisecond, ""},
		{2500 * time.Millisecond, "\rreading: 1 s\rreading: 2 s\r            \r"},
	} {
		synctest.Test(t, func(t *testing.T) {
			var out bytes.Buffer
			end := tell(t.Context(), &out, "reading")
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
		end := tell(ctx, &out, "reading")
		time.Sleep(1500 * time.Millisecond)
		cancel()
		synctest.Wait()
		const want = "\rreading: 1 s\r            \r"
		if out.String() != want {
			t.Errorf("cancelled: %q, want %q", out.String(), want)
		}
		end()
	})
}
