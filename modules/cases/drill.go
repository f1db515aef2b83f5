package cases

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Settings say when the monthly drill is. Its page is that of the drills.
type Settings struct {
	DrillDay  int `json:"drill_day" label:"Day of the month" hint:"Between 1 and 28. 0 for no monthly drill." validate:"min=0,max=28"`
	DrillHour int `json:"drill_hour" label:"Hour" hint:"Between 0 and 23, in UK time." validate:"min=0,max=23"`
}

var defaults = Settings{DrillHour: 14}

// late is how long after its time a monthly drill still begins, if nothing ran then.
const late = time.Hour

// slot is the last time, at or before now, at which the monthly drill was planned;
// zero if there is none.
func (x Settings) slot(now time.Time) time.Time {
	if x.DrillDay == 0 {
		return time.Time{}
	}
	today := now.In(clock.London)
	at := time.Date(today.Year(), today.Month(), x.DrillDay, x.DrillHour, 0, 0, 0, clock.London)
	if at.After(now) {
		at = time.Date(today.Year(), today.Month()-1, x.DrillDay, x.DrillHour, 0, 0, 0, clock.London)
	}
	return at.UTC()
}

// next is when the monthly drill is next; zero if there is none.
func (x Settings) next(now time.Time) time.Time {
	last := x.slot(now)
	if last.IsZero() {
		return last
	}
	then := last.In(clock.London)
	return time.Date(then.Year(), then.Month()+1, x.DrillDay, x.DrillHour, 0, 0, 0, clock.London).UTC()
}

// drillIfDue begins the monthly drill, once.
func (c Cases) drillIfDue(ctx context.Context, s tenants.Scope) error {
	slot := modules.Tune(s, key, defaults).slot(s.Now)
	if slot.IsZero() || s.Now.Sub(slot) > late {
		return nil
	}
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		if done, err := drilledSince(ctx, s, slot); err != nil || done {
			return err
		}
		_, err := c.drill(ctx, s, "The monthly drill")
		return err
	})
}

func (c Cases) drill(ctx context.Context, s tenants.Scope, why string) (At, error) {
	one, err := c.desk.Open(ctx, s, safety.NewCase{Level: safety.Crisis, Why: why, Drill: true})
	return At{one.ID}, err
}

// Drill starts a drill now. Conflict while there is one.
func (c Cases) Drill(ctx context.Context, s tenants.Scope, _ web.None) (At, error) {
	if _, err := drilledSince(ctx, s, s.Now); err != nil { // only one at a time may ask
		return At{}, err
	}
	running, err := s.Select((*safety.Case)(nil)).Where("?TableAlias.drill").Where("?TableAlias.closed_at IS NULL").Exists(ctx)
	if err != nil {
		return At{}, err
	}
	if running {
		return At{}, fault.New(fault.Conflict, "A drill is running. Wait until it is over.")
	}
	return c.drill(ctx, s, "A drill that was started by hand")
}

// Result is how a drill went.
type Result struct {
	ID       uuid.UUID  `json:"id"`
	OpenedAt time.Time  `json:"opened_at"`
	ClosedAt *time.Time `json:"closed_at,omitempty"` // nil while it runs
	Answered bool       `json:"answered"`
	Seconds  int        `json:"seconds,omitempty"` // until it was answered
	Words    string     `json:"words,omitempty"`
	Calls    int        `json:"calls"` // rungs of the tree that were called
}

// Drills are the plan and the results.
type Drills struct {
	Settings
	Version int        `json:"version"`
	Next    *time.Time `json:"next,omitempty"`
	Results []Result   `json:"results"` // the latest first
}

// Drills shows when drills are, and how they went.
func (c Cases) Drills(ctx context.Context, s tenants.Scope, _ web.None) (Drills, error) {
	row, _ := s.Service.Room(key)
	out := Drills{Settings: modules.Tune(s, key, defaults), Version: row.Version, Results: []Result{}}
	if next := out.next(s.Now); !next.IsZero() {
		out.Next = &next
	}
	var cases []safety.Case
	err := s.Select(&cases).Where("?TableAlias.drill").OrderExpr("?TableAlias.opened_at DESC, ?TableAlias.id DESC").Limit(100).Scan(ctx)
	if err != nil {
		return Drills{}, err
	}
	called, err := callsEach(ctx, s, cases)
	for _, one := range cases {
		result := Result{ID: one.ID, OpenedAt: one.OpenedAt, ClosedAt: one.ClosedAt, Answered: one.AckedAt != nil, Words: one.Reason, Calls: called[one.ID]}
		if one.AckedAt != nil {
			result.Seconds = int(one.AckedAt.Sub(one.OpenedAt).Seconds())
		}
		out.Results = append(out.Results, result)
	}
	return out, err
}

// Plan is when the monthly drill shall be.
type Plan struct {
	Settings
	Version int `json:"version" validate:"gte=0"`
}

// Plan changes when the monthly drill is. Conflict if somebody else changed it
// since Version.
func (c Cases) Plan(ctx context.Context, s tenants.Scope, in Plan) (Drills, error) {
	was := modules.Tune(s, key, defaults)
	text, err := json.Marshal(in.Settings)
	if err != nil {
		return Drills{}, err
	}
	row := tenants.Room{Module: key, Enabled: true, Settings: text, Version: in.Version + 1}
	if err := keepSettings(ctx, s, row, in.Version); err != nil {
		return Drills{}, err
	}
	if err := s.Audit(ctx, "case.plan", tenants.Audited{Before: was, After: in.Settings}); err != nil {
		return Drills{}, err
	}
	return Drills{Settings: in.Settings, Version: row.Version}, s.Changed(ctx)
}
