package testkit_test

import (
	"bytes"
	"fmt"
	"html"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

const strictCSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'"

// site is a small site with a strict policy, a form, a slow answer and a
// stream that never ends.
func site(t *testing.T) string {
	t.Helper()
	done := make(chan struct{})
	mux := http.NewServeMux()
	show := func(w http.ResponseWriter, status int, body string) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", strictCSP)
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en-GB"><head><title>Garden</title><meta name="viewport" content="width=device-width">
			<link rel="stylesheet" href="/style.css"><script type="module" src="/app.js"></script></head><body><main>%s</main></body></html>`, body)
	}
	mux.HandleFunc("/style.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		_, _ = fmt.Fprint(w, `.tall { height: 3000px } @media (prefers-color-scheme: dark) { body { background: #000; color: #fff } }`)
	})
	mux.HandleFunc("/app.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = fmt.Fprint(w, `document.documentElement.dataset.script = 'on';
			new EventSource('/events');
			fetch('/more', {method: 'POST'});
			document.querySelector('#more')?.addEventListener('click', async () => {
				const r = await fetch('/slow'); document.querySelector('#out').textContent = await r.text();
			});`)
	})
	mux.HandleFunc("/events", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = fmt.Fprint(w, ": hello\n\n")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-done:
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("/favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/more", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "what no script reads") })
	mux.HandleFunc("/slow", func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(400 * time.Millisecond)
		_, _ = fmt.Fprint(w, "the slow answer")
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		who := "nobody"
		if c, err := r.Cookie("who"); err == nil {
			who = c.Value
		}
		show(w, 200, `<h1>Hello `+html.EscapeString(who)+`</h1><a href="/form">Write</a> <button type="button" id="more">More</button>
			<details><summary>Why</summary><p id="why">Because.</p></details><p id="out"></p><div class="tall"></div>`)
	})
	form := func(w http.ResponseWriter, status int, note, message string) {
		show(w, status, `<h1>Write</h1>`+message+`<form method="post" novalidate><label for="name">Name</label><input id="name" name="name" value="`+html.EscapeString(note)+`">
			<label for="mood">Mood</label><select id="mood" name="mood"><option value="1">Calm<option value="2">Glad</select>
			<label for="text">Text</label><textarea id="text" name="text"></textarea>
			<label><input type="checkbox" name="sure"> Sure</label><button>Send message</button></form>`)
	}
	mux.HandleFunc("GET /form", func(w http.ResponseWriter, _ *http.Request) { form(w, 200, "old", "") })
	mux.HandleFunc("POST /form", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(200 * time.Millisecond)
		if r.PostFormValue("name") == "" {
			form(w, 422, "", `<p class="error">Enter a name</p>`)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "who", Value: url.QueryEscape(r.PostFormValue("name")), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
		show(w, 200, fmt.Sprintf(`<h1>Thank you</h1><p id="got">%s</p>`, html.EscapeString(strings.Join(
			[]string{r.PostFormValue("name"), r.PostFormValue("mood"), r.PostFormValue("text"), r.PostFormValue("sure")}, "|"))))
	})
	mux.HandleFunc("GET /bad", func(w http.ResponseWriter, _ *http.Request) {
		show(w, 200, `<h1>Bad</h1><script>console.log("inline")</script><p style="color: red">styled</p>
			<img src="/no-such.png"><img src="http://127.0.0.1:1/elsewhere.png" alt=""><input><script src="/throw.js"></script>`)
	})
	mux.HandleFunc("/throw.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = fmt.Fprint(w, `console.error('oh dear', {a: 1}); throw new Error('thrown here')`)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(func() {
		close(done)
		server.CloseClientConnections()
		server.Close()
	})
	return strings.Replace(server.URL, "127.0.0.1", "garden.localhost", 1)
}

func TestBrowser(t *testing.T) {
	home := site(t)
	for name, options := range map[string][]testkit.TabOption{
		"with JavaScript":    nil,
		"without JavaScript": {testkit.NoScript()},
		"phone":              {testkit.Viewport(390, 844)},
	} {
		t.Run(name, func(t *testing.T) {
			tab := testkit.Browser(t, options...)
			if status := tab.Goto(home + "/"); status != 200 {
				t.Errorf("status %d", status)
			}
			if got := tab.Text("h1"); got != "Hello nobody" {
				t.Errorf("the tab is somebody else's: %q", got)
			}
			if got, want := tab.Has("[data-script=on]"), name != "without JavaScript"; got != want {
				t.Errorf("JavaScript is on: %v, want %v", got, want)
			}
			tab.Click("text=Write")
			if got := tab.Value("#name"); got != "old" {
				t.Errorf("name is %q", got)
			}
			tab.Fill("#name", "")
			tab.Click("text=Send message")
			if got := tab.Text(".error"); got != "Enter a name" {
				t.Errorf("%q", got)
			}
			tab.Fill("#name", "Ann “O’Hara”")
			tab.Fill("#mood", "Glad")
			tab.Fill("#text", "two\nlines")
			tab.Click("text=Sure")
			if got := tab.Value("[name=sure]"); got != "true" {
				t.Errorf("the box is %s", got)
			}
			tab.Click("button")
			if got, want := tab.Text("#got"), "Ann “O’Hara”|2|two lines|on"; got != want {
				t.Errorf("sent %q, want %q", got, want)
			}
			if vs := tab.Axe(); len(vs) > 0 {
				t.Errorf("axe: %v", vs)
			}
			if ps := tab.Problems(); len(ps) > 0 {
				t.Errorf("problems: %q", ps)
			}
		})
	}
}

func TestBrowserWaitsForScripts(t *testing.T) {
	tab, began := testkit.Browser(t), time.Now()
	tab.Goto(site(t) + "/")
	if took := time.Since(began); took > 28*time.Second {
		t.Errorf("the page settled after %v: it waited for the stream, or for an answer that is not read", took)
	}
	tab.Click("#more")
	if got := tab.Texts("#out"); got[0] != "the slow answer" {
		t.Errorf("the page had not settled: %q", got)
	}
	for range 2 {
		tab.OpenDetails("text=Why")
		if got := tab.Text("#why"); got != "Because." || !tab.Has("#why") {
			t.Errorf("the details are shut, or say %q", got)
		}
	}
	tab.Click("#more")
	tab.Press("Shift+Tab")
	var focused string
	tab.Eval("document.activeElement.innerText", &focused)
	if focused != "Write" {
		t.Errorf("the focus is on %q", focused)
	}
	tab.Press("Enter")
	if got := tab.Text("h1"); got != "Write" {
		t.Errorf("Enter on the link led to %q", got)
	}
	tab.Back()
	tab.WaitText("h1", "Hello")
	tab.WaitGone("form")
}

func TestBrowserTellsProblems(t *testing.T) {
	tab := testkit.Browser(t)
	tab.Goto(site(t) + "/bad")
	all := strings.Join(tab.Problems(), "\n")
	for _, want := range []string{
		"inline script", "inline style", "/no-such.png: status 404", "elsewhere.png", "oh dear", "thrown here",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing tells of %q in:\n%s", want, all)
		}
	}
	found := map[string]testkit.Violation{}
	for _, v := range tab.Axe() {
		found[v.ID] = v
	}
	for _, id := range []string{"image-alt", "label"} {
		if !strings.Contains(found[id].String(), "<i") {
			t.Errorf("axe does not tell of %s: %v", id, found)
		}
	}
	if again := strings.Join(tab.Problems(), "\n"); again != all {
		t.Errorf("axe itself made problems:\n%s", strings.TrimPrefix(again, all))
	}
}

func TestScreenshot(t *testing.T) {
	tab := testkit.Browser(t, testkit.Dark(), testkit.Viewport(390, 844))
	tab.Goto(site(t) + "/")
	path := filepath.Join(t.TempDir(), "shots", "home.png")
	tab.Screenshot(path)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if size := picture.Bounds().Size(); size.X != 390 || size.Y != 844 {
		t.Errorf("the picture is %v: not the window", size)
	}
	if r, g, b, _ := picture.At(380, 2000).RGBA(); r|g|b != 0 {
		t.Error("the page is not dark")
	}
}
