package wings

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// ahead is how many days before somebody is too old the team is told.
const ahead = 90

// state is how near somebody is to being too old for their band.
type state string

// The states. The team is told of soon and late, once each.
const (
	unknown state = "unknown" // nobody told their date of birth
	settled state = ""        // that is long away
	soon    state = "soon"
	late    state = "late"
	apart   state = "apart" // in a service that has bands, and in none of them
)

var stateNames = map[state]string{unknown: "Date of birth not known", settled: "Not yet", soon: "Soon", late: "Too old now", apart: "Belongs in a wing"}

var stateTints = map[state]string{unknown: "tag--warn", apart: "tag--accent", settled: "tag--plain", soon: "tag--accent", late: "tag--danger"}

// stateOf is that of somebody who leaves their band on a day.
func stateOf(leaves, today clock.Date) state {
	switch {
	case leaves == "":
		return unknown
	case leaves <= today:
		return late
	case leaves <= today.Plus(ahead):
		return soon
	}
	return settled
}

// tells is what the team is to be told of it that it was not told before; settled for
// nothing. Whose age nobody knows is something to see to soon.
func (x state) tells(told state) state {
	if x == unknown {
		x = soon
	}
	if x == told || told == late {
		return settled
	}
	return x
}

// month is the month of a day in words. The day itself would be somebody's birthday,
// which is to be looked up with a reason.
func month(d clock.Date) string {
	if d == "" {
		return ""
	}
	return d.Time().Format("January 2006")
}

// goes tells whether members of the service go on to another one by their age: from an
// age band to the next, and from a service that was given bands into one of them.
func goes(s tenants.Scope) bool {
	banded := func(one *tenants.Service) bool { return one.Band() != nil }
	return banded(s.Service) || s.Service.Wing() == nil && slices.ContainsFunc(s.Estate.Wings(s.Service), banded)
}

// ages keeps the days of a band.
func (w Wings) ages(ctx context.Context, s tenants.Scope) error {
	if !goes(s) {
		return nil
	}
	return s.Write(ctx, w.keep)
}

// keep writes down when the members of a band will be too old for it, and tells the
// team of those who soon will be, or are. Where a service was given bands, it notes
// those of its members who are in none. In other services it does nothing.
func (w Wings) keep(ctx context.Context, s tenants.Scope) error {
	if !goes(s) {
		return nil
	}
	// Somebody may join while the round looks: the rows of both would wait for each other.
	if err := s.Alone(ctx); err != nil {
		return err
	}
	band := s.Service.Band()
	rows, err := rowsOf(ctx, s)
	if err != nil {
		return err
	}
	all, err := people(ctx, s)
	if err != nil {
		return err
	}
	births, err := w.births(ctx, s, all)
	if err != nil {
		return err
	}
	news := false
	for _, person := range all {
		row, known := rows[person.ID]
		delete(rows, person.ID)
		was := row
		row.MemberID, row.LeavesOn = person.ID, ""
		if born := births[person.AccountID]; band != nil && born != "" {
			row.LeavesOn = band.Leaves(born)
		}
		if row.LeavesOn != was.LeavesOn {
			row.Told = settled
		}
		if tell := stateOf(row.LeavesOn, clock.DateOf(s.Now)).tells(row.Told); tell != settled {
			row.Told, news = tell, true
		}
		if known && row.LeavesOn == was.LeavesOn && row.Told == was.Told {
			continue
		}
		if err := put(ctx, s, row); err != nil {
			return err
		}
	}
	for gone := range rows {
		if err := drop(ctx, s, gone); err != nil {
			return err
		}
	}
	if !news {
		return nil
	}
	return s.Emit(ctx, leaving, tenants.Event{About: s.Service.ID, Audience: tenants.AudienceStaff})
}

// births are when people were born, by account, as far as it is known.
func (w Wings) births(ctx context.Context, s tenants.Scope, all []tenants.Person) (map[uuid.UUID]clock.Date, error) {
	accounts := make([]uuid.UUID, len(all))
	for i, person := range all {
		accounts[i] = person.AccountID
	}
	return w.archive.Births(ctx, s, accounts...)
}

// unread counts those whom the team must see to.
func unread(ctx context.Context, s tenants.Scope) (int, error) {
	if !s.May("moving.read") || !goes(s) {
		return 0, nil
	}
	all, _, err := leavers(ctx, s, clock.DateOf(s.Now))
	return all, err
}

// List are those who will soon be too old for their band, or are.
type List struct {
	Leavers []Leaver `json:"leavers"`
}

// Leaver is one of them.
type Leaver struct {
	Person tenants.Person `json:"person"`
	State  state          `json:"state"`
	Month  string         `json:"month,omitempty"` // in which they are too old
	// Goes is the service that was arranged, and when; empty for none.
	Goes       string     `json:"goes,omitempty"`
	ArrangedAt *time.Time `json:"arranged_at,omitempty"`
}

func leaverOf(s tenants.Scope, row Row, person tenants.Person) Leaver {
	one := Leaver{Person: person, State: stateOf(row.LeavesOn, clock.DateOf(s.Now)), Month: month(row.LeavesOn), ArrangedAt: row.ArrangedAt}
	if to := target(s, row); to != nil {
		one.Goes = to.Name
	}
	if s.Service.Band() == nil {
		one.State = apart
	}
	return one
}

// target is where somebody goes; nil where nothing was arranged, or it is closed.
func target(s tenants.Scope, row Row) *tenants.Service {
	if row.ToID == nil {
		return nil
	}
	at := slices.IndexFunc(s.Estate.Services, func(one *tenants.Service) bool { return one.ID == *row.ToID })
	if at < 0 {
		return nil
	}
	return s.Estate.Services[at]
}

// List shows them, those who are too old first.
func (w Wings) List(ctx context.Context, s tenants.Scope, _ web.None) (List, error) {
	out := List{Leavers: []Leaver{}}
	rows, err := due(ctx, s, clock.DateOf(s.Now))
	for _, row := range rows {
		out.Leavers = append(out.Leavers, leaverOf(s, row, *row.Member))
	}
	slices.SortStableFunc(out.Leavers, func(a, b Leaver) int { return slices.Index(order, a.State) - slices.Index(order, b.State) })
	return out, err
}

var order = []state{late, soon, apart, unknown}

// ofLeaving tells those of the team who see to it.
func ofLeaving(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	team, err := s.WhoMay(ctx, "moving.read")
	notice := modules.Notice{Kind: "moving_on", Subject: e.ID, About: e.About, Path: "/moving-on"}
	for _, person := range team {
		notice.To = append(notice.To, person.ID)
	}
	return []modules.Notice{notice}, err
}

// ofArranged tells a member that there is something to read about where they go.
func ofArranged(_ context.Context, _ tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	return []modules.Notice{{Kind: "next_place", To: []uuid.UUID{e.Subject}, Subject: e.Subject, Path: "/my-next-place"}}, nil
}

// ofMoved tells them in the new place that they are there.
func ofMoved(_ context.Context, _ tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	return []modules.Notice{{Kind: "next_place", To: []uuid.UUID{e.Subject}, Subject: e.Subject, Path: "/"}}, nil
}
