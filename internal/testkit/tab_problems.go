package testkit

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"
)

type request struct {
	method, url string
	kind        network.ResourceType
	stream      bool
	loader      cdp.LoaderID // of the document that sent it; empty for a worker’s
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
		r := request{method: e.Request.Method, url: e.Request.URL, kind: e.Type, loader: e.LoaderID}
		// What never ends must not keep the page from settling.
		r.stream = e.Type == network.ResourceTypeEventSource || e.Type == network.ResourceTypeWebSocket || e.Type == network.ResourceTypePing || e.Type == network.ResourceTypeMedia
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
		r, ours := tab.inflight[e.RequestID]
		delete(tab.inflight, e.RequestID)
		tab.changed = time.Now()
		if !ours || e.Canceled || e.ErrorText == offline || e.ErrorText == "net::ERR_ABORTED" || r.stream && e.BlockedReason == "" {
			return
		}
		problem("%s %s: %s", r.method, r.url, strings.TrimSpace(e.ErrorText+" "+string(e.BlockedReason)))
	case *page.EventFrameNavigated:
		// Chromium does not tell the end of what a page still asked for when it was left.
		if e.Frame.ParentID == "" {
			maps.DeleteFunc(tab.inflight, func(_ network.RequestID, r request) bool { return r.loader != "" && r.loader != e.Frame.LoaderID })
		}
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
