// Package testkit gives tests the real things that SHaRON runs on: a
// PostgreSQL database, an SQLite file, a Redis server and a Chromium tab.
//
// Every helper starts what it needs from the installed programs, shares what is
// dear to start among the tests of one process, and takes it away again. What
// is missing fails the test and says how to install it: nothing is ever
// skipped. The package knows nothing of the domain: a caller says with a
// prepare function what an empty database looks like.
//
// A package that uses testkit says so once:
//
//	func TestMain(m *testing.M) { testkit.Main(m) }
//
// Without it nothing leaks either: the servers end with the process that
// started them, and the next process removes their files.
package testkit

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Main runs the tests of a package and then stops what they started. It does
// not return.
func Main(m *testing.M) {
	code := m.Run()
	stopAll()
	os.Exit(code)
}

// workspace is the folder of this process: sockets, data, logs and profiles.
var workspace = sync.OnceValues(func() (string, error) {
	base := scratch()
	sweep(base)
	dir, err := os.MkdirTemp(base, folderPrefix)
	if err != nil {
		return "", err
	}
	// Servers that run as another user must be able to reach their own folder.
	if err := os.Chmod(dir, 0o711); err != nil {
		return "", err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	// Held until this process ends, however it ends: the descriptor is never closed.
	held = lock
	return dir, syscall.Flock(int(lock.Fd()), syscall.LOCK_EX)
})

const folderPrefix = "sharon-testkit-"

// held keeps the workspace's lock from being collected, which would free it.
var held *os.File

// scratch is where the throwaway files live: in memory if there is plenty of
// it, because tests sync often, else in the temporary folder. The path stays
// short, because a socket's may have 107 bytes at most.
func scratch() string {
	const plenty = 4 << 30
	var s syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &s); err == nil && uint64(s.Bavail)*uint64(s.Bsize) > plenty {
		return "/dev/shm"
	}
	if dir := os.TempDir(); len(dir) < 40 {
		return dir
	}
	return "/tmp"
}

// sweep removes the folders of processes that were killed before they could.
func sweep(base string) {
	dirs, _ := filepath.Glob(filepath.Join(base, folderPrefix+"*"))
	for _, dir := range dirs {
		lock, err := os.Open(filepath.Join(dir, "lock"))
		if err != nil {
			// Not locked yet by the process that is just making it, or another user's.
			if info, statErr := os.Stat(dir); statErr == nil && time.Since(info.ModTime()) > time.Minute {
				_ = os.RemoveAll(dir)
			}
			continue
		}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(dir)
		}
		_ = lock.Close()
	}
}

var atEnd struct {
	sync.Mutex
	stops []func()
}

// onStop has Main call stop at the end, the last one first.
func onStop(stop func()) {
	atEnd.Lock()
	defer atEnd.Unlock()
	atEnd.stops = append(atEnd.stops, stop)
}

func stopAll() {
	atEnd.Lock()
	stops := atEnd.stops
	atEnd.stops = nil
	atEnd.Unlock()
	for i := len(stops) - 1; i >= 0; i-- {
		stops[i]()
	}
	if held != nil {
		dir := filepath.Dir(held.Name())
		_ = os.RemoveAll(dir)
		sweep(filepath.Dir(dir))
	}
}

// start is a program that the spawner is asked to start.
type start struct {
	cmd  *exec.Cmd
	done chan<- error
}

// spawner starts programs from one thread that lives as long as this process.
// The kernel's "die with your parent" means the thread that started the
// program, not the process, and Go ends threads when it likes.
var spawner = sync.OnceValue(func() chan<- start {
	starts := make(chan start)
	go func() { // Ends with the process: that is its purpose.
		runtime.LockOSThread()
		for s := range starts {
			s.done <- s.cmd.Start()
		}
	}()
	return starts
})

// daemon is a running program that ends with this process at the latest.
type daemon struct {
	cmd    *exec.Cmd
	exited chan struct{}
	err    error // valid once exited is closed
}

// spawn starts cmd so that it gets the signal atDeath when this process ends.
func spawn(cmd *exec.Cmd, atDeath syscall.Signal) (*daemon, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	// A group of its own: Ctrl-C in the terminal is for go test, which ends us.
	cmd.SysProcAttr.Setpgid = true
	dieWithParent(cmd.SysProcAttr, atDeath)
	done := make(chan error)
	spawner() <- start{cmd, done}
	if err := <-done; err != nil {
		return nil, err
	}
	d := &daemon{cmd: cmd, exited: make(chan struct{})}
	go func() {
		d.err = cmd.Wait()
		close(d.exited)
	}()
	return d, nil
}

// stop sends sig, waits, and kills what does not listen.
func (d *daemon) stop(sig syscall.Signal) {
	_ = d.cmd.Process.Signal(sig)
	select {
	case <-d.exited:
	case <-time.After(10 * time.Second):
		_ = d.cmd.Process.Kill()
		<-d.exited
	}
}

// missing says which program is not there and how to get it.
func missing(program, pkg string, looked ...string) error {
	return fmt.Errorf("%s is not installed (looked for %s).\n"+
		"This test needs the real thing and is never skipped. Install it with `make test`, which gets all that tests need,\n"+
		"or with: apt-get install %s", program, strings.Join(looked, ", "), pkg)
}

// tail returns the end of a log file, for an error message.
func tail(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	const most = 4000
	if len(b) > most {
		b = b[len(b)-most:]
	}
	return string(b)
}

// slug makes a test's name fit for a file or database name.
func slug(name string) string {
	s := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		default:
			return '_'
		}
	}, name)
	return s[:min(len(s), 40)]
}
