package live

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// reminder is a member's wish to be told half an hour before.
type reminder struct {
	bun.BaseModel `bun:"table:live_reminders,alias:reminder"`
	tenants.InService

	SessionID uuid.UUID `bun:"session_id,pk,type:uuid"`
	MemberID  uuid.UUID `bun:"member_id,pk,type:uuid"`
}

// Promise lets a session's reminder wait until it is time, or sends it at once
// where the session was moved to the next half hour.
func Promise(ctx context.Context, s tenants.Scope, x Session) error {
	e := tenants.Event{Module: key, Subject: x.ID, About: x.ReminderID}
	if due := x.StartsAt.Add(-remindsBefore); due.After(s.Now) {
		e.DueAt = &due
	}
	return s.Emit(ctx, remind, e)
}

// reminders are the notices of a reminder that is due: none if the session has
// been moved or cancelled since.
func (l Live) reminders(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	var x Session
	err := s.Select(&x).Where("live.id = ?", e.Subject).Scan(ctx)
	if database.Missing(err) {
		return nil, nil
	}
	if err != nil || !x.reminds(e.About, s.Now) {
		return nil, err
	}
	return x.toWhoWait(ctx, s, modules.Notice{Kind: "reminder", Subject: x.ID})
}

// changes are the notices of a session that was moved or cancelled.
func (l Live) changes(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	var x Session
	err := s.Select(&x).Where("live.id = ?", e.Subject).Scan(ctx)
	if database.Missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return x.toWhoWait(ctx, s, modules.Notice{Kind: "change", Subject: e.ID}, e.ActorID)
}

// toWhoWait addresses a notice of the session to those who asked to be reminded of
// it and may still come.
func (x Session) toWhoWait(ctx context.Context, s tenants.Scope, notice modules.Notice, except ...uuid.UUID) ([]modules.Notice, error) {
	var people []tenants.Person
	err := s.Select(&people).Column("id", "roles").Where("person.status = 'active'").Order("person.id").
		Where("EXISTS (SELECT 1 FROM live_reminders AS r WHERE r.tenant_id = person.tenant_id AND r.session_id = ? AND r.member_id = person.id)", x.ID).Scan(ctx)
	if err != nil {
		return nil, err
	}
	for _, person := range people {
		if x.admits(s.As(person)) && !slices.Contains(except, person.ID) {
			notice.To = append(notice.To, person.ID)
		}
	}
	if len(notice.To) == 0 {
		return nil, nil
	}
	notice.About, notice.Path = x.ID, "/live/"+x.ID.String()
	return []modules.Notice{notice}, nil
}

// Remind says whether the actor wants to be reminded.
type Remind struct {
	ID     uuid.UUID `path:"id"`
	Remind bool      `json:"remind"`
}

// Remind notes the actor's wish, or that they have it no longer.
func (l Live) Remind(ctx context.Context, s tenants.Scope, in Remind) (Session, error) {
	x, err := find(ctx, s, in.ID)
	if err != nil {
		return Session{}, err
	}
	if !in.Remind {
		_, err := s.Delete((*reminder)(nil)).Where("session_id = ?", x.ID).Where("member_id = ?", s.Actor.ID()).Exec(ctx)
		return x, err
	}
	if !x.remindable(s.Now) || s.Actor.Member == nil {
		return Session{}, fault.New(fault.Forbidden, "It is too late for a reminder: this session begins within half an hour, or is over.")
	}
	return x, wants(ctx, s, x)
}

// remindable tells whether a reminder asked for now would still come.
func (x Session) remindable(now time.Time) bool {
	return x.State == Coming && x.StartsAt.Add(-remindsBefore).After(now)
}

func wants(ctx context.Context, s tenants.Scope, x Session) error {
	row := reminder{SessionID: x.ID, MemberID: s.Actor.ID()}
	_, err := s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx)
	return err
}

func reminded(ctx context.Context, s tenants.Scope, x Session) (bool, error) {
	return s.Select((*reminder)(nil)).Where("reminder.session_id = ?", x.ID).Where("reminder.member_id = ?", s.Actor.ID()).Exists(ctx)
}
