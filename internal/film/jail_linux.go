package film

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/landlock-lsm/go-landlock/landlock"
)

const jailName = "sharon-jail"

// cell is what the jail is told of what it runs.
type cell struct {
	Limits limits `json:"limits"`
	Dir    string `json:"dir"`
	Writes bool   `json:"writes"`
}

// jailed is this program, to be started anew as a jail.
func jailed(ctx context.Context, j job) (*exec.Cmd, error) {
	told, err := json.Marshal(cell{j.limits, j.dir, j.writes})
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self) //nolint:gosec // ourselves
	cmd.Args, cmd.SysProcAttr = append([]string{jailName, string(told), j.program}, j.args...), apart(netless())
	return cmd, nil
}

// Jailed must be the first thing that main does. In a process that was started
// to be a jail it never returns: it sets limits, leaves itself the system's
// programs and one folder, no network, and becomes the program.
func Jailed() {
	if len(os.Args) < 3 || os.Args[0] != jailName {
		return
	}
	err := enter(os.Args[1], os.Args[2:])
	fmt.Fprintln(os.Stderr, jailFailed, err)
	os.Exit(1)
}

func enter(told string, program []string) error {
	var c cell
	if err := json.Unmarshal([]byte(told), &c); err != nil {
		return err
	}
	if program[0] == "" { // asked only whether this much is allowed here
		os.Exit(0)
	}
	folder := landlock.RODirs(c.Dir)
	if c.Writes {
		folder = landlock.RWDirs(c.Dir)
	}
	system := landlock.RODirs("/usr", "/lib", "/lib64", filepath.Dir(program[0])).IgnoreIfMissing()
	files := landlock.ROFiles("/etc/ld.so.cache", "/dev/urandom", "/proc/cpuinfo", "/sys/devices/system/cpu/online").IgnoreIfMissing()
	if err := landlock.V6.BestEffort().Restrict(folder, system, files, landlock.RWFiles("/dev/null").IgnoreIfMissing()); err != nil {
		return err
	}
	if err := syscall.Setpriority(syscall.PRIO_PROCESS, 0, 15); err != nil {
		return err
	}
	for which, most := range map[int]uint64{
		syscall.RLIMIT_CPU: c.Limits.CPU, syscall.RLIMIT_FSIZE: c.Limits.File, syscall.RLIMIT_CORE: 0,
		syscall.RLIMIT_NOFILE: 64, syscall.RLIMIT_AS: c.Limits.Memory,
	} {
		if err := syscall.Setrlimit(which, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			return err
		}
	}
	return syscall.Exec(program[0], program, os.Environ()) //nolint:gosec // found by Find
}

// apart is how the jail is set apart from us: it ends with us and, where the
// system lets us, has a network of its own with nothing in it.
func apart(netless bool) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if netless {
		attr.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
	}
	return attr
}

// netless tells whether the system lets us make a network with nothing in it.
var netless = sync.OnceValue(func() bool {
	self, err := os.Executable()
	if err != nil {
		return false
	}
	cmd := exec.Command(self) //nolint:gosec // ourselves, and only to end at once
	cmd.Args, cmd.SysProcAttr = []string{jailName, "{}", ""}, apart(true)
	return cmd.Run() == nil
})
