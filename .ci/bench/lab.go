package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// lab is the throwaway folder of one run and the processes that it started.
type lab struct {
	ctx     context.Context
	dir     string
	sharon  string // this run's copy of bin/sharon, so that another build does not change it under us
	pg      *postgres
	lock    *os.File // held until this process ends, however it ends
	running []*process
	say     func(format string, args ...any)
}

// newLab makes the folder. It lies where temporary files are on a real disk:
// what is durable in memory costs nothing and says nothing.
func newLab(ctx context.Context, say func(string, ...any)) (*lab, error) {
	parent := "/var/tmp"
	if info, err := os.Stat(parent); err != nil || !info.IsDir() {
		parent = os.TempDir()
	}
	sweep(parent)
	dir, err := os.MkdirTemp(parent, folderPrefix)
	if err != nil {
		return nil, err
	}
	// PostgreSQL may run as another user and must reach its own folder.
	if err := os.Chmod(dir, 0o711); err != nil {
		return nil, err
	}
	lock, err := os.Create(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, err
	}
	return &lab{ctx: ctx, dir: dir, lock: lock, say: say}, syscall.Flock(int(lock.Fd()), syscall.LOCK_EX)
}

const folderPrefix = "sharon-bench-"

// sweep removes the folders of runs that were killed before they could.
func sweep(parent string) {
	dirs, _ := filepath.Glob(filepath.Join(parent, folderPrefix+"*"))
	for _, dir := range dirs {
		lock, err := os.Open(filepath.Join(dir, "lock"))
		if err != nil {
			continue
		}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(dir)
		}
		_ = lock.Close()
	}
}

// close ends every process that was started, the last one first, and removes the folder.
func (l *lab) close() {
	for _, p := range slices.Backward(l.running) {
		p.stop()
	}
	if err := os.RemoveAll(l.dir); err != nil {
		l.say("could not remove %s: %v", l.dir, err)
	}
}

// process is a program that runs until it is stopped, or this one ends.
type process struct {
	name   string
	cmd    *exec.Cmd
	began  time.Time
	ending os.Signal
	exited chan struct{}
}

// spawn starts a program. Call it from the main goroutine only: that one keeps
// to the main thread, and a program is told to end with the thread that started it.
func (l *lab) spawn(name string, out io.Writer, prepare func(*exec.Cmd), program string, args ...string) (*process, error) {
	cmd := exec.CommandContext(context.WithoutCancel(l.ctx), program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = l.dir, out, out
	cmd.Env = cleanEnvironment()
	// A group of its own: Ctrl-C is for us, and we end the others in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	endWithParent(cmd.SysProcAttr)
	p := &process{name: name, cmd: cmd, ending: syscall.SIGTERM, exited: make(chan struct{})}
	if prepare != nil {
		prepare(cmd)
	}
	p.began = time.Now()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		_ = cmd.Wait() // how it ended is in its log
		close(p.exited)
	}()
	l.running = append(l.running, p)
	return p, nil
}

func (p *process) stop() {
	_ = p.cmd.Process.Signal(p.ending)
	select {
	case <-p.exited:
	case <-time.After(20 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
}

// end stops one process before the run is over.
func (l *lab) end(p *process) {
	p.stop()
	l.running = slices.DeleteFunc(l.running, func(other *process) bool { return other == p })
}

// cleanEnvironment is ours without what would configure SHaRON or PostgreSQL.
func cleanEnvironment() []string {
	return slices.DeleteFunc(os.Environ(), func(pair string) bool {
		return strings.HasPrefix(pair, "SHARON_") || strings.HasPrefix(pair, "PG") ||
			strings.HasPrefix(pair, "DATABASE_URL=") || strings.HasPrefix(pair, "REDIS_URL=")
	})
}

// command runs a program to its end; its error holds what it said last.
func (l *lab) command(env []string, program string, args ...string) error {
	cmd := exec.CommandContext(l.ctx, program, args...)
	cmd.Env = append(cleanEnvironment(), env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	endWithParentOf(cmd)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", filepath.Base(program), strings.Join(args, " "), err, last(out.Bytes()))
	}
	return nil
}

// build makes bin/sharon as make does, and takes a copy of it.
func (l *lab) build() error {
	if err := l.command(nil, "make", "--no-print-directory", "bin/sharon"); err != nil {
		return err
	}
	built, err := os.ReadFile("bin/sharon")
	if err != nil {
		return err
	}
	l.sharon = filepath.Join(l.dir, "sharon")
	return os.WriteFile(l.sharon, built, 0o700)
}

// tail is the end of a log, for an error message.
func tail(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return last(text)
}

func last(text []byte) string {
	const most = 3000
	return string(text[max(0, len(text)-most):])
}

// await calls ask until it succeeds, the process ends or the time is up.
func (l *lab) await(p *process, log string, within time.Duration, ask func() error) error {
	for deadline := time.Now().Add(within); ; time.Sleep(time.Millisecond) {
		err := ask()
		if err == nil {
			return nil
		}
		select {
		case <-p.exited:
			return fmt.Errorf("%s ended: %s", p.name, tail(log))
		case <-l.ctx.Done():
			return l.ctx.Err()
		default:
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s does not answer: %w\n%s", p.name, err, tail(log))
		}
	}
}

// residentMemory is what a process has of the machine's memory, in bytes.
func residentMemory(p *process) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	var kilobytes int64
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			_, err := fmt.Sscanf(rest, "%d kB", &kilobytes)
			return kilobytes << 10, err
		}
	}
	return 0, errors.New("the system does not say how much memory it has")
}
