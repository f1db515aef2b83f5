package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/words"
)

// Request is what a use case's door needs to know of an HTTP request: copies
// only, so it may outlive the server's buffers.
type Request struct {
	ID      string
	Method  string
	Host    string // lower case, without port
	Path    string
	Params  map[string]string
	Values  map[string][]string // query of a page, form of a command
	Files   map[string][]File   // of a command's form
	Body    []byte              // raw JSON of a command
	JSON    bool                // the body is JSON
	Cookies map[string]string
	Bearer  string
	Agent   string // what the client says it is, 300 bytes at most
	Address netip.Addr
	Route   *Route
	// Unattended says that a page asks by itself, and not because somebody did something.
	Unattended bool

	// Admitted is set by the door once the actor may know of the service.
	Admitted bool
	// Words are how the actor has the interface put, once the door knows the actor.
	Words words.Tag
	// OnceKey makes a command happen once, however often it is sent.
	OnceKey string
	// Outcome is what the command answered; the door keeps it with OnceKey.
	Outcome Outcome

	signature         string
	wantsJSON         bool
	wantsStream       bool
	fetchSite, origin string
	csrf              string
	trace             *trace
	secure            bool
	excess            error // the form could be read, but is too large
}

// Outcome is the answer to a command: where to go and, as JSON, what came of it.
type Outcome struct {
	Location, Answer string
	Replayed         bool
}

// Gate is the door between HTTP and the domain: it finds out who asks for
// which trust and service, refuses, or runs fn in one unit of work.
type Gate[S any] interface {
	// Enter runs fn in a transaction. A command's is undone when fn fails. For a
	// command sent twice it leaves the first answer in r.Outcome, with Replayed.
	Enter(ctx context.Context, r *Request, fn func(context.Context, S) error) error
	// Page prepares ctx for rendering: who looks, which rooms there are.
	Page(ctx context.Context, r *Request, s S) context.Context
	// Outside prepares ctx for a page that is shown when no scope could be made.
	Outside(ctx context.Context, r *Request) context.Context
	// Problem is the page for an error; kept is what the person had typed.
	Problem(failed *fault.Error, kept []Kept) templ.Component
}

// Kept is a field of a refused form, given back so that no words are lost. Label
// is its name in a sentence.
type Kept struct{ Label, Value string }

// Form is the state of a refused form while its page is rendered again.
type Form struct {
	Action  string
	Values  map[string][]string
	Code    fault.Code
	Message string
	Errors  []fault.Field
}

type formKey struct{}

// Carried are all fields of the form, label and value, but our own (which begin
// with _) and those with the prefix, in the order of their names.
func (f *Form) Carried(without string) (fields []Kept) {
	for _, name := range slices.Sorted(maps.Keys(f.Values)) {
		if strings.HasPrefix(name, "_") || strings.HasPrefix(name, without) {
			continue
		}
		for _, value := range f.Values[name] {
			fields = append(fields, Kept{name, value})
		}
	}
	return fields
}

// FormOf returns the refused form whose action it is; nil if there is none.
func FormOf(ctx context.Context, action string) *Form {
	form, _ := ctx.Value(formKey{}).(*Form)
	if form == nil || form.Action != action {
		return nil
	}
	return form
}

// OnTheWay tells whether the form was refused for what its sender can show at once,
// after which it is sent on.
func (f *Form) OnTheWay() bool { return carrying[f.Code] }

// Refused returns the refused form of this page, whichever it is.
func Refused(ctx context.Context) *Form {
	form, _ := ctx.Value(formKey{}).(*Form)
	return form
}

// copyRequest takes from fiber all that is needed, as copies.
func (a *App[S]) copyRequest(c *fiber.Ctx, route *Route) (*Request, error) {
	r := &Request{
		ID: requestID(c), Method: strings.Clone(c.Method()), Path: strings.Clone(c.Path()),
		Host: hostOnly(string(c.Request().Host())), Params: map[string]string{}, Cookies: map[string]string{},
		Address: a.clientAddress(c), Route: route, Agent: agentOf(c),
		fetchSite: string(c.Request().Header.Peek("Sec-Fetch-Site")), origin: string(c.Request().Header.Peek("Origin")),
		wantsJSON: wantsJSON(c), trace: traceOf(c), secure: a.Secure,
		Unattended: len(c.Request().Header.Peek("X-Unattended")) > 0,
	}
	for name, value := range c.AllParams() {
		r.Params[strings.Clone(name)] = strings.Clone(value)
	}
	for key, value := range c.Request().Header.Cookies() {
		r.Cookies[string(key)] = string(value)
	}
	if token, ok := strings.CutPrefix(string(c.Request().Header.Peek("Authorization")), "Bearer "); ok {
		r.Bearer = token
		r.wantsJSON = true // no browser sends one by itself
	}
	if route != nil && route.Resumable {
		r.wantsJSON, r.csrf = true, string(c.Request().Header.Peek("X-Form-Token"))
		return r, nil
	}
	r.OnceKey = string(c.Request().Header.Peek("Idempotency-Key"))
	if route != nil && route.signature != "" {
		r.signature = string(c.Request().Header.Peek(route.signature))
	}
	if route == nil || !route.Command() {
		r.Values = values(c.Request().URI().QueryArgs())
		if route != nil && route.Stream {
			r.askStream(c)
		}
		return r, nil
	}
	return r, r.readBody(c, a.BodyLimit)
}

