package testkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	rests    = 3 * time.Second        // how long a page may take to rest before it is left to itself
	patience = 10 * time.Second       // how long an action waits for its element
	quiet    = 80 * time.Millisecond  // this long without a request means that a page has settled
	poll     = 20 * time.Millisecond  // between two looks at the page
	reaction = 700 * time.Millisecond // a clicked link or submit button sends its request within this
)

// Tab is a page of a real Chromium, with cookies and storage of its own, as
// one person has it. Its methods do what a person does, wait for the page to
// settle, and fail the test if it cannot be done. A selector is a CSS selector,
// or "text=" and what is written on a link, button or label. Names under
// .localhost lead to this machine.
type Tab struct {
	t        testing.TB
	ctx      context.Context
	number   int64 // of this process's tabs
	noScript bool

	mu       sync.Mutex
	inflight map[network.RequestID]request
	begun    int       // how many requests there have been
	changed  time.Time // when the last one began or ended
	problems []string
	workers  map[string]serviceworker.RegistrationID // by scope
}

type request struct {
	method, url string
	kind        network.ResourceType
	stream      bool
}

// TabOption changes what kind of browser a person has.
type TabOption func(*tabOptions)

type tabOptions struct {
	width, height int
	scheme        string
	noScript      bool
}

// NoScript switches JavaScript off.
func NoScript() TabOption { return func(o *tabOptions) { o.noScript = true } }

// Dark asks pages for their dark colours.
func Dark() TabOption { return func(o *tabOptions) { o.scheme = "dark" } }

// Viewport sets the size; a width up to 500 is a phone's. The default is 1280 by 900.
func Viewport(width, height int) TabOption {
	return func(o *tabOptions) { o.width, o.height = width, height }
}

// Browser opens a tab in a fresh browser profile, which closes with the test.
// Chromium itself starts once per process. A test that fails leaves a
// screenshot in the temporary folder.
func Browser(t testing.TB, options ...TabOption) *Tab {
	t.Helper()
	root, err := chromium()
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	o := tabOptions{width: 1280, height: 900, scheme: "light"}
	for _, option := range options {
		option(&o)
	}
	tab := &Tab{t: t, number: tabs.Add(1), noScript: o.noScript, inflight: map[network.RequestID]request{}, workers: map[string]serviceworker.RegistrationID{}, changed: time.Now()}
	ctx, cancel := chromedp.NewContext(root, chromedp.WithNewBrowserContext(), chromedp.WithListener(tab.hear))
	tab.ctx = ctx
	t.Cleanup(func() {
		if t.Failed() {
			tab.leaveScreenshot()
		}
		cancel()
	})
	err = chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		return errors.Join(
			call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
				{Name: "prefers-color-scheme", Value: o.scheme},
				{Name: "prefers-reduced-motion", Value: "reduce"}, // Screenshots and contrast without half-done fades.
			}}),
			call(ctx, target, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "Europe/London"}),
			call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: o.noScript}),
		)
	}))
	if err != nil {
		t.Fatalf("testkit: a Chromium tab: %v", err)
	}
	tab.Size(o.width, o.height)
	return tab
}

var tabs atomic.Int64

func call[P, R any](ctx context.Context, target *chromedp.Target, command cdp.Command[P, R], params P) error {
	_, err := cdp.Call(ctx, target, command, params)
	return err
}

