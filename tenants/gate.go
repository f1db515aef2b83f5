package tenants

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/internal/words"
)

// Gate is the door of a trust's pages: it finds the trust by host, the service
// by path, the actor by session, and refuses by policy and by the rooms that
// are open, before a use case runs.
type Gate struct {
	Directory *Directory
	Clock     clock.Clock
	Keys      crypt.Keys
	Sessions  Sessions
	Log       *slog.Logger
	// Explain says in plain words why the actor may not do something; nil says no
	// more than that they may not.
	Explain func(s Scope, permission string) string
	// Bars are what stands at the top of each page of whoever asks; nil for nothing.
	Bars func(s Scope) []ui.Bar
	// Rooms lists what the navigation shows to whoever asks.
	Rooms func(s Scope) []ui.Room
}

var _ web.Gate[Scope] = (*Gate)(nil)

// Enter implements web.Gate.
func (g *Gate) Enter(ctx context.Context, r *web.Request, fn func(context.Context, Scope) error) error {
	trust, err := g.Directory.TrustAt(ctx, r.Host)
	if err != nil {
		return err
	}
	var s Scope
	admitted := false
	work := func(ctx context.Context, u *unit) error {
		if s, err = g.admit(ctx, u, r, trust.ID); err != nil {
			return err
		}
		admitted = true
		if r.Route.OwnUnits {
			return nil
		}
		if err := fn(ctx, s); err != nil {
			return err
		}
		s.led(r)
		return g.settle(ctx, s, r)
	}
	open := g.Directory.read
	if r.Route.Command() && !r.Route.OwnUnits {
		open = g.Directory.write
	}
	if err := open(ctx, trust.ID, work); err != nil {
		if admitted {
			err = g.again(ctx, s, r, err)
		} // else a door that is shut now stays shut to what was sent through it before
		g.note(ctx, s, r, err)
		return err
	}
	if r.Route.OwnUnits {
		err := g.own(ctx, s, r, fn)
		g.note(ctx, s, r, err)
		return err
	}
	g.afterwards(ctx, s, r)
	return nil
}

// own runs a use case that opens its units itself, and then notes that the session was used.
func (g *Gate) own(ctx context.Context, s Scope, r *web.Request, fn func(context.Context, Scope) error) error {
	if err := fn(ctx, s); err != nil {
		return err
	}
	s.led(r)
	if !r.Route.Resumable || !s.Actor.session.stale {
		return nil
	}
	return s.Write(ctx, touch)
}

// led puts into the answer where Lead leads.
func (s Scope) led(r *web.Request) {
	if *s.lead != "" {
		r.Outcome.Location = *s.lead
	}
}

// admit makes the scope, or says why not.
func (g *Gate) admit(ctx context.Context, u *unit, r *web.Request, trust uuid.UUID) (Scope, error) {
	token, cookie := signin.Token(r)
	hash := ""
	if token != "" {
		hash = crypt.TokenHash(token)
	}
	slug := r.Params["service"]
	who, err := identify(ctx, u.db, trust, slug, hash)
	if err != nil {
		return Scope{}, err
	}
	estate, err := g.Directory.estate(ctx, u.db, trust, who.ConfigVersion)
	if err != nil {
		return Scope{}, err
	}
	u.estate = estate
	now := g.Clock.Now()
	s := Scope{
		Estate: estate, Actor: who.actor(g.Sessions, now, hash, cookie), Now: now,
		Client: signin.ClientOf(r), browser: words.Tag(r.Cookie(wordsCookie)),
		unit: u,
		lead: new(string),
	}
	if r.Unattended && s.Actor.Lock().On() {
		s.Actor.session.stale = false // a page that is open unlocks nothing and keeps nothing open
	}
	r.Words = s.Words()
	if who.TrustStatus != Active {
		return s, shut(s, who.TrustStatus, slug)
	}
	return g.permit(s, r, slug)
}

// closed is that a trust lets nobody in, with whom its people can turn to.
type closed struct {
	forGood bool
	turnTo  []Contact
}

func (c closed) Error() string { return "the trust is not active" }

// shut is what everybody is told at the door of a trust that is not active.
func shut(s Scope, status, slug string) error {
	why := closed{forGood: status == Archived, turnTo: nationalContacts}
	if service := s.Estate.Service(slug); service != nil {
		why.turnTo = Contacts(service)
	}
	message := "This community is closed for now. What is in it is kept. Your NHS team can tell you more."
	if why.forGood {
		message = "This community has come to an end. Your NHS team can tell you more."
	}
	return fault.Wrap(fault.Closed, message, why)
}

