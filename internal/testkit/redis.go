package testkit

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Redis gives the test a Redis server of its own, empty and without
// persistence, and returns its redis:// address.
func Redis(t testing.TB) string {
	t.Helper()
	return StartRedis(t).URL()
}

// RedisServer is a Redis server that a test may kill and start again, to see
// what survives.
type RedisServer struct {
	t       testing.TB
	program string
	dir     string
	port    int
	running *daemon
}

var redisServers atomic.Int64

// StartRedis starts a Redis server that ends with the test.
func StartRedis(t testing.TB) *RedisServer {
	t.Helper()
	program, err := lookUp("redis-server", "valkey-server")
	if err != nil {
		t.Fatalf("testkit: %v", missing("Redis", "redis-server", "redis-server and valkey-server in PATH"))
	}
	ws, err := workspace()
	if err != nil {
		t.Fatalf("testkit: Redis: %v", err)
	}
	r := &RedisServer{t: t, program: program, dir: filepath.Join(ws, fmt.Sprintf("redis%d", redisServers.Add(1)))}
	if err := os.Mkdir(r.dir, 0o700); err != nil {
		t.Fatalf("testkit: Redis: %v", err)
	}
	t.Cleanup(func() {
		r.Kill()
		_ = os.RemoveAll(r.dir)
	})
	// Between finding a free port and taking it, another may have it.
	for range 5 {
		if r.port, err = freePort(); err != nil {
			continue
		}
		if err = r.start(); err == nil {
			return r
		}
	}
	t.Fatalf("testkit: Redis: %v\n%s", err, tail(r.log()))
	return nil
}

// URL is the server's redis:// address; it stays the same over Kill and Restart.
func (r *RedisServer) URL() string { return fmt.Sprintf("redis://127.0.0.1:%d/0", r.port) }

// Kill ends the server at once, as a crash would; all that it held is lost.
func (r *RedisServer) Kill() {
	if r.running != nil {
		r.running.stop(syscall.SIGKILL)
		r.running = nil
	}
}

// Restart kills the server, if it runs, and starts it again, empty, at the same address.
func (r *RedisServer) Restart() {
	r.t.Helper()
	r.Kill()
	if err := r.start(); err != nil {
		r.t.Fatalf("testkit: Redis: starting again: %v\n%s", err, tail(r.log()))
	}
}

func (r *RedisServer) log() string { return filepath.Join(r.dir, "log") }

func (r *RedisServer) start() error {
	cmd := exec.CommandContext(context.Background(), r.program, "--port", strconv.Itoa(r.port), "--bind", "127.0.0.1",
		"--dir", r.dir, "--save", "", "--appendonly", "no", "--daemonize", "no", "--databases", "16", "--hz", "100")
	out, err := os.OpenFile(r.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	cmd.Stdout, cmd.Stderr = out, out
	d, err := spawn(cmd, syscall.SIGKILL)
	if err != nil {
		return err
	}
	for deadline := time.Now().Add(time.Minute); ; {
		pid, err := redisPID(r.port)
		switch {
		case err == nil && pid == cmd.Process.Pid:
			r.running = d
			return nil
		case err == nil:
			err = fmt.Errorf("port %d belongs to process %d", r.port, pid)
		}
		select {
		case <-d.exited:
			return fmt.Errorf("the server ended (%w); %w", d.err, err)
		case <-time.After(3 * time.Millisecond):
			if time.Now().After(deadline) {
				d.stop(syscall.SIGKILL)
				return fmt.Errorf("the server does not answer: %w", err)
			}
		}
	}
}

// redisPID asks the server at port for its process id, so that a test never
// talks to a server that is not its own.
func redisPID(port int) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	if _, err := conn.Write([]byte("INFO server\r\n")); err != nil {
		return 0, err
	}
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		if id, ok := strings.CutPrefix(lines.Text(), "process_id:"); ok {
			return strconv.Atoi(strings.TrimSpace(id))
		}
	}
	return 0, fmt.Errorf("port %d: no answer to INFO", port)
}

func freePort() (int, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// lookUp finds the first of these programs in PATH.
func lookUp(names ...string) (string, error) {
	var err error
	for _, name := range names {
		var path string
		if path, err = exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", err
}
