//go:build !unix

package binaries

import "errors"

func lock(string) (unlock func(), err error) {
	return nil, errors.New("the test control plane needs a Unix system")
}
