package recovery

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// Reminder is that a member wants to be reminded once a day. Without a row nobody is.
type Reminder struct {
	bun.BaseModel `bun:"table:recovery_reminders,alias:reminder"`
	tenants.InService

	MemberID uuid.UUID `bun:"member_id,pk,type:uuid" json:"-"`
	Hour     string    `bun:"hour" json:"hour"` // in London: 19:30
	NextAt   time.Time `bun:"next_at" json:"next_at"`
}

// MyReminder is the actor's; of no hour if they want none.
type MyReminder struct {
	Hour string `json:"hour,omitempty"`
}

// Reminder tells when the actor is reminded.
func (r Recovery) Reminder(ctx context.Context, s tenants.Scope, _ web.None) (MyReminder, error) {
	var row Reminder
	err := s.Select(&row).Where("reminder.member_id = ?", s.Actor.ID()).Scan(ctx)
	if database.Missing(err) {
		return MyReminder{}, nil
	}
	return MyReminder{row.Hour}, err
}

// Remind chooses an hour; empty for none.
type Remind struct {
	Hour string `json:"hour" validate:"omitempty,datetime=15:04" label:"the hour"`
}

// Remind has the actor reminded at an hour from now on, or not at all.
func (r Recovery) Remind(ctx context.Context, s tenants.Scope, in Remind) (MyReminder, error) {
	if err := owned(s); err != nil {
		return MyReminder{}, err
	}
	if in.Hour == "" {
		_, err := s.Delete((*Reminder)(nil)).Where("member_id = ?", s.Actor.ID()).Exec(ctx)
		return MyReminder{}, err
	}
	next, err := nextAt(in.Hour, s.Now)
	if err != nil {
		return MyReminder{}, fault.Bad("hour", "Enter a time, such as 19:30.")
	}
	row := Reminder{MemberID: s.Actor.ID(), Hour: in.Hour, NextAt: next}
	_, err = s.Insert(&row).On("CONFLICT (tenant_id, member_id) DO UPDATE").Set("hour = EXCLUDED.hour").Set("next_at = EXCLUDED.next_at").Exec(ctx)
	return MyReminder(in), err
}

// nextAt is the next time after now at which it is that hour in London.
func nextAt(hour string, now time.Time) (time.Time, error) {
	at, err := time.Parse("15:04", hour)
	if err != nil {
		return time.Time{}, err
	}
	day := now.In(clock.London)
	next := time.Date(day.Year(), day.Month(), day.Day(), at.Hour(), at.Minute(), 0, 0, clock.London)
	if !next.After(now) {
		next = time.Date(day.Year(), day.Month(), day.Day()+1, at.Hour(), at.Minute(), 0, 0, clock.London)
	}
	return next.UTC(), nil
}

// late is how long a reminder may come after its hour: what waited longer, because
// nothing ran or the room was closed, is left out.
const late = time.Hour

// remindMembers reminds those whose hour has come, each once.
func (r Recovery) remindMembers(ctx context.Context, s tenants.Scope) error {
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		var rows []Reminder
		if err := s.Claim(&rows).Where("reminder.next_at <= ?", s.Now).Order("reminder.next_at").Limit(200).Scan(ctx); err != nil {
			return err
		}
		for _, row := range rows {
			due := row.NextAt
			var err error
			if row.NextAt, err = nextAt(row.Hour, s.Now); err != nil {
				return err
			}
			if _, err := s.Update(&row).Column("next_at").Where("reminder.member_id = ?", row.MemberID).Exec(ctx); err != nil {
				return err
			}
			if s.Now.Sub(due) > late {
				continue
			}
			if err := s.Emit(ctx, remind, tenants.Event{Module: key, Subject: row.MemberID, About: row.MemberID}); err != nil {
				return err
			}
		}
		return nil
	})
}

// ofReminder reminds a member, unless they no longer want it.
func ofReminder(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	there, err := s.Select((*Reminder)(nil)).Where("reminder.member_id = ?", e.Subject).Exists(ctx)
	if err != nil || !there {
		return nil, err
	}
	return []modules.Notice{{Kind: "own_reminder", To: []uuid.UUID{e.Subject}, Subject: e.ID, About: e.About, Path: "/recovery"}}, nil
}
