package data

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// coolingOff is how long somebody can take back that they leave.
const coolingOff = 24 * time.Hour

// Leaving is what the form of leaving says.
type Leaving struct {
	Goes  []Kept `json:"goes"`
	Stays []Kept `json:"stays"`
	Held  bool   `json:"held"`
}

// Leaving shows what goes and what must be kept, and why.
func (d Data) Leaving(ctx context.Context, s tenants.Scope, _ web.None) (Leaving, error) {
	mine, err := d.Mine(ctx, s, web.None{})
	out := Leaving{Held: mine.Held}
	for _, kept := range mine.Kept {
		if kept.Stays == "" {
			out.Goes = append(out.Goes, kept)
		} else {
			out.Stays = append(out.Stays, kept)
		}
	}
	return out, err
}

// Leave is how somebody wants to leave the trust.
type Leave struct {
	Words string `json:"words" validate:"required,oneof=remove keep" label:"what happens to what you wrote"`
	When  string `json:"when" validate:"required,oneof=tomorrow now" label:"when"`
}

// Leave closes the actor's account and removes what is theirs, after a day or at
// once. Conflict if that has begun.
func (d Data) Leave(ctx context.Context, s tenants.Scope, in Leave) (Farewell, error) {
	if err := s.Fresh(); err != nil {
		return Farewell{}, err
	}
	me := s.Actor.AccountID
	if s.Actor.Roles.Has(tenants.TrustAdmin) {
		if others, err := otherAdministrators(ctx, s, me); err != nil {
			return Farewell{}, err
		} else if others == 0 {
			return Farewell{}, fault.New(fault.Conflict, "You are the only administrator of this trust. Make somebody else one first, then leave.")
		}
	}
	before, err := farewell(ctx, s, me)
	if err != nil {
		return Farewell{}, err
	}
	if before != nil && before.State != waits {
		return Farewell{}, fault.New(fault.Conflict, "You have left already. Your things are being removed.")
	}
	row := Farewell{AccountID: me, KeepWords: in.Words == "keep", State: waits, AskedAt: s.Now, DueAt: s.Now}
	e := tenants.Event{Subject: me}
	if in.When == "tomorrow" {
		row.DueAt = s.Now.Add(coolingOff)
		e.DueAt = &row.DueAt
	}
	_, err = s.Insert(&row).On("CONFLICT (tenant_id, account_id) DO UPDATE").
		Set("keep_words = EXCLUDED.keep_words").Set("due_at = EXCLUDED.due_at").Set("asked_at = EXCLUDED.asked_at").Exec(ctx)
	if err != nil {
		return Farewell{}, err
	}
	if err := s.Audit(ctx, "account.leave", tenants.Audited{Subject: me, After: in}); err != nil {
		return Farewell{}, err
	}
	return row, s.Emit(ctx, leaving, e)
}

// Stay takes back that the actor leaves. Conflict once it has begun.
func (d Data) Stay(ctx context.Context, s tenants.Scope, _ web.None) (web.None, error) {
	err := tenants.Touched(s.Delete((*Farewell)(nil)).Where("account_id = ?", s.Actor.AccountID).Where("state = ?", waits).Exec(ctx))
	if fault.Is(err, fault.NotFound) {
		return web.None{}, fault.New(fault.Conflict, "There is nothing to take back: you are not leaving, or it has begun already.")
	}
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, s.Audit(ctx, "account.stay", tenants.Audited{Subject: s.Actor.AccountID})
}

// leave removes what is somebody's, a room at a time, each in a unit of work of
// its own. After a crash it goes through all of them again: what is gone is gone.
func (d Data) leave(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	var f *Farewell
	if err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		f, err = begin(ctx, s, e.Subject)
		return err
	}); err != nil || f == nil {
		return err
	}
	how := tenants.Leaving{KeepWords: f.KeepWords}
	var exports []Export
	steps := []step{}
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		if err := s.Select(&exports).Where("export.account_id = ?", f.AccountID).Scan(ctx); err != nil {
			return err
		}
		return d.eachPlace(ctx, s, f.AccountID, func(at tenants.Scope, person tenants.Person) error {
			for _, holding := range d.Rooms() {
				steps = append(steps, step{at.Outlive(), person, holding})
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	if err := d.drop(ctx, s, exports); err != nil {
		return err
	}
	for _, holding := range d.Parts() {
		steps = append(steps, step{s, tenants.Person{AccountID: f.AccountID}, holding})
	}
	for _, one := range steps {
		if goOn, err := d.take(ctx, one, how); err != nil || !goOn {
			return err
		}
	}
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error { return finish(ctx, s, f.AccountID) })
}

// step is one room or part that lets go of what it holds of a person.
type step struct {
	s       tenants.Scope
	person  tenants.Person
	holding tenants.Holding
}

// begin shuts the account, unless there is nothing to do or a legal hold stands;
// then it returns nil.
func begin(ctx context.Context, s tenants.Scope, account uuid.UUID) (*Farewell, error) {
	f, err := farewell(ctx, s, account)
	if err != nil || f == nil || f.State == done || f.State == waits && f.DueAt.After(s.Now) {
		return nil, err
	}
	if err := tenants.Shut(ctx, s, account); err != nil {
		return nil, err
	}
	f.State = working
	if on, err := tenants.Held(ctx, s, account); err != nil {
		return nil, err
	} else if on {
		f.State = held
	}
	if err := f.save(ctx, s, "state"); err != nil || f.State == held {
		return nil, err
	}
	return f, nil
}

// take carries out one step; false where a legal hold came in between.
func (d Data) take(ctx context.Context, one step, how tenants.Leaving) (goOn bool, err error) {
	if one.holding.Files != nil {
		var files []string
		err := one.s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
			if on, err := tenants.Held(ctx, s, one.person.AccountID); err != nil || on {
				return err
			}
			files, err = one.holding.Files(ctx, s, one.person, how)
			return err
		})
		if err != nil {
			return false, err
		}
		for _, file := range files {
			if err := d.Files.Delete(ctx, file); err != nil {
				return false, err
			}
		}
	}
	err = one.s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		f, err := farewell(ctx, s, one.person.AccountID)
		if err != nil || f == nil || f.State != working {
			return err
		}
		if on, err := tenants.Held(ctx, s, one.person.AccountID); err != nil {
			return err
		} else if on {
			f.State = held
			return f.save(ctx, s, "state")
		}
		goOn = true
		if one.holding.Erase == nil {
			return nil
		}
		return one.holding.Erase(ctx, s, one.person, how)
	})
	return goOn, err
}

func finish(ctx context.Context, s tenants.Scope, account uuid.UUID) error {
	f, err := farewell(ctx, s, account)
	if err != nil || f == nil || f.State != working {
		return err
	}
	f.State, f.DoneAt = done, &s.Now
	if err := f.save(ctx, s, "state", "done_at"); err != nil {
		return err
	}
	return s.Audit(ctx, "account.left", tenants.Audited{Subject: account})
}
