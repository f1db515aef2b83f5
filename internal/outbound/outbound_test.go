package outbound

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
)

func TestOnlyPublicAddressesPass(t *testing.T) {
	for _, address := range []string{"8.8.8.8:443", "51.104.15.252:443", "[2a00:1450:4009:81f::200a]:443"} {
		if err := Public("tcp", address, nil); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{
		"127.0.0.1:443", "127.9.9.9:443", "10.0.0.1:443", "172.16.0.1:443", "192.168.1.1:443", "169.254.169.254:80", "100.64.0.1:443",
		"0.0.0.0:443", "0.1.2.3:443", "192.0.0.8:443", "198.18.0.1:443", "224.0.0.1:443", "255.255.255.255:443", "240.0.0.1:443",
		"[::1]:443", "[::]:443", "[fe80::1]:443", "[fe80::1%eth0]:443", "[fd00::1]:443", "[ff02::1]:443", "[::ffff:127.0.0.1]:443",
		"[::ffff:10.0.0.1]:443", "[::7f00:1]:443", "[64:ff9b::7f00:1]:443", "[2002:7f00:1::]:443", "[2001::1]:443", "localhost:443", "",
	} {
		if Public("tcp", address, nil) == nil {
			t.Errorf("%s passed", address)
		}
	}
}

func TestANameThatLeadsHomeIsOfNoUse(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	home := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	if _, err := Client(time.Second, Public, nil).Get(home); !errors.Is(err, errPrivate) {
		t.Errorf("got %v", err)
	}
	answer, err := Client(time.Second, nil, nil).Get(home)
	if err != nil {
		t.Fatal(err) // so it was the guard
	}
	_ = answer.Body.Close()
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	defer server.Close()
	answer, err := Client(time.Second, nil, nil).Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if asked != 1 || answer.StatusCode != http.StatusTemporaryRedirect {
		t.Errorf("asked %d times, got %d", asked, answer.StatusCode)
	}
}

func TestSlowIsGivenUp(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	took := clock.Stopwatch()
	if _, err := Client(50*time.Millisecond, nil, nil).Get(server.URL); err == nil || took() > time.Second {
		t.Errorf("%v after %s", err, took())
	}
}

func TestAnswers(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		status int
		header string
		after  time.Duration // -1 is no Later
		final  bool
	}{
		{200, "", -1, false}, {201, "60", -1, false}, {400, "", -1, true}, {404, "", -1, true}, {307, "", -1, true},
		{429, "120", 2 * time.Minute, false}, {503, "Fri, 20 Nov 2026 10:31:00 GMT", time.Minute, false}, {500, "", 0, false}, {408, "", 0, false},
		{429, "-5", 0, false}, {429, "soon", 0, false}, {429, "99999999", longest, false}, {503, "Fri, 20 Nov 2020 10:31:00 GMT", 0, false},
	} {
		err, final := Answered(&http.Response{StatusCode: c.status, Header: http.Header{"Retry-After": {c.header}}}, now)
		var later *Later
		if errors.As(err, &later) != (c.after >= 0) || later != nil && (later.After != c.after || later.Status != c.status) || final != c.final {
			t.Errorf("%d %q: %v, %v", c.status, c.header, err, final)
		}
	}
}