func agentOf(c *fiber.Ctx) string {
	agent := c.Request().Header.UserAgent()
	return strings.ToValidUTF8(string(agent[:min(len(agent), 300)]), "")
}

func (r *Request) readBody(c *fiber.Ctx, limit int) error {
	kind, _, _ := strings.Cut(string(c.Request().Header.ContentType()), ";")
	switch kind = strings.TrimSpace(strings.ToLower(kind)); {
	case len(c.Request().Header.Peek(fiber.HeaderContentEncoding)) > 0:
		return fault.New(fault.Unsupported, "Send it as it is, not compressed.") // a few bytes could become gigabytes
	case kind == fiber.MIMEMultipartForm:
		if err := r.readMultipart(c, limit); err != nil {
			return err
		}
		r.formSecrets()
	case len(c.Request().Body()) > limit:
		return fault.New(fault.TooLarge, fiberMessages[fault.TooLarge])
	case kind == fiber.MIMEApplicationJSON:
		r.JSON, r.wantsJSON = true, true
		r.Body = append([]byte(nil), c.Request().Body()...)
	case kind == fiber.MIMEApplicationForm, len(c.Request().Body()) == 0:
		r.Values = values(c.Request().PostArgs())
		r.formSecrets()
	default:
		return fault.New(fault.Unsupported, "Send a form (application/x-www-form-urlencoded) or JSON (application/json).")
	}
	if r.Route != nil && r.Route.repeatable {
		r.OnceKey = ""
	}
	if len(r.OnceKey) > 100 || !plainText(r.OnceKey) {
		return malformed("", "The idempotency key must be 100 characters or fewer.")
	}
	return nil
}

// formSecrets takes what our forms carry besides their fields.
func (r *Request) formSecrets() {
	r.csrf = first(r.Values["_csrf"])
	if once := first(r.Values["_once"]); once != "" {
		r.OnceKey = once
	}
}

// Fingerprint is the same for the same command sent again, and for no other.
func (r *Request) Fingerprint() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\x00%s\x00%s\x00", r.Method, r.Path, r.Body)
	for _, name := range slices.Sorted(maps.Keys(r.Values)) {
		if !strings.HasPrefix(name, "_") {
			fmt.Fprintf(sum, "%q=%q\x00", name, r.Values[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Files)) {
		for _, file := range r.Files[name] {
			fmt.Fprintf(sum, "%q=%q %d\x00", name, file.Name, file.Size)
			if err := file.copyTo(sum); err != nil {
				fmt.Fprint(sum, r.ID) // unread, so like no other
			}
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

func values(args *fasthttp.Args) map[string][]string {
	found := make(map[string][]string, args.Len())
	for key, value := range args.All() {
		name := string(key)
		found[name] = append(found[name], string(value))
	}
	return found
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func wantsJSON(c *fiber.Ctx) bool {
	accept := string(c.Request().Header.Peek("Accept"))
	return strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}

func hostOnly(host string) string {
	if at := strings.LastIndexByte(host, ':'); at >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:at]
	}
	return strings.ToLower(host)
}

// clientAddress believes X-Forwarded-For only from our own proxies, and then
// the right-most address that is not one of them: what stands further left is
// the client's own claim.
func (a *App[S]) clientAddress(c *fiber.Ctx) netip.Addr {
	peer, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	peer = peer.Unmap()
	if !a.proxied(peer) {
		return peer
	}
	// Some proxies add a header line of their own below that of the client.
	lines := c.Request().Header.PeekAll("X-Forwarded-For")
	chain := strings.Split(string(bytes.Join(lines, []byte(","))), ",")
	for i := len(chain) - 1; i >= 0; i-- {
		hop, err := parseHop(strings.TrimSpace(chain[i]))
		if err != nil {
			return peer
		}
		if peer = hop.Unmap(); !a.proxied(peer) {
			return peer
		}
	}
	return peer
}

// parseHop reads an address, also as some gateways write it: with a port.
func parseHop(text string) (netip.Addr, error) {
	if pair, err := netip.ParseAddrPort(text); err == nil {
		return pair.Addr(), nil
	}
	return netip.ParseAddr(text)
}

func (a *App[S]) proxied(address netip.Addr) bool {
	for _, proxy := range a.Proxies {
		if proxy.Contains(address) {
			return true
		}
	}
	return false
}
