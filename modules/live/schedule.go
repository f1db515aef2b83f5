package live

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// furthest is how far ahead a session can be scheduled.
const furthest = 366 * 24 * time.Hour

// audiences are those that a session can have, of the actor's own.
func audiences(s tenants.Scope) []tenants.Audience {
	return slices.DeleteFunc(s.Actor.Roles.Audiences(), func(a tenants.Audience) bool {
		return a == tenants.AudienceClinicians || a == tenants.AudienceFriends
	})
}

// Form is a session to make or to change, with what there is to choose from.
type Form struct {
	Session   Session            `json:"session"`
	Date      string             `json:"date"` // in Europe/London
	Time      string             `json:"time"`
	Audiences []tenants.Audience `json:"audiences"`
	People    []tenants.Person   `json:"people"` // who may host
}

// Beginning is the form of a session that is not there yet.
func (l Live) Beginning(ctx context.Context, s tenants.Scope, _ web.None) (Form, error) {
	tuned := modules.Tune(s, key, defaults)
	people, err := s.WhoMay(ctx, "live.host")
	return Form{
		Session: Session{Audience: tenants.AudienceService, Minutes: tuned.Minutes, Questions: tuned.Questions, Anonymous: tuned.Anonymous,
			SlowSeconds: tuned.SlowSeconds, Transcript: tuned.Transcript, Hosts: []Host{{MemberID: s.Actor.ID()}}},
		Audiences: audiences(s), People: people,
	}, err
}

// ByID names a session.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// Editing reads a session for whoever may change or cancel it.
func (l Live) Editing(ctx context.Context, s tenants.Scope, in ByID) (Form, error) {
	x, err := find(ctx, s, in.ID)
	if err == nil {
		err = x.canChange(s)
	}
	if err != nil {
		return Form{}, err
	}
	people, err := s.WhoMay(ctx, "live.host")
	at := x.StartsAt.In(clock.London)
	return Form{Session: x, Date: at.Format(time.DateOnly), Time: at.Format("15:04"), People: people}, err
}

// Plan is what is decided about a session, when it is made and later.
type Plan struct {
	Title       string   `json:"title" validate:"filled,max=120" label:"a title"`
	About       string   `json:"about" validate:"max=1000" label:"what it is about"`
	Date        string   `json:"date" validate:"filled,max=20" label:"a day"`
	Time        string   `json:"time" validate:"filled,max=10" label:"a time"`
	Minutes     int      `json:"minutes" validate:"gte=10,lte=240" label:"the length in minutes"`
	Hosts       []string `json:"hosts" validate:"max=10,dive,max=60" label:"hosts"` // handles
	Questions   bool     `json:"questions"`
	Anonymous   bool     `json:"anonymous"`
	SlowSeconds int      `json:"slow_seconds" validate:"gte=0,lte=600" label:"slow mode in seconds"`
	Transcript  bool     `json:"transcript"`
}

// Schedule is a new session. Who may come is settled for good when it is made.
type Schedule struct {
	Plan
	Audience tenants.Audience `json:"audience" validate:"required,oneof=service peers carers staff" label:"who can come"`
}

// Schedule makes a session. Invalid if the time does not exist or is past, or
// if a host could not come.
func (l Live) Schedule(ctx context.Context, s tenants.Scope, in Schedule) (Session, error) {
	if s.Actor.Member == nil {
		return Session{}, fault.New(fault.Forbidden, "You are not a member of this service, so you cannot host in it.")
	}
	if !slices.Contains(audiences(s), in.Audience) {
		return Session{}, fault.Bad("audience", "Choose people among whom you are yourself.")
	}
	x := Session{ID: uuid.Must(uuid.NewV7()), Audience: in.Audience, Version: 1, CreatedBy: s.Actor.ID(), CreatedAt: s.Now}
	if err := in.apply(s, &x); err != nil {
		return Session{}, err
	}
	hosts, err := in.hosts(ctx, s, x)
	if err != nil {
		return Session{}, err
	}
	if _, err := s.Insert(&x).Exec(ctx); err != nil {
		return Session{}, err
	}
	if err := setHosts(ctx, s, x, hosts); err != nil {
		return Session{}, err
	}
	if err := Promise(ctx, s, x); err != nil {
		return Session{}, err
	}
	return find(ctx, s, x.ID)
}

// Edit is a change of a session's plan. Once it is open, its time and who reads
// it afterwards stay as people were told.
type Edit struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version" validate:"required" label:"the version"`
	Plan
}

// Edit changes a session. Conflict if it changed since Version.
func (l Live) Edit(ctx context.Context, s tenants.Scope, in Edit) (Session, error) {
	x, err := alone(ctx, s, in.ID)
	if err != nil {
		return Session{}, err
	}
	if err := x.canChange(s); err != nil {
		return Session{}, err
	}
	if x.Version != in.Version {
		return Session{}, fault.Stale()
	}
	was := x
	if err := in.apply(s, &x); err != nil {
		return Session{}, err
	}
	hosts, err := in.hosts(ctx, s, x)
	if err != nil {
		return Session{}, err
	}
	x.Version++
	err = tenants.Touched(s.Update(&x).Column("title", "about", "starts_at", "minutes", "questions", "anonymous", "slow_seconds", "transcript", "version", "closes_at", "reminder_id").
		Where("live.id = ?", x.ID).Exec(ctx))
	if err != nil {
		return Session{}, err
	}
	if err := setHosts(ctx, s, x, hosts); err != nil {
		return Session{}, err
	}
	if !x.StartsAt.Equal(was.StartsAt) {
		if err := Promise(ctx, s, x); err != nil {
			return Session{}, err
		}
		if err := x.replanned(ctx, s); err != nil {
			return Session{}, err
		}
	}
	if err := x.tell(ctx, s, changed, x.ID); err != nil {
		return Session{}, err
	}
	return find(ctx, s, x.ID)
}

