package surveys

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/disclosure"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Desk is the service's surveys, as the team sees them.
type Desk struct {
	Surveys []Listed `json:"surveys"` // the latest first
}

// Listed is one of them. Answered is rounded down to fives.
type Listed struct {
	Survey
	State    State `json:"state"`
	Answered int   `json:"answered"`
}

// Desk lists them.
func (v Surveys) Desk(ctx context.Context, s tenants.Scope, _ web.None) (Desk, error) {
	out := Desk{Surveys: []Listed{}}
	rows, err := all(ctx, s)
	if err != nil {
		return out, err
	}
	answered, err := answeredIn(ctx, s)
	for _, row := range rows {
		out.Surveys = append(out.Surveys, Listed{row, row.State(clock.DateOf(s.Now)), disclosure.Floor(answered[row.ID])})
	}
	return out, err
}

// One is a survey as the team has it.
func (v Surveys) One(ctx context.Context, s tenants.Scope, in ByID) (Listed, error) {
	row, err := surveyOf(ctx, s, in.ID)
	if err != nil {
		return Listed{}, err
	}
	box, err := boxOf(ctx, s, row.ID)
	return Listed{row, row.State(clock.DateOf(s.Now)), disclosure.Floor(box.Answered)}, err
}

// Plan is what a lead says of a survey, but for its questions.
type Plan struct {
	Title    string   `json:"title" validate:"filled,max=120" label:"a title"`
	Intro    string   `json:"intro" validate:"max=4000" label:"the words on top"`
	OpensOn  string   `json:"opens_on" validate:"required,max=10" label:"the day on which it opens"`
	ClosesOn string   `json:"closes_on" validate:"required,max=10" label:"its last day"`
	Roles    []string `json:"roles" validate:"max=10" label:"who is asked"`
	MinDays  int      `json:"min_days" validate:"gte=0,lte=3650" label:"the number of days"`
}

// over puts it on a survey.
func (in Plan) over(x *Survey) error {
	opens, known := clock.ReadDate(in.OpensOn)
	if !known {
		return fault.Bad("opens_on", "Enter a day such as 2026-11-04.")
	}
	closes, known := clock.ReadDate(in.ClosesOn)
	switch {
	case !known:
		return fault.Bad("closes_on", "Enter a day such as 2026-11-04.")
	case closes < opens:
		return fault.Bad("closes_on", "The last day cannot be before the first.")
	case opens.Until(closes) > most:
		return fault.Bad("closes_on", "A survey can be open for a year at most.")
	}
	var roles tenants.Roles
	for _, role := range tenants.ServiceRoles {
		if slices.Contains(in.Roles, string(role)) {
			roles = append(roles, role)
		}
	}
	if len(roles) == 0 || len(roles) != len(in.Roles) {
		return fault.Bad("roles", "Choose who is asked.")
	}
	x.Title, x.Intro = strings.TrimSpace(in.Title), strings.TrimSpace(in.Intro)
	x.OpensOn, x.ClosesOn, x.Roles, x.MinDays = opens, closes, roles, in.MinDays
	return nil
}

// members are those whom a survey asks unless somebody says otherwise.
var members = tenants.Roles{tenants.ServiceUser, tenants.Carer, tenants.Waiting, tenants.PeerSupporter}

// New is what the form for another survey begins with.
func (v Surveys) New(_ context.Context, s tenants.Scope, _ web.None) (Survey, error) {
	today := clock.DateOf(s.Now)
	return Survey{Questions: Questions{}, Roles: members, OpensOn: today.Plus(1), ClosesOn: today.Plus(15)}, nil
}

// Add makes a draft of a survey.
func (v Surveys) Add(ctx context.Context, s tenants.Scope, in Plan) (Survey, error) {
	row := Survey{ID: uuid.Must(uuid.NewV7()), Questions: Questions{}, Version: 1}
	if err := in.over(&row); err != nil {
		return Survey{}, err
	}
	_, err := s.Insert(&row).Exec(ctx)
	return row, err
}

// Change is a survey as a lead wants it.
type Change struct {
	ByID
	Plan
	Version int `json:"version"`
}

