package web

import (
	"io"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// gather reads the body of a request whose route does not stream it. The server
// hands every body over unread, so the limit is kept here.
func gather(ctx *fasthttp.RequestCtx, limit int) error {
	request := &ctx.Request
	if !request.IsBodyStream() {
		return nil
	}
	length := request.Header.ContentLength()
	if length > limit {
		ctx.SetConnectionClose()
		return fiber.ErrRequestEntityTooLarge
	}
	if length >= 0 && len(request.Header.MultipartFormBoundary()) > 0 {
		return nil // taken apart as it comes, with its files on the disk
	}
	body, err := io.ReadAll(io.LimitReader(request.BodyStream(), int64(limit)+1))
	switch {
	case err != nil:
		ctx.SetConnectionClose()
		return fiber.ErrBadRequest
	case len(body) > limit:
		ctx.SetConnectionClose()
		return fiber.ErrRequestEntityTooLarge
	}
	request.SetBodyRaw(body)
	return nil
}
