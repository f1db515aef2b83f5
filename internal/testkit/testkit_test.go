package testkit_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestMain(m *testing.M) {
	if os.Getenv("TESTKIT_CHILD") != "" {
		os.Exit(m.Run()) // As a package without testkit.Main does.
	}
	testkit.Main(m)
}

// TestNothingOutlivesAKilledTest starts this test binary again, has it start
// one of everything, kills it, and looks for what is left.
func TestNothingOutlivesAKilledTest(t *testing.T) {
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$", "-test.v")
	child.Env = append(os.Environ(), "TESTKIT_CHILD=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = child.Process.Kill() }()
	lines, ready := bufio.NewScanner(out), false
	for !ready && lines.Scan() {
		ready = strings.TrimSpace(lines.Text()) == "all started"
	}
	started := descendants(child.Process.Pid)
	if !ready || len(started) < 5 {
		t.Fatalf("the child did not start its servers: ready %v, processes %v", ready, started)
	}
	if err := child.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	var left []string
	for range 1200 {
		left = left[:0]
		for pid, name := range started {
			if state := processState(pid); state != "" && state != "Z" {
				left = append(left, fmt.Sprintf("%d %s", pid, name))
			}
		}
		if len(left) == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("these outlived the killed test process: %v", left)
}

// TestChild is what the test above runs in another process.
func TestChild(t *testing.T) {
	if os.Getenv("TESTKIT_CHILD") == "" {
		return // Nothing to test by itself.
	}
	testkit.Postgres(t, nil)
	testkit.Redis(t)
	testkit.Browser(t)
	fmt.Println("all started")
	time.Sleep(time.Minute)
}

// descendants returns the processes that pid started, and those that they
// started, by id.
func descendants(pid int) map[int]string {
	children := map[int][]int{}
	names := map[int]string{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		before, after, ok := strings.Cut(string(b), ") ")
		fields := strings.Fields(after)
		if !ok || len(fields) < 2 {
			continue
		}
		id, name, _ := strings.Cut(before, " (")
		self, _ := strconv.Atoi(id)
		parent, _ := strconv.Atoi(fields[1])
		children[parent] = append(children[parent], self)
		names[self] = name
	}
	found := map[int]string{}
	for next := children[pid]; len(next) > 0; {
		id := next[0]
		next = append(next[1:], children[id]...)
		found[id] = names[id]
	}
	return found
}

// processState is the letter that the kernel gives for a process, empty if it is gone.
func processState(pid int) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	_, after, _ := strings.Cut(string(b), ") ")
	return after[:1]
}
