package realtime_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/realtime"
	"github.com/sharon-nhs/sharon/internal/web"
)

const manyStreams = 10_000

// BenchmarkStreams opens ten thousand streams through the web server, from
// another process, and publishes events that are for all of them:
//
//	go test -run - -bench Streams -benchtime 20x ./internal/realtime
func BenchmarkStreams(b *testing.B) {
	moreFiles(b)
	h := realtime.NewHub[word, *listener](realtime.Local{}, frame, missed, realtime.Usual(), slog.New(slog.DiscardHandler))
	b.Cleanup(h.Close)
	address := station(b, h)
	before := used()
	results := clients(b, address)
	read := func() (line string) {
		if !results.Scan() {
			b.Fatalf("the clients ended: %v", results.Err())
		}
		return results.Text()
	}
	if line := read(); line != "open" || h.Open() != manyStreams {
		b.Fatalf("%s, %d are open", line, h.Open())
	}
	atRest := used()
	var took []float64
	worked := processor()
	for b.Loop() {
		sent := time.Now()
		if err := h.Publish(context.Background(), "willow", word{ID: sent.String(), Text: fmt.Sprintf(`{"sent":%d,"more":"%0200d"}`, sent.UnixNano(), 0)}); err != nil {
			b.Fatal(err)
		}
		for field := range strings.FieldsSeq(read()) {
			ms, _ := strconv.ParseFloat(field, 64)
			took = append(took, ms)
		}
	}
	b.ReportMetric(float64((processor()-worked).Microseconds())/1e3/float64(b.N), "cpu-ms/event")
	slices.Sort(took)
	b.ReportMetric(float64(atRest.live-before.live)/manyStreams, "B/stream")
	b.ReportMetric(float64(atRest.resident-before.resident)/manyStreams, "resident-B/stream")
	b.ReportMetric(float64(used().live-before.live)/manyStreams, "B/stream-after")
	b.ReportMetric(took[len(took)/2], "p50-ms")
	b.ReportMetric(took[len(took)*99/100], "p99-ms")
	b.ReportMetric(took[len(took)-1], "last-ms")
	b.ReportMetric(0, "ns/op")
}

func moreFiles(b *testing.B) {
	var limit syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit)
	if limit.Cur = limit.Max; err == nil {
		err = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
	}
	if err != nil || limit.Cur < manyStreams+100 {
		b.Fatalf("%d streams need more than %d open files: %v", manyStreams, limit.Cur, err)
	}
}

// memory is in bytes: what is in use, and what the system sees.
type memory struct{ live, resident int64 }

func used() memory {
	debug.FreeOSMemory()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	raw, _ := os.ReadFile("/proc/self/statm")
	pages, _ := strconv.ParseInt(strings.Fields(string(raw))[1], 10, 64)
	return memory{int64(m.HeapAlloc + m.StackInuse), pages * int64(os.Getpagesize())}
}

// processor is how long this process has had one: unlike delivery, it does not
// depend on what else the machine does.
func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// station is the server of one stream, with nobody at the door.
func station(b *testing.B, h *hub) string {
	r := web.NewRouter[int]()
	web.Stream(r, "/willow/stream", web.Public, "Live", func(context.Context, int, web.None) (web.Live[web.None], error) {
		return web.Live[web.None]{Serve: func(conn net.Conn) { h.Serve(conn, &listener{key: "willow", name: "fern"}) }}, nil
	})
	options := web.Options{BodyLimit: 1 << 20, Timeout: 5 * time.Second, Log: slog.New(slog.DiscardHandler)}
	handle := (&web.App[int]{Options: options, Router: r, Gate: nobody{}}).Handler()
	server := web.Host(func(string) web.Handler { return handle }, options)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = server.Listener(l) }()
	b.Cleanup(func() { _ = server.ShutdownWithTimeout(time.Second) })
	return l.Addr().String()
}

type nobody struct{}

func (nobody) Enter(ctx context.Context, _ *web.Request, fn func(context.Context, int) error) error {
	return fn(ctx, 0)
}
func (nobody) Page(ctx context.Context, _ *web.Request, _ int) context.Context { return ctx }
func (nobody) Outside(ctx context.Context, _ *web.Request) context.Context     { return ctx }
func (nobody) Problem(*fault.Error, []web.Kept) templ.Component                { return templ.NopComponent }

const clientsOf = "SHARON_BENCH_CLIENTS_OF"

// clients starts the other process. It says "open", then for each event how
// many milliseconds it took to each stream.
func clients(b *testing.B, address string) *bufio.Scanner {
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), clientsOf+"="+address), os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { cancel(); _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	return lines
}

// listen is the other process: it never returns.
func listen(address string) {
	opened, took := sync.WaitGroup{}, make(chan float64, manyStreams)
	opened.Add(manyStreams)
	for range manyStreams {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_, err = io.WriteString(conn, "GET /willow/stream HTTP/1.1\r\nHost: northmoor\r\nAccept: text/event-stream\r\n\r\n")
		}
		if err != nil {
			panic(err)
		}
		go hearAll(conn, opened.Done, took)
	}
	opened.Wait()
	fmt.Println("open")
	for {
		var line bytes.Buffer
		for range manyStreams {
			fmt.Fprintf(&line, "%.1f ", <-took)
		}
		fmt.Println(line.String())
	}
}

func hearAll(conn net.Conn, opened func(), took chan<- float64) {
	buffer := make([]byte, 2<<10)
	for begun := false; ; {
		n, err := conn.Read(buffer)
		if err != nil {
			panic(err)
		}
		if !begun && bytes.Contains(buffer[:n], []byte("retry: ")) {
			begun = true
			opened()
		}
		if _, text, found := bytes.Cut(buffer[:n], []byte(`{"sent":`)); found {
			sent, _, _ := bytes.Cut(text, []byte(","))
			nanos, _ := strconv.ParseInt(string(sent), 10, 64)
			took <- float64(time.Now().UnixNano()-nanos) / 1e6
		}
	}
}
