package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/ui/assets"
)

type shown struct{ Title, Body, Tag, Data string }

const showing = `navigator.serviceWorker.ready.then(r => r.getNotifications()).then(all => all.map(n => ({Title: n.title, Body: n.body, Tag: n.tag, Data: n.data})))`

func TestTheWorkerShowsNotices(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	tab := testkit.Browser(t)
	tab.Goto(s.address("@northmoor") + "/sign-in")
	tab.AllowNotices(true)
	var scope string
	tab.Eval(`navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready).then(r => r.scope)`, &scope)
	if scope != s.address("@northmoor")+"/" {
		t.Errorf("scope %q", scope)
	}
	// Chromium drops a notice that is asked for while it is still being put up, so
	// each comes again until it is there. With its tag it is there once.
	deliver := func(notice string, want ...shown) {
		t.Helper()
		var got []shown
		for range 20 {
			tab.DeliverPush(notice)
			time.Sleep(250 * time.Millisecond)
			tab.Eval(showing, &got)
			slices.SortFunc(got, func(a, b shown) int { return strings.Compare(a.Tag, b.Tag) })
			if slices.Equal(got, want) {
				return
			}
		}
		t.Errorf("shown %+v, want %+v", got, want)
	}
	least := shown{"SHaRON", "There is something new.", "sharon", "/"}
	deliver(`{"title":"SHaRON","body":"You have a new message","tag":"messages","url":"/n/1"}`, shown{"SHaRON", "You have a new message", "messages", "/n/1"})
	deliver("not what we send", shown{"SHaRON", "You have a new message", "messages", "/n/1"}, least)
	deliver(`{"body":"You have 2 new messages","tag":"messages","url":"/n/2"}`, shown{"SHaRON", "You have 2 new messages", "messages", "/n/2"}, least)
	if problems := tab.Problems(); len(problems) > 0 {
		t.Error(problems)
	}
}

func TestTheWorkerIsServedFresh(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	for _, v := range []*visitor{s.visit(""), s.visit("northmoor")} {
		got := v.get("/worker.js")
		if got.status != http.StatusOK || got.header.Get("Cache-Control") != "no-cache" || !strings.HasPrefix(got.header.Get("Content-Type"), "text/javascript") || got.header.Get("Content-Security-Policy") == "" {
			t.Errorf("%d %v", got.status, got.header)
		}
	}
}

// The page that has such a form is not this package's; no browser of a test
// reaches a push service, so that one answer is made up.
func TestSubscribing(t *testing.T) {
	t.Parallel()
	forms := make(chan url.Values, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f, ok := assets.Lookup(r.URL.Path); ok {
			w.Header().Set("Content-Type", f.ContentType)
			_, _ = w.Write(f.Body)
			return
		}
		if r.Method == http.MethodPost {
			_ = r.ParseForm()
			forms <- r.PostForm
		}
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; form-action 'self'")
		_, _ = fmt.Fprintf(w, `<!doctype html><title>Notices</title><link rel="icon" href="data:,"><form method="post" action="/devices">
			<input type="hidden" name="_csrf" value="secret"><input type="hidden" name="endpoint"><input type="hidden" name="p256dh"><input type="hidden" name="auth">
			<button type="button" data-push="KEY" hidden>Show me notices</button><p role="status"></p></form><script type="module" src="%s"></script>`, assets.URL("push.js"))
	}))
	defer server.Close()
	tab := testkit.Browser(t)
	tab.Goto(server.URL)
	tab.Eval(`globalThis.inWords = text => text`, nil) // as sharon.js has it on our pages
	tab.Eval(`PushManager.prototype.subscribe = async o => ({ toJSON: () => ({ endpoint: 'https://push.example/' + o.applicationServerKey + o.userVisibleOnly, keys: { p256dh: 'P', auth: 'A' } }) })`, nil)

	tab.AllowNotices(false)
	tab.Click("text=Show me notices")
	tab.WaitText("[role=status]", "Your browser is set not to show notices from this site. You can change that in its settings.")
	if len(forms) > 0 {
		t.Fatal("subscribed without a yes")
	}
	tab.AllowNotices(true)
	tab.Click("text=Show me notices")
	want := url.Values{"_csrf": {"secret"}, "endpoint": {"https://push.example/KEYtrue"}, "p256dh": {"P"}, "auth": {"A"}}
	if got := <-forms; got.Encode() != want.Encode() {
		t.Errorf("sent %v", got)
	}
}
