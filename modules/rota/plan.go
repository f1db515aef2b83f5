package rota

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants"
)

// Kind is what somebody does on a shift.
type Kind string

// The kinds: on duty is there and moderates, on call is called at any hour, the
// second is called where the first does not answer.
const (
	Duty   Kind = "duty"
	OnCall Kind = "on_call"
	Second Kind = "second"
)

// Kinds are all of them, in the order in which they are called.
var Kinds = []Kind{Duty, OnCall, Second}

var kindNames = map[Kind]string{Duty: "On duty", OnCall: "On call", Second: "Second on call"}

// Name is the kind in words.
func (k Kind) Name() string { return kindNames[k] }

// Row is a line of the weekly pattern: somebody has these hours of a weekday.
type Row struct {
	bun.BaseModel `bun:"table:rota_rows,alias:pattern"`
	tenants.InService

	ID       uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	MemberID uuid.UUID `bun:"member_id,type:uuid" json:"-"`
	Kind     Kind      `bun:"kind" json:"kind"`
	Weekday  string    `bun:"weekday" json:"weekday"` // mon to sun
	// In London; To not after From is of the next day.
	From string `bun:"from_time" json:"from"`
	To   string `bun:"to_time" json:"to"`
	// Days such as 2026-11-23, the last one included; Until is empty for no end.
	ValidFrom  string    `bun:"valid_from" json:"valid_from"`
	ValidUntil string    `bun:"valid_until" json:"valid_until,omitempty"`
	CreatedAt  time.Time `bun:"created_at" json:"-"`

	Member *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:member_id=id" json:"member,omitempty"`
}

// on tells whether the row has a shift that begins on a day.
func (r Row) on(day time.Time) bool {
	date := day.Format(time.DateOnly)
	return r.Weekday == weekday(day) && r.ValidFrom <= date && (r.ValidUntil == "" || date <= r.ValidUntil)
}

func weekday(day time.Time) string { return strings.ToLower(day.Weekday().String()[:3]) }

// Shift is one outside the pattern or, with RowID and Day, one that somebody took
// over from it.
type Shift struct {
	bun.BaseModel `bun:"table:rota_shifts,alias:shift"`
	tenants.InService

	ID        uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	MemberID  uuid.UUID  `bun:"member_id,type:uuid" json:"-"`
	Kind      Kind       `bun:"kind" json:"kind"`
	StartsAt  time.Time  `bun:"starts_at" json:"starts_at"`
	EndsAt    time.Time  `bun:"ends_at" json:"ends_at"`
	RowID     *uuid.UUID `bun:"row_id,type:uuid" json:"-"`
	Day       *string    `bun:"day" json:"-"`
	CreatedAt time.Time  `bun:"created_at" json:"-"`

	Member *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:member_id=id" json:"member,omitempty"`
}

// Absence is a time in which somebody has no shifts: they fall out.
type Absence struct {
	bun.BaseModel `bun:"table:rota_absences,alias:absence"`
	tenants.InService

	ID        uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	MemberID  uuid.UUID `bun:"member_id,type:uuid" json:"-"`
	StartsAt  time.Time `bun:"starts_at" json:"starts_at"`
	EndsAt    time.Time `bun:"ends_at" json:"ends_at"`
	CreatedAt time.Time `bun:"created_at" json:"-"`

	Member *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:member_id=id" json:"member,omitempty"`
}

// Slot is a shift as it will be. Key is the same for the same shift only: of the
// pattern it is row/day, otherwise the shift's id.
type Slot struct {
	Key      string         `json:"key"`
	Kind     Kind           `json:"kind"`
	From     time.Time      `json:"from"`
	To       time.Time      `json:"to"`
	Member   tenants.Person `json:"member"`
	Single   bool           `json:"single,omitempty"` // not of the pattern
	Since    time.Time      `json:"-"`                // it was last changed
	memberID uuid.UUID
}

// span is when it is.
func (s Slot) span() tenants.Span { return tenants.Span{From: s.From, To: s.To} }

// at tells whether it is on at a time.
func (s Slot) at(t time.Time) bool { return !t.Before(s.From) && t.Before(s.To) }

// plan is all that the shifts of some weeks follow from.
type plan struct {
	team     map[uuid.UUID]tenants.Person // those who may have shifts now
	rows     []Row
	shifts   []Shift
	absences []Absence
	closed   map[string]string // days on which nobody is on duty by the pattern, with their names
	settings Settings
}

// empty tells whether there is no rota.
func (p plan) empty() bool { return len(p.rows) == 0 && len(p.shifts) == 0 }

// slots are the shifts that touch a time, by their beginning. Shifts of those who
// left the team fall out. So do those that begin while somebody is away, whole:
// nobody comes back in the middle of a night; one that began before ends then. On a
// closed day nobody is on duty but by a single shift. Whoever is on call stays so.
func (p plan) slots(from, to time.Time) (all []Slot) {
	for _, slot := range p.whole(from, to) {
		left := without(slot.span(), p.away(slot.memberID))
		if len(left) == 0 || !left[0].From.Equal(slot.From) {
			continue
		}
		if slot.To = left[0].To; slot.To.After(from) {
			all = append(all, slot)
		}
	}
	slices.SortStableFunc(all, func(a, b Slot) int {
		if a.From.Equal(b.From) {
			return slices.Index(Kinds, a.Kind) - slices.Index(Kinds, b.Kind)
		}
		return a.From.Compare(b.From)
	})
	return all
}

// whole are the shifts that touch a time, whoever is away.
func (p plan) whole(from, to time.Time) (all []Slot) {
	taken := map[string]bool{}
	for _, shift := range p.shifts {
		if key := shift.instead(); key != "" {
			taken[key] = true
		}
	}
	add := func(slot Slot) {
		person, here := p.team[slot.memberID]
		if slot.Member = person; here && slot.From.Before(slot.To) && slot.To.After(from) && slot.From.Before(to) {
			all = append(all, slot)
		}
	}
	for day := dayOf(from).AddDate(0, 0, -1); begins(day).Before(to); day = day.AddDate(0, 0, 1) {
		for _, row := range p.rows {
			key := keyOf(row.ID, day.Format(time.DateOnly))
			if !row.on(day) || taken[key] || row.Kind == Duty && p.closed[day.Format(time.DateOnly)] != "" {
				continue
			}
			span := between(day, row.From, row.To)
			add(Slot{Key: key, Kind: row.Kind, From: span.From, To: span.To, Since: row.CreatedAt, memberID: row.MemberID})
		}
	}
	for _, shift := range p.shifts {
		add(Slot{Key: shift.ID.String(), Kind: shift.Kind, From: shift.StartsAt, To: shift.EndsAt, Single: true, Since: shift.CreatedAt, memberID: shift.MemberID})
	}
	return all
}

func keyOf(row uuid.UUID, day string) string { return row.String() + "/" + day }

// instead is the key of the pattern's shift in whose place it stands; empty for none.
func (s Shift) instead() string {
	if s.RowID == nil || s.Day == nil {
		return ""
	}
	return keyOf(*s.RowID, *s.Day)
}

// away are somebody's absences, in order.
func (p plan) away(member uuid.UUID) (spans []tenants.Span) {
	for _, a := range p.absences {
		if a.MemberID == member {
			spans = append(spans, tenants.Span{From: a.StartsAt, To: a.EndsAt})
		}
	}
	return union(spans)
}

// during are those shifts of a kind that are on at a time.
func during(slots []Slot, kind Kind, at time.Time) (on []Slot) {
	for _, slot := range slots {
		if slot.Kind == kind && slot.at(at) {
			on = append(on, slot)
		}
	}
	return on
}
