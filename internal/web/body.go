package web

import (
	"io"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// gather reads the body of a request whose route does not stream it. The server
// hands every body over unread, so the limit is kept here.
func gather(ctx *fasthttp.RequestCtx, limit int) error {
	request := &ctx.Request
	if !request.IsBodyStream() {
		return nil
	}
	length := request.Header.ContentLength()
	inParts := len(request.Header.MultipartFormBoundary()) > 0
	switch {
	case length > limit:
		ctx.SetConnectionClose()
		return fiber.ErrRequestEntityTooLarge
	case length >= 0 && inParts:
		return nil // taken apart as it comes, with its files on the disk
	case length < 0 && !inParts: // in chunks, of which the server cannot tell whether they came to their end
		ctx.SetConnectionClose()
		return fault.New(fault.Malformed, "Say how long the body is, with Content-Length.")
	}
	body, err := io.ReadAll(io.LimitReader(request.BodyStream(), int64(limit)+1))
	switch {
	case err != nil || len(body) < length:
		ctx.SetConnectionClose()
		return fiber.ErrBadRequest
	case len(body) > limit:
		ctx.SetConnectionClose()
		return fiber.ErrRequestEntityTooLarge
	}
	request.SetBodyRaw(body)
	return nil
}
