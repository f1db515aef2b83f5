package programmes

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants"
)

// Side is whose people do something.
type Side string

// The two sides of a programme.
const (
	Trust    Side = "trust"
	Platform Side = "platform"
)

// Sides are both.
var Sides = []Side{Trust, Platform}

// Name is the side in words.
func (s Side) Name() string {
	if s == Platform {
		return "SHaRON"
	}
	return "The trust"
}

// Role is what a stakeholder is in a programme.
type Role string

// Roles are all there are, with their names.
var Roles = []struct {
	Key  Role
	Name string
}{
	{"senior_leader", "Senior leader"},
	{"clinical_lead", "Clinical lead"},
	{"safety_officer", "Clinical safety officer"},
	{"ig_lead", "Information governance lead"},
	{"service_lead", "Service lead"},
	{"finance", "Finance lead"},
	{"project_manager", "Project manager"},
	{"it", "IT lead"},
}

// Name is the role in words; empty for none that we know.
func (r Role) Name() string {
	for _, role := range Roles {
		if role.Key == r {
			return role.Name
		}
	}
	return ""
}

// lower is the role in the middle of a sentence.
func (r Role) lower() string {
	if name := r.Name(); name != "" && r != "it" {
		return strings.ToLower(name[:1]) + name[1:]
	}
	return r.Name()
}

// Engagements are how somebody takes part, from the least.
var Engagements = []struct{ Key, Name string }{
	{"unaware", "Does not know of it yet"},
	{"resistant", "Has doubts"},
	{"neutral", "Neutral"},
	{"supportive", "Supports it"},
	{"leading", "Leads it"},
}

// Keys are tasks by their keys, kept in one column, comma-separated.
type Keys []string

// Value implements driver.Valuer.
func (k Keys) Value() (driver.Value, error) { return strings.Join(k, ","), nil }

// Scan implements sql.Scanner.
func (k *Keys) Scan(from any) error {
	text := ""
	switch from := from.(type) {
	case string:
		text = from
	case []byte:
		text = string(from)
	default:
		return fmt.Errorf("programmes: keys from %T", from)
	}
	*k = nil
	if text != "" {
		*k = strings.Split(text, ",")
	}
	return nil
}

// Programme is the onboarding of a service. A service has one that runs, at most.
type Programme struct {
	bun.BaseModel `bun:"table:programmes,alias:programme"`
	tenants.InService

	ID        uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	StartsOn  Day        `bun:"starts_on" json:"starts_on"`
	EndsOn    Day        `bun:"ends_on" json:"ends_on"` // by the first plan, as is LiveOn
	LiveOn    Day        `bun:"live_on" json:"live_on"`
	Money     Money      `bun:"money" json:"money"` // the finance stage
	Pence     int64      `bun:"pence" json:"pence"`
	Billed    bool       `bun:"billed" json:"billed"` // billing says so, and nobody by hand
	EndedAt   *time.Time `bun:"ended_at" json:"ended_at,omitempty"`
	EndedWhy  string     `bun:"ended_why" json:"ended_why,omitempty"` // before its last gate
	WeeklyOn  Day        `bun:"weekly_on" json:"-"`                   // the day for which the weekly update was sent last, or the first on which it may be
	CreatedAt time.Time  `bun:"created_at" json:"created_at"`
	Version   int        `bun:"version" json:"version"`
}

// Phase is a month's part of it, with the gate at its end.
type Phase struct {
	bun.BaseModel `bun:"table:programme_phases,alias:phase"`
	tenants.InService

	ID          uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	ProgrammeID uuid.UUID `bun:"programme_id,type:uuid" json:"-"`
	Number      int       `bun:"number" json:"number"`
	Name        string    `bun:"name" json:"name"`
	Starts      Day       `bun:"starts_on" json:"starts_on"` // not before
	Gate        string    `bun:"gate" json:"gate"`
	GateOn      Day       `bun:"gate_on" json:"gate_on"` // by the first plan
	Money       bool      `bun:"money" json:"money"`
	Quorum      bool      `bun:"quorum" json:"quorum"` // a meeting with its quorum must have been held
	Approver    Role      `bun:"approver_role" json:"approver_role"`
	// ApproverID is who is to sign; nil while nobody is named.
	ApproverID *uuid.UUID `bun:"approver_id,type:uuid" json:"approver_id,omitempty"`
	SignedAt   *time.Time `bun:"signed_at" json:"signed_at,omitempty"`
	SignedBy   *uuid.UUID `bun:"signed_by,type:uuid" json:"signed_by,omitempty"`
	Version    int        `bun:"version" json:"version"`
}

func (p Phase) signedOn() Day {
	if p.SignedAt == nil {
		return ""
	}
	return DayOf(*p.SignedAt)
}

