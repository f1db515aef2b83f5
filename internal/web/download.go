package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// Content is a file as an answer.
type Content struct {
	Type string // such as image/jpeg, as we found it to be
	Name string // for whoever saves it; may be empty
	Size int64  // in bytes
	Tag  string // the same for the same bytes only: a key that is used once will do
	// Open reads the bytes, after the unit of work has ended; ctx lasts until they
	// are sent.
	Open func(ctx context.Context) (io.ReadSeekCloser, error)
	// Write, instead of Open, makes the bytes as they are sent; then nobody knows
	// their size before, and there are no parts. An error cuts the connection, so
	// that half a file never looks like a whole one.
	Write func(ctx context.Context, w io.Writer) error
}

// Text is a text as a file.
func Text(kind, name, text string) Content {
	return Content{Type: kind + "; charset=utf-8", Name: name, Size: int64(len(text)), Tag: text,
		Open: func(context.Context) (io.ReadSeekCloser, error) { return closing{strings.NewReader(text)}, nil }}
}

// closing is a reader that has nothing to close.
type closing struct{ io.ReadSeeker }

func (closing) Close() error { return nil }

var contents = reflect.TypeFor[Content]()

// Download binds a file: every request for any part of it goes through the gate.
// A browser may keep it, but asks each time whether it still may show it.
func Download[S, In any](r *Router[S], path, permission, summary string, use func(context.Context, S, In) (Content, error)) {
	r.bind(typed(use), http.MethodGet, path, permission, summary)
}

// shown are the types that a browser shows by itself and that can do nothing.
func shown(kind string) bool {
	return kind == "image/jpeg" || kind == "image/png" || kind == "image/gif" || kind == "image/webp" ||
		strings.HasPrefix(kind, "video/") || strings.HasPrefix(kind, "audio/")
}

// send answers with a file, or with the part of it that was asked for.
func (a *App[S]) send(ctx context.Context, c *fiber.Ctx, r *Request, content Content) error {
	if content.Write != nil {
		a.sendMade(ctx, c, content)
		return nil
	}
	tag := fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(content.Tag)))[:26] + `"`
	if unchanged(c.Get(fiber.HeaderIfNoneMatch), tag) {
		fileHeaders(c, content, tag)
		c.Status(fiber.StatusNotModified)
		return nil
	}
	from, length, status := part(c, content.Size, tag)
	if status == fiber.StatusRequestedRangeNotSatisfiable {
		c.Set(fiber.HeaderContentRange, "bytes */"+strconv.FormatInt(content.Size, 10))
		return c.SendStatus(status)
	}
	if c.Method() != fiber.MethodHead {
		stream, err := open(ctx, content, from, length)
		if err != nil {
			return a.fail(ctx, c, r, err)
		}
		c.Response().SetBodyStream(stream, int(length))
	}
	fileHeaders(c, content, tag)
	c.Response().Header.SetContentLength(int(length))
	if status == fiber.StatusPartialContent {
		c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes %d-%d/%d", from, from+length-1, content.Size))
	}
	c.Status(status)
	// The middleware must not pack it: its parts would no longer fit together.
	c.Request().Header.Del(fiber.HeaderAcceptEncoding)
	return nil
}

// sendMade answers with what is made while it is sent.
func (a *App[S]) sendMade(ctx context.Context, c *fiber.Ctx, content Content) {
	fileHeaders(c, content, "")
	if c.Method() == fiber.MethodHead {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), downloadTime)
	from, to := io.Pipe()
	go func() {
		defer cancel()
		err := errors.New("panic")
		defer func() {
			if cause := recover(); cause != nil {
				a.Log.ErrorContext(ctx, "download", slog.Any("cause", cause))
			}
			_ = to.CloseWithError(err)
		}()
		if err = content.Write(ctx, to); err != nil && !errors.Is(err, io.ErrClosedPipe) {
			a.Log.ErrorContext(ctx, "download", slog.Any("cause", err))
		}
	}()
	c.Response().SetBodyStream(from, -1) // closed by the server when the client is gone, which ends the writing
	c.Request().Header.Del(fiber.HeaderAcceptEncoding)
}

// fileHeaders let a browser show the bytes and do nothing else with them.
func fileHeaders(c *fiber.Ctx, content Content, tag string) {
	place := "attachment"
	if shown(content.Type) {
		place = "inline"
	}
	if named := mime.FormatMediaType(place, map[string]string{"filename": content.Name}); content.Name != "" && named != "" {
		place = named
	}
	if tag != "" {
		c.Set(fiber.HeaderETag, tag)
		c.Set(fiber.HeaderAcceptRanges, "bytes")
	}
	for _, header := range [][2]string{
		{fiber.HeaderContentType, content.Type}, {fiber.HeaderContentDisposition, place}, {fiber.HeaderCacheControl, "private, no-cache"},
		{fiber.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'; sandbox"},
	} {
		c.Set(header[0], header[1])
	}
}

// unchanged tells whether the browser has these bytes already.
func unchanged(noneOf, tag string) bool {
	for _, one := range strings.Split(noneOf, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
			return true
		}
	}
	return false
}

// part reads the Range header (RFC 9110, section 14). Several ranges at once, or
// a range of bytes that have changed since, get the whole.
func part(c *fiber.Ctx, size int64, tag string) (from, length int64, status int) {
	asked, condition := c.Get(fiber.HeaderRange), c.Get(fiber.HeaderIfRange)
	if !strings.HasPrefix(asked, "bytes=") || strings.Contains(asked, ",") || condition != "" && condition != tag {
		return 0, size, fiber.StatusOK
	}
	first, last, err := fasthttp.ParseByteRange([]byte(asked), int(size))
	if err != nil {
		return 0, 0, fiber.StatusRequestedRangeNotSatisfiable
	}
	return int64(first), int64(last - first + 1), fiber.StatusPartialContent
}

// stream is read and closed by the server, when the handler has long returned.
type stream struct {
	io.Reader
	close func() error
}

func (s *stream) Close() error { return s.close() }

func open(ctx context.Context, content Content, from, length int64) (*stream, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), downloadTime)
	file, err := content.Open(ctx)
	if err != nil {
		cancel()
		return nil, err
	}
	if _, err := file.Seek(from, io.SeekStart); err != nil {
		cancel()
		return nil, errors.Join(err, file.Close())
	}
	return &stream{io.LimitReader(file, length), func() error {
		defer cancel()
		return file.Close()
	}}, nil
}
