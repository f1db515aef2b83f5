package waiting

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// Settle is how somebody's wait ended, or that it goes on.
type Settle struct {
	ID      uuid.UUID `path:"id"`
	Outcome Outcome   `json:"outcome" validate:"omitempty,oneof=first_appointment treatment_began declined discharged moved not_needed" label:"an outcome"`
	On      string    `json:"on" validate:"max=30" label:"the day"`
	Version int       `json:"version"`
}

// Settle ends somebody's wait, or begins it again. Conflict if somebody else was faster.
func (w Waiting) Settle(ctx context.Context, s tenants.Scope, in Settle) (File, error) {
	row, err := entryOf(ctx, s, in.ID)
	if err != nil {
		return File{}, err
	}
	if in.Outcome == "" {
		in.On = ""
	}
	line, err := w.apply(ctx, s, Cells{"reference": row.Reference, "outcome": string(in.Outcome), "outcome_on": in.On}, func(before Entry) error {
		if before.Version != in.Version {
			return fault.Stale()
		}
		return nil
	})
	if err != nil {
		return File{}, renamed(err, "outcome_on", "on")
	}
	if line.What != same {
		err = w.free(ctx, s, row)
	}
	return File{in.ID}, err
}

// free shows whoever waited that their page has changed.
func (w Waiting) free(ctx context.Context, s tenants.Scope, row Entry) error {
	if row.MemberID == nil {
		return nil
	}
	return s.Emit(ctx, Changed, tenants.Event{Module: key, Subject: row.ID, Readers: tenants.NewIDs(*row.MemberID)})
}

// renamed calls a field of an error as the form does.
func renamed(err error, from, to string) error {
	for i, field := range fieldsOf(err) {
		if field.Name == from {
			fieldsOf(err)[i].Name = to
		}
	}
	return err
}

// HandOver is the service that somebody goes to.
type HandOver struct {
	ID      uuid.UUID `path:"id"`
	Service string    `json:"service" validate:"required,max=60" label:"a service"`
	Version int       `json:"version"`
}

// Moving is that a member has a place in a service since somebody handed them over;
// the subject is the member, in that service.
var Moving = tenants.Kind{Key: "waiting.moved", Queue: "default"}

// HandOver makes somebody who waited a service user, here or in another service of
// the trust: there they keep their handle, and what they wrote stays here. Who still
// waits has their first appointment with it, today.
func (w Waiting) HandOver(ctx context.Context, s tenants.Scope, in HandOver) (File, error) {
	target := s.Estate.Service(in.Service)
	if target == nil {
		return File{}, fault.Bad("service", "Choose one of the services.")
	}
	to, _ := s.Within(target.ID)
	row, err := taken(ctx, s, in.ID)
	if err != nil {
		return File{}, err
	}
	switch {
	case row.Version != in.Version:
		return File{}, fault.Stale()
	case row.MemberID == nil:
		return File{}, fault.Bad("service", "They have not joined, so there is nobody to hand over. The service can invite them.")
	case row.HandedTo != nil:
		return File{}, fault.New(fault.Conflict, "They have been handed over already.")
	}
	var member tenants.Person
	err = s.Select(&member).Where("person.id = ?", row.MemberID).Where("person.status = 'active'").Scan(ctx)
	if database.Missing(err) {
		return File{}, fault.New(fault.Conflict, "They have left, so there is nobody to hand over.")
	}
	if err != nil {
		return File{}, err
	}
	births, err := w.archive.Births(ctx, s, member.AccountID)
	if err != nil {
		return File{}, err
	}
	born := births[member.AccountID]
	if err := s.Estate.Fits(target, tenants.ServiceUser, born, clock.DateOf(s.Now)); err != nil {
		return File{}, fault.Bad("service", fieldsOf(err)[0].Message)
	}
	moved, err := tenants.Move(ctx, s, member, to, tenants.ServiceUser, born)
	if err != nil {
		return File{}, err
	}
	if w.desk.Needs != nil {
		if err := w.desk.Needs.HandOver(ctx, s, member.ID, to, moved.ID); err != nil {
			return File{}, err
		}
	}
	if row.Open() {
		row.Outcome, row.OutcomeOn, row.ClosedAt = FirstAppointment, dayOf(s.Now), &s.Now
	}
	row.HandedTo, row.AskAt = &target.ID, nil
	if err := put(ctx, s, &row); err != nil {
		return File{}, err
	}
	if err := s.Audit(ctx, "waiting.handover", tenants.Audited{Subject: row.ID, After: map[string]string{"service": target.Slug}}); err != nil {
		return File{}, err
	}
	to.Actor.Member = nil
	if err := to.Emit(ctx, Moving, tenants.Event{Subject: moved.ID, Readers: tenants.NewIDs(moved.ID)}); err != nil {
		return File{}, err
	}
	return File{in.ID}, s.Emit(ctx, Changed, tenants.Event{Module: key, Subject: row.ID, Audience: tenants.AudienceStaff})
}

