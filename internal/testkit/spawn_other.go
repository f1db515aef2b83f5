//go:build unix && !linux

package testkit

import "syscall"

// Only Linux knows it; elsewhere a package needs testkit.Main to leave nothing behind.
func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}
