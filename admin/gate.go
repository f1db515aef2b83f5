package admin

import (
	"context"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
)

// Gate is the door of the console: it finds out who asks and refuses what their
// role does not allow. It knows the sessions of platform staff only; one of a
// trust is no session here.
type Gate struct {
	DB       *database.DB
	Clock    clock.Clock
	Keys     crypt.Keys
	Sessions signin.Sessions
}

var _ web.Gate[Scope] = (*Gate)(nil)

// session is what a request carries of it.
type session struct {
	hash   string
	cookie bool // came as a cookie, so forms need the token
	begun  time.Time
	lack   signin.Lack
}

// Enter implements web.Gate. The use case opens its own units of work: most of
// what the console does is to ask others (the queue, each trust for a count),
// and nobody holds a transaction while waiting for them.
func (g *Gate) Enter(ctx context.Context, r *web.Request, fn func(context.Context, Scope) error) error {
	s, err := g.admit(ctx, r)
	if err != nil {
		return err
	}
	if r.OnceKey == "" || !r.Route.Command() || s.Staff == nil {
		return fn(ctx, s)
	}
	return once(ctx, s, r, func() error { return fn(ctx, s) })
}

// admit makes the scope, or says why not.
func (g *Gate) admit(ctx context.Context, r *web.Request) (Scope, error) {
	s := Scope{Client: signin.ClientOf(r), Now: g.Clock.Now(), db: g.DB}
	if err := g.identify(ctx, r, &s); err != nil {
		return s, err
	}
	if r.Route.Permission == web.Public {
		return s, nil
	}
	if s.Staff == nil {
		return s, fault.New(fault.Unauthenticated, "Please sign in first.")
	}
	if s.session.lack != signin.Nothing && r.Route.Permission != web.Arriving {
		return s, s.session.lack.Refusal()
	}
	if r.Route.Command() && s.session.cookie && !r.JSON {
		if err := signin.CheckForm(g.Keys, s.session.hash, r); err != nil {
			return s, err
		}
	}
	if r.Route.Permission != web.SignedIn && r.Route.Permission != web.Arriving && !s.May(r.Route.Permission) {
		return s, fault.New(fault.Forbidden, "Your role here does not allow this.")
	}
	return s, nil
}

// identify finds who asks by their session, and notes its use.
func (g *Gate) identify(ctx context.Context, r *web.Request, s *Scope) error {
	token, cookie := signin.Token(r)
	if token == "" {
		return nil
	}
	hash := crypt.TokenHash(token)
	var found *Session
	if err := g.DB.Read(ctx, uuid.Nil, within(s.Now, func(ctx context.Context, rows store) (err error) {
		found, err = rows.session(ctx, hash)
		return err
	})); err != nil {
		return err
	}
	if found == nil || g.Sessions.Over(found.CreatedAt, found.SeenAt, s.Now) {
		return nil
	}
	s.Staff, s.session = found.Staff, session{hash, cookie, found.CreatedAt, signin.LackOf(found.Strong, found.Staff.app(), true, g.Sessions)}
	if !signin.Stale(found.SeenAt, s.Now) {
		return nil
	}
	return s.write(ctx, func(ctx context.Context, rows store) error { return rows.touch(ctx, hash) })
}

// frame is what every page of the console shows around itself.
func (g *Gate) frame(r *web.Request, s Scope) *ui.Frame {
	frame := &ui.Frame{Service: "SHaRON console", About: "Trusts and queues", Path: r.Path, Now: s.Now, May: s.May}
	for _, room := range rooms {
		if s.Staff != nil && s.session.lack == signin.Nothing && (room.Key == "" || s.May(room.Key)) {
			frame.Rooms = append(frame.Rooms, room)
		}
	}
	return frame
}

// Page implements web.Gate.
func (g *Gate) Page(ctx context.Context, r *web.Request, s Scope) context.Context {
	frame := g.frame(r, s)
	frame.FormToken = signin.FormToken(g.Keys, s.session.hash)
	if s.Staff != nil {
		frame.Session = s.session.hash[:12]
	}
	return ui.WithFrame(ctx, frame)
}

// Outside implements web.Gate.
func (g *Gate) Outside(ctx context.Context, r *web.Request) context.Context {
	frame := g.frame(r, Scope{Now: g.Clock.Now()})
	frame.Signed = signin.Seems(r)
	return ui.WithFrame(ctx, frame)
}

// Problem implements web.Gate.
func (g *Gate) Problem(failed *fault.Error, kept []web.Kept) templ.Component {
	return ui.Problem(failed, kept)
}
