package tenants

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Record is an entry of the trust's audit log: who did what to what, when and
// why. It is never changed and never holds what members wrote.
type Record struct {
	bun.BaseModel `bun:"table:audit_log,alias:record"`
	InTrust

	ID        uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	At        time.Time `bun:"at" json:"at"`
	Action    string    `bun:"action" json:"action"`                                     // "identity.read"
	ServiceID uuid.UUID `bun:"service_id,type:uuid,nullzero" json:"service_id,omitzero"` // zero for the trust's own
	AccountID uuid.UUID `bun:"account_id,type:uuid,nullzero" json:"account_id,omitzero"` // who; zero for the software
	Subject   uuid.UUID `bun:"subject_id,type:uuid,nullzero" json:"subject_id,omitzero"` // what or whom it concerns
	Reason    string    `bun:"reason" json:"reason,omitempty"`                           // in the words of who did it
	Before    string    `bun:"before" json:"before,omitempty"`                           // JSON
	After     string    `bun:"after" json:"after,omitempty"`                             // JSON
	Address   string    `bun:"address" json:"address,omitempty"`                         // the client's
}

// Acts say in plain words what an action of the audit log is: "identity.read"
// to "Looked up who a member is".
type Acts map[string]string

// acts are those of this package.
var acts = Acts{
	"session.begin":   "Signed in",
	"session.end":     "Signed out",
	"session.refused": "A sign-in was refused",
	"access.denied":   "Was refused",
	"access.service":  "Tried to enter a service that they are not in",
	"trust.create":    "Made the trust",
	"trust.status":    "The platform closed or opened the trust",
	"trust.register":  "The platform wrote an entry of the data-protection register",
	"trust.contacts":  "The platform wrote whom it asks about data protection",
	"services.create": "Made a service",
	"wings.team":      "The team of a service changed, and so did that of its wing",
	"trust.restored":  "The trust came here from an exit kit",
}

// Why is the reason that whoever changes what a service began with gives for it: the
// input of each such command embeds it, and it is kept with the change.
type Why struct {
	Reason string `json:"reason" validate:"filled,max=500" label:"why"`
}

// Audited completes a record. Before and After are what changed, as JSON.
type Audited struct {
	Subject       uuid.UUID
	Reason        string
	Before, After any
}

// Audit adds a record to the trust's audit log in this unit of work: what is
// undone leaves none.
func (s Scope) Audit(ctx context.Context, action string, a Audited) error {
	row := Record{ID: newID(), At: s.Now, Action: action, ServiceID: s.serviceID(), AccountID: s.Actor.AccountID, Subject: a.Subject, Reason: strings.TrimSpace(a.Reason), Address: s.Client.Address}
	for _, part := range []struct {
		value any
		into  *string
	}{{a.Before, &row.Before}, {a.After, &row.After}} {
		if part.value == nil {
			continue
		}
		text, err := json.Marshal(part.value)
		if err != nil {
			return err
		}
		*part.into = string(text)
	}
	_, err := s.Insert(&row).Exec(ctx)
	return err
}

// Tally counts what can happen again and again, such as a refusal, so that
// nobody can flood the log. After a few minutes it becomes one record.
type Tally struct {
	bun.BaseModel `bun:"table:audit_tallies,alias:tally"`
	InTrust

	Action    string    `bun:"action,pk"`
	AccountID uuid.UUID `bun:"account_id,pk,type:uuid"` // zero for nobody whom we know
	ServiceID uuid.UUID `bun:"service_id,pk,type:uuid"`
	Subject   uuid.UUID `bun:"subject_id,pk,type:uuid"`
	What      string    `bun:"what,pk"` // one of few: a route's summary, never what somebody sent
	Times     int       `bun:"times"`
	Address   string    `bun:"address"` // of the last time
	FirstAt   time.Time `bun:"first_at"`
	LastAt    time.Time `bun:"last_at"`
}

// tally counts an action of the actor once more.
func (s Scope) tally(ctx context.Context, action, what string, subject uuid.UUID) error {
	row := Tally{Action: action, AccountID: s.Actor.AccountID, ServiceID: s.serviceID(), Subject: subject, What: what, Times: 1, Address: s.Client.Address, FirstAt: s.Now, LastAt: s.Now}
	_, err := s.Insert(&row).On("CONFLICT (tenant_id, action, account_id, service_id, subject_id, what) DO UPDATE").
		Set("times = tally.times + 1").Set("address = EXCLUDED.address").Set("last_at = EXCLUDED.last_at").Exec(ctx)
	return err
}
