package main

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestAMemberReadsPostsAndIsAnswered(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern := s.as("hazel.willow@northmoor"), s.as("fern.willow@northmoor")

		posted := hazel.post("/willow/walls/hazel", url.Values{"body": {"Awake again, **third** time."}})
		if posted.status != http.StatusSeeOther || !strings.HasPrefix(posted.location(), "/willow/walls/hazel#post-") {
			t.Fatalf("post on the wall: %d %s %s", posted.status, posted.location(), posted.text())
		}
		if page := fern.get("/willow"); !page.has("<strong>third</strong>") {
			t.Fatalf("fern's timeline lacks hazel's words: %s", page.text())
		}

		started := hazel.post("/willow/forums/threads", url.Values{"board": {"sleep-and-feeding"}, "title": {"Does white noise help?"}, "body": {"Asking for a friend."}})
		if started.status != http.StatusSeeOther {
			t.Fatalf("start: %d %s", started.status, started.text())
		}
		thread := started.location()
		answered := fern.post(thread+"/replies", url.Values{"body": {"It helped *us*."}})
		if answered.status != http.StatusSeeOther || !strings.HasPrefix(answered.location(), thread+"#post-") {
			t.Fatalf("reply: %d %s %s", answered.status, answered.location(), answered.text())
		}
		if page := hazel.get(thread); !page.has("It helped <em>us</em>.") || !page.has("1 reply") {
			t.Fatalf("thread: %s", page.text())
		}
	})
}

func TestARoomSwitchedOffIsGoneAtOnceAndComesBackWhole(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, hazel := s.as("lead.willow@northmoor"), s.as("hazel.willow@northmoor")
		hazel.post("/willow/walls/hazel", url.Values{"body": {"canary on the wall"}})
		toggle := func(on, version string) {
			t.Helper()
			got := lead.post("/willow/settings/rooms/walls", url.Values{"on": {on}, "version": {version}, "settings/max_length": {"4000"}})
			if got.status != http.StatusSeeOther {
				t.Fatalf("switch %s: %d %s", on, got.status, got.text())
			}
		}
		toggle("false", "1")
		for path, want := range map[string]int{"/willow/walls": 404, "/willow/walls/hazel": 404, "/willow": 200} {
			if page := hazel.get(path); page.status != want || page.has("canary") || page.has("/willow/walls") {
				t.Errorf("%s with walls off: %d %s", path, page.status, page.text())
			}
		}
		toggle("true", "2")
		if page := hazel.get("/willow/walls/hazel"); page.status != 200 || !page.has("canary on the wall") {
			t.Errorf("walls on again: %d %s", page.status, page.text())
		}
		if page := lead.get("/willow/settings/rooms/walls"); !page.has("Switched off") || !page.has("Switched on") {
			t.Errorf("history: %s", page.text())
		}
	})
}

func TestNothingIsSeenFromTheOtherTrust(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, wren := s.as("hazel.willow@northmoor"), s.as("lead.orchard@eastvale")
		thread := hazel.post("/willow/forums/threads", url.Values{"board": {"sleep-and-feeding"}, "title": {"canary"}, "body": {"canary"}}).location()
		id := thread[strings.LastIndex(thread, "/")+1:]
		for _, path := range []string{thread, "/orchard/posts/" + id, "/orchard/forums/threads/" + id, "/willow"} {
			if page := wren.get(path); page.status != http.StatusNotFound || page.has("canary") {
				t.Errorf("%s from the other trust: %d", path, page.status)
			}
		}
		stolen, cookies := s.visit("eastvale"), hazel.client.Jar
		for _, cookie := range cookies.Cookies(hazel.request(http.MethodGet, "/", nil).URL) {
			stolen.client.Jar.SetCookies(stolen.request(http.MethodGet, "/", nil).URL, []*http.Cookie{cookie})
		}
		if page := stolen.get("/orchard"); page.status == http.StatusOK {
			t.Error("a session of one trust opened the other")
		}
	})
}

