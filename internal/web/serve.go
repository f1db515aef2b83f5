package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/words"
)

// Cookie is set or, with an empty value, removed by an output that has Cookies.
type Cookie struct {
	Name, Value string
	MaxAge      int // seconds; 0 lasts until the browser closes
}

type cookieSetter interface{ Cookies() []Cookie }

// elsewhere is an output that has a page of its own: browsers are sent there.
type elsewhere interface{ Elsewhere() string }

// serve is the one handler: every page and command of every room passes here.
func (a *App[S]) serve(b *binding[S]) fiber.Handler {
	if b.Resumable {
		return a.tus(b)
	}
	return func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.UserContext(), a.Timeout)
		defer cancel()
		r, err := a.copyRequest(c, &b.Route)
		if err == nil {
			err = a.sameOrigin(r)
		}
		if err != nil {
			return a.fail(ctx, c, r, err)
		}
		if r.excess != nil {
			return a.refuse(ctx, c, b, r, r.excess)
		}
		if b.Command() {
			return a.command(ctx, c, b, r)
		}
		return a.page(ctx, c, b, r, fiber.StatusOK, nil)
	}
}

// page runs a query and shows what it found. A refused form is shown with it.
func (a *App[S]) page(ctx context.Context, c *fiber.Ctx, b *binding[S], r *Request, status int, refused *Form) error {
	if refused != nil {
		ctx = context.WithValue(ctx, formKey{}, refused)
	}
	var out any
	var scope S
	err := a.Gate.Enter(ctx, r, func(ctx context.Context, s S) (err error) {
		in, err := b.bind(r)
		if err != nil {
			return err
		}
		scope = s
		out, err = b.call(ctx, s, in)
		if live, ok := out.(live); ok && err == nil && !r.wantsStream {
			out, err = live.missed(ctx)
		}
		return err
	})
	if err != nil {
		if form := refusedForm(c, r, err); form != nil && refused == nil && b.asks {
			a.log(ctx, r, err)
			again := *r
			again.Values = nil
			return a.page(ctx, c, b, &again, statusOf(form.Code), form)
		}
		return a.fail(ctx, c, r, err)
	}
	if r.wantsStream {
		a.handOver(c, out.(live))
		return nil
	}
	if content, ok := out.(Content); ok {
		return a.send(ctx, c, r, content)
	}
	if r.wantsJSON {
		return sendJSON(c, status, out)
	}
	if moved, ok := out.(elsewhere); ok && refused == nil && moved.Elsewhere() != "" {
		return c.Redirect(localPath(moved.Elsewhere()), fiber.StatusSeeOther)
	}
	return a.html(a.Gate.Page(ctx, r, scope), c, status, b.view(out))
}

func (a *App[S]) command(ctx context.Context, c *fiber.Ctx, b *binding[S], r *Request) error {
	var out any
	var scope S
	err := a.Gate.Enter(ctx, r, func(ctx context.Context, s S) (err error) {
		in, err := b.bind(r)
		if err != nil {
			return err
		}
		scope = s
		if out, err = b.call(ctx, s, in); err != nil {
			return err
		}
		r.Outcome, err = outcome(b.next, r, out)
		return err
	})
	if err != nil {
		return a.refuse(ctx, c, b, r, err)
	}
	if setter, ok := out.(cookieSetter); ok && !r.JSON {
		for _, cookie := range setter.Cookies() {
			a.setCookie(c, cookie)
		}
	}
	if r.wantsJSON {
		if r.Outcome.Location != "" {
			c.Set(fiber.HeaderLocation, r.Outcome.Location)
		}
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		return c.Status(fiber.StatusOK).SendString(r.Outcome.Answer)
	}
	if b.shown != nil && out != nil {
		return a.html(a.Gate.Page(ctx, r, scope), c, fiber.StatusOK, b.shown(out))
	}
	if r.Outcome.Location == "" {
		r.Outcome.Location = "/"
	}
	if b.again {
		return c.Redirect(r.Outcome.Location, fiber.StatusTemporaryRedirect)
	}
	return c.Redirect(r.Outcome.Location, fiber.StatusSeeOther)
}