// withoutRole are the permissions that whoever is signed in has.
var withoutRole = map[string]bool{web.SignedIn: true, web.Arriving: true, web.Locked: true}

// permit checks, in this order, what is public, who is signed in and not
// locked, whether the service and the room are there for them, and whether they may.
func (g *Gate) permit(s Scope, r *web.Request, slug string) (Scope, error) {
	if r.Route.Permission == web.Public {
		return s, nil
	}
	if !s.Actor.SignedIn() {
		return s, fault.New(fault.Unauthenticated, "Please sign in first.")
	}
	if s.Actor.Lacks() && r.Route.Permission != web.Arriving && r.Route.Permission != web.Locked {
		return s, s.Actor.session.lack.Refusal()
	}
	if s.Actor.Locked() && r.Route.Permission != web.Locked {
		return s, fault.New(fault.Locked, "This is locked. Show that it is you, and go on where you were.")
	}
	if slug != "" {
		s.Service = s.Estate.Service(slug)
		if s.Service == nil {
			return s, fault.Missing()
		}
		if s.Actor.Member == nil && !s.Actor.Roles.Has(TrustAdmin) {
			return s, fault.Wrap(fault.NotFound, fault.Missing().Message, errStranger)
		}
		r.Admitted, r.Words = true, s.Words()
		if r.Route.Module != "" && !s.Service.Open(r.Route.Module) {
			return s, fault.Missing()
		}
	}
	if r.Route.Command() && s.Actor.session.cookie && !r.JSON {
		if err := signin.CheckForm(g.Keys, s.Actor.session.hash, r); err != nil {
			return s, err
		}
	}
	if !withoutRole[r.Route.Permission] {
		if decision := s.Decide(r.Route.Permission); !decision.Allowed {
			if err := s.Silence(); err != nil {
				return s, err
			}
			return s, fault.Wrap(fault.Forbidden, g.why(s, r.Route.Permission), denied(decision.Because))
		}
	}
	return s, nil
}

func (g *Gate) why(s Scope, permission string) string {
	if g.Explain == nil {
		return "Your role here does not allow this."
	}
	return g.Explain(s, permission)
}

// denied is the rule behind a refusal, for the log.
type denied string

func (d denied) Error() string { return string(d) }

// errStranger tells the log of somebody at the door of a service that is not theirs.
var errStranger = errors.New("not a member of the service")

// note counts a refusal for the audit log. The answer is the same whether or not it can.
func (g *Gate) note(ctx context.Context, s Scope, r *web.Request, failed error) {
	action := "access.denied"
	switch {
	case errors.Is(failed, errStranger):
		action = "access.service"
	case !fault.Is(failed, fault.Forbidden) || !s.Actor.SignedIn():
		return
	}
	err := s.Write(ctx, func(ctx context.Context, s Scope) error {
		return s.tally(ctx, action, r.Route.Summary, uuid.Nil)
	})
	if err != nil {
		g.Log.WarnContext(ctx, "a refusal is not in the audit log", slog.String("request", r.ID), slog.Any("cause", err))
	}
}

// settle is the end of a command's transaction.
func (g *Gate) settle(ctx context.Context, s Scope, r *web.Request) error {
	if !r.Route.Command() {
		return nil
	}
	if s.Actor.session.stale {
		if err := touch(ctx, s); err != nil {
			return err
		}
	}
	if s.arrives() {
		if err := arrive(ctx, s); err != nil {
			return err
		}
	}
	if r.OnceKey == "" || !s.Actor.SignedIn() {
		return nil
	}
	return keep(ctx, s, r)
}

// again answers a command that failed because it has been carried out before.
func (g *Gate) again(ctx context.Context, s Scope, r *web.Request, failed error) error {
	if r.OnceKey == "" || !r.Route.Command() || !s.Actor.SignedIn() {
		return failed
	}
	found := false
	err := s.Read(ctx, func(ctx context.Context, s Scope) (err error) {
		r.Outcome, found, err = replay(ctx, s, r)
		return err
	})
	if fault.Is(err, fault.Invalid) {
		return err
	}
	if err != nil || !found {
		return failed
	}
	return nil
}

