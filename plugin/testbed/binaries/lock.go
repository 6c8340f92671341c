//go:build unix

package binaries

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock waits until no other process holds the file; the lock ends with the process at the latest.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), file.Close())
		}
		return func() { _ = file.Close() }, nil // closing is what unlocks; there is nothing to be done about an error
	}
}
