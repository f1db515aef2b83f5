// Package web binds use cases to HTTP once, for all rooms: it reads the input,
// opens the door (Gate), calls, and answers in HTML or JSON. It knows nothing
// of the domain; S is the scope that a use case works in.
package web

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"github.com/a-h/templ"
)

// Public is the permission of a page that needs no account, such as sign-in.
const Public = "public"

// SignedIn is the permission of a page for everybody who has signed in.
const SignedIn = "signed-in"

// Arriving is the permission of the pages on which somebody finishes signing in:
// open to a session that still lacks something, closed without any.
const Arriving = "arriving"

// Locked is the permission of what can be done with a session that is locked: to
// open it again, or to end it. It is open to one that still lacks something, too.
const Locked = "locked"

// None is the input or output of a use case that has none.
type None struct{}

// Route is one line of a room's table; the table also makes /openapi.json and
// the walk that tests every door.
type Route struct {
	Method, Path string // Path is whole, with {parameters}
	Permission   string
	Module       string // key of the room; empty for what is always on
	Summary      string
	Input        reflect.Type
	Output       reflect.Type
	Stream       bool // also serves events; Output is then its JSON
	// OwnUnits says that the use case opens its units of work itself, because it
	// does slow work (a password hash) that must not hold the database.
	OwnUnits bool
	// Resumable says that the route speaks the tus protocol.
	Resumable bool

	next  string // where a browser goes after a command, a template over the output and the path
	again bool   // instead of being sent on, a browser sends the same form to next
	form  string // path template of the page that holds this command's form

	asks bool // the page holds the form that asks for it
	// repeatable commands keep no receipt: to do them again is to do them anew.
	repeatable bool

	signature string // the header with that of a delivery

	limit int // bytes of files that a command takes; 0 for no more than of a form
	// shown is what a browser sees of a command's outcome, instead of being sent on.
	shown func(out any) templ.Component
}

// Command tells whether the route changes something.
func (r *Route) Command() bool { return r.Method != http.MethodGet && r.Method != http.MethodHead }

// binding is a route with its typed parts closed over.
type binding[S any] struct {
	Route
	plan plan
	call func(ctx context.Context, s S, in any) (any, error)
	view func(out any) templ.Component
	// upload, instead of call, carries out a request of the tus protocol.
	upload func(ctx context.Context, s S, t *tusRequest, r *Request) error
}

// Router collects routes under one path for one room.
type Router[S any] struct {
	base, module string
	table        *[]*binding[S]
}

// NewRouter starts an empty table.
func NewRouter[S any]() *Router[S] { return &Router[S]{table: &[]*binding[S]{}} }

// In returns a router into the same table whose routes belong to module. Paths,
// and redirects and forms of commands, are below base.
func (r *Router[S]) In(base, module string) *Router[S] {
	return &Router[S]{base: base, module: module, table: r.table}
}

// Routes lists the table.
func (r *Router[S]) Routes() []*Route {
	routes := make([]*Route, 0, len(*r.table))
	for _, b := range *r.table {
		routes = append(routes, &b.Route)
	}
	return routes
}

func (r *Router[S]) find(method, path string) *binding[S] {
	for _, b := range *r.table {
		if b.Method == method && b.Path == path {
			return b
		}
	}
	return nil
}

// pageAt finds the page of an address and what its parameters are; nil if there is none.
func (r *Router[S]) pageAt(address string) (*binding[S], map[string]string) {
	for _, b := range *r.table {
		if b.view == nil || !sameShape(b.Path, address) {
			continue
		}
		params, parts := map[string]string{}, strings.Split(address, "/")
		for i, part := range strings.Split(b.Path, "/") {
			if name, ok := strings.CutPrefix(part, "{"); ok {
				params[strings.TrimSuffix(name, "}")] = parts[i]
			}
		}
		return b, params
	}
	return nil, nil
}

// Get binds a page: a use case that only reads, and its view. With OwnUnits it may
// also note that somebody read.
func Get[S, In, Out any](r *Router[S], path, permission, summary string, use func(context.Context, S, In) (Out, error), view func(Out) templ.Component, options ...Option) {
	b := typed(use)
	b.view = func(out any) templ.Component { return view(out.(Out)) }
	r.bind(b, http.MethodGet, path, permission, summary, options...)
}