// afterwards does what may be lost: the session's last use, how far somebody has read.
func (g *Gate) afterwards(ctx context.Context, s Scope, r *web.Request) {
	if s.Actor.session.stale && !r.Route.Command() && !r.Route.Stream { // an open page is nobody who does something
		s.After(touch)
	}
	if !r.Route.Command() && !r.Route.Stream && s.arrives() {
		s.After(arrive)
	}
	if len(s.unit.after) == 0 {
		return
	}
	work := s.unit.after
	ctx, cancel := context.WithTimeout(ctx, time.Second) // a convenience must not keep anybody waiting
	defer cancel()
	err := s.Write(ctx, func(ctx context.Context, s Scope) error {
		for _, fn := range work {
			if err := fn(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		g.Log.WarnContext(ctx, "after the request", slog.String("request", r.ID), slog.Any("cause", err))
	}
}

// Page implements web.Gate.
func (g *Gate) Page(ctx context.Context, r *web.Request, s Scope) context.Context {
	frame := &ui.Frame{
		Trust: s.Estate.Trust.Name, Module: r.Route.Module, Path: r.Path, Here: here(r), Host: r.Host, Now: s.Now,
		FormToken: signin.FormToken(g.Keys, s.Actor.session.hash), May: s.May, App: s.Estate.Trust.face(),
	}
	if s.Actor.SignedIn() {
		frame.Session = s.Actor.session.hash[:12]
		frame.App.Badge = s.Actor.Badged()
	}
	if lock := s.Actor.Lock(); lock.On() && !s.Actor.Locked() {
		frame.Lock = &ui.Lock{PIN: lock.Kind == PINLock, After: lock.After()}
	}
	if s.Service != nil {
		dress(frame, s)
		frame.Rooms = g.Rooms(s)
		if g.Bars != nil {
			frame.Bars = g.Bars(s)
		}
		frame.Stream = frame.Home + "/stream?last=" + idAt(s.Now).String()
	}
	return words.With(ui.WithFrame(ctx, frame), s.wordsOf(r.Route))
}

// here is the page that was asked for, escaped; empty after a command, to which no
// link leads back.
func here(r *web.Request) string {
	if r.Method != http.MethodGet {
		return ""
	}
	at := url.URL{Path: r.Path, RawQuery: url.Values(r.Values).Encode()}
	return url.QueryEscape(at.RequestURI())
}

// dress gives a page its service's name, colour and team hours.
func dress(frame *ui.Frame, s Scope) {
	frame.Service, frame.About, frame.Accent = s.Service.Name, s.Service.About, s.Service.Accent
	frame.Home = "/" + s.Service.Slug
	frame.TeamHere, frame.Team = s.Service.Staffing(s.Now)
	if s.Actor.Member != nil {
		frame.Viewer = &ui.Viewer{ID: s.Actor.Member.ID, Handle: s.Actor.Member.Handle, Key: s.Actor.Member.HandleKey, Avatar: s.Actor.Member.Avatar}
	}
}

// Outside implements web.Gate: what is known without asking the database.
func (g *Gate) Outside(ctx context.Context, r *web.Request) context.Context {
	frame := &ui.Frame{Path: r.Path, Here: here(r), Now: g.Clock.Now(), May: func(string) bool { return false }, Signed: signin.Seems(r), ForAll: forAll(r.Path)}
	put := cmp.Or(r.Words, words.Tag(r.Cookie(wordsCookie)))
	if estate := g.Directory.Remembered(r.Host); estate != nil {
		frame.Trust, frame.App = estate.Trust.Name, estate.Trust.face()
		slug, _, _ := strings.Cut(strings.TrimPrefix(r.Path, "/"), "/")
		// Nobody learns from an error page that there is a service that they are
		// not in; who to call in a crisis is for everybody who has the address.
		if service := estate.Service(slug); service != nil && (r.Admitted || frame.ForAll) {
			dress(frame, Scope{Estate: estate, Service: service, Now: frame.Now})
			put = firstKnown(put, service.Words)
		}
	}
	return words.With(ui.WithFrame(ctx, frame), put)
}

// Problem implements web.Gate.
func (g *Gate) Problem(failed *fault.Error, kept []web.Kept) templ.Component {
	var why closed
	if errors.As(failed, &why) {
		return closedPage(failed.Message, why.turnTo)
	}
	return ui.Problem(failed, kept)
}