// chromium starts the process's one browser.
var chromium = sync.OnceValues(func() (context.Context, error) {
	program, err := lookUp("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
	if err != nil {
		return nil, missing("Chromium", "chromium", "chromium and google-chrome in PATH")
	}
	ws, err := workspace()
	if err != nil {
		return nil, err
	}
	profile := filepath.Join(ws, "chromium")
	if err := os.Mkdir(profile, 0o700); err != nil {
		return nil, err
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(program), chromedp.UserDataDir(profile),
		chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("lang", "en-GB"),
		chromedp.Flag("accept-lang", "en-GB,en"),
		chromedp.Flag("font-render-hinting", "none"),
	)
	background, _ := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ := chromedp.NewContext(background, chromedp.WithErrorf(func(string, ...any) {})) // It reports events that it does not know.
	if err := chromedp.Do(ctx); err != nil {
		return nil, fmt.Errorf("starting Chromium (%s): %w", program, err)
	}
	onStop(func() {
		// Killed, not asked: nothing in its profile is worth the wait.
		if b := chromedp.FromContext(ctx).Browser; b != nil && b.Process() != nil {
			_ = b.Process().Kill()
		}
		_ = chromedp.Cancel(ctx)
	})
	return ctx, nil
})

// Size sets the size of the window. A width up to 500 is a phone's.
func (tab *Tab) Size(width, height int) {
	tab.t.Helper()
	tab.do(fmt.Sprintf("resize to %d by %d", width, height), func(ctx context.Context, target *chromedp.Target) error {
		return call(ctx, target, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(width), Height: int64(height), DeviceScaleFactor: 1, Mobile: width <= 500,
		})
	})
}

// Goto opens an address and returns the status of the answer.
func (tab *Tab) Goto(url string) int {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, 3*patience)
	defer cancel()
	response, err := chromedp.Run(ctx, chromedp.NavigateResponse(url))
	if err != nil {
		tab.fatal("go to %s: %v", url, err)
	}
	tab.settle(tab.requests(), false)
	if response == nil {
		return 0
	}
	return int(response.Status)
}

// Reload asks for the page again.
func (tab *Tab) Reload() {
	tab.t.Helper()
	tab.act("reload", chromedp.Reload())
}

// Back goes one page back.
func (tab *Tab) Back() {
	tab.t.Helper()
	history := func() (h page.GetNavigationHistoryResult) {
		tab.do("read the history", func(ctx context.Context, target *chromedp.Target) (err error) {
			h, err = cdp.Call(ctx, target, page.GetNavigationHistory, cdp.Empty{})
			return err
		})
		return h
	}
	h := history()
	if h.CurrentIndex == 0 {
		tab.fatal("go back: this is the first page")
	}
	before := tab.requests()
	// A page that Chromium has kept comes back without a request or a load event.
	tab.do("go back", func(ctx context.Context, target *chromedp.Target) error {
		entry := page.NavigateToHistoryEntryParams{EntryID: h.Entries[h.CurrentIndex-1].ID}
		return call(ctx, target, page.NavigateToHistoryEntry, entry)
	})
	tab.wait("go back", func() (bool, error) { return history().CurrentIndex == h.CurrentIndex-1, nil })
	tab.settle(before, false)
}

// Click clicks in the middle of the first such element that can be seen, once
// nothing covers it.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	at := tab.find("click", selector)
	before := tab.requests()
	tab.do("click "+selector, func(ctx context.Context, target *chromedp.Target) error {
		_, err := chromedp.MouseClickXY(at.X, at.Y)(ctx, target)
		return err
	})
	tab.settle(before, at.Sends)
}

// Fill replaces what a field holds; in a select it chooses the option with this
// value or text.
func (tab *Tab) Fill(selector, value string) {
	tab.t.Helper()
	at := tab.find("fill", selector)
	before := tab.requests()
	if at.Typed {
		tab.must("fill "+selector, `(e => { e.focus(); e.select ? e.select() : getSelection().selectAllChildren(e) })`, selector)
		tab.do("fill "+selector, func(ctx context.Context, target *chromedp.Target) error {
			if value == "" {
				_, err := chromedp.KeyEvent(kb.Delete)(ctx, target)
				return err
			}
			return call(ctx, target, input.InsertText, input.InsertTextParams{Text: value})
		})
	} else {
		set := `(e => {
			const v = ` + quote(value) + `;
			if (e.tagName === 'SELECT') {
				const o = [...e.options].find(o => o.value === v) ?? [...e.options].find(o => o.text.trim() === v);
				if (!o) throw new Error('it has no option ' + v);
				o.selected = true;
			} else e.value = v;
			e.dispatchEvent(new Event('input', {bubbles: true}));
			e.dispatchEvent(new Event('change', {bubbles: true}));
		})`
		tab.must("fill "+selector, set, selector)
	}
	tab.settle(before, false)
}

