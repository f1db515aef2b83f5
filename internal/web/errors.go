package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/sharon-nhs/sharon/internal/fault"
)

var statuses = map[fault.Code]int{
	fault.Malformed:       fiber.StatusBadRequest,
	fault.Unauthenticated: fiber.StatusUnauthorized,
	fault.Forbidden:       fiber.StatusForbidden,
	fault.Suspended:       fiber.StatusForbidden,
	fault.CodeNeeded:      fiber.StatusForbidden,
	fault.FactorNeeded:    fiber.StatusForbidden,
	fault.ProofNeeded:     fiber.StatusForbidden,
	fault.Locked:          fiber.StatusForbidden,
	fault.NotFound:        fiber.StatusNotFound,
	fault.NoMethod:        fiber.StatusMethodNotAllowed,
	fault.Conflict:        fiber.StatusConflict,
	fault.TooLarge:        fiber.StatusRequestEntityTooLarge,
	fault.Unsupported:     fiber.StatusUnsupportedMediaType,
	fault.Invalid:         fiber.StatusUnprocessableEntity,
	fault.Limited:         fiber.StatusTooManyRequests,
	fault.Internal:        fiber.StatusInternalServerError,
	fault.Unavailable:     fiber.StatusServiceUnavailable,
	fault.Closed:          fiber.StatusLocked,
}

// doors are where a browser is led that is refused for one of these reasons. Both
// faces have these pages; from each the way goes on to ?next=.
var doors = map[fault.Code]string{
	fault.Unauthenticated: "/sign-in",
	fault.CodeNeeded:      "/sign-in/code",
	fault.FactorNeeded:    "/account/second-factor/new",
	fault.ProofNeeded:     "/account/confirm",
	fault.Locked:          "/account/unlock",
}

// carrying are the doors that take a refused form along and send it on.
var carrying = map[fault.Code]bool{fault.ProofNeeded: true, fault.Locked: true}

// Door is the page on which a refusal with this code is mended, from where the way
// goes on to next.
func Door(code fault.Code, next string) string {
	return doors[code] + "?next=" + url.QueryEscape(next)
}

func statusOf(code fault.Code) int { return statuses[code] }

// Problem is an error over JSON (RFC 9457).
type Problem struct {
	Type   string         `json:"type"`
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Detail string         `json:"detail,omitempty"`
	Code   fault.Code     `json:"code"`
	Errors []ProblemField `json:"errors,omitempty"`
	ID     string         `json:"request_id,omitempty"`
}

// ProblemField points (RFC 6901) at the field that is wrong.
type ProblemField struct {
	Pointer string `json:"pointer"`
	Detail  string `json:"detail"`
}

// known turns any error into one that may be shown. What is not ours is
// internal: the person sees an apology, the log sees the cause.
func known(err error) *fault.Error {
	var failed *fault.Error
	if errors.As(err, &failed) {
		return failed
	}
	var refused *fiber.Error
	if errors.As(err, &refused) {
		for code, status := range statuses {
			if status == refused.Code && code != fault.Internal && doors[code] == "" {
				return &fault.Error{Code: code, Message: fiberMessages[code], Cause: err}
			}
		}
		if refused.Code < fiber.StatusInternalServerError {
			return &fault.Error{Code: fault.Malformed, Message: "We could not read what was sent.", Cause: err}
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &fault.Error{Code: fault.Unavailable, Message: "That took too long. Please try again in a minute.", Cause: err}
	}
	return &fault.Error{Code: fault.Internal, Message: "Sorry, there is a problem. Please try again. If it stays, tell your service’s team.", Cause: err}
}

var fiberMessages = map[fault.Code]string{
	fault.Malformed: "We could not read what was sent.",
	fault.NotFound:  "We could not find that page.",
	fault.NoMethod:  "This address does not take that kind of request.",
	fault.TooLarge:  "That is too large to send. Make it shorter and try again.",
}

// fail answers with an error's page or problem details.
func (a *App[S]) fail(ctx context.Context, c *fiber.Ctx, r *Request, err error) error {
	failed := known(err)
	ctx = context.WithoutCancel(ctx) // the apology is rendered though the time is up
	if r == nil {
		r = &Request{ID: requestID(c), Host: hostOnly(string(c.Request().Host())), Path: strings.Clone(c.Path()), wantsJSON: wantsJSON(c), trace: traceOf(c)}
	}
	a.log(ctx, r, err)
	retryAfter(c, failed)
	status := statusOf(failed.Code)
	if r.wantsJSON || strings.HasPrefix(string(c.Request().Header.ContentType()), fiber.MIMEApplicationJSON) {
		if failed.Code == fault.Unauthenticated {
			c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
		}
		return sendProblem(c, status, failed, r.ID)
	}
	if doors[failed.Code] != "" && c.Method() == fiber.MethodGet {
		return c.Redirect(Door(failed.Code, string(c.Request().RequestURI())), fiber.StatusSeeOther)
	}
	return a.html(a.Gate.Outside(ctx, r), c, status, a.Gate.Problem(failed, kept(r)))
}

func retryAfter(c *fiber.Ctx, failed *fault.Error) {
	if failed.RetryAfter > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(failed.RetryAfter))
	}
}

func sendProblem(c *fiber.Ctx, status int, failed *fault.Error, id string) error {
	problem := Problem{Type: "about:blank", Title: failed.Message, Status: status, Code: failed.Code, ID: id}
	for _, field := range failed.Fields {
		pointer := "#"
		if field.Name != "" {
			pointer = "#/" + field.Name
		}
		problem.Errors = append(problem.Errors, ProblemField{pointer, field.Message})
	}
	body, err := json.Marshal(problem)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/problem+json")
	return c.Status(status).Send(body)
}

// kept are the words of a form that could not be taken, to be shown for copying:
// the fields with a label, which are those that people write in.
func kept(r *Request) (fields []Kept) {
	if r.Route == nil || !r.Route.Command() || r.Route.Permission == Public {
		return nil
	}
	for _, field := range reflect.VisibleFields(r.Route.Input) {
		label := field.Tag.Get("label")
		words := first(r.Values[jsonName(field)])
		choice := strings.Contains(field.Tag.Get("validate"), "oneof=")
		if field.Type.Kind() == reflect.String && label != "" && !choice && strings.TrimSpace(words) != "" && plainText(strings.ReplaceAll(words, "\r", "")) {
			fields = append(fields, Kept{label, words})
		}
	}
	return fields
}

// log tells operators what went wrong: never a body, a query or a typed value.
func (a *App[S]) log(ctx context.Context, r *Request, err error) {
	failed := known(err)
	r.trace.code = failed.Code
	if failed.Code == fault.Internal || failed.Code == fault.Unavailable {
		a.Log.LogAttrs(ctx, slog.LevelError, "request failed", slog.String("request", r.ID), slog.String("code", string(failed.Code)), slog.Any("cause", failed.Cause))
	}
}
