package release

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Install does with an archive what `kubectl krew install --archive` does: it compares the hash, unpacks into
// store/irsa/VERSION and links the executable as bin/kubectl-irsa. The folder root is krew's root; the path of
// the link is returned.
func Install(root string, m Manifest, t Target, archive string) (string, error) {
	p, err := m.Platform(t)
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(archive)
	if err != nil {
		return "", fmt.Errorf("archive of %s: %w", t, err)
	}
	if sum := hashOf(data); sum != p.SHA256 {
		return "", fmt.Errorf("%s: its hash is %s, the manifest has %s", archive, sum, p.SHA256)
	}
	files, err := entries(archive, data)
	if err != nil {
		return "", err
	}
	if err := demandFiles(files, p, t); err != nil {
		return "", fmt.Errorf("%s: %w", archive, err)
	}

	store := filepath.Join(root, "store", m.Metadata.Name, m.Spec.Version)
	if err := os.MkdirAll(store, 0o755); err != nil {
		return "", err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(store, f.name), f.content, f.mode.Perm()); err != nil {
			return "", err
		}
	}
	bin := filepath.Join(root, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return "", err
	}
	target, err := filepath.Rel(bin, filepath.Join(store, p.Bin))
	if err != nil {
		return "", err
	}
	link := filepath.Join(bin, filepath.Base(p.Bin))
	return link, os.Symlink(target, link)
}

// demandFiles demands the executable, the licence and the completion shim.
func demandFiles(files []entry, p Platform, t Target) error {
	shim := "kubectl_complete-" + Name
	if t.OS == "windows" {
		shim += ".cmd" // Windows runs no shell script
	}
	for _, name := range []string{p.Bin, "LICENSE", shim} {
		at := slices.IndexFunc(files, func(f entry) bool { return f.name == name })
		if at < 0 {
			return fmt.Errorf("no %s in it", name)
		}
		if name != "LICENSE" && t.OS != "windows" && files[at].mode&0o111 != 0o111 {
			return fmt.Errorf("%s cannot be executed: its mode is %s", name, files[at].mode)
		}
		if len(files[at].content) == 0 {
			return fmt.Errorf("%s is empty", name)
		}
	}
	return nil
}

// Hash is the SHA-256 of a file, in lower-case hexadecimal.
func Hash(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("hash: %w", err)
	}
	return hashOf(data), nil
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
