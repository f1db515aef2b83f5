package rota

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Away is who is away, and the days on which the service is closed.
type Away struct {
	Absences []Absence        `json:"absences"`
	Days     []Day            `json:"days"` // the next year's, bank holidays too
	Team     []tenants.Person `json:"team,omitempty"`
	Today    string           `json:"today"`
}

// Away lists them from today on.
func (r Rota) Away(ctx context.Context, s tenants.Scope, _ web.None) (Away, error) {
	out := Away{Today: dayOf(s.Now).Format(time.DateOnly)}
	var err error
	if out.Absences, err = awaySince(ctx, s, s.Now, uuid.Nil); err != nil {
		return Away{}, err
	}
	own, err := ownDays(ctx, s)
	if err != nil {
		return Away{}, err
	}
	out.Days = days(own, out.Today, dayOf(s.Now).AddDate(1, 0, 0).Format(time.DateOnly))
	if s.May("rota.manage") {
		out.Team, err = colleagues(ctx, s)
	}
	return out, err
}

// GoAway is an absence, of whole days. Member is a handle, empty for oneself.
type GoAway struct {
	Member string `json:"member" validate:"max=60" label:"who it is"`
	From   string `json:"from" validate:"filled,max=20" label:"the first day"`
	To     string `json:"to" validate:"filled,max=20" label:"the last day"`
}

// GoAway notes that somebody is away. Others than oneself need rota.manage. What
// falls out is left to whoever looks after the rota: the gap shows at once.
func (r Rota) GoAway(ctx context.Context, s tenants.Scope, in GoAway) (Absence, error) {
	if err := alone(ctx, s); err != nil {
		return Absence{}, err
	}
	person, err := whose(ctx, s, in.Member)
	if err != nil {
		return Absence{}, err
	}
	first, err := date(s, "from", in.From)
	if err != nil {
		return Absence{}, err
	}
	last, err := date(s, "to", in.To)
	if err != nil {
		return Absence{}, err
	}
	if last.Before(first) {
		return Absence{}, fault.Bad("to", "The last day must not be before the first.")
	}
	row := Absence{ID: uuid.Must(uuid.NewV7()), MemberID: person.ID, StartsAt: begins(first), EndsAt: begins(last.AddDate(0, 0, 1)), CreatedAt: s.Now}
	known, err := awaySince(ctx, s, row.StartsAt, person.ID)
	if err != nil {
		return Absence{}, err
	}
	for _, other := range known {
		if other.StartsAt.Before(row.EndsAt) {
			return Absence{}, fault.Bad("from", person.Handle+" is away then already.")
		}
	}
	if _, err := s.Insert(&row).Exec(ctx); err != nil {
		return Absence{}, err
	}
	if err := s.Audit(ctx, "rota.away", tenants.Audited{Subject: person.ID, After: row}); err != nil {
		return Absence{}, err
	}
	row.Member = &person
	return row, Refresh(ctx, s)
}

// whose is the member whom an absence is of: the actor, or for whoever manages
// the rota anybody of the team.
func whose(ctx context.Context, s tenants.Scope, handle string) (tenants.Person, error) {
	if s.Actor.Member != nil && (strings.TrimSpace(handle) == "" || tenants.HandleKey(handle) == s.Actor.Member.HandleKey) {
		return *s.Actor.Member, nil
	}
	if !s.May("rota.manage") {
		return tenants.Person{}, fault.Bad("member", "You can say when you are away yourself. For others, ask the service lead.")
	}
	return colleague(ctx, s, "member", handle)
}

// Back takes an absence off. Only one's own, but for whoever manages the rota.
func (r Rota) Back(ctx context.Context, s tenants.Scope, in ByID) (Absence, error) {
	if err := alone(ctx, s); err != nil {
		return Absence{}, err
	}
	row, err := absenceOf(ctx, s, in.ID)
	if err != nil {
		return Absence{}, err
	}
	if row.MemberID != s.Actor.ID() && !s.May("rota.manage") {
		return Absence{}, fault.New(fault.Forbidden, "This is somebody else’s. Ask them, or the service lead.")
	}
	if err := dropAbsence(ctx, s, row.ID); err != nil {
		return Absence{}, err
	}
	if err := s.Audit(ctx, "rota.back", tenants.Audited{Subject: row.MemberID, Before: row}); err != nil {
		return Absence{}, err
	}
	return row, Refresh(ctx, s)
}

// SetDay says how a day is: closed with a name, open though it is a bank holiday,
// or as the calendar has it.
type SetDay struct {
	Day  string `json:"day" validate:"filled,max=20" label:"the day"`
	Name string `json:"name" validate:"max=60" label:"why"`
	How  string `json:"how" validate:"required,oneof=closed open usual" label:"how it is"`
}

// SetDay changes it.
func (r Rota) SetDay(ctx context.Context, s tenants.Scope, in SetDay) (Away, error) {
	if err := alone(ctx, s); err != nil {
		return Away{}, err
	}
	day, err := date(s, "day", in.Day)
	if err != nil {
		return Away{}, err
	}
	row := Day{Day: day.Format(time.DateOnly), Name: strings.TrimSpace(in.Name), Open: in.How == "open"}
	if in.How == "closed" && row.Name == "" {
		return Away{}, fault.Bad("name", "Say why the service is closed, such as: Training day.")
	}
	if in.How == "usual" {
		err = dropDay(ctx, s, row.Day)
	} else {
		err = putDay(ctx, s, row)
	}
	if err != nil {
		return Away{}, err
	}
	if err := s.Audit(ctx, "rota.day", tenants.Audited{After: in}); err != nil {
		return Away{}, err
	}
	if err := Refresh(ctx, s); err != nil {
		return Away{}, err
	}
	return r.Away(ctx, s, web.None{})
}
