package waiting

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/tenants"
)

// Priority is how soon somebody should be seen.
type Priority string

// The priorities.
const (
	Urgent  Priority = "urgent"
	Soon    Priority = "soon"
	Routine Priority = "routine"
)

var priorities = []Priority{Urgent, Soon, Routine}

// Name is the priority in words.
func (p Priority) Name() string { return strings.ToUpper(string(p[:1])) + string(p[1:]) }

// Outcome is how a wait ended; empty while it lasts.
type Outcome string

// The outcomes.
const (
	FirstAppointment Outcome = "first_appointment"
	TreatmentBegan   Outcome = "treatment_began"
	Declined         Outcome = "declined"
	Discharged       Outcome = "discharged"
	Moved            Outcome = "moved"
	NotNeeded        Outcome = "not_needed"
)

var outcomes = []Outcome{FirstAppointment, TreatmentBegan, Declined, Discharged, Moved, NotNeeded}

var outcomeNames = map[Outcome]string{
	"": "Waiting", FirstAppointment: "First appointment", TreatmentBegan: "Treatment began", Declined: "Declined",
	Discharged: "Discharged", Moved: "Moved", NotNeeded: "No longer needed",
}

// Name is the outcome in words.
func (o Outcome) Name() string { return outcomeNames[o] }

// Seen tells whether what they waited for began.
func (o Outcome) Seen() bool { return o == FirstAppointment || o == TreatmentBegan }

// Entry is somebody on the waiting list. Who they are outside is sealed.
type Entry struct {
	bun.BaseModel `bun:"table:waiting_entries,alias:entry"`
	tenants.InService

	ID           uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	Reference    string     `bun:"reference" json:"reference"`
	PathwayID    uuid.UUID  `bun:"pathway_id,type:uuid" json:"-"`
	ReferredOn   Day        `bun:"referred_on" json:"referred_on"`
	Priority     Priority   `bun:"priority" json:"priority"`
	Pauses       Pauses     `bun:"pauses" json:"pauses"`
	TargetWeeks  int        `bun:"target_weeks" json:"target_weeks"` // zero for the pathway's
	KeyworkerID  *uuid.UUID `bun:"keyworker_id,type:uuid" json:"-"`
	Outcome      Outcome    `bun:"outcome" json:"outcome"`
	OutcomeOn    Day        `bun:"outcome_on" json:"outcome_on,omitempty"`
	ClosedAt     *time.Time `bun:"closed_at" json:"-"`
	HandedTo     *uuid.UUID `bun:"handed_to,type:uuid" json:"-"` // a service
	EmailSealed  string     `bun:"email_sealed" json:"-"`
	EmailLookup  string     `bun:"email_lookup" json:"-"`
	NHSSealed    string     `bun:"nhs_sealed" json:"-"`
	NHSLookup    string     `bun:"nhs_lookup" json:"-"`
	InvitationID *uuid.UUID `bun:"invitation_id,type:uuid" json:"-"`
	InvitedAt    *time.Time `bun:"invited_at" json:"invited_at,omitempty"`
	MemberID     *uuid.UUID `bun:"member_id,type:uuid" json:"-"`
	JoinedAt     *time.Time `bun:"joined_at" json:"joined_at,omitempty"`
	// AskAt is when they are next asked how they are, Asked how often they were since
	// they last said so, Missed how often in a row nothing came at all.
	AskAt   *time.Time `bun:"ask_at" json:"-"`
	Asked   int        `bun:"asked" json:"-"`
	Missed  int        `bun:"missed" json:"missed"`
	Pulse   Say        `bun:"pulse" json:"pulse,omitempty"`
	SaidAt  *time.Time `bun:"said_at" json:"said_at,omitempty"`
	Unread  int        `bun:"unread" json:"unread"`
	Contact Contact    `bun:"contact" json:"-"`
	// ContactWords say when and how they like to be reached.
	ContactWords string    `bun:"contact_words" json:"-"`
	AddedAt      time.Time `bun:"added_at" json:"-"`
	ChangedAt    time.Time `bun:"changed_at" json:"-"`
	Version      int       `bun:"version" json:"version"`

	Pathway   *Pathway        `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:pathway_id=id" json:"pathway,omitempty"`
	Keyworker *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:keyworker_id=id" json:"keyworker,omitempty"`
	Member    *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:member_id=id" json:"member,omitempty"`
}

// Open tells whether they still wait.
func (e Entry) Open() bool { return e.Outcome == "" }

// Days counts how long they waited until a day, or until the outcome, without the pauses.
func (e Entry) Days(today Day) int {
	until := today
	if !e.Open() {
		until = e.OutcomeOn
	}
	return max(0, e.ReferredOn.Until(until)-paused(e.Pauses, e.ReferredOn, until))
}

// Weeks are full weeks of Days.
func (e Entry) Weeks(today Day) int { return e.Days(today) / 7 }

// Target is in how many weeks they should be seen; zero for none.
func (e Entry) Target(p Pathway) int {
	if e.TargetWeeks > 0 {
		return e.TargetWeeks
	}
	return p.TargetWeeks
}

// Stands tells whether the clock stands still on a day.
func (e Entry) Stands(on Day) bool {
	return slices.ContainsFunc(e.Pauses, func(p Pause) bool { return p.From <= on && on <= p.Until })
}

// email opens the address that they can be invited at; empty for none.
func (e Entry) email(keys crypt.Keys) (string, error) {
	if e.EmailSealed == "" {
		return "", nil
	}
	return keys.Open(e.EmailSealed, e.ID.String())
}

// Pauses are kept in one column, as intervals with a blank between them.
type Pauses []Pause

// Value implements driver.Valuer.
func (p Pauses) Value() (driver.Value, error) {
	all := make([]string, len(p))
	for i, one := range p {
		all[i] = string(one.From) + "/" + string(one.Until)
	}
	return strings.Join(all, " "), nil
}

// Scan implements sql.Scanner.
func (p *Pauses) Scan(from any) error {
	var text string
	switch from := from.(type) {
	case string:
		text = from
	case []byte:
		text = string(from)
	default:
		return fmt.Errorf("pauses from %T", from)
	}
	*p = nil
	for _, one := range strings.Fields(text) {
		begin, end, _ := strings.Cut(one, "/")
		*p = append(*p, Pause{Day(begin), Day(end)})
	}
	return nil
}

// lines are the pauses as somebody edits them.
func (p Pauses) lines() string {
	all := make([]string, len(p))
	for i, one := range p {
		all[i] = one.From.Words() + " to " + one.Until.Words()
	}
	return strings.Join(all, "\n")
}
