package web

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/gofiber/fiber/v2/middleware/recover"
	"github.com/google/uuid"
	"github.com/valyala/fasthttp"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui/assets"
)

// Options are what every face of the server shares.
type Options struct {
	// Secure says that browsers come over https, through a proxy that ends TLS.
	Secure bool
	// Proxies are the addresses whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
	// BodyLimit is in bytes; a larger body is answered 413.
	BodyLimit int
	// Timeout is how long one request may take.
	Timeout time.Duration
	Log     *slog.Logger
	// Observe is told of each request by its route's pattern; nil for nobody.
	Observe func(method, route string, status int, took time.Duration)
}

// App serves a table of routes through a gate.
type App[S any] struct {
	Options
	Router *Router[S]
	Gate   Gate[S]
	// Plain are pages outside the table that need no unit of work, by path.
	Plain map[string]Plain
}

// Plain is a page that must answer even when the database does not.
type Plain struct {
	// View renders it; ctx has been through Gate.Outside.
	View func(ctx context.Context, r *Request) (status int, page templ.Component)
	// JSON, instead of a View, answers with a value.
	JSON func(ctx context.Context) (status int, value any)
	// File, instead of a View, answers with a file.
	File func(ctx context.Context, r *Request) (*assets.File, error)
}

// Fiber builds the server.
func (a *App[S]) Fiber() *fiber.App {
	app := newFiber(a.Options, func(c *fiber.Ctx, err error) error { return a.fail(c.UserContext(), c, nil, err) })
	for path, plain := range a.Plain {
		app.Get(path, func(c *fiber.Ctx) error {
			if plain.JSON != nil {
				status, value := plain.JSON(c.UserContext())
				return sendJSON(c, status, value)
			}
			r, err := a.copyRequest(c, nil)
			if err != nil {
				return a.fail(c.UserContext(), c, r, err)
			}
			if plain.File != nil {
				file, err := plain.File(c.UserContext(), r)
				if err != nil {
					return a.fail(c.UserContext(), c, r, err)
				}
				return sendAsset(c, file)
			}
			status, page := plain.View(c.UserContext(), r)
			return a.html(a.Gate.Outside(c.UserContext(), r), c, status, page)
		})
	}
	for _, b := range *a.Router.table {
		app.Add(b.Method, fiberPath(b.Path), a.serve(b))
		if b.Method == http.MethodGet {
			app.Add(http.MethodHead, fiberPath(b.Path), a.serve(b))
		}
	}
	return app
}

// hardLimit is where the server hangs up without reading on. What lies between
// it and BodyLimit is read and answered 413: a browser that is hung up on shows
// "connection reset" instead of what to do.
func hardLimit(o Options) int { return 16 * o.BodyLimit }

// fiberPath turns /{service}/posts/{id} into fiber's /:service/posts/:id.
func fiberPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

func newFiber(o Options, onError fiber.ErrorHandler) *fiber.App {
	app := fiber.New(fiber.Config{
		DisableStartupMessage: true,
		Immutable:             true,
		CaseSensitive:         true,
		UnescapePath:          true,
		BodyLimit:             hardLimit(o),
		ErrorHandler: func(c *fiber.Ctx, err error) error {
			secureHeaders(o, c)
			return onError(c, err)
		},
	})
	keepHijacked(app)
	app.Use(access(o), compress.New(compress.Config{Level: compress.LevelBestSpeed}))
	app.Get("/assets/*", serveAsset)
	app.Get(assets.Worker, serveAsset)
	app.Use(recover.New(recover.Config{EnableStackTrace: true, StackTraceHandler: func(c *fiber.Ctx, panicked any) {
		o.Log.Error("panic", slog.String("request", requestID(c)), slog.Any("cause", panicked), slog.String("stack", string(debug.Stack())))
	}}))
	return app
}

func serveAsset(c *fiber.Ctx) error {
	file, found := assets.Lookup(c.Path())
	if !found {
		return fiber.ErrNotFound
	}
	return sendAsset(c, file)
}

func sendAsset(c *fiber.Ctx, file *assets.File) error {
	c.Set(fiber.HeaderContentType, file.ContentType)
	c.Set(fiber.HeaderCacheControl, file.CacheControl)
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	accepts := string(c.Request().Header.Peek(fiber.HeaderAcceptEncoding))
	body := file.Body
	if packed := file.Brotli(); strings.Contains(accepts, "br") && packed != nil {
		c.Set(fiber.HeaderContentEncoding, "br")
		body = packed
	} else if packed := file.Gzip(); strings.Contains(accepts, "gzip") && packed != nil {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		body = packed
	}
	return c.Send(body)
}

