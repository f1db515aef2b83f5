package testkit

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// Program is a running program that a test may kill.
type Program struct{ running *daemon }

// Start starts cmd. The program ends with this process at the latest.
func Start(cmd *exec.Cmd) (*Program, error) {
	d, err := spawn(cmd, syscall.SIGKILL)
	return &Program{d}, err
}

// Exited is closed once the program has ended.
func (p *Program) Exited() <-chan struct{} { return p.running.exited }

// PID is the program's process id.
func (p *Program) PID() int { return p.running.cmd.Process.Pid }

// Kill ends the program at once, as a crash would.
func (p *Program) Kill() { p.running.stop(syscall.SIGKILL) }

// Stop asks the program to end, as whoever runs it does, and waits for it.
func (p *Program) Stop() { p.running.stop(syscall.SIGTERM) }

var built struct {
	sync.Mutex
	programs map[string]string
}

// Build builds the program of one of this module's folders, once in this
// process and without the race detector, and returns where it is.
func Build(t testing.TB, folder string) string {
	t.Helper()
	built.Lock()
	defer built.Unlock()
	if program, ok := built.programs[folder]; ok {
		return program
	}
	root, err := moduleRoot()
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	// Not in the workspace, which may lie where nothing can be run.
	dir, err := os.MkdirTemp("", folderPrefix)
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	onStop(func() { _ = os.RemoveAll(dir) })
	program := filepath.Join(dir, filepath.Base(folder))
	cmd := exec.CommandContext(context.Background(), "go", "build", "-o", program, "./"+folder)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("testkit: go build ./%s: %v\n%s", folder, err, out)
	}
	if built.programs == nil {
		built.programs = map[string]string{}
	}
	built.programs[folder] = program
	return program
}

// moduleRoot looks at every source on the way, so that go test knows what its
// cached result stands on.
func moduleRoot() (string, error) {
	root, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			return "", fmt.Errorf("not inside a module")
		}
		root = filepath.Dir(root)
	}
	return root, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() == ".git" {
			return fs.SkipDir
		}
		if filepath.Ext(path) == ".go" || filepath.Ext(path) == ".sql" {
			_, err = os.Stat(path)
		}
		return err
	})
}
