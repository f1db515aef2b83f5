package web_test

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/valyala/fasthttp"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
)

// checked is a page as templ makes them: with a context that is over it writes nothing.
func checked(words string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, err := io.WriteString(w, words)
		return err
	})
}

// jam is a gate at which the time runs out.
type jam struct{ door }

func (jam) Enter(ctx context.Context, _ *web.Request, _ func(context.Context, string) error) error {
	<-ctx.Done()
	return ctx.Err()
}

func (jam) Problem(failed *fault.Error, _ []web.Kept) templ.Component { return checked(failed.Message) }

func behind(gate web.Gate[string]) *server {
	return serve(func(a *web.App[string]) { a.Gate, a.Timeout = gate, 20*time.Millisecond })
}

// faces are the ways to ask for a page and to send a command.
var faces = map[string]func(*server) *fasthttp.Response{
	"a browser's page":    func(s *server) *fasthttp.Response { return s.ask("GET", "/doors", "") },
	"a browser's command": func(s *server) *fasthttp.Response { return s.ask("POST", "/doors", "next=/", "Content-Type", form) },
	"a form with a page":  func(s *server) *fasthttp.Response { return s.ask("POST", "/locked", "next=/", "Content-Type", form) },
	"a client's page":     func(s *server) *fasthttp.Response { return s.ask("GET", "/doors", "", "Accept", "application/json") },
	"a client's command": func(s *server) *fasthttp.Response {
		return s.ask("POST", "/doors", "{}", "Content-Type", "application/json")
	},
}

func TestWhatTakesTooLongIsAnApology(t *testing.T) {
	for name, ask := range faces {
		got := ask(behind(&jam{}))
		if got.StatusCode() != 503 || len(got.Body()) == 0 {
			t.Errorf("%s: %d %q", name, got.StatusCode(), got.Body())
		}
		if kind := string(got.Header.ContentType()); (kind == "application/problem+json") != (name[:8] == "a client") {
			t.Errorf("%s is answered with %s", name, kind)
		}
	}
}

// late is a gate whose pages are rendered when the time has run out.
type late struct{ jam }

func (late) Enter(ctx context.Context, _ *web.Request, fn func(context.Context, string) error) error {
	if err := fn(ctx, "scope"); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func TestTimeThatRunsOutAtTheLastMomentIsNoFault(t *testing.T) {
	r := web.NewRouter[string]()
	web.Get(r, "/slow", web.Public, "A page", echo[web.None], func(web.None) templ.Component { return checked("the page") })
	s := behind(&late{})
	s.app.Router = r
	s.handle = s.app.Handler().Serve
	if got := s.ask("GET", "/slow", ""); got.StatusCode() != 503 && string(got.Body()) != "the page" {
		t.Errorf("%d %q", got.StatusCode(), got.Body())
	}
}

// broken is a gate whose apology cannot be rendered either.
type broken struct{ jam }

func (broken) Problem(*fault.Error, []web.Kept) templ.Component {
	return templ.ComponentFunc(func(context.Context, io.Writer) error { return errors.New("no ink") })
}

func TestApologyThatCannotBeRenderedIsStillAnAnswer(t *testing.T) {
	for name, ask := range faces {
		if got := ask(behind(&broken{})); got.StatusCode() < 500 || len(got.Body()) == 0 {
			t.Errorf("%s: %d %q", name, got.StatusCode(), got.Body())
		}
	}
}

// A page belongs to its reader until the last byte is sent, which is after the
// handler has returned: another reader's page must not be written over it.
func TestPageIsNotWrittenOverByTheNext(t *testing.T) {
	s := serve()
	page := func(words string) *fasthttp.RequestCtx {
		var request fasthttp.Request
		request.SetRequestURI(anID + "?title=" + words)
		request.Header.SetHost("northmoor.localhost")
		var c fasthttp.RequestCtx
		c.Init(&request, &net.TCPAddr{IP: net.IPv4(10, 0, 0, 9), Port: 1}, nil)
		s.handle(&c)
		return &c
	}
	for range 50 {
		mine := page("mine")
		page("ours")
		if body := string(mine.Response.Body()); body != "title mine" {
			t.Fatalf("my page became %q", body)
		}
	}
}