// Upload chooses files in a file field, which may be hidden behind its label.
func (tab *Tab) Upload(selector string, paths ...string) {
	tab.t.Helper()
	tab.act("upload into "+selector, chromedp.SetUploadFiles(chromedp.CSS(selector), paths))
}

// Type types into whatever has the focus, key by key.
func (tab *Tab) Type(text string) {
	tab.t.Helper()
	tab.act("type", chromedp.KeyEvent(text))
}

// Press presses a key by its name, such as Tab, Enter, Escape, Space, ArrowDown
// or Home, with modifiers before it: Shift+Tab, Control+Enter.
func (tab *Tab) Press(key string) {
	tab.t.Helper()
	var modifiers []chromedp.Modifier
	parts := strings.Split(key, "+")
	for _, m := range parts[:len(parts)-1] {
		modifier, ok := map[string]chromedp.Modifier{
			"Shift": chromedp.ModifierShift, "Control": chromedp.ModifierCtrl, "Alt": chromedp.ModifierAlt, "Meta": chromedp.ModifierMeta,
		}[m]
		if !ok {
			tab.t.Fatalf("testkit: no modifier is called %q", m)
		}
		modifiers = append(modifiers, modifier)
	}
	name := parts[len(parts)-1]
	keys, ok := map[string]string{
		"Enter": kb.Enter, "Tab": kb.Tab, "Escape": kb.Escape, "Space": " ", "Backspace": kb.Backspace, "Delete": kb.Delete,
		"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
		"Home": kb.Home, "End": kb.End, "PageUp": kb.PageUp, "PageDown": kb.PageDown,
	}[name]
	if !ok {
		if len([]rune(name)) != 1 {
			tab.t.Fatalf("testkit: no key is called %q", name)
		}
		keys = name
	}
	tab.act("press "+key, chromedp.KeyEvent(keys, chromedp.KeyModifiers(modifiers...)))
}

// Text waits for the first such element and returns what it says, without the
// space around it.
func (tab *Tab) Text(selector string) string {
	tab.t.Helper()
	var text string
	tab.wait("read "+selector, func() (bool, error) {
		got, err := evaluate[*string](tab, on(selector, `(e => e.innerText.trim())`))
		if err != nil || got == nil {
			return false, err
		}
		text = *got
		return true, nil
	})
	return text
}

// Texts returns what each such element says now.
func (tab *Tab) Texts(selector string) []string {
	tab.t.Helper()
	texts, err := evaluate[[]string](tab, `(`+pick+`)(`+quote(selector)+`).map(e => e.innerText.trim())`)
	if err != nil {
		tab.fatal("read all %s: %v", selector, err)
	}
	return texts
}

// Value returns what a field holds.
func (tab *Tab) Value(selector string) string {
	tab.t.Helper()
	tab.find("read", selector)
	value, err := evaluate[string](tab, on(selector, `(e => String(e.type === 'checkbox' || e.type === 'radio' ? e.checked : e.value))`))
	if err != nil {
		tab.fatal("read %s: %v", selector, err)
	}
	return value
}

// WaitText waits until such an element says want, among other things.
func (tab *Tab) WaitText(selector, want string) {
	tab.t.Helper()
	tab.wait(fmt.Sprintf("find %q in %s", want, selector), func() (bool, error) {
		return evaluate[bool](tab, `(`+pick+`)(`+quote(selector)+`).some(e => e.innerText.includes(`+quote(want)+`))`)
	})
}

// WaitGone waits until no such element can be seen.
func (tab *Tab) WaitGone(selector string) {
	tab.t.Helper()
	tab.wait("see the last of "+selector, func() (bool, error) {
		there, err := tab.visible(selector)
		return !there, err
	})
}

// Has says whether such an element can be seen now.
func (tab *Tab) Has(selector string) bool {
	tab.t.Helper()
	there, err := tab.visible(selector)
	if err != nil {
		tab.fatal("look for %s: %v", selector, err)
	}
	return there
}

