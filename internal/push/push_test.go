package push_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/outbound"
	"github.com/sharon-nhs/sharon/internal/push"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// anywhere lets the client reach this machine.
func anywhere(string, string, syscall.RawConn) error { return nil }

func client(t *testing.T, change func(*push.Options), hosts ...string) *push.Client {
	t.Helper()
	keys, err := crypt.NewKeys([]byte("a secret for tests that is long enough"))
	if err != nil {
		t.Fatal(err)
	}
	o := push.Options{Key: keys.Push(), Contact: "https://sharon.example.nhs.uk", Hosts: hosts, Guard: anywhere}
	if change != nil {
		change(&o)
	}
	return push.New(o)
}

func started(t *testing.T) (*testkit.PushHost, *push.Client) {
	t.Helper()
	host := testkit.StartPushHost(t)
	return host, client(t, func(o *push.Options) { o.Roots = host.Roots() }, host.Host())
}

func of(d *testkit.Device) push.Subscription {
	return push.Subscription{Endpoint: d.Endpoint, P256dh: d.P256dh, Auth: d.Auth}
}

func TestANoticeArrivesAndOnlyTheDeviceCanReadIt(t *testing.T) {
	host, c := started(t)
	one, other := host.Subscribe(), host.Subscribe()
	notice := []byte(`{"title":"SHaRON","body":"You have a new message"}`)
	delivery := push.Delivery{TTL: time.Hour, Urgency: "high", Topic: "messages"}
	if err := c.Send(t.Context(), of(one), notice, delivery); err != nil {
		t.Fatal(err)
	}
	if err := c.Send(t.Context(), of(other), []byte("short"), push.Delivery{}); err != nil {
		t.Fatal(err)
	}
	got := host.Pushes()
	if p := got[0]; !bytes.Equal(p.Notice, notice) || p.Endpoint != one.Endpoint || p.TTL != time.Hour || p.Urgency != "high" || p.Topic != "messages" || p.Contact != "https://sharon.example.nhs.uk" {
		t.Errorf("%+v", p)
	}
	if got[0].Length != got[1].Length {
		t.Errorf("the lengths %d and %d tell the notices apart", got[0].Length, got[1].Length)
	}
}

func TestTheSubscriberOfAMailbox(t *testing.T) {
	host := testkit.StartPushHost(t)
	c := client(t, func(o *push.Options) { o.Roots, o.Contact = host.Roots(), "mailto:team@sharon.example.nhs.uk" }, host.Host())
	if err := c.Send(t.Context(), of(host.Subscribe()), []byte("x"), push.Delivery{}); err != nil {
		t.Fatal(err)
	}
	if got := host.Pushes()[0].Contact; got != "mailto:team@sharon.example.nhs.uk" {
		t.Errorf("contact %q", got)
	}
}