// Handler serves a face; Host chooses among them.
type Handler struct {
	Serve fasthttp.RequestHandler
	allow func(*fasthttp.RequestHeader) fasthttp.RequestConfig
	// streams tells whether the route reads its body itself, bit by bit.
	streams func(*fasthttp.RequestHeader) bool
}

// Handler builds the app once and returns what serves it.
func (a *App[S]) Handler() Handler { return Handler{a.Fiber().Handler(), a.allowance, a.streams} }

// Host sends each request to the face that its host belongs to.
func Host(choose func(host string) Handler, o Options) *fiber.App {
	root := fiber.New(fiber.Config{
		DisableStartupMessage: true, BodyLimit: hardLimit(o), ReadBufferSize: 16 << 10,
		StreamRequestBody: true, DisablePreParseMultipartForm: true, // see gather
		ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 75 * time.Second,
		// Reached only for what cannot be read as a request, or is too large to.
		ErrorHandler: func(c *fiber.Ctx, err error) error {
			secureHeaders(o, c)
			failed := known(err)
			return sendProblem(c, statusOf(failed.Code), failed, requestID(c))
		},
	})
	keepHijacked(root)
	root.Use(func(c *fiber.Ctx) error {
		face, header := choose(hostOnly(string(c.Request().Host()))), &c.Request().Header
		if !face.streams(header) {
			if err := gather(c.Context(), cmp.Or(face.allow(header).MaxRequestBodySize, hardLimit(o))); err != nil {
				return err
			}
		}
		face.Serve(c.Context())
		return nil
	})
	root.Server().HeaderReceived = func(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
		return choose(hostOnly(string(h.Host()))).allow(h)
	}
	return root
}

// trace is what the access log learns while a request is served.
type trace struct {
	id   string
	code fault.Code
}

type traceKey struct{}

func traceOf(c *fiber.Ctx) *trace {
	if t, ok := c.Locals(traceKey{}).(*trace); ok {
		return t
	}
	t := &trace{id: uuid.NewString()}
	c.Locals(traceKey{}, t)
	return t
}

func requestID(c *fiber.Ctx) string { return traceOf(c).id }

// access logs a line a request, with the route's pattern and never the address
// itself: an address can hold what somebody searched for.
func access(o Options) fiber.Handler {
	return func(c *fiber.Ctx) error {
		t := traceOf(c)
		start := clock.Stopwatch()
		secureHeaders(o, c)
		c.Set("X-Request-Id", t.id)
		err := c.Next()
		if err != nil {
			// Answer here, so that the status below is the one that was sent.
			if err = c.App().ErrorHandler(c, err); err != nil {
				return err
			}
		}
		if o.Observe != nil {
			o.Observe(c.Method(), pattern(c), c.Response().StatusCode(), start())
		}
		if !o.Log.Enabled(c.UserContext(), slog.LevelInfo) {
			return nil
		}
		o.Log.LogAttrs(c.UserContext(), slog.LevelInfo, "request",
			slog.String("request", t.id), slog.String("host", hostOnly(string(c.Request().Host()))), slog.String("method", c.Method()),
			slog.String("route", c.Route().Path), slog.Int("status", c.Response().StatusCode()), slog.String("code", string(t.code)),
			slog.Duration("took", start()), slog.Int("bytes", answered(c.Response())))
		return nil
	}
}

// pattern is that of the route that answered; empty where there was none.
func pattern(c *fiber.Ctx) string {
	path := c.Route().Path
	if path == "/" && c.Response().StatusCode() == fiber.StatusNotFound {
		return "" // what comes after all routes has this path too
	}
	return path
}

// answered counts the bytes of an answer without reading one that is streamed.
func answered(r *fasthttp.Response) int {
	if r.IsBodyStream() {
		return r.Header.ContentLength()
	}
	return len(r.Body())
}

// secureHeaders forbid what our pages never do: foreign or inline code, frames, caches.
func secureHeaders(o Options, c *fiber.Ctx) {
	for _, header := range headers {
		c.Set(header[0], header[1])
	}
	if o.Secure {
		c.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

var headers = [][2]string{
	{"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; media-src 'self'; form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"},
	{"Cache-Control", "private, no-store"},
	{"Referrer-Policy", "same-origin"},
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
	{"X-Robots-Tag", "noindex, nofollow"},
}
