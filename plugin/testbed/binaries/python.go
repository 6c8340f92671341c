package binaries

import "path/filepath"

// Python is the folder in which `make python` installs moto_server and aws, whether it has been run or not.
func Python() (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	return filepath.Join(root, ".cache", "python", "bin"), nil
}
