package web

import (
	"context"
	"errors"
	"io"

	"github.com/gofiber/fiber/v2"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// tus serves one method of an upload's address.
func (a *App[S]) tus(b *binding[S]) fiber.Handler {
	return func(c *fiber.Ctx) error {
		patience := a.Timeout
		if b.Method == fiber.MethodPatch {
			patience = uploadLasts
		}
		ctx, cancel := context.WithTimeout(c.UserContext(), patience)
		defer cancel()
		c.Set("Tus-Resumable", tusVersion)
		r, err := a.copyRequest(c, &b.Route)
		if err == nil {
			err = a.sameOrigin(r)
		}
		if err == nil {
			err = a.Gate.Enter(ctx, r, func(ctx context.Context, s S) error {
				return b.upload(ctx, s, &tusRequest{c, r.Path}, r)
			})
		}
		if err == nil {
			return nil
		}
		var own *tusAnswer
		if errors.As(err, &own) {
			return sendProblem(c, own.status, fault.New(fault.Malformed, own.words), r.ID)
		}
		if errors.Is(err, io.ErrUnexpectedEOF) { // they are gone: nobody reads this
			err = fault.Wrap(fault.Malformed, "Not all of it came.", err)
		}
		return a.fail(ctx, c, r, err)
	}
}
