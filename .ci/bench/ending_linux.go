package main

import (
	"os/exec"
	"syscall"
)

// endWithParent has the kernel end a program when we do, however we end.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGTERM }

func endWithParentOf(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	endWithParent(cmd.SysProcAttr)
}
