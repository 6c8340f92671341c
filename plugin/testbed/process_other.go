//go:build !linux

package testbed

import "syscall"

// endWithParent does nothing where there is no such thing: Bed.Main still ends its processes, unless it is killed.
func endWithParent() *syscall.SysProcAttr { return nil }
