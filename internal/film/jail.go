package film

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"time"
)

// job is one run of a program that reads what somebody sent.
type job struct {
	program string
	args    []string
	dir     string // the one folder that it sees, besides the system's programs
	writes  bool   // may it write there
	out     io.Writer
	errs    *bytes.Buffer
	limits  limits
}

// limits hold a program that was led astray.
type limits struct {
	CPU    uint64        `json:"cpu"`    // seconds
	Memory uint64        `json:"memory"` // bytes of address space
	File   uint64        `json:"file"`   // bytes of the largest file that it writes
	Wall   time.Duration `json:"wall"`
}

const gigabyte = 1 << 30

// small are for a look at a film.
var small = limits{CPU: 60, Memory: 3 * gigabyte, File: gigabyte / 16, Wall: 2 * time.Minute}

// large are for making a film: an hour of it may take six on a slow machine.
func large(f Facts) limits {
	seconds := max(f.Seconds, 60)
	return limits{CPU: uint64(12 * seconds), Memory: 3 * gigabyte, File: 4 * gigabyte, Wall: time.Duration(6*seconds) * time.Second}
}

// jailFailed begins what the jail itself says.
const jailFailed = "sharon-jail:"

// run runs a program in the jail: this program starts itself anew, gives up
// what it does not need, and becomes the other. It ends with ctx, with its time,
// or with us.
func run(ctx context.Context, j job) error {
	ctx, cancel := context.WithTimeout(ctx, j.limits.Wall)
	defer cancel()
	// The system ends a child with the thread that began it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd, err := jailed(ctx, j)
	if err != nil {
		return err
	}
	cmd.Dir, cmd.Stdout, cmd.Stderr = j.dir, j.out, capped{j.errs}
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C"} // none of our secrets
	cmd.WaitDelay = 5 * time.Second
	return cmd.Run()
}

// capped keeps a program's complaints from filling the memory.
type capped struct{ *bytes.Buffer }

func (c capped) Write(p []byte) (int, error) {
	if c.Len() < 4096 {
		c.Buffer.Write(p)
	}
	return len(p), nil
}