// Count returns how many such elements there are now, seen or not.
func (tab *Tab) Count(selector string) int {
	tab.t.Helper()
	n, err := evaluate[int](tab, `(`+pick+`)(`+quote(selector)+`).length`)
	if err != nil {
		tab.fatal("count %s: %v", selector, err)
	}
	return n
}

// URL returns the address of the page.
func (tab *Tab) URL() string {
	tab.t.Helper()
	url, err := evaluate[string](tab, "location.href")
	if err != nil {
		tab.fatal("read the address: %v", err)
	}
	return url
}

// Title returns the title of the page.
func (tab *Tab) Title() string {
	tab.t.Helper()
	title, err := evaluate[string](tab, "document.title")
	if err != nil {
		tab.fatal("read the title: %v", err)
	}
	return title
}

// Eval evaluates an expression, waits for it if it is a promise (unless
// JavaScript is off), and decodes its JSON into out, unless that is nil.
func (tab *Tab) Eval(js string, out any) {
	tab.t.Helper()
	var options []chromedp.EvaluateOption
	if !tab.noScript {
		options = append(options, chromedp.EvalAwaitPromise)
	}
	b, err := evaluate[[]byte](tab, js, options...)
	if err == nil && out != nil {
		err = json.Unmarshal(b, out)
	}
	if err != nil {
		tab.fatal("evaluate %s: %v", js, err)
	}
}

// Screenshot writes a picture of what the window shows as PNG and makes the
// folders on the way.
func (tab *Tab) Screenshot(path string) {
	tab.t.Helper()
	if err := tab.screenshot(path); err != nil {
		tab.fatal("take a screenshot: %v", err)
	}
}

func (tab *Tab) screenshot(path string) error {
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, func(ctx context.Context, target *chromedp.Target) ([]byte, error) {
		shot, err := cdp.Call(ctx, target, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng})
		return shot.Data, err
	})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	return os.WriteFile(path, png, 0o644)
}

// leaveScreenshot shows the page on which a test failed.
func (tab *Tab) leaveScreenshot() {
	path := filepath.Join(os.TempDir(), "sharon-failed", fmt.Sprintf("%s-%d.png", slug(tab.t.Name()), tab.number))
	if err := tab.screenshot(path); err == nil {
		tab.t.Logf("testkit: how the page looked: %s", path)
	}
}

// Problems returns what went wrong in the page since the tab was opened:
// errors on the console, exceptions, breaches of its content security policy,
// and requests that failed. An answer of 4xx to a page or to a script's request
// is an answer, not a problem.
func (tab *Tab) Problems() []string {
	tab.t.Helper()
	tab.settle(tab.requests(), false)
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.Clone(tab.problems)
}

// hear follows what the browser reports. It runs on chromedp's reader: it must
// be quick and must send no command.
func (tab *Tab) hear(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	problem := func(format string, args ...any) {
		tab.problems = append(tab.problems, fmt.Sprintf(format, args...))
	}
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		r := request{method: e.Request.Method, url: e.Request.URL, kind: e.Type}
		// What never ends must not keep the page from settling.
		r.stream = e.Type == network.ResourceTypeEventSource || e.Type == network.ResourceTypeWebSocket || e.Type == network.ResourceTypePing
		tab.inflight[e.RequestID] = r
		tab.begun++
		tab.changed = time.Now()
	case *network.EventResponseReceived:
		r := tab.inflight[e.RequestID]
		if e.Response.MimeType == "text/event-stream" {
			r.stream = true
			tab.inflight[e.RequestID] = r
		}
		asked := e.Type == network.ResourceTypeDocument || e.Type == network.ResourceTypeXHR || e.Type == network.ResourceTypeFetch
		if status := e.Response.Status; status >= 500 || status >= 400 && !asked {
			problem("%s %s: status %d", r.method, e.Response.URL, status)
		}
	case *network.EventLoadingFinished:
		delete(tab.inflight, e.RequestID)
		tab.changed = time.Now()
	case *network.EventLoadingFailed:
		r := tab.inflight[e.RequestID]
		delete(tab.inflight, e.RequestID)
		tab.changed = time.Now()
		if e.Canceled || e.ErrorText == "net::ERR_ABORTED" || r.stream && e.BlockedReason == "" {
			return
		}
		problem("%s %s: %s", r.method, r.url, strings.TrimSpace(e.ErrorText+" "+string(e.BlockedReason)))
	case *cdpruntime.EventExceptionThrown:
		problem("exception: %s", (&chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}).Error())
	case *cdpruntime.EventConsoleAPICalled:
		if e.Type == cdpruntime.ConsoleAPICalledTypeError || e.Type == cdpruntime.ConsoleAPICalledTypeAssert {
			problem("console.%s: %s", e.Type, arguments(e.Args))
		}
	case *cdplog.EventEntryAdded:
		// Network errors are told by the events above, with the method.
		if e.Entry.Level == cdplog.EntryLevelError && e.Entry.Source != cdplog.EntrySourceNetwork {
			problem("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *serviceworker.EventWorkerRegistrationUpdated:
		for _, one := range e.Registrations {
			tab.workers[one.ScopeURL] = one.RegistrationID
		}
	case *page.EventJavascriptDialogOpening:
		// A dialog stops the page, and with it the test, until somebody answers.
		go func() {
			ctx, cancel := context.WithTimeout(tab.ctx, patience)
			defer cancel()
			_, _ = chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}()
	}
}