// Stream binds what a page is told while it is open: a use case that only reads,
// and whose answer is served as server-sent events to whoever accepts them
// (text/event-stream) and as JSON to everybody else. The id of the last event
// that was seen comes from the header Last-Event-ID, or from the query, in the
// input's field `json:"last"`.
func Stream[S, In, Out any](r *Router[S], path, permission, summary string, use func(context.Context, S, In) (Live[Out], error)) {
	b := typed(use)
	b.Stream, b.Output = true, reflect.TypeFor[Out]()
	r.bind(b, http.MethodGet, path, permission, summary)
}

// Option completes a line in the table.
type Option func(r *Route)

// SeeOther is where a browser goes after the command: a path whose {names} are
// filled from the output's JSON fields, then from the request's path. "{path}"
// alone goes where the output says.
func SeeOther(path string) Option { return func(r *Route) { r.next = path } }

// SendAgain is SeeOther for a command that stood in another one's way: the
// browser sends the form on to that path, with all that was in it.
func SendAgain(path string) Option { return func(r *Route) { r.next, r.again = path, true } }

// FormAt names the page that holds the command's form, so that a refused form
// comes back filled in with its errors. A form that stands on many pages says
// itself on which, as a path in its field from: FormAt("{from}").
func FormAt(path string) Option { return func(r *Route) { r.form = path } }

// Asks says that the page holds a form that asks for it, such as a search: what
// was asked wrongly comes back in it with its errors.
func Asks(r *Route) { r.asks = true }

// Showing answers a browser with a page instead of sending it on: for a command
// whose sender must not be redirected (RFC 8058).
func Showing[Out any](view func(Out) templ.Component) Option {
	return func(r *Route) { r.shown = func(out any) templ.Component { return view(out.(Out)) } }
}

// Repeatable is for a command whose form is sent again and again, each time with
// what it holds then, such as a draft's.
func Repeatable(r *Route) { r.repeatable = true }

// OwnUnits lets the use case open its units of work itself.
func OwnUnits(r *Route) { r.OwnUnits = true }

// Post binds a command: a use case that changes something, in one transaction.
func Post[S, In, Out any](r *Router[S], path, permission, summary string, use func(context.Context, S, In) (Out, error), options ...Option) {
	r.bind(typed(use), http.MethodPost, path, permission, summary, options...)
}

// Put binds a command that says what is to be at an address: sent again, it changes
// nothing. It is for other systems; browsers send forms with Post.
func Put[S, In, Out any](r *Router[S], path, permission, summary string, use func(context.Context, S, In) (Out, error), options ...Option) {
	r.bind(typed(use), http.MethodPut, path, permission, summary, options...)
}

// typed closes over the types of a use case. It is compiled anew for each of them,
// so what does not need them stands in bind.
func typed[S, In, Out any](use func(context.Context, S, In) (Out, error)) *binding[S] {
	return &binding[S]{
		Route: Route{Input: reflect.TypeFor[In](), Output: reflect.TypeFor[Out]()},
		call:  func(ctx context.Context, s S, in any) (any, error) { return use(ctx, s, *in.(*In)) },
	}
}

// bind puts a line into the table.
func (r *Router[S]) bind(b *binding[S], method, path, permission, summary string, options ...Option) {
	b.Method, b.Path, b.Permission, b.Module, b.Summary = method, join(r.base, path), permission, r.module, summary
	b.plan = planOf(b.Input)
	for _, option := range options {
		option(&b.Route)
	}
	if strings.HasPrefix(b.next, "/") {
		b.next = r.base + b.next
	}
	if b.form != "" && !strings.HasPrefix(b.form, fromItself) {
		b.form = join(r.base, b.form)
	}
	if permission == "" {
		panic("route without a permission: " + method + " " + b.Path)
	}
	if r.find(method, b.Path) != nil {
		panic("route bound twice: " + method + " " + b.Path)
	}
	*r.table = append(*r.table, b)
}

// join keeps /willow one address, not also /willow/.
func join(base, path string) string {
	if whole := strings.TrimRight(base+path, "/"); whole != "" {
		return whole
	}
	return "/"
}
