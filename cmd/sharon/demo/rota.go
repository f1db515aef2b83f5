package demo

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/modules/rota"
	"github.com/sharon-nhs/sharon/tenants"
)

// patterns are the rotas of the demo's services, by slug. On Sunday nights nobody
// is on call: a gap to look at.
var patterns = map[string][]struct {
	login, days, from, to string
	kind                  rota.Kind
}{
	"willow": {
		{"moderator", "mon tue wed thu fri", "09:00", "17:00", rota.Duty},
		{"clinician", "mon wed thu", "09:00", "17:00", rota.Duty},
		{"nursery", "tue fri", "09:00", "13:00", rota.Duty},
		{"clinician", "mon wed", "17:00", "09:00", rota.OnCall},
		{"nursery", "tue thu", "17:00", "09:00", rota.OnCall},
		{"lead", "mon tue wed thu", "17:00", "09:00", rota.Second},
		{"moderator", "fri", "17:00", "09:00", rota.OnCall},
		{"clinician", "sat", "09:00", "21:00", rota.OnCall},
		{"nursery", "sat", "21:00", "09:00", rota.OnCall},
		{"lead", "sun", "09:00", "22:00", rota.OnCall},
	},
}

// toldOf is a row of a gap of which the lead was told, so many days before.
type toldOf struct {
	bun.BaseModel `bun:"table:rota_warnings"`
	tenants.InService

	StartsAt time.Time `bun:"starts_at,pk"`
	Days     int       `bun:"days,pk"`
}

// sunday is when the next gap begins.
func sunday(now time.Time) time.Time {
	on := day(now, 0)
	for on.Weekday() != time.Sunday {
		on = on.AddDate(0, 0, 1)
	}
	return later(on, 22, time.Hour).UTC()
}

// rota gives a service its pattern, an absence, an offer and a hand-over note.
func (w *seeding) rota(ctx context.Context, s tenants.Scope) error {
	pattern := patterns[s.Service.Slug]
	if len(pattern) == 0 {
		return nil
	}
	var rows []rota.Row
	var offered rota.Row
	for _, line := range pattern {
		for _, day := range strings.Fields(line.days) {
			row := rota.Row{ID: w.ids.at(w.begun), MemberID: w.people[line.login].ID, Kind: line.kind, Weekday: day, From: line.from, To: line.to,
				ValidFrom: clock.Day(w.begun), CreatedAt: w.begun}
			if rows = append(rows, row); line.login == "clinician" && line.kind == rota.OnCall && day == "wed" {
				offered = row
			}
		}
	}
	next := day(s.Now, 7)
	for next.Weekday() != time.Wednesday {
		next = next.AddDate(0, 0, 1)
	}
	starts, ends := later(next, 17, time.Hour), later(next.AddDate(0, 0, 1), 9, time.Hour)
	said := s.Now.Add(-2 * time.Hour)
	away := []rota.Absence{{ID: w.ids.at(said), MemberID: w.people["nursery"].ID, StartsAt: day(s.Now, 10).UTC(), EndsAt: day(s.Now, 15).UTC(), CreatedAt: said}}
	swaps := []rota.Swap{{ID: w.ids.at(said), MemberID: offered.MemberID, Key: offered.ID.String() + "/" + next.Format(time.DateOnly), Kind: offered.Kind,
		StartsAt: starts.UTC(), EndsAt: ends.UTC(), State: rota.Open, OfferedAt: said}}
	notes := []rota.Note{{ID: w.ids.at(said), AuthorID: w.people["clinician"].ID, At: said,
		Words: "Quiet night, nobody was called.\nTwo new people joined yesterday and could do with a hello this morning."}}
	for _, step := range []func() error{
		func() error { return insert(ctx, s, rows) },
		func() error { return insert(ctx, s, away) },
		func() error { return insert(ctx, s, swaps) },
		func() error { return insert(ctx, s, notes) },
		func() error { return insert(ctx, s, []toldOf{{StartsAt: sunday(s.Now), Days: 7}}) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return rota.Refresh(ctx, s)
}