func arguments(args []*cdpruntime.RemoteObject) string {
	var parts []string
	for _, a := range args {
		var s string
		switch {
		case json.Unmarshal(a.Value, &s) == nil:
		case len(a.Value) > 0:
			s = string(a.Value)
		default:
			s = a.Description
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " ")
}

func (tab *Tab) requests() int {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return tab.begun
}

// settle waits until the page has loaded and asks for nothing more. With
// expect it first waits for a request after the one numbered before. A page
// that never rests is left to itself after a while.
func (tab *Tab) settle(before int, expect bool) {
	began := time.Now()
	for time.Since(began) < rests {
		tab.mu.Lock()
		open := 0
		for _, r := range tab.inflight {
			if !r.stream {
				open++
			}
		}
		idle := time.Since(tab.changed)
		waiting := expect && tab.begun == before && time.Since(began) < reaction
		tab.mu.Unlock()
		if open == 0 && !waiting && idle >= quiet && time.Since(began) >= quiet {
			if state, err := evaluate[string](tab, "document.readyState"); err == nil && state == "complete" {
				return
			}
		}
		select {
		case <-tab.ctx.Done():
			return
		case <-time.After(poll):
		}
	}
}

// do runs a step and fails the test if it fails.
func (tab *Tab) do(what string, step func(context.Context, *chromedp.Target) error) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Func(step)); err != nil {
		tab.fatal("%s: %v", what, err)
	}
}

// act runs one of chromedp's actions and lets the page settle.
func (tab *Tab) act(what string, action chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	before := tab.requests()
	tab.do(what, func(ctx context.Context, target *chromedp.Target) error {
		_, err := action(ctx, target)
		return err
	})
	tab.settle(before, false)
}

// wait looks again until seen says yes.
func (tab *Tab) wait(what string, seen func() (bool, error)) {
	tab.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		// An error may only mean that the page is just being replaced.
		ok, err := seen()
		if ok && err == nil {
			return
		}
		if time.Now().After(deadline) {
			if err == nil {
				err = errors.New("not in time")
			}
			tab.fatal("%s: %v", what, err)
		}
		select {
		case <-tab.ctx.Done():
			tab.fatal("%s: %v", what, tab.ctx.Err())
		case <-time.After(poll):
		}
	}
}

// place is where an element is and what it does.
type place struct {
	X, Y  float64
	Wrong string // why it cannot be used yet
	Sends bool   // a click on it makes a request
	Typed bool   // one types into it
}