// A member's whole time here, on a phone: invited, joined, wrote, was given
// something, sent a video over a bad connection, took a copy along and left.
func TestAMembersTimeFromInvitationToLeaving(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	const account = "newcomer.willow@northmoor"
	link := s.invited(s.posted(), s.over("clinician.willow@northmoor"), "willow", account+".example", "service_user", nil)
	cut, port := s.badConnection()
	address := "http://northmoor.localhost:" + port
	tab := testkit.Browser(t, testkit.Viewport(390, 844))

	tab.Goto(address + link)
	tab.Fill("#email", account+".example")
	tab.Fill("#handle", "Quiet kettle")
	tab.Click("label:has(#avatar-8)")
	tab.Fill("#password", "demo-sharon-2026")
	tab.Click("label[for=agree]")
	tab.Click("main button[type=submit]")
	if !strings.HasSuffix(tab.URL(), "/willow") {
		t.Fatalf("after joining: %s", tab.URL())
	}
	me, fern := s.over(account), s.over("fern.willow@northmoor")

	tab.Goto(address + "/willow/blogs/write")
	if tab.Has("text=Begin") {
		tab.Click("text=Begin")
	}
	tab.Fill("#title", "The first week")
	tab.Fill("#body", "We are **home**.")
	tab.Click("text=Pictures and content notes")
	tab.Click("#notes-1")
	tab.Upload("#files", s.aPhoto())
	tab.WaitText("label[for='alts/1']", "What is in picture 1?")
	tab.Fill("input[name=alts]:not([type=hidden])", "A window with rain on it")
	tab.Click("text=Publish")
	tab.WaitText("h1", "The first week")
	if got := fern.getJSON("/willow", nil); !got.has("Quiet kettle") || got.has("We are") {
		t.Errorf("on a peer’s timeline, where it is covered: %s", got.body)
	}

	want(t, "give", fern.give("Quiet kettle", s.kindOf("bouquet"), "Well done you"), http.StatusOK)
	tab.Goto(address + "/willow/gifts")
	tab.Click("#shelf .gift--wrapped")
	tab.Click(".gift-box")
	tab.WaitText(".gift-show__note", "Well done you")

	tab.Goto(address + "/willow/videos/new")
	tab.Fill("#title", "Rain")
	tab.Fill("#about", "Two seconds of it.")
	tab.Click("label[for=consent]")
	tab.Click("main button[type=submit]")
	bench, _ := url.Parse(tab.URL())
	video := bench.Path[strings.LastIndex(bench.Path, "/")+1:]
	path := filepath.Join(t.TempDir(), "rain.mp4")
	if err := os.WriteFile(path, phone(t), 0o600); err != nil {
		t.Fatal(err)
	}
	tab.Upload("#file", path)
	cut.Store(3)
	tab.Click("#send button[type=submit]")
	tab.WaitText("#bench", "In line")
	if left := cut.Load(); left > 0 {
		t.Errorf("%d cuts too few", left)
	}
	s.worked(me, video, "ready")
	tab.WaitText("#bench", "Now the words that are said")
	tab.Click("text=Write them")
	tab.Fill("#captions", "0:00.0 --> 0:01.5\nRain on the roof.")
	tab.Click("main form[action$='/captions'] button[type=submit]")
	tab.Click("text=Publish")
	tab.WaitText("h1", "Rain")
	var seconds float64
	tab.Eval(`(async v => { v.muted = true; await v.play(); await new Promise(r => v.onended = r); return v.currentTime })(document.querySelector('video'))`, &seconds)
	if seconds < 1.5 || tab.Count("video track[kind=captions]") != 1 {
		t.Errorf("watched %.1f seconds, with %d captions", seconds, tab.Count("video track[kind=captions]"))
	}

	tab.Goto(address + "/account/data")
	tab.Click("text=Make me a copy")
	s.settle(1)
	tab.Reload()
	copies := hrefs(tab, "a[download]")
	if len(copies) != 1 {
		t.Fatalf("no copy: %s", tab.Text("main"))
	}
	if page := unzipped(t, me.get(copies[0]).body)["index.html"]; !strings.Contains(page, "The first week") || !strings.Contains(page, "Rain on the roof") || !strings.Contains(page, "Well done you") {
		t.Error("the copy lacks something")
	}

	tab.Goto(address + "/account/data/leave")
	tab.Click("label[for=words]")
	tab.Click("label[for=when-1]")
	tab.Click("text=Leave SHaRON")
	s.settle(1)
	tab.Goto(address + "/willow")
	if !strings.Contains(tab.URL(), "/sign-in") {
		t.Errorf("who has left is at %s", tab.URL())
	}
	if got := fern.getJSON("/willow", nil); got.has("Quiet kettle") || got.has("The first week") || got.has("Rain") {
		t.Error("what they wrote is still there")
	}
	want(t, "their page", fern.getJSON("/willow/people/quiet-kettle", nil), http.StatusNotFound)
	problems := slices.DeleteFunc(tab.Problems(), func(said string) bool { return strings.Contains(said, "/upload") }) // the cuts
	if len(problems) > 0 {
		t.Error(problems)
	}
}

// badConnection is a way to the site that breaks off, while cuts are left, as
// soon as a connection has brought 16 kB.
func (s *site) badConnection() (cuts *atomic.Int32, port string) {
	s.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = listener.Close() })
	cuts = new(atomic.Int32)
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", "127.0.0.1:"+s.port)
			if err != nil {
				_ = from.Close()
				continue
			}
			both := func() { _, _ = from.Close(), to.Close() }
			go func() { defer both(); _, _ = io.Copy(from, to) }()
			go func() {
				defer both()
				for {
					if n, err := io.CopyN(to, from, 16<<10); err != nil || n == 16<<10 && cuts.Add(-1) >= 0 {
						return
					}
				}
			}()
		}
	}()
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	return cuts, port
}