// Change changes all but the questions of a survey that has not opened.
func (v Surveys) Change(ctx context.Context, s tenants.Scope, in Change) (Survey, error) {
	return v.change(ctx, s, in.ID, in.Version, func(row *Survey) error {
		if err := in.over(row); err != nil {
			return err
		}
		if row.Planned && row.OpensOn < clock.DateOf(s.Now) {
			return fault.Bad("opens_on", "This day is over. Choose today or a later one.")
		}
		return nil
	})
}

// change does something to a survey that has not opened. Conflict if it has, or if
// somebody else was faster.
func (v Surveys) change(ctx context.Context, s tenants.Scope, id uuid.UUID, version int, how func(*Survey) error) (Survey, error) {
	row, err := taken(ctx, s, id)
	if err != nil {
		return row, err
	}
	if err := row.fixed(s.Now); err != nil {
		return row, err
	}
	if row.Version != version {
		return row, fault.Stale()
	}
	if err := how(&row); err != nil {
		return row, err
	}
	return row, put(ctx, s, &row)
}

// Release says whether a survey opens on its day.
type Release struct {
	ByID
	On      bool `json:"on"`
	Version int  `json:"version"`
}

// Release has a survey open on its day, or makes it a draft again.
func (v Surveys) Release(ctx context.Context, s tenants.Scope, in Release) (Survey, error) {
	return v.change(ctx, s, in.ID, in.Version, func(row *Survey) error {
		if row.Planned = in.On; !in.On {
			return nil
		}
		if err := row.ready(s.Now); err != nil {
			return err
		}
		return s.Audit(ctx, "surveys.planned", tenants.Audited{Subject: row.ID, After: map[string]any{"opens_on": row.OpensOn, "closes_on": row.ClosesOn, "roles": row.Roles}})
	})
}

// Copy makes a draft that asks the same.
func (v Surveys) Copy(ctx context.Context, s tenants.Scope, in ByID) (Survey, error) {
	row, err := surveyOf(ctx, s, in.ID)
	if err != nil {
		return row, err
	}
	fresh, err := v.New(ctx, s, web.None{})
	if err != nil {
		return fresh, err
	}
	fresh.ID, fresh.Version = uuid.Must(uuid.NewV7()), 1
	fresh.Title, fresh.Intro, fresh.Questions, fresh.Roles, fresh.MinDays = row.Title, row.Intro, row.Questions, row.Roles, row.MinDays
	_, err = s.Insert(&fresh).Exec(ctx)
	return fresh, err
}

// Gone is the answer to a removal.
type Gone struct {
	Removed bool `json:"removed"`
}

// Remove removes a survey that has not opened.
func (v Surveys) Remove(ctx context.Context, s tenants.Scope, in ByID) (Gone, error) {
	row, err := taken(ctx, s, in.ID)
	if err != nil {
		return Gone{}, err
	}
	if err := row.fixed(s.Now); err != nil {
		return Gone{}, err
	}
	return Gone{true}, drop(ctx, s, row.ID)
}

// Close closes an open survey today. Nobody can open it again.
func (v Surveys) Close(ctx context.Context, s tenants.Scope, in ByID) (Survey, error) {
	row, err := taken(ctx, s, in.ID)
	if err != nil {
		return row, err
	}
	if row.State(clock.DateOf(s.Now)) != Open {
		return row, fault.New(fault.Conflict, "This survey is not open.")
	}
	return row, end(ctx, s, &row)
}

// end closes a survey: how many were asked is counted now, for members come and go.
func end(ctx context.Context, s tenants.Scope, row *Survey) error {
	box, err := boxOf(ctx, s, row.ID)
	if err != nil {
		return err
	}
	if row.Asked, err = asked(ctx, s, *row, box.Answered, s.Now); err != nil {
		return err
	}
	row.ClosedAt = &s.Now
	if err := put(ctx, s, row); err != nil {
		return err
	}
	return s.Audit(ctx, "surveys.closed", tenants.Audited{Subject: row.ID, After: map[string]any{"last_day": row.Ended(), "planned_until": row.ClosesOn}})
}
