package chaos

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

// A wire leads to a node and breaks whenever so many bytes more have gone through it.
type wire struct {
	port  string
	every int64        // bytes between two cuts
	most  int32        // cuts
	cuts  atomic.Int32 // so far
	sent  atomic.Int64 // bytes towards the node
}

func (f *fleet) wire(to *node, every int64, most int32) *wire {
	f.Helper()
	listener, err := new(net.ListenConfig).Listen(f.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = listener.Close() })
	w := &wire{every: every, most: most}
	_, w.port, _ = net.SplitHostPort(listener.Addr().String())
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			go w.carry(near, to.addr)
		}
	}()
	return w
}

func (w *wire) carry(near net.Conn, to string) {
	far, err := net.Dial("tcp", to)
	if err != nil {
		_ = near.Close()
		return
	}
	cut := sync.OnceFunc(func() { _, _ = near.Close(), far.Close() })
	go func() {
		defer cut()
		_, _ = io.Copy(near, far)
	}()
	defer cut()
	block := make([]byte, 32<<10)
	for {
		n, err := near.Read(block)
		if n > 0 {
			if _, err := far.Write(block[:n]); err != nil {
				return
			}
			now := w.sent.Add(int64(n))
			if (now-int64(n))/w.every != now/w.every && w.cuts.Load() < w.most {
				w.cuts.Add(1)
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// largeFilm is a film of some seconds with nothing much behind it, so that it is
// as large as a long one.
func largeFilm(t *testing.T, bytes int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "film.mp4")
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=1280x720:rate=30:duration=20", "-pix_fmt", "yuv420p", "-preset", "ultrafast", path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v %s", err, out)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	free := append(binary.BigEndian.AppendUint32(nil, uint32(bytes)), "free"...)
	if _, err := file.Write(append(free, make([]byte, bytes-len(free))...)); err != nil {
		t.Fatal(err)
	}
	return path
}

// withVideos is a fleet whose service has the room.
func withVideos(t *testing.T, more ...string) *fleet {
	t.Helper()
	f := onSQLiteWith(t, more...)
	if err := f.account("trust-01", "lead").send(f.web[0], "/willow/settings/rooms/videos", "", map[string]any{"on": true, "version": 0, "reason": "Members asked for it"}, &struct{}{}); err != nil {
		t.Fatal(err)
	}
	return f
}

// A member sends a video from a browser while the connection is cut twenty
// times, the server killed, and the page loaded again; the worker is killed
// while it makes the video ready. In the end it is there, whole, and was not
// sent twice.
func TestAVideoArrivesOverAConnectionThatKeepsBreaking(t *testing.T) {
	f := withVideos(t)
	const size = 80 << 20
	path := largeFilm(t, size)
	w := f.wire(f.web[0], size/24, 20)
	tab := testkit.Browser(t, testkit.Viewport(390, 844))
	home := "http://trust-01.localhost:" + w.port
	tab.Goto(home + "/sign-in")
	tab.Fill("#email", "m1.willow@trust-01.example")
	tab.Fill("#password", "demo-sharon-2026")
	tab.Click("main button[type=submit]")
	tab.Goto(home + "/willow/videos/new")
	tab.Fill("#title", "Over a bad line")
	tab.Fill("#about", "A long one.")
	tab.Click("#consent")
	tab.Click("main button[type=submit]")
	tab.WaitText("#send", "The file")
	here, err := url.Parse(tab.URL())
	if err != nil {
		t.Fatal(err)
	}
	bench := here.Path
	m := f.member("trust-01", 1)
	send := func() {
		tab.Upload("#file", path)
		tab.Eval("document.querySelector('#send form').requestSubmit()", nil)
	}
	arrived := func() (n int64) {
		var out struct {
			State   string
			Arrived int64
		}
		if err := m.get(f.web[0], bench, &out); err == nil {
			n = out.Arrived
		}
		return n
	}

	send()
	f.within(3*time.Minute, "a quarter has not arrived", func() bool { return arrived() > size/4 })
	tab.Eval("document.querySelector('[data-upload-pause]').click()", nil)
	tab.WaitText(".upload__says", "Paused")
	paused := int64(-1)
	f.within(time.Minute, "it goes on though it is paused", func() bool { // what was on its way still comes
		before := paused
		paused = arrived()
		time.Sleep(time.Second)
		return paused == before
	})
	if paused > size*3/4 {
		t.Errorf("paused at %d of %d", paused, size)
	}
	tab.Eval("document.querySelector('[data-upload-pause]').click()", nil)
	f.within(3*time.Minute, "a third has not arrived", func() bool { return arrived() > size/3 })
	f.web[0].kill()
	f.ready()
	f.within(3*time.Minute, "half has not arrived", func() bool { return arrived() > size/2 })
	tab.Goto(home + bench)
	tab.WaitText("#send", "Choose the same file again")
	before := arrived()
	send()
	tab.WaitText(".upload__says", "MB sent")
	if now := arrived(); now < before {
		t.Errorf("it began again: %d after %d", now, before)
	}
	var out struct {
		State, Problem string
		Percent        int
		Files          []struct{ Name string }
	}
	look := func() string {
		if err := m.get(f.web[0], bench, &out); err != nil {
			return ""
		}
		return out.State
	}
	f.within(10*time.Minute, "not all has arrived", func() bool { s := look(); return s == "working" || s == "ready" })
	if cuts := w.cuts.Load(); cuts < 20 {
		t.Errorf("the connection was cut %d times only", cuts)
	}
	if sent := w.sent.Load(); sent > size*3/2 {
		t.Errorf("%d MB were sent for %d", sent>>20, size>>20)
	}
	if out.State == "working" {
		f.web[0].kill()
		f.ready()
	}
	f.within(10*time.Minute, "it is not ready", func() bool { s := look(); return s == "ready" || s == "failed" })
	if out.State != "ready" || len(out.Files) != 3 {
		t.Fatalf("%+v", out)
	}
	tab.Goto(home + bench)
	var seconds float64
	tab.Eval(`new Promise((done, failed) => { const v = document.querySelector('video'); v.onloadedmetadata = () => done(v.duration); v.onerror = () => failed(v.error.message); v.load(); })`, &seconds)
	if seconds < 19 || seconds > 21 {
		t.Errorf("it plays for %v seconds", seconds)
	}
	tab.Eval(`new Promise(done => { const v = document.querySelector('video'); v.muted = true; v.focus(); v.onplaying = () => done(true); v.play(); })`, nil)
}

// One request brings half a gigabyte; what the server holds of it stays small.
func TestALargeUploadDoesNotMakeTheServerGrow(t *testing.T) {
	large(withVideos(t), 512<<20)
}

// The same into a bucket, with less: what speaks S3 here keeps all in memory.
func TestALargeUploadToABucketDoesNotMakeTheServerGrow(t *testing.T) {
	large(withVideos(t, "SHARON_MEDIA="+testkit.S3(t)), 128<<20)
}

// large sends so many bytes in one request, less one that never comes.
func large(f *fleet, size int64) {
	t := f.T
	t.Helper()
	m := f.member("trust-01", 1)
	var made struct{ ID string }
	if err := m.send(f.web[0], "/willow/videos", "", map[string]any{"title": "Large", "about": "Large.", "consent": true}, &made); err != nil {
		t.Fatal(err)
	}
	at := "http://" + f.web[0].addr + "/willow/videos/mine/" + made.ID + "/upload"
	request := func(method string, body io.Reader, length int64, headers ...string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, at, body)
		if err != nil {
			t.Fatal(err)
		}
		r.Host, r.ContentLength = m.host, length
		r.Header.Set("Authorization", "Bearer "+m.token)
		r.Header.Set("Tus-Resumable", "1.0.0")
		r.Header.Set("Content-Type", "application/offset+octet-stream")
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		return response
	}
	if got := request(http.MethodPost, nil, 0, "Upload-Length", strconv.FormatInt(size+1, 10)); got.StatusCode != http.StatusCreated {
		t.Fatal(got.Status)
	}
	before := f.web[0].memory(t)
	if got := request(http.MethodPatch, io.LimitReader(zeros{}, size), size, "Upload-Offset", "0"); got.StatusCode != http.StatusNoContent || got.Header.Get("Upload-Offset") != strconv.FormatInt(size, 10) {
		t.Fatalf("%s %v", got.Status, got.Header)
	}
	if grown := f.web[0].memory(t) - before; grown > 64<<10 {
		t.Errorf("it grew by %d KB", grown)
	} else {
		t.Logf("it grew by %d KB", grown)
	}
	if got := request(http.MethodDelete, nil, 0); got.StatusCode != http.StatusNoContent {
		t.Fatal(got.Status)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// memory is the most that the process has held so far, in KB.
func (n *node) memory(t *testing.T) (kb int) {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", n.running.PID()))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			if _, err := fmt.Sscan(rest, &kb); err != nil {
				t.Fatal(err)
			}
		}
	}
	return kb
}