// Evidence is a thing that a gate asks for, or that somebody put to a task; there
// once it has a link or a file.
type Evidence struct {
	bun.BaseModel `bun:"table:programme_evidence,alias:evidence"`
	tenants.InService

	ID       uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	PhaseID  uuid.UUID  `bun:"phase_id,type:uuid" json:"phase_id"`
	TaskID   *uuid.UUID `bun:"task_id,type:uuid" json:"task_id,omitempty"` // nil for what the gate asks for
	Position int        `bun:"position" json:"-"`
	Name     string     `bun:"name" json:"name"`
	Link     string     `bun:"link" json:"link,omitempty"`
	File     string     `bun:"file" json:"-"` // its key in storage
	FileType string     `bun:"file_type" json:"file_type,omitempty"`
	Bytes    int64      `bun:"file_bytes" json:"bytes,omitempty"`
	GivenBy  string     `bun:"given_by" json:"given_by,omitempty"`
	GivenAt  *time.Time `bun:"given_at" json:"given_at,omitempty"`
}

// There tells whether it was given; its file may have gone since, at its age.
func (e Evidence) There() bool { return e.GivenAt != nil }

// Task is a piece of work of a phase.
type Task struct {
	bun.BaseModel `bun:"table:programme_tasks,alias:task"`
	tenants.InService

	ID          uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	ProgrammeID uuid.UUID  `bun:"programme_id,type:uuid" json:"-"`
	Phase       int        `bun:"phase" json:"phase"`
	Position    int        `bun:"position" json:"-"`
	Key         string     `bun:"key" json:"key"`
	Name        string     `bun:"name" json:"name"`
	Side        Side       `bun:"side" json:"side"`
	OwnerID     *uuid.UUID `bun:"owner_id,type:uuid" json:"owner_id,omitempty"`
	Days        int        `bun:"days" json:"days"`
	After       Keys       `bun:"after_keys" json:"after"`
	PlannedFrom Day        `bun:"planned_from" json:"planned_from"` // by the first plan
	PlannedTo   Day        `bun:"planned_to" json:"planned_to"`
	MovedTo     Day        `bun:"moved_to" json:"moved_to,omitempty"` // it begins not before this
	DoneOn      Day        `bun:"done_on" json:"done_on,omitempty"`
	DoneBy      string     `bun:"done_by" json:"done_by,omitempty"`
	Version     int        `bun:"version" json:"version"`
}

// Stakeholder is somebody whom a programme needs. They need no account.
type Stakeholder struct {
	bun.BaseModel `bun:"table:programme_people,alias:stakeholder"`
	tenants.InService

	ID          uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	ProgrammeID uuid.UUID  `bun:"programme_id,type:uuid" json:"-"`
	Name        string     `bun:"name" json:"name"`
	Role        Role       `bun:"role" json:"role"`
	Side        Side       `bun:"side" json:"side"`
	EmailLookup string     `bun:"email_lookup" json:"-"`
	EmailSealed string     `bun:"email_sealed" json:"-"`
	Engagement  string     `bun:"engagement" json:"engagement"`
	Required    bool       `bun:"required" json:"required"`
	Weekly      bool       `bun:"weekly" json:"weekly"` // gets the weekly update
	LeftAt      *time.Time `bun:"left_at" json:"left_at,omitempty"`
	Version     int        `bun:"version" json:"version"`
}

// Absence is when a stakeholder is away, the last day included.
type Absence struct {
	bun.BaseModel `bun:"table:programme_absences,alias:absence"`
	tenants.InService

	ID       uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	PersonID uuid.UUID  `bun:"person_id,type:uuid" json:"person_id"`
	From     Day        `bun:"from_day" json:"from"`
	To       Day        `bun:"to_day" json:"to"`
	CoverID  *uuid.UUID `bun:"cover_id,type:uuid" json:"cover_id,omitempty"`
}

// Holiday is when many are away: school holidays, or the NHS year end.
type Holiday struct {
	bun.BaseModel     `bun:"table:programme_holidays,alias:holiday" yaml:"-"`
	tenants.InService `yaml:"-"`

	ID          uuid.UUID `bun:"id,pk,type:uuid" json:"id" yaml:"-"`
	ProgrammeID uuid.UUID `bun:"programme_id,type:uuid" json:"-" yaml:"-"`
	Name        string    `bun:"name" json:"name" yaml:"name"`
	Kind        string    `bun:"kind" json:"kind" yaml:"-"` // "school", "year_end" or "other"
	From        Day       `bun:"from_day" json:"from" yaml:"from"`
	To          Day       `bun:"to_day" json:"to" yaml:"to"`
}

// Meeting is one that people are called to.
type Meeting struct {
	bun.BaseModel `bun:"table:programme_meetings,alias:meeting"`
	tenants.InService

	ID          uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	ProgrammeID uuid.UUID  `bun:"programme_id,type:uuid" json:"-"`
	Name        string     `bun:"name" json:"name"`
	StartsAt    time.Time  `bun:"starts_at" json:"starts_at"`
	Length      int        `bun:"length" json:"length"` // minutes
	Where       string     `bun:"place" json:"where,omitempty"`
	Minutes     string     `bun:"minutes" json:"minutes,omitempty"` // what was said
	HeldAt      *time.Time `bun:"held_at" json:"held_at,omitempty"` // when that was first written down
	CalledOff   *time.Time `bun:"called_off_at" json:"called_off_at,omitempty"`
	Version     int        `bun:"version" json:"version"`
}

