package rota

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// ahead is for how many days the roster is made. It is made anew with each change
// and every day, and after that many days without it the staffed hours count.
const ahead = 42

// Refresh brings the roster up to date with the rota. Call it after the rota
// changed, in the same unit of work.
func Refresh(ctx context.Context, s tenants.Scope) error { return refresh(ctx, s, settingsOf(s)) }

func refresh(ctx context.Context, s tenants.Scope, settings Settings) error {
	kept, err := rosterOf(ctx, s)
	if err != nil {
		return err
	}
	today := dayOf(s.Now)
	from, to := begins(today.AddDate(0, 0, -1)), begins(today.AddDate(0, 0, ahead))
	p, err := load(ctx, s, from, to)
	if err != nil {
		return err
	}
	roster := p.roster(from, to, settings.Names)
	if same(kept, roster) {
		return nil
	}
	if err := keepRoster(ctx, s, roster); err != nil {
		return err
	}
	return s.Changed(ctx)
}

func same(a, b *tenants.Roster) bool {
	one, err := json.Marshal(a)
	if err != nil {
		return false
	}
	other, err := json.Marshal(b)
	return err == nil && string(one) == string(other)
}

// roster is what pages need to know of some time; nil without a rota.
func (p plan) roster(from, to time.Time, names bool) *tenants.Roster {
	if p.empty() {
		return nil
	}
	roster := &tenants.Roster{Until: to}
	slots := p.slots(from, to)
	var there []Slot
	for _, slot := range slots {
		roster.Covered = append(roster.Covered, slot.span())
		if slot.Kind == Duty {
			there = append(there, slot)
		}
	}
	roster.Covered = union(roster.Covered)
	if roster.Here = together(there); !names {
		for i := range roster.Here {
			roster.Here[i].Who = nil
		}
		roster.Here = union(roster.Here)
	}
	return roster
}

// together cuts shifts into times with the same people.
func together(slots []Slot) (spans []tenants.Span) {
	var edges []time.Time
	for _, slot := range slots {
		edges = append(edges, slot.From, slot.To)
	}
	slices.SortFunc(edges, time.Time.Compare)
	edges = slices.CompactFunc(edges, time.Time.Equal)
	for i := 1; i < len(edges); i++ {
		var who []string
		for _, slot := range slots {
			if slot.at(edges[i-1]) && !slices.Contains(who, slot.Member.Handle) {
				who = append(who, slot.Member.Handle)
			}
		}
		if slices.Sort(who); len(who) > 0 {
			spans = append(spans, tenants.Span{From: edges[i-1], To: edges[i], Who: who})
		}
	}
	return spans
}

// watch brings the roster up to date and warns of gaps, a week and a day before.
func (r Rota) watch(ctx context.Context, s tenants.Scope) error {
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		if err := Refresh(ctx, s); err != nil {
			return err
		}
		const week, day = 7 * 24 * time.Hour, 24 * time.Hour
		_, gaps, err := open(ctx, s)
		if err != nil {
			return err
		}
		tell := false
		for _, gap := range gaps {
			days := 7
			switch before := gap.From.Sub(s.Now); {
			case before > week:
				continue
			case before <= day:
				days = 1
			}
			fresh, err := warned(ctx, s, gap, days)
			if err != nil {
				return err
			}
			tell = tell || fresh
		}
		if !tell {
			return nil
		}
		return s.Emit(ctx, opened, tenants.Event{Subject: s.Service.ID, About: s.Service.ID})
	})
}

// open are the gaps of the next two weeks, those too that have begun: from when
// they did, so that each is the same gap whenever it is looked for.
func open(ctx context.Context, s tenants.Scope) (plan, []Gap, error) {
	from, to := begins(dayOf(s.Now).AddDate(0, 0, -2)), s.Now.AddDate(0, 0, 14)
	p, err := load(ctx, s, from, to)
	if err != nil {
		return p, nil, err
	}
	return p, slices.DeleteFunc(p.gaps(s, from, to), func(gap Gap) bool { return !gap.To.After(s.Now) }), nil
}

// ofGap tells the service's leads.
func ofGap(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	p, gaps, err := open(ctx, s)
	if err != nil || len(gaps) == 0 {
		return nil, err // closed since
	}
	notice := modules.Notice{Kind: "rota_gap", Subject: e.ID, About: e.About, Path: "/rota?week=" + monday(dayOf(gaps[0].From)).Format(time.DateOnly)}
	for _, lead := range p.leads() {
		notice.To = append(notice.To, lead.ID)
	}
	return []modules.Notice{notice}, nil
}