// pick is a function that returns the elements of a selector.
const pick = `sel => {
	if (!sel.startsWith('text=')) return [...document.querySelectorAll(sel)];
	const want = sel.slice(5).trim(), says = e => (e.innerText || e.value || '').trim().replace(/\s+/g, ' ');
	return [...document.querySelectorAll('a, button, summary, label, input[type=submit], [role=button], [role=tab], [role=menuitem]')]
		.filter(e => says(e) === want || e.getAttribute('aria-label') === want);
}`

// shown is a function that says whether an element can be seen.
const shown = `e => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 && getComputedStyle(e).visibility === 'visible' }`

const locate = `(sel => {
	const all = (` + pick + `)(sel);
	if (!all.length) return {Wrong: 'there is none'};
	const e = all.find(` + shown + `);
	if (!e) return {Wrong: 'it cannot be seen'};
	if (e.disabled) return {Wrong: 'it is disabled'};
	e.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
	const r = e.getClientRects()[0], X = r.x + r.width / 2, Y = r.y + r.height / 2;
	const hit = document.elementFromPoint(X, Y);
	const ours = hit && (e.contains(hit) || hit.contains(e) || hit.closest('label')?.control === e);
	if (!ours) return {Wrong: 'it is covered by ' + (hit ? hit.outerHTML.slice(0, 200) : 'the edge of the window')};
	const to = e.closest('a[href], button, input[type=submit]');
	const link = to?.tagName === 'A' && to.target !== '_blank' && to.href.split('#')[0] !== location.href.split('#')[0];
	const submit = to?.type === 'submit' && to.form && (to.form.noValidate || to.formNoValidate || to.form.checkValidity());
	const typed = e.isContentEditable || e.tagName === 'TEXTAREA' ||
		e.tagName === 'INPUT' && ['text', 'search', 'email', 'password', 'tel', 'url', 'number'].includes(e.type);
	return {X, Y, Wrong: '', Sends: Boolean(link || submit), Typed: typed};
})`

// find waits until the first such element can be used.
func (tab *Tab) find(what, selector string) place {
	tab.t.Helper()
	var at place
	deadline := time.Now().Add(patience)
	for {
		var err error
		at, err = evaluate[place](tab, locate+`(`+quote(selector)+`)`)
		if err == nil && at.Wrong == "" {
			return at
		}
		if time.Now().After(deadline) {
			if err != nil {
				at.Wrong = err.Error()
			}
			tab.fatal("%s %s: %s", what, selector, at.Wrong)
		}
		select {
		case <-tab.ctx.Done():
			tab.fatal("%s %s: %v", what, selector, tab.ctx.Err())
		case <-time.After(poll):
		}
	}
}

// must calls a JavaScript function with the first such element.
func (tab *Tab) must(what, function, selector string) {
	tab.t.Helper()
	if _, err := evaluate[chromedp.Void](tab, on(selector, function)); err != nil {
		tab.fatal("%s: %v", what, err)
	}
}

func (tab *Tab) visible(selector string) (bool, error) {
	return evaluate[bool](tab, `(`+pick+`)(`+quote(selector)+`).some(`+shown+`)`)
}

// on is an expression that calls a function with the first element of a
// selector, preferring one that can be seen; null if there is none.
func on(selector, function string) string {
	return `(all => { const e = all.find(` + shown + `) ?? all[0]; return e ? ` + function + `(e) : null })((` + pick + `)(` + quote(selector) + `))`
}

func evaluate[T any](tab *Tab, js string, options ...chromedp.EvaluateOption) (T, error) {
	ctx, cancel := context.WithTimeout(tab.ctx, 3*patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](js, options...))
}

// quote writes a string as a JavaScript literal.
func quote(s string) string {
	b, _ := json.Marshal(s) // A string always has one.
	return string(b)
}

// fatal fails the test and says where in which page.
func (tab *Tab) fatal(format string, args ...any) {
	tab.t.Helper()
	const excerpt = 1500
	where, err := evaluate[string](tab, fmt.Sprintf(`location.href + ' “' + document.title + '”\n' + (document.body?.innerText ?? '').slice(0, %d)`, excerpt))
	if err != nil {
		where = err.Error()
	}
	tab.t.Fatalf("browser: cannot %s\non %s", fmt.Sprintf(format, args...), where)
}
