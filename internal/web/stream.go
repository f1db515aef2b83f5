package web

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sharon-nhs/sharon/internal/clock"
)

const (
	eventStream = "text/event-stream"
	lastEventID = "Last-Event-ID"
)

// Live is the answer of a stream's use case: one of its two functions is called.
type Live[Out any] struct {
	// Missed is the answer to a client that polls. It runs in the use case's own
	// unit of work.
	Missed func(ctx context.Context) (Out, error)
	// Serve writes events to a connection whose response head has been sent, and
	// owns it. It runs after the request is over: nothing that belongs to the
	// request, least of all its unit of work, may be used in it.
	Serve func(conn net.Conn)
}

// live is a Live whatever its Out.
type live interface {
	missed(ctx context.Context) (any, error)
	serve(conn net.Conn)
}

func (l Live[Out]) missed(ctx context.Context) (any, error) { return l.Missed(ctx) }
func (l Live[Out]) serve(conn net.Conn)                     { l.Serve(conn) }

// askStream reads what only streams are asked for. Whoever does not ask for
// events by name gets JSON, errors too, so that nothing hangs by mistake.
func (r *Request) askStream(c *fiber.Ctx) {
	r.wantsJSON = true
	r.wantsStream = bytes.Contains(c.Request().Header.Peek("Accept"), []byte(eventStream))
	if last := string(c.Request().Header.Peek(lastEventID)); last != "" {
		r.Values["last"] = []string{last} // newer than that of the address, which a browser repeats
	}
}

// handOver takes the connection out of the server's hands. The goroutine that
// serves it is a new one, because the server's own holds on to the request and
// its buffers: five times what a stream needs.
func (a *App[S]) handOver(c *fiber.Ctx, stream live) {
	c.Set(fiber.HeaderContentType, eventStream)
	c.Set("X-Accel-Buffering", "no") // or nginx keeps events until it has a page of them
	if c.Method() == http.MethodHead {
		return
	}
	header := &c.Response().Header
	header.SetContentLength(-2) // until the connection ends
	head := header.AppendBytes(nil)
	id, timeout, log := strings.Clone(requestID(c)), a.Timeout, a.Log
	c.Context().HijackSetNoResponse(true)
	c.Context().Hijack(func(conn net.Conn) {
		if hijacked, ok := conn.(interface{ UnsafeConn() net.Conn }); ok {
			conn = hijacked.UnsafeConn()
		}
		go func() {
			defer func() {
				if panicked := recover(); panicked != nil {
					_ = conn.Close()
					log.Error("panic", slog.String("request", id), slog.Any("cause", panicked))
				}
			}()
			err := conn.SetWriteDeadline(clock.Real{}.Now().Add(timeout))
			if err == nil {
				_, err = conn.Write(head)
			}
			if err == nil {
				err = conn.SetWriteDeadline(time.Time{})
			}
			if err != nil {
				_ = conn.Close()
				return
			}
			stream.serve(conn)
		}()
	})
}

// keepHijacked leaves a connection that was handed over to its new owner.
func keepHijacked(app *fiber.App) { app.Server().KeepHijackedConns = true }