func TestOneTokenIsKeptForAHost(t *testing.T) {
	host, c := started(t)
	var all sync.WaitGroup
	for range 8 {
		device := host.Subscribe()
		all.Go(func() {
			if err := c.Send(t.Context(), of(device), []byte("x"), push.Delivery{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, p := range host.Pushes() {
		if p.Token != host.Pushes()[0].Token {
			t.Error("a second token within the hour")
		}
	}
}

func TestAnswersAreSorted(t *testing.T) {
	host, c := started(t)
	device := host.Subscribe()
	send := func() error { return c.Send(t.Context(), of(device), []byte("x"), push.Delivery{}) }
	for _, status := range []int{404, 410} {
		device.Answer(status)
		var gone *push.Gone
		if err := send(); !errors.As(err, &gone) {
			t.Errorf("%d: %v", status, err)
		}
	}
	for _, status := range []int{400, 403, 413, 307} {
		device.Answer(status, "Location", "https://127.0.0.1/")
		var refused *push.Refused
		if err := send(); !errors.As(err, &refused) || refused.Status != status {
			t.Errorf("%d: %v", status, err)
		}
	}
	for _, status := range []int{429, 500, 503} {
		device.Answer(status, "Retry-After", "30")
		var later *outbound.Later
		if err := send(); !errors.As(err, &later) || later.After != 30*time.Second {
			t.Errorf("%d: %v", status, err)
		}
	}
	asked := host.Asked()
	device.Answer(201)
	if err := send(); err != nil || host.Asked() != asked+1 || asked != 9 {
		t.Errorf("at last: %v after %d requests", err, host.Asked())
	}
}

func TestNothingIsSentWhereItShouldNotBe(t *testing.T) {
	host := testkit.StartPushHost(t)
	device := of(host.Subscribe())
	refuses := func(name string, c *push.Client) {
		err := c.Send(t.Context(), device, []byte("x"), push.Delivery{})
		if err == nil || host.Asked() > 0 {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), "/send/") {
			t.Errorf("%s: the error tells the device: %v", name, err)
		}
	}
	refuses("not on the list", client(t, func(o *push.Options) { o.Roots = host.Roots() }))
	refuses("a private address", client(t, func(o *push.Options) { o.Roots, o.Guard = host.Roots(), nil }, host.Host()))
	refuses("nobody vouches", client(t, nil, host.Host()))
	c := client(t, func(o *push.Options) { o.Roots = host.Roots() }, host.Host())
	for _, d := range []push.Delivery{{Topic: "not a topic"}, {Topic: strings.Repeat("a", 33)}, {Urgency: "now\r\nX: y"}, {TTL: -1}} {
		if err := c.Send(t.Context(), device, []byte("x"), d); err == nil || host.Asked() > 0 {
			t.Errorf("%+v was sent", d)
		}
	}
	if err := c.Send(t.Context(), device, make([]byte, 5000), push.Delivery{}); err == nil || host.Asked() > 0 {
		t.Error("a notice that is too long was sent")
	}
}

func TestCheck(t *testing.T) {
	host := testkit.StartPushHost(t)
	good := of(host.Subscribe())
	c := client(t, nil)
	for endpoint, ok := range map[string]bool{
		"https://fcm.googleapis.com/fcm/send/abc":                 true,
		"https://fcm.googleapis.com:443/fcm/send/abc":             true,
		"https://FCM.googleapis.com/fcm/send/abc":                 true,
		"https://updates.push.services.mozilla.com/wpush/v2/abc":  true,
		"https://web.push.apple.com/abc":                          true,
		"https://wns2-ln2p.notify.windows.com/w/?token=abc":       true,
		"http://fcm.googleapis.com/fcm/send/abc":                  false,
		"https://fcm.googleapis.com:8443/fcm/send/abc":            false,
		"https://fcm.googleapis.com.evil.test/":                   false,
		"https://evil.test/fcm.googleapis.com":                    false,
		"https://fcm.googleapis.com@evil.test/":                   false,
		"https://user:password@fcm.googleapis.com/":               false,
		"https://push.apple.com/":                                 false,
		"https://.push.apple.com/":                                false,
		"https://evilpush.apple.com/":                             false,
		"https://127.0.0.1/":                                      false,
		"https://localhost/":                                      false,
		"https://169.254.169.254/latest/meta-data":                false,
		"https://fcm.googleapis.com/#x":                           false,
		"https://fcm.googleapis.com/" + strings.Repeat("a", 2001): false,
		"https://fcm.googleapis.com\r\nHost: evil.test/":          false,
		"javascript:alert(1)":                                     false,
		"":                                                        false,
	} {
		sub := good
		sub.Endpoint = endpoint
		var gone *push.Gone
		if err := c.Check(sub); (err == nil) != ok || err != nil && !errors.As(err, &gone) {
			t.Errorf("%.80q: %v", endpoint, err)
		}
	}
	good.Endpoint = "https://fcm.googleapis.com/fcm/send/abc"
	for name, change := range map[string]func(*push.Subscription){
		"no key":       func(s *push.Subscription) { s.P256dh = "" },
		"another key":  func(s *push.Subscription) { s.P256dh = s.P256dh[:80] + "AAAAAAA" },
		"no secret":    func(s *push.Subscription) { s.Auth = "" },
		"short secret": func(s *push.Subscription) { s.Auth = "AAAA" },
	} {
		sub := good
		change(&sub)
		if c.Check(sub) == nil {
			t.Errorf("%s passed", name)
		}
	}
}

func TestThePublicKeyIsAPoint(t *testing.T) {
	if key := client(t, nil).PublicKey(); len(key) != 87 || key[0] != 'B' {
		t.Errorf("public key %q", key)
	}
}

// Behind a proxy the push service's name is what counts: the proxy finds its address.
func TestANoticeGoesByTheProxyOfTheEnvironment(t *testing.T) {
	host, proxy := testkit.StartPushHost(t), testkit.StartProxy(t)
	t.Setenv("HTTPS_PROXY", proxy.URL())
	t.Setenv("NO_PROXY", "")
	_, port, _ := strings.Cut(host.Host(), ":")
	named := "example.com:" + port // as its certificate says
	c := client(t, func(o *push.Options) { o.Roots, o.Guard = host.Roots(), outbound.Public }, named)
	device := *host.Subscribe()
	device.Endpoint = strings.Replace(device.Endpoint, host.Host(), named, 1)
	if err := c.Send(t.Context(), of(&device), []byte("through"), push.Delivery{}); err != nil || len(proxy.Asked()) != 1 || proxy.Asked()[0] != named {
		t.Errorf("%v, asked for %v", err, proxy.Asked())
	}
	for _, elsewhere := range []string{"https://intranet.example:" + port + "/", "https://127.0.0.1:" + port + "/", "https://example.com:1/"} {
		device.Endpoint = elsewhere
		var gone *push.Gone
		if err := c.Send(t.Context(), of(&device), nil, push.Delivery{}); !errors.As(err, &gone) || len(proxy.Asked()) != 1 {
			t.Errorf("%s: %v, asked for %v", elsewhere, err, proxy.Asked())
		}
	}
}

// What the environment keeps from the proxy is found here, and the guard looks at it.
func TestTheGuardStandsWhereThereIsNoProxy(t *testing.T) {
	host, proxy := testkit.StartPushHost(t), testkit.StartProxy(t)
	t.Setenv("HTTPS_PROXY", proxy.URL())
	c := client(t, func(o *push.Options) { o.Roots, o.Guard = host.Roots(), outbound.Public }, host.Host())
	var gone *push.Gone
	err := c.Send(t.Context(), of(host.Subscribe()), nil, push.Delivery{}) // this machine is never by proxy
	if err == nil || errors.As(err, &gone) || len(proxy.Asked())+len(host.Pushes()) > 0 {
		t.Errorf("%v, asked for %v", err, proxy.Asked())
	}
}
