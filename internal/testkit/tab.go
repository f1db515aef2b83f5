package testkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"
)

const (
	rests    = 30 * time.Second       // how long a page may take to rest before it is left to itself
	patience = time.Minute            // how long an action waits for its element
	quiet    = 80 * time.Millisecond  // this long without a request means that a page has settled
	poll     = 20 * time.Millisecond  // between two looks at the page
	interest = 500 * time.Millisecond // a script reads the answer to its request within this, or never
	reaction = 5 * time.Second        // a clicked link or submit button sends its request within this
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
	document cdp.LoaderID // the page
	inflight map[network.RequestID]request
	begun    int       // how many requests there have been
	changed  time.Time // when the last one began or ended
	problems []string
	workers  map[string]serviceworker.RegistrationID // by scope
}

// TabOption changes what kind of browser a person has.
type TabOption func(*tabOptions)

type tabOptions struct {
	width, height int
	scheme        string
	noScript      bool
	gullible      bool
}

// AnyCertificate lets the tab open servers whose certificate nobody vouches for.
func AnyCertificate() TabOption { return func(o *tabOptions) { o.gullible = true } }

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
			call(ctx, target, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}), // Other tests have tabs too.
			call(ctx, target, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: o.gullible}),
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
			// While another page takes the place of this one there is no active one to ask.
			for range 50 {
				if h, err = cdp.Call(ctx, target, page.GetNavigationHistory, cdp.Empty{}); err == nil {
					return nil
				}
				time.Sleep(20 * time.Millisecond)
			}
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

func evaluate[T any](tab *Tab, js string, options ...chromedp.EvaluateOption) (T, error) {
	ctx, cancel := context.WithTimeout(tab.ctx, 3*patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](js, options...))
}
