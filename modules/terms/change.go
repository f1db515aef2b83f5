package terms

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// most is how many terms a service can have, retired ones too.
const most = 10_000

// Change is an entry of the history: what a term was and is, who changed it and why.
type Change struct {
	bun.BaseModel `bun:"table:term_changes,alias:change"`
	tenants.InService

	ID        uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	TermID    uuid.UUID `bun:"term_id,type:uuid" json:"term_id"`
	What      string    `bun:"what" json:"what"` // added, changed, retired or restored
	Before    was       `bun:"before" json:"before,omitzero"`
	After     was       `bun:"after" json:"after"`
	Reason    string    `bun:"reason" json:"reason"`
	AccountID uuid.UUID `bun:"account_id,type:uuid,nullzero" json:"-"`
	ChangedBy string    `bun:"changed_by" json:"changed_by"`
	ChangedAt time.Time `bun:"changed_at" json:"changed_at"`
}

// step is a term before and after a change; Before is zero for a new one.
type step struct{ before, after Term }

func (t step) what() string {
	switch {
	case t.before.ID == uuid.Nil:
		return "added"
	case t.before.Active && !t.after.Active:
		return "retired"
	case !t.before.Active && t.after.Active:
		return "restored"
	}
	return "changed"
}

// apply writes changes with their history, and one record of the audit log. The
// list must be locked.
func apply(ctx context.Context, s tenants.Scope, action, reason string, steps []step) error {
	rows, changes, counted := make([]Term, len(steps)), make([]Change, len(steps)), map[string]int{}
	by := tenants.TrustAdmin.Name()
	if s.Actor.Member != nil {
		by = s.Actor.Member.Handle
	}
	for i, step := range steps {
		step.after.ChangedAt = s.Now
		rows[i] = step.after
		changes[i] = Change{ID: uuid.Must(uuid.NewV7()), TermID: step.after.ID, What: step.what(), After: was(step.after.Rule), Reason: reason,
			AccountID: s.Actor.AccountID, ChangedBy: by, ChangedAt: s.Now}
		if step.before.ID != uuid.Nil {
			changes[i].Before = was(step.before.Rule)
		}
		counted[changes[i].What]++
	}
	if err := put(ctx, s, rows); err != nil {
		return err
	}
	watched, err := active(ctx, s)
	if err != nil {
		return err
	}
	for _, reason := range tooMany(watched, steps) {
		return fault.Bad("text", reason)
	}
	if err := insertChanges(ctx, s, changes); err != nil {
		return err
	}
	audited := tenants.Audited{Reason: reason, After: counted}
	if len(steps) == 1 {
		audited.Subject, audited.After = steps[0].after.ID, steps[0].after.Rule
		if steps[0].before.ID != uuid.Nil {
			audited.Before = steps[0].before.Rule
		}
	}
	return s.Audit(ctx, action, audited)
}

// Add is a new term.
type Add struct {
	Rule
	tenants.Why
}

// Add looks for something from now on.
func (t *Terms) Add(ctx context.Context, s tenants.Scope, in Add) (Term, error) {
	rule, err := in.fitFor(s)
	if err != nil {
		return Term{}, err
	}
	if err := alone(ctx, s); err != nil {
		return Term{}, err
	}
	active, retired, err := counts(ctx, s)
	if err == nil && active+retired >= most {
		err = fault.New(fault.Conflict, fmt.Sprintf("The list is full: it can have %d terms.", most))
	}
	if err != nil {
		return Term{}, err
	}
	row := fresh(s, rule)
	return row, apply(ctx, s, "terms.added", in.Reason, []step{{after: row}})
}

// fitFor is fit, with what follows being what the service can do.
func (r Rule) fitFor(s tenants.Scope) (Rule, error) {
	if topic, known := s.Service.Topic(r.Topic); r.Topic != "" && (!known || !topic.Offered) {
		return r, fault.Bad("topic", "Choose one of the content notes of this service.")
	}
	return r.fit()
}

// Edit is a term as it shall be. Version is the one that was read.
type Edit struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version" validate:"gte=1" label:"the version"`
	Add
}

// Edit changes a term; from then on it is the service's own. Conflict if it
// changed since Version.
func (t *Terms) Edit(ctx context.Context, s tenants.Scope, in Edit) (Term, error) {
	return t.change(ctx, s, in.ID, in.Version, "terms.changed", in.Reason, func(row *Term) (err error) {
		if topic := in.Topic; topic == row.Topic { // also one that is not offered any more
			row.Rule, err = in.fit()
		} else {
			row.Rule, err = in.fitFor(s)
		}
		row.Key = row.key()
		return err
	})
}

// Retire is a term that is looked for no more, or again.
type Retire struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version" validate:"gte=1" label:"the version"`
	Retired bool      `json:"retired"`
	tenants.Why
}

// Retire stops or starts looking for a term. Conflict if it changed since Version.
func (t *Terms) Retire(ctx context.Context, s tenants.Scope, in Retire) (Term, error) {
	action := map[bool]string{true: "terms.retired", false: "terms.restored"}[in.Retired]
	return t.change(ctx, s, in.ID, in.Version, action, in.Reason, func(row *Term) error {
		if row.Active != in.Retired {
			return fault.Stale()
		}
		row.Active = !in.Retired
		if in.Retired {
			return nil
		}
		_, err := row.fit()
		return err
	})
}

func (t *Terms) change(ctx context.Context, s tenants.Scope, id uuid.UUID, version int, action, reason string, do func(row *Term) error) (Term, error) {
	if _, err := byID(ctx, s, id); err != nil {
		return Term{}, err
	}
	if err := alone(ctx, s); err != nil {
		return Term{}, err
	}
	before, err := byID(ctx, s, id)
	if err != nil {
		return Term{}, err
	}
	if before.Version != version {
		return Term{}, fault.Stale()
	}
	after := before
	if err := do(&after); err != nil {
		return Term{}, err
	}
	after.Version, after.Listed = before.Version+1, false
	return after, apply(ctx, s, action, reason, []step{{before, after}})
}

// was is a rule as the history keeps it, in JSON.
type was Rule

// Value implements driver.Valuer.
func (w was) Value() (driver.Value, error) {
	if w == (was{}) {
		return "", nil
	}
	text, err := json.Marshal(Rule(w))
	return string(text), err
}

// Scan implements sql.Scanner.
func (w *was) Scan(from any) error {
	var text []byte
	switch from := from.(type) {
	case string:
		text = []byte(from)
	case []byte:
		text = from
	}
	if len(text) == 0 {
		*w = was{}
		return nil
	}
	return json.Unmarshal(text, (*Rule)(w))
}
