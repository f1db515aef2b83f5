package realtime_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/realtime"
)

func TestAMessageReachesThoseWhoWantItAndNobodyElse(t *testing.T) {
	h := alone(t)
	fern, moss := open(t, h, &listener{key: "willow", name: "fern"}), open(t, h, &listener{key: "willow", name: "moss"})
	other := open(t, h, &listener{key: "harbour", name: "fern"})
	say(t, h, "willow", word{ID: "1", Text: "all"})
	say(t, h, "willow", word{ID: "2", To: "fern", Text: "fern"})
	say(t, h, "harbour", word{ID: "3", Text: "there"})
	say(t, h, "willow", word{ID: "4", Text: "end"})
	want(t, fern.words(3), "1 all, 2 fern, 4 end")
	want(t, moss.words(2), "1 all, 4 end")
	want(t, other.words(1), "3 there")
}

func TestAnEventCannotBreakOutOfItsFields(t *testing.T) {
	h := alone(t)
	b := open(t, h, &listener{})
	say(t, h, "", word{ID: "1\nevent: forged", Text: "a\r\n\rid: 9\n"})
	for _, line := range []string{"id: 1event: forged", "data: a", "data: ", "data: id: 9", "data: "} {
		want(t, b.line(), line)
	}
}

func TestWhatWasMissedAndWhatComesMeanwhileIsShownOnce(t *testing.T) {
	h := alone(t)
	asked, answer := make(chan struct{}), make(chan []word)
	b := open(t, h, &listener{missed: func(context.Context) ([]word, error) { close(asked); return <-answer, nil }})
	<-asked
	say(t, h, "", word{ID: "2", Text: "both"})
	say(t, h, "", word{Text: "typing"})
	say(t, h, "", word{ID: "3", Text: "live"})
	answer <- []word{{ID: "1", Text: "missed"}, {ID: "2", Text: "both"}, {ID: "1", Text: "missed"}}
	want(t, b.words(4), "1 missed, 2 both, typing, 3 live")
	say(t, h, "", word{ID: "1", Text: "late"}) // it was on its way
	say(t, h, "", word{ID: "4", Text: "end"})
	want(t, b.words(1), "4 end")
}

