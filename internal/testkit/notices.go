package testkit

import (
	"context"
	"net/url"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"
)

// AllowNotices answers yes when the page's site asks whether it may show notices,
// now and later; no, if allow is false.
func (tab *Tab) AllowNotices(allow bool) {
	tab.t.Helper()
	setting := browser.PermissionSettingGranted
	if !allow {
		setting = browser.PermissionSettingDenied
	}
	origin := tab.origin()
	tab.do("answer about notices", func(ctx context.Context, _ *chromedp.Target) error {
		c := chromedp.FromContext(ctx)
		_, err := cdp.Call(ctx, c.Browser, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: "notifications"}, Setting: setting,
			Origin: origin, BrowserContextID: c.BrowserContextID,
		})
		return err
	})
}

// DeliverPush hands a notice to the service worker of the page's site, as its
// push service would.
func (tab *Tab) DeliverPush(notice string) {
	tab.t.Helper()
	origin := tab.origin()
	tab.do("listen for service workers", func(ctx context.Context, target *chromedp.Target) error {
		return call(ctx, target, serviceworker.Enable, cdp.Empty{})
	})
	var id serviceworker.RegistrationID
	tab.wait("a service worker of "+origin, func() (bool, error) {
		tab.mu.Lock()
		defer tab.mu.Unlock()
		id = tab.workers[origin+"/"]
		return id != "", nil
	})
	tab.do("deliver a push", func(ctx context.Context, target *chromedp.Target) error {
		return call(ctx, target, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{Origin: origin, RegistrationID: id, Data: notice})
	})
}

func (tab *Tab) origin() string {
	tab.t.Helper()
	at, err := url.Parse(tab.URL())
	if err != nil {
		tab.fatal("read the address: %v", err)
	}
	return at.Scheme + "://" + at.Host
}