// apply lays the plan over a session.
func (p Plan) apply(s tenants.Scope, x *Session) error {
	x.Title, x.About = strings.TrimSpace(p.Title), strings.TrimSpace(p.About)
	x.Minutes, x.SlowSeconds = p.Minutes, p.SlowSeconds
	if x.OpenedAt != nil {
		return nil
	}
	x.Questions, x.Anonymous, x.Transcript = p.Questions, p.Anonymous, p.Transcript
	starts, err := modules.LondonTime(strings.TrimSpace(p.Date), strings.TrimSpace(p.Time))
	switch {
	case err != nil:
		return err
	case starts.Equal(x.StartsAt):
		return nil // also where that is a few minutes ago and the host is late
	case !starts.After(s.Now):
		return fault.Bad("date", "Choose a day and a time that are still to come.")
	case starts.After(s.Now.Add(furthest)):
		return fault.Bad("date", "Choose a day within a year from now.")
	}
	x.StartsAt, x.ClosesAt = starts, starts.Add(waitsForHost)
	x.ReminderID = uuid.Must(uuid.NewV7())
	return nil
}

// hosts finds those that the plan names and makes sure that they can host.
func (p Plan) hosts(ctx context.Context, s tenants.Scope, x Session) ([]tenants.Person, error) {
	people, err := s.WhoMay(ctx, "live.host")
	if err != nil {
		return nil, err
	}
	var hosts []tenants.Person
	for _, handle := range p.Hosts {
		at := slices.IndexFunc(people, func(known tenants.Person) bool { return known.HandleKey == tenants.HandleKey(handle) })
		switch {
		case at < 0:
			return nil, fault.Bad("hosts", "Choose hosts among the people who may host here.")
		case !slices.Contains(people[at].Roles.Audiences(), x.Audience):
			return nil, fault.Bad("hosts", people[at].Handle+" cannot come to a session for “"+x.Audience.Name()+"”. Choose somebody who can.")
		}
		hosts = append(hosts, people[at])
	}
	if len(hosts) == 0 {
		return nil, fault.Bad("hosts", "Choose at least one host.")
	}
	return hosts, nil
}

// setHosts makes these people, and nobody else, the session's hosts. Who stays
// keeps their place in the room.
func setHosts(ctx context.Context, s tenants.Scope, x Session, people []tenants.Person) error {
	ids := make([]uuid.UUID, len(people))
	for i, person := range people {
		ids[i] = person.ID
	}
	if _, err := s.Delete((*Host)(nil)).Where("session_id = ?", x.ID).Where("member_id NOT IN (?)", bun.List(ids)).Exec(ctx); err != nil {
		return err
	}
	rows := make([]Host, len(people))
	for i, id := range ids {
		rows[i] = Host{SessionID: x.ID, MemberID: id}
	}
	_, err := tenants.InsertAll(s, rows).On("CONFLICT DO NOTHING").Exec(ctx)
	return err
}

// Cancel says why a session will not be.
type Cancel struct {
	ID     uuid.UUID `path:"id"`
	Reason string    `json:"reason" validate:"filled,max=300" label:"why it is cancelled"`
}

// Cancel takes a session off. Its page stays and says why; a second time
// changes nothing.
func (l Live) Cancel(ctx context.Context, s tenants.Scope, in Cancel) (Session, error) {
	x, err := alone(ctx, s, in.ID)
	if err != nil {
		return Session{}, err
	}
	switch {
	case x.State == Off && x.steers(s):
		return x, nil
	case x.State == Open:
		return Session{}, fault.New(fault.Forbidden, "This session is open. You can close it instead.")
	}
	if err := x.canChange(s); err != nil {
		return Session{}, err
	}
	x.Reason = strings.TrimSpace(in.Reason)
	if err := x.replanned(ctx, s); err != nil {
		return Session{}, err
	}
	return x, x.end(ctx, s, Cancelled, s.Now)
}

// replanned has those told who wait for the session.
func (x Session) replanned(ctx context.Context, s tenants.Scope) error {
	return s.Emit(ctx, replanned, tenants.Event{Module: key, Subject: x.ID})
}

// end writes down that a session is over.
func (x *Session) end(ctx context.Context, s tenants.Scope, how Ending, at time.Time) error {
	x.Ended, x.ClosedAt = how, &at
	x.State = x.At(s.Now)
	err := tenants.Touched(s.Update(x).Column("ended", "closed_at", "reason").Where("live.id = ?", x.ID).Where("live.closed_at IS NULL").Exec(ctx))
	if err != nil {
		return err
	}
	return x.tell(ctx, s, changed, x.ID)
}

// tell notes what happened in the session, for those who may come to it.
func (x Session) tell(ctx context.Context, s tenants.Scope, kind tenants.Kind, subject uuid.UUID) error {
	return s.Emit(ctx, kind, tenants.Event{Module: key, Subject: subject, About: x.ID, Audience: x.Audience})
}
