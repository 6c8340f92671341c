package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/document"
)

const (
	// mostBytes is the size of the largest snapshot file that is read; one of a cluster with a hundred thousand pods is half of it.
	mostBytes = 1 << 30
	// firstBytes are looked at before the rest is read: an archive or a disk image is no text from its beginning.
	firstBytes = 64 << 10
)

// limited reads a snapshot file, as much as one may hold. The size of a file is known before; a pipe may have no end.
func limited(name string, in io.Reader) ([]byte, error) {
	size := sizeOf(in)
	data, err := readAtMost(in, size)
	switch {
	case errors.As(err, new(*document.Error)):
		return nil, fmt.Errorf("snapshot %s: %w", name, err)
	case err != nil:
		return nil, fmt.Errorf("snapshot: %w", err)
	case len(data) > mostBytes || size > mostBytes:
		return nil, fmt.Errorf("snapshot %s: larger than %d MiB: take one of fewer namespaces or targets", name, mostBytes>>20)
	case len(data) == 0:
		return nil, fmt.Errorf("snapshot %s: empty", name)
	}
	return data, nil
}

// sizeOf is the size of a regular file, 0 of everything else.
func sizeOf(in io.Reader) int64 {
	if file, ok := in.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			return info.Size()
		}
	}
	return 0
}

// readAtMost reads to the end, or until there is more than may be read; of a file that is too large, nothing.
func readAtMost(in io.Reader, size int64) ([]byte, error) {
	if size > mostBytes {
		return nil, nil
	}
	data := make([]byte, 0, max(firstBytes, int(size)+1))
	looked := false
	for len(data) <= mostBytes {
		if len(data) == cap(data) {
			data = slices.Grow(data, min(len(data), mostBytes+1-len(data)))
		}
		count, err := in.Read(data[len(data):cap(data)])
		data = data[:len(data)+count]
		end := errors.Is(err, io.EOF)
		if !looked && (end || len(data) >= firstBytes) {
			looked = true
			if err := document.IsText(data); err != nil {
				return nil, err
			}
		}
		switch {
		case end:
			return data, nil
		case err != nil:
			return nil, err
		}
	}
	return data, nil
}