// refuse shows the command's form again, filled in, or else the error's page.
func (a *App[S]) refuse(ctx context.Context, c *fiber.Ctx, b *binding[S], r *Request, err error) error {
	var failed *fault.Error
	form := b.form
	refused := refusedForm(c, r, err)
	if errors.As(err, &failed) && carrying[failed.Code] {
		form, refused = doors[failed.Code], formOf(c, r, failed)
	}
	if refused == nil || r.wantsJSON || form == "" {
		return a.fail(ctx, c, r, err)
	}
	path, query, _ := strings.Cut(form, "?")
	page, params := a.Router.find(fiber.MethodGet, path), r.Params
	if path == fromItself {
		page, params = a.Router.pageAt(first(r.Values["from"]))
	}
	if page == nil {
		return a.fail(ctx, c, r, err)
	}
	again := *r
	again.Params = params
	again.Method, again.Route, again.OnceKey = fiber.MethodGet, &page.Route, ""
	again.Values = map[string][]string{}
	templates, _ := url.ParseQuery(query) // of our own table
	for name, template := range templates {
		again.Values[name] = r.Values[strings.Trim(first(template), "{}")]
	}
	a.log(ctx, r, err)
	return a.page(ctx, c, page, &again, statusOf(refused.Code), refused)
}

// refusedForm is what was sent, to be mended; nil where that cannot be.
func refusedForm(c *fiber.Ctx, r *Request, err error) *Form {
	var failed *fault.Error
	if r.wantsJSON || !errors.As(err, &failed) || !mendable[failed.Code] {
		return nil
	}
	return formOf(c, r, failed)
}

func formOf(c *fiber.Ctx, r *Request, failed *fault.Error) *Form {
	retryAfter(c, failed)
	return &Form{Action: r.Path, Values: r.Values, Code: failed.Code, Message: failed.Message, Errors: failed.Fields}
}

// fromItself is the page that a form says it stands on.
const fromItself = "{from}"

// mendable errors bring the form back; the others have a page of their own.
var mendable = map[fault.Code]bool{fault.Invalid: true, fault.Malformed: true, fault.Conflict: true, fault.Limited: true, fault.TooLarge: true}

// outcome keeps what a command answered, so that a repeat can be answered alike.
func outcome(next string, r *Request, out any) (Outcome, error) {
	answer, err := json.Marshal(out)
	if err != nil {
		return Outcome{}, fmt.Errorf("answer of %s: %w", r.Route.Path, err)
	}
	if next == "" {
		return Outcome{Answer: string(answer)}, nil
	}
	fields := map[string]any{}
	if err := json.Unmarshal(answer, &fields); err != nil {
		return Outcome{}, fmt.Errorf("answer of %s: %w", r.Route.Path, err)
	}
	found := map[string][]string{}
	for name, value := range fields {
		if text, ok := value.(string); ok {
			found[name] = []string{text}
		}
	}
	return Outcome{Location: localPath(fillPath(next, r.Params, found)), Answer: string(answer)}, nil
}

// localPath refuses to send a browser anywhere but to our own pages. Browsers
// leave out control characters and read \ as /, so neither may hide a second /.
func localPath(path string) string {
	if strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.ContainsFunc(path, func(r rune) bool { return r == '\\' || r < ' ' || r == 0x7f }) {
		return path
	}
	return "/"
}

var inBraces = regexp.MustCompile(`\{[a-z_]+\}`)

// fillPath puts values into the {names} of our own template, fields first. A
// template that is nothing but one name takes a whole path; elsewhere a value is
// a single part of the path or of the query, and is escaped as such.
func fillPath(template string, params map[string]string, fields map[string][]string) string {
	value := func(braced string) string {
		name := strings.Trim(braced, "{}")
		if given, ok := fields[name]; ok {
			return first(given)
		}
		return params[name]
	}
	if template != "" && inBraces.FindString(template) == template {
		return value(template)
	}
	path, query, asked := strings.Cut(template, "?")
	path = inBraces.ReplaceAllStringFunc(path, func(braced string) string { return url.PathEscape(value(braced)) })
	if !asked {
		return path
	}
	return path + "?" + inBraces.ReplaceAllStringFunc(query, func(braced string) string { return url.QueryEscape(value(braced)) })
}

func sendJSON(c *fiber.Ctx, status int, out any) error {
	body, err := json.Marshal(out)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Status(status).Send(body)
}

func (a *App[S]) html(ctx context.Context, c *fiber.Ctx, status int, view templ.Component) error {
	buffer := templ.GetBuffer()
	defer templ.ReleaseBuffer(buffer)
	if err := view.Render(ctx, buffer); err != nil {
		// Not a page of its own: that would be rendered too, and fail alike for ever.
		failed := known(fmt.Errorf("render: %w", err))
		a.Log.ErrorContext(ctx, "render", slog.String("request", requestID(c)), slog.Any("cause", err))
		return sendProblem(c, statusOf(failed.Code), failed, requestID(c))
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	// A copy: fiber's Send keeps the slice, and the buffer is another page's, perhaps
	// another trust's, as soon as we return.
	c.Status(status).Response().SetBody(words.Page(ctx, buffer.Bytes()))
	return nil
}
