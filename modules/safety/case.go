package safety

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants"
)

// Case is somebody who may be in danger, and what the team does about it until
// it is closed with an outcome and a reason.
type Case struct {
	bun.BaseModel `bun:"table:cases,alias:case"`
	tenants.InService

	ID       uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	MemberID uuid.UUID  `bun:"member_id,type:uuid,nullzero" json:"-"` // whom it is about; zero in a drill
	ItemID   uuid.UUID  `bun:"item_id,type:uuid,nullzero" json:"-"`   // what opened it; zero if somebody did
	Level    Level      `bun:"level" json:"level"`
	OwnerID  *uuid.UUID `bun:"owner_id,type:uuid" json:"-"`
	// AskedID is whom the owner asks to take it over, who can say yes until AskedUntil.
	AskedID    *uuid.UUID `bun:"asked_id,type:uuid" json:"-"`
	AskedUntil *time.Time `bun:"asked_until" json:"asked_until,omitempty"`
	Drill      bool       `bun:"drill" json:"drill,omitempty"`
	OpenedAt   time.Time  `bun:"opened_at" json:"opened_at"`
	DueAt      time.Time  `bun:"due_at" json:"due_at"` // when it must be acknowledged
	AckedAt    *time.Time `bun:"acked_at" json:"acknowledged_at,omitempty"`
	ClosedAt   *time.Time `bun:"closed_at" json:"closed_at,omitempty"`
	Outcome    string     `bun:"outcome" json:"outcome,omitempty"`
	Reason     string     `bun:"reason" json:"reason,omitempty"`
	Version    int        `bun:"version" json:"version"`

	Member *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:member_id=id" json:"member,omitempty"`
	Owner  *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:owner_id=id" json:"owner,omitempty"`
	Asked  *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:asked_id=id" json:"asked,omitempty"`
}

// Calling tells whether the team is called for it: nobody has it, and it cannot wait.
func (c Case) Calling() bool { return c.ClosedAt == nil && c.AckedAt == nil && c.Level.Urgent() }

// Grade gives the case a level, and the time by which it must be acknowledged.
func (c *Case) Grade(s tenants.Scope, level Level) {
	c.Level, c.DueAt = level, SettingsOf(s).due(s, level, false)
}

// Put writes a changed case. Conflict if it changed since it was read.
func (c *Case) Put(ctx context.Context, s tenants.Scope) error {
	c.Version++
	return tenants.Fresh(s.Update(c).ExcludeColumn("tenant_id", "service_id", "id").Where("?TableAlias.id = ?", c.ID).Where("?TableAlias.version = ?", c.Version-1).Exec(ctx))
}

// Acknowledged is what an entry says when somebody took a case on.
const Acknowledged = "acknowledged"

// Entry is a line of a case's timeline. Rows are added and never changed.
type Entry struct {
	bun.BaseModel `bun:"table:case_entries,alias:entry"`
	tenants.InService

	ID      uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	CaseID  uuid.UUID `bun:"case_id,type:uuid" json:"-"`
	At      time.Time `bun:"at" json:"at"`
	ActorID uuid.UUID `bun:"actor_id,type:uuid,nullzero" json:"-"` // zero for the software
	What    string    `bun:"what" json:"what"`                     // "opened", "paged", "called" …: Acts has its words as "case.opened"
	Words   string    `bun:"words" json:"words,omitempty"`
	// SubjectID is what it was about: an item, a member who was paged.
	SubjectID uuid.UUID `bun:"subject_id,type:uuid,nullzero" json:"-"`

	Actor *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:actor_id=id" json:"actor,omitempty"`
}

// NewCase is a case to open. Member or Item may be zero; Why is its first line.
type NewCase struct {
	Member, Item uuid.UUID
	Level        Level
	Why          string
	Drill        bool
}

// Open opens a case. What follows, such as paging whoever is on duty, follows
// from CaseOpened.
func (d *Desk) Open(ctx context.Context, s tenants.Scope, in NewCase) (Case, error) {
	c := Case{ID: uuid.Must(uuid.NewV7()), MemberID: in.Member, ItemID: in.Item, Drill: in.Drill, OpenedAt: s.Now, Version: 1}
	c.Grade(s, in.Level)
	if _, err := s.Insert(&c).Exec(ctx); err != nil {
		return Case{}, err
	}
	if err := c.Note(ctx, s, "opened", in.Why, in.Item); err != nil {
		return Case{}, err
	}
	return c, s.Emit(ctx, CaseOpened, tenants.Event{Subject: c.ID, Audience: tenants.AudienceStaff})
}

// worsen raises an open case to a level, if that is graver; whoever has it must
// look again, so it is no longer acknowledged.
func worsen(ctx context.Context, s tenants.Scope, id uuid.UUID, level Level, why string) error {
	var c Case
	if err := s.Lock(&c).Where("?TableAlias.id = ?", id).Scan(ctx); err != nil {
		return err
	}
	if c.ClosedAt != nil || c.Level.Graver(level) == c.Level {
		return nil
	}
	c.Level, c.AckedAt, c.Version = level, nil, c.Version+1
	if due := SettingsOf(s).due(s, level, false); due.Before(c.DueAt) {
		c.DueAt = due
	}
	if _, err := s.Update(&c).Column("level", "acked_at", "due_at", "version").Where("id = ?", id).Exec(ctx); err != nil {
		return err
	}
	return c.Note(ctx, s, "raised", why, c.ItemID)
}

// Note adds a line to the case's timeline and to the audit log, where words are
// never kept. Its action there is "case." and what.
func (c Case) Note(ctx context.Context, s tenants.Scope, what, words string, subject uuid.UUID) error {
	row := Entry{ID: uuid.Must(uuid.NewV7()), CaseID: c.ID, At: s.Now, ActorID: s.Actor.ID(), What: what, Words: words, SubjectID: subject}
	if _, err := s.Insert(&row).Exec(ctx); err != nil {
		return err
	}
	action := "case." + what
	if err := s.Audit(ctx, action, tenants.Audited{Subject: c.ID}); err != nil {
		return err
	}
	return s.Emit(ctx, CaseNoted, tenants.Event{Subject: row.ID, About: c.ID, Audience: tenants.AudienceStaff})
}