// ofMove tells whoever was handed over.
func ofMove(_ context.Context, _ tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	return []modules.Notice{{Kind: "standing", To: []uuid.UUID{e.Subject}, Subject: e.Subject, Path: "/"}}, nil
}

// ask asks those whose check-in is due how they are, again after some days, and then
// notes that nothing came.
func ask(ctx context.Context, s tenants.Scope) error {
	for {
		more := false
		err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
			var rows []Entry
			err := s.Claim(&rows).Where("entry.ask_at <= ?", s.Now).Where("entry.outcome = ''").Where("entry.member_id IS NOT NULL").Order("entry.ask_at").Limit(atOnce).Scan(ctx)
			if err != nil || len(rows) == 0 {
				return err
			}
			more = len(rows) == atOnce
			ways, err := pathways(ctx, s)
			if err != nil {
				return err
			}
			cadence := map[uuid.UUID]int{}
			for _, way := range ways {
				cadence[way.ID] = way.Cadence
			}
			return askAll(ctx, s, rows, cadence)
		})
		if err != nil || !more {
			return err
		}
	}
}

func askAll(ctx context.Context, s tenants.Scope, rows []Entry, cadence map[uuid.UUID]int) error {
	var due []tenants.Event
	for i := range rows {
		row := &rows[i]
		if row.asks(s.Now, settings(s).ChaseDays, cadence[row.PathwayID]) {
			due = append(due, tenants.Event{Module: key, Subject: row.ID, Readers: tenants.NewIDs(*row.MemberID)})
		}
		if err := put(ctx, s, row); err != nil {
			return err
		}
	}
	if len(due) > 0 {
		if err := s.EmitAll(ctx, Due, due); err != nil {
			return err
		}
	}
	return s.Emit(ctx, Changed, tenants.Event{Module: key, Audience: tenants.AudienceStaff})
}

// asksFor is how often somebody is asked for one check-in.
const asksFor = 2

// asks moves an entry on whose time to be asked has come, and tells whether its
// person is asked now: twice, some days apart; then the check-in counts as missed and
// the next one is due at its time.
func (e *Entry) asks(now time.Time, chase, cadence int) bool {
	next := now.AddDate(0, 0, chase)
	if e.Asked < asksFor {
		e.Asked++
		e.AskAt = &next
		return true
	}
	next = now.AddDate(0, 0, max(1, cadence-asksFor*chase))
	e.Asked, e.AskAt = 0, &next
	e.Missed++
	return false
}

// ofDue asks somebody who waits how they are, in words that say nothing else.
func ofDue(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	row, err := entryOf(ctx, s, e.Subject)
	if database.Missing(err) || err == nil && (!row.Open() || row.MemberID == nil || row.Asked == 0) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// Each asking is one of its own, so that the second reaches them too.
	return []modules.Notice{{Kind: "pulse", To: []uuid.UUID{*row.MemberID}, Subject: e.ID, Path: "/waiting"}}, nil
}
