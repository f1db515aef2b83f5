package testkit

import (
	"runtime"
	"syscall"
	"time"
)

// rusageThread is RUSAGE_THREAD of getrusage(2), which package syscall does not name.
const rusageThread = 1

// Work is the processor time that fn takes on the goroutine that calls it. A
// busy machine does not make it longer, as it does the time on the wall.
func Work(fn func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	began := threadTime()
	fn()
	return threadTime() - began
}

func threadTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(rusageThread, &used); err != nil {
		panic(err) // the argument is ours and right
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
