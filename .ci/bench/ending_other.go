//go:build !linux

package main

import (
	"os/exec"
	"syscall"
)

func endWithParent(*syscall.SysProcAttr) {}

func endWithParentOf(*exec.Cmd) {}
