package release

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// mostUnpacked is the size of the largest file that is extracted from an archive.
const mostUnpacked = 256 << 20

// An entry is one file of an archive.
type entry struct {
	name    string
	mode    fs.FileMode
	content []byte
}

// entries reads an archive, by its ending a zip file or a compressed tar file. It refuses what krew refuses (paths
// that leave the archive, anything but files and folders), and folders too: krew links the executable at
// the top.
func entries(file string, data []byte) ([]entry, error) {
	read := entriesOfTar
	if strings.HasSuffix(file, ".zip") {
		read = entriesOfZip
	}
	found, err := read(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	seen := map[string]bool{}
	for _, e := range found {
		switch {
		case e.name == "" || e.name != path.Base(e.name) || strings.Contains(e.name, `\`) || strings.Contains(e.name, ".."):
			return nil, fmt.Errorf("%s: %q is not a file at the top", file, e.name)
		case seen[e.name]:
			return nil, fmt.Errorf("%s: %q is there twice", file, e.name)
		}
		seen[e.name] = true
	}
	return found, nil
}

func entriesOfTar(data []byte) ([]entry, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	var found []entry
	for archive := tar.NewReader(unzipped); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		if header.Typeflag != tar.TypeReg {
			return nil, fmt.Errorf("%q is not a file", header.Name)
		}
		content, err := unpack(header.Name, archive)
		if err != nil {
			return nil, err
		}
		found = append(found, entry{header.Name, header.FileInfo().Mode(), content})
	}
}

func entriesOfZip(data []byte) ([]entry, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	var found []entry
	for _, f := range archive.File {
		if !f.Mode().IsRegular() {
			return nil, fmt.Errorf("%q is not a file", f.Name)
		}
		packed, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		content, err := unpack(f.Name, packed)
		if err != nil {
			return nil, err
		}
		found = append(found, entry{f.Name, f.Mode(), content})
	}
	return found, nil
}

func unpack(name string, packed io.Reader) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(packed, mostUnpacked+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	case len(content) > mostUnpacked:
		return nil, fmt.Errorf("%s: larger than %d MiB", name, mostUnpacked>>20)
	}
	return content, nil
}
