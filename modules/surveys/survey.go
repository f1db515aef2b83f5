package surveys

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/tenants"
)

// Survey is what a service asks, whom, and from which day to which.
type Survey struct {
	bun.BaseModel `bun:"table:surveys,alias:survey"`
	tenants.InService

	ID        uuid.UUID     `bun:"id,pk,type:uuid" json:"id"`
	Title     string        `bun:"title" json:"title"`
	Intro     string        `bun:"intro" json:"intro"` // Markdown
	Questions Questions     `bun:"questions" json:"questions"`
	Roles     tenants.Roles `bun:"roles" json:"roles"`       // who is asked
	MinDays   int           `bun:"min_days" json:"min_days"` // only those who have been here for so many
	OpensOn   clock.Date    `bun:"opens_on" json:"opens_on"`
	ClosesOn  clock.Date    `bun:"closes_on" json:"closes_on"` // its last day
	// Year is that of the yearly question; 0 for the service's own surveys.
	Year int `bun:"year" json:"year,omitempty"`
	// Planned says that it opens on its day; otherwise it is a draft.
	Planned bool `bun:"planned" json:"planned"`
	// OpenedAt is when those who are asked were told, Reminded that they were told
	// again before it closes.
	OpenedAt *time.Time `bun:"opened_at" json:"-"`
	Reminded bool       `bun:"reminded" json:"-"`
	// ClosedAt is when it was closed: early, or once its last day was over. Asked is
	// how many were asked by then.
	ClosedAt *time.Time `bun:"closed_at" json:"-"`
	Asked    int        `bun:"asked" json:"-"`
	Version  int        `bun:"version" json:"version"`
}

// State is how far a survey has come.
type State string

// The states.
const (
	Draft   State = "draft"
	Planned State = "planned"
	Open    State = "open"
	Closed  State = "closed"
)

// State is that of a day.
func (x Survey) State(today clock.Date) State {
	switch {
	case !x.Planned:
		return Draft
	case x.ClosedAt != nil || today > x.ClosesOn:
		return Closed
	case today < x.OpensOn:
		return Planned
	}
	return Open
}

// Ended is the last day on which somebody could answer, of a closed one.
func (x Survey) Ended() clock.Date {
	if x.ClosedAt != nil {
		return min(x.ClosesOn, clock.DateOf(*x.ClosedAt))
	}
	return x.ClosesOn
}

// remindOn is the day on which those who have not answered are told once more: a
// week before the end. None where they were told only just before.
func (x Survey) remindOn() (clock.Date, bool) {
	day := x.ClosesOn.Plus(-7)
	return day, day > x.OpensOn
}

// asks tells whether a member is asked at a time.
func (x Survey) asks(who *tenants.Person, now time.Time) bool {
	return who != nil && who.Roles.Has(x.Roles...) && !who.JoinedAt.After(x.since(now))
}

// since is when somebody must have joined by, to be asked at a time.
func (x Survey) since(now time.Time) time.Time { return now.AddDate(0, 0, -x.MinDays) }

// intro is the words on top, as HTML.
func (x Survey) intro() string { return markdown.HTML(x.Intro) }

// fixed refuses to change a survey that members may have begun to answer.
func (x Survey) fixed(now time.Time) error {
	switch x.State(clock.DateOf(now)) {
	case Open:
		return fault.New(fault.Conflict, "This survey is open, so what it asks is fixed. You can close it early, or make a copy.")
	case Closed:
		return fault.New(fault.Conflict, "This survey is closed, so what it asks is fixed. You can make a copy.")
	}
	return nil
}

// most is how long a survey can be open, in days.
const most = 366

// ready tells what a survey still lacks before it can open by itself.
func (x Survey) ready(now time.Time) error {
	switch today := clock.DateOf(now); {
	case len(x.Questions) == 0:
		return fault.New(fault.Conflict, "Add a question first.")
	case x.OpensOn < today:
		return fault.New(fault.Conflict, "The day on which it opens is over. Choose another one first.")
	}
	return nil
}