// Attendance is somebody's seat in a meeting.
type Attendance struct {
	bun.BaseModel `bun:"table:programme_attendance,alias:seat"`
	tenants.InService

	MeetingID uuid.UUID  `bun:"meeting_id,pk,type:uuid"`
	PersonID  uuid.UUID  `bun:"person_id,pk,type:uuid"`
	Came      bool       `bun:"came"`
	InvitedAt *time.Time `bun:"invited_at"` // by email
}

// Action is something that somebody said they would do.
type Action struct {
	bun.BaseModel `bun:"table:programme_actions,alias:action"`
	tenants.InService

	ID          uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	ProgrammeID uuid.UUID  `bun:"programme_id,type:uuid" json:"-"`
	What        string     `bun:"what" json:"what"`
	OwnerID     uuid.UUID  `bun:"owner_id,type:uuid" json:"owner_id"`
	DueOn       Day        `bun:"due_on" json:"due_on"`
	CreatedAt   time.Time  `bun:"created_at" json:"created_at"`
	DoneAt      *time.Time `bun:"done_at" json:"done_at,omitempty"`
	Answer      string     `bun:"answer" json:"answer,omitempty"` // what its owner said last
	AnsweredAt  *time.Time `bun:"answered_at" json:"answered_at,omitempty"`
	Version     int        `bun:"version" json:"version"`
}

// Entry is a line of the register: a decision, risk, issue or assumption.
type Entry struct {
	bun.BaseModel `bun:"table:programme_entries,alias:entry"`
	tenants.InService

	ID          uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	ProgrammeID uuid.UUID  `bun:"programme_id,type:uuid" json:"-"`
	Kind        string     `bun:"kind" json:"kind"`
	Words       string     `bun:"words" json:"words"`
	Response    string     `bun:"response" json:"response,omitempty"` // what is done about it
	Weight      string     `bun:"weight" json:"weight,omitempty"`     // low, medium or high; of a risk or an issue
	ByName      string     `bun:"by_name" json:"by"`
	CreatedAt   time.Time  `bun:"created_at" json:"created_at"`
	ClosedAt    *time.Time `bun:"closed_at" json:"closed_at,omitempty"`
	Version     int        `bun:"version" json:"version"`
}

// Comment is what somebody said about a task or a gate.
type Comment struct {
	bun.BaseModel `bun:"table:programme_comments,alias:comment"`
	tenants.InService

	ID        uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	SubjectID uuid.UUID `bun:"subject_id,type:uuid" json:"-"`
	Words     string    `bun:"words" json:"words"`
	ByName    string    `bun:"by_name" json:"by"`
	Side      Side      `bun:"side" json:"side"`
	At        time.Time `bun:"at" json:"at"`
}

// Benefit is what the service is to be good for, and whether it is.
type Benefit struct {
	bun.BaseModel `bun:"table:programme_benefits,alias:benefit"`
	tenants.InService

	ID          uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	ProgrammeID uuid.UUID  `bun:"programme_id,type:uuid" json:"-"`
	Claim       string     `bun:"claim" json:"claim"`
	Formula     string     `bun:"formula" json:"formula"`         // how the value comes about, in plain words
	Figure      string     `bun:"figure" json:"figure,omitempty"` // key of the figure that gives the value; empty where somebody writes it down
	Baseline    float64    `bun:"baseline" json:"baseline"`
	Target      float64    `bun:"target" json:"target"`
	Value       *float64   `bun:"value" json:"value"` // as it was written down last; nil for never
	ValuedAt    *time.Time `bun:"valued_at" json:"valued_at,omitempty"`
	OwnerID     uuid.UUID  `bun:"owner_id,type:uuid" json:"owner_id"`
	ReviewOn    Day        `bun:"review_on" json:"review_on"`
	Version     int        `bun:"version" json:"version"`
}

// Link is a door for somebody without an account that does one thing, its purpose:
// to answer about an action or a task, to sign at a gate, to see what a meeting is
// about, or how the programme goes. The address is our signature
// over the row and its round and stands nowhere.
type Link struct {
	bun.BaseModel `bun:"table:programme_links,alias:link"`
	tenants.InService

	ID        uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	PersonID  uuid.UUID  `bun:"person_id,type:uuid" json:"person_id"`
	Purpose   string     `bun:"purpose" json:"purpose"`
	SubjectID uuid.UUID  `bun:"subject_id,type:uuid" json:"-"` // the action, task, phase, meeting or programme
	CreatedAt time.Time  `bun:"created_at" json:"created_at"`
	ExpiresAt time.Time  `bun:"expires_at" json:"expires_at"`
	SentAt    *time.Time `bun:"sent_at" json:"sent_at,omitempty"`
	UsedAt    *time.Time `bun:"used_at" json:"used_at,omitempty"` // the last time
	Uses      int        `bun:"uses" json:"uses"`
	Answered  *time.Time `bun:"answered_at" json:"answered_at,omitempty"`
	EndedAt   *time.Time `bun:"ended_at" json:"ended_at,omitempty"` // revoked, or answered
}