func TestAReaderThatNeverReadsIsDroppedAndDelaysNobody(t *testing.T) {
	h := alone(t, func(l *realtime.Limits) { l.Write = 3 * time.Second })
	server, client := pipe(t)
	_ = client.(*net.TCPConn).SetReadBuffer(4 << 10)
	ended := make(chan struct{})
	go func() { h.Serve(server, &listener{name: "stuck"}); close(ended) }()
	eventually(t, "it is open", func() bool { return h.Open() == 1 })
	b := open(t, h, &listener{})
	large := strings.Repeat("x", 20<<10)
	for n := 0; ; n++ {
		began := time.Now()
		say(t, h, "", word{ID: fmt.Sprint(n), Text: large})
		b.words(1)
		if took := time.Since(began); took > 2*time.Second {
			t.Fatalf("message %d took %s", n, took)
		}
		select {
		case <-ended:
			return
		default:
		}
		if n > 1000 {
			t.Fatal("it reads nothing and is still there")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestAQueueIsBounded(t *testing.T) {
	h := alone(t)
	b := open(t, h, &listener{missed: func(ctx context.Context) ([]word, error) { <-ctx.Done(); return nil, ctx.Err() }})
	for n := range realtime.Usual().Queue {
		say(t, h, "", word{ID: fmt.Sprint(n)})
	}
	time.Sleep(20 * time.Millisecond)
	if h.Open() != 1 {
		t.Fatal("ended before its queue was full")
	}
	say(t, h, "", word{ID: "too many"})
	b.mustEnd()
}

func TestLeavingIsNoticedAtOnce(t *testing.T) {
	h := alone(t)
	b := open(t, h, &listener{})
	_ = b.conn.Close()
	eventually(t, "nobody is there", func() bool { return h.Open() == 0 })
	say(t, h, "", word{ID: "1"})
}

func TestSomethingSentIntoAStreamEndsIt(t *testing.T) {
	h := alone(t)
	b := open(t, h, &listener{})
	if _, err := io.WriteString(b.conn, "GET / HTTP/1.1\r\n"); err != nil {
		t.Fatal(err)
	}
	b.mustEnd()
}

func TestCloseEndsAllAndLeavesNothingBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	h := alone(t)
	var all []*browser
	for range 50 {
		all = append(all, open(t, h, &listener{missed: func(ctx context.Context) ([]word, error) { <-ctx.Done(); return nil, ctx.Err() }}))
	}
	h.Watch(time.Hour, func(context.Context, string, []*listener) (func(*listener) bool, error) { return nil, nil })
	h.Close()
	for _, b := range all {
		b.mustEnd()
	}
	eventually(t, "its goroutines have ended", func() bool { return runtime.NumGoroutine() <= before })
	server, client := pipe(t)
	h.Serve(server, &listener{})
	if got, err := io.ReadAll(client); err != nil || len(got) > 0 {
		t.Errorf("a stream of a closed hub gets %q, %v", got, err)
	}
	say(t, h, "", word{ID: "1"})
}

func TestAQuietStreamShowsSignsOfLife(t *testing.T) {
	h := alone(t, func(l *realtime.Limits) { l.Heartbeat = 50 * time.Millisecond })
	b := open(t, h, &listener{})
	for range 3 {
		want(t, b.line(), ":")
	}
}

func TestAStreamGetsOldAndEnds(t *testing.T) {
	h := alone(t, func(l *realtime.Limits) { l.Heartbeat, l.Age = 20*time.Millisecond, 200*time.Millisecond })
	began := time.Now()
	open(t, h, &listener{}).mustEnd()
	if took := time.Since(began); took < 150*time.Millisecond {
		t.Errorf("it ended after %s", took)
	}
}

func TestWhatCannotBeReadEndsTheStreamSoThatItComesBack(t *testing.T) {
	h := alone(t)
	for name, missed := range map[string]func(context.Context) ([]word, error){
		"an error":          func(context.Context) ([]word, error) { return nil, errors.New("no database") },
		"a panic":           func(context.Context) ([]word, error) { panic("no database") },
		"an unformable one": func(context.Context) ([]word, error) { return []word{{Text: "panic"}}, nil },
	} {
		t.Run(name, func(t *testing.T) { open(t, h, &listener{missed: missed}).mustEnd() })
	}
}

func TestMissedIsAskedFewAtATimeAndNotForLong(t *testing.T) {
	h := alone(t, func(l *realtime.Limits) { l.Missing, l.Missed = 1, 50*time.Millisecond })
	stuck := open(t, h, &listener{key: "harbour", missed: func(ctx context.Context) ([]word, error) { <-ctx.Done(); return nil, ctx.Err() }})
	next := open(t, h, &listener{key: "willow", missed: func(context.Context) ([]word, error) { return []word{{ID: "1", Text: "mine"}}, nil }})
	stuck.mustEnd()
	want(t, next.words(1), "1 mine")
}

func TestThoseWhoComeWhileIsAskedAreAskedForTogetherAfterIt(t *testing.T) {
	calls, answer := make(chan int), make(chan struct{})
	h := realtime.NewHub[word, *listener](realtime.Local{}, frame, func(_ context.Context, _ string, all []*listener) (func(*listener) []word, error) {
		calls <- len(all)
		<-answer
		return func(l *listener) []word { return []word{{Text: "for " + l.name}} }, nil
	}, quick(), slog.New(slog.DiscardHandler))
	t.Cleanup(h.Close)
	first := open(t, h, &listener{name: "first"})
	if n := <-calls; n != 1 {
		t.Fatalf("asked for %d at first", n)
	}
	var others []*browser
	for n := range 20 {
		others = append(others, open(t, h, &listener{name: fmt.Sprint(n)}))
	}
	time.Sleep(20 * time.Millisecond)
	answer <- struct{}{}
	want(t, first.words(1), "for first")
	if n := <-calls; n != len(others) {
		t.Errorf("then asked for %d", n)
	}
	answer <- struct{}{}
	for n, b := range others {
		want(t, b.words(1), fmt.Sprint("for ", n))
	}
}

func TestAPanicStaysWithItsReader(t *testing.T) {
	h := alone(t)
	bad, good := open(t, h, &listener{name: "bad"}), open(t, h, &listener{name: "good"})
	say(t, h, "", word{To: "panic:bad"})
	bad.mustEnd()
	say(t, h, "", word{Text: "panic"})
	say(t, h, "", word{ID: "1", Text: "fine"})
	want(t, good.words(1), "1 fine")
}

func TestWhoMayNotStayIsEnded(t *testing.T) {
	h := alone(t)
	stays, goes := open(t, h, &listener{key: "willow", name: "stays"}), open(t, h, &listener{key: "willow", name: "goes"})
	asked := make(chan int, 1000)
	h.Watch(20*time.Millisecond, func(_ context.Context, key string, readers []*listener) (func(*listener) bool, error) {
		asked <- len(readers)
		return func(l *listener) bool { return l.name == "stays" && key == "willow" }, nil
	})
	goes.mustEnd()
	if n := <-asked; n != 2 {
		t.Errorf("asked for %d readers at once", n)
	}
	say(t, h, "willow", word{ID: "1", Text: "still"})
	want(t, stays.words(1), "1 still")
}

func TestOneCheckThatFailsEndsNobodyButMoreEndAll(t *testing.T) {
	h := alone(t)
	b := open(t, h, &listener{})
	const every = 200 * time.Millisecond
	checks := make(chan int, 100)
	n := 0
	h.Watch(every, func(context.Context, string, []*listener) (func(*listener) bool, error) {
		n++
		checks <- n
		if n == 1 {
			panic("no database")
		}
		if n == 2 {
			return func(*listener) bool { return true }, nil
		}
		return nil, errors.New("no database")
	})
	for <-checks < 3 {
	}
	say(t, h, "", word{ID: "1", Text: "here"})
	want(t, b.words(1), "1 here")
	b.mustEnd()
}

func TestManyPublishAndComeAndGo(t *testing.T) {
	h := alone(t)
	const readers, messages = 20, 40
	var all []*browser
	for range readers {
		all = append(all, open(t, h, &listener{}))
	}
	stop := make(chan struct{})
	for range 4 {
		go func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				server, client := net.Pipe()
				go h.Serve(server, &listener{})
				_, _ = io.CopyN(io.Discard, client, 5)
				_ = client.Close()
			}
		}()
	}
	for n := range messages {
		say(t, h, "", word{ID: fmt.Sprint(n), Text: "x"})
	}
	close(stop)
	var want bytes.Buffer
	for n := range messages {
		fmt.Fprintf(&want, "%d x, ", n)
	}
	for _, b := range all {
		if got := b.words(messages) + ", "; got != want.String() {
			t.Fatalf("got %s", got)
		}
	}
}
