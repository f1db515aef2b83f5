package tenants

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// The states of a trust. Members come in while it is active, and only then.
const (
	Active    = "active"
	Suspended = "suspended"
	Archived  = "archived"
)

// OfTrust makes a row one that the platform keeps about a trust. It is in no
// trust, so nothing of a member is in it.
type OfTrust struct {
	TrustID uuid.UUID `bun:"trust_id,pk,type:uuid" json:"trust_id"`
}

func (r *OfTrust) about(s Scope) { r.TrustID = s.Trust().ID }

func (*OfTrust) former(s Scope, q *bun.DeleteQuery) { q.Where("trust_id = ?", s.Trust().ID) }

// OfService is OfTrust for a row about one of its services.
type OfService struct {
	OfTrust

	ServiceID uuid.UUID `bun:"service_id,pk,type:uuid" json:"service_id"`
}

func (r *OfService) about(s Scope) {
	r.OfTrust.about(s)
	r.ServiceID = s.Service.ID
}

func (r *OfService) former(s Scope, q *bun.DeleteQuery) {
	r.OfTrust.former(s, q)
	q.Where("service_id = ?", s.Service.ID)
}

// Restate replaces what one of the platform's tables says about this trust or, in
// a table of services, about the scope's service.
func Restate[T any, P interface {
	*T
	about(s Scope)
	former(s Scope, q *bun.DeleteQuery)
}](ctx context.Context, s Scope, rows []T) error {
	old := s.unit.db.NewDelete().Model((*T)(nil))
	P(new(T)).former(s, old)
	if _, err := old.Exec(ctx); err != nil || len(rows) == 0 {
		return err
	}
	for i := range rows {
		P(&rows[i]).about(s)
	}
	for some := range slices.Chunk(rows, 500) {
		if _, err := s.unit.db.NewInsert().Model(&some).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// About adds a row to one of the platform's tables about this trust. It is false,
// and the row as it was, where one is there that leaves no room for it.
func About[T any, P interface {
	*T
	about(s Scope)
}](ctx context.Context, s Scope, row P) (added bool, err error) {
	full := *row
	P(&full).about(s)
	result, err := s.unit.db.NewInsert().Model(&full).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	if n > 0 {
		*row = full
	}
	return n > 0, err
}

// By is who of the platform does something to a trust.
type By struct {
	ID   uuid.UUID
	Name string
}

// Deed is something that the platform did to a trust, in the platform's own log.
type Deed struct {
	bun.BaseModel `bun:"table:platform_log,alias:deed"`

	ID      uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	At      time.Time `bun:"at" json:"at"`
	StaffID uuid.UUID `bun:"staff_id,type:uuid" json:"staff_id"`
	TrustID uuid.UUID `bun:"trust_id,type:uuid" json:"-"`
	Action  string    `bun:"action" json:"action"`
	Reason  string    `bun:"reason" json:"reason,omitempty"`
}

// Deed writes down what somebody of the platform did to the trust. What an
// operator does at the command line is in the trust's own log alone.
func (s Scope) Deed(ctx context.Context, by By, action, reason string) error {
	if by.ID == uuid.Nil {
		return nil
	}
	row := Deed{ID: newID(), At: s.Now, StaffID: by.ID, TrustID: s.Trust().ID, Action: action, Reason: reason}
	_, err := s.unit.db.NewInsert().Model(&row).Exec(ctx)
	return err
}

// steps are the states that a trust can go to from each.
var steps = map[string][]string{Active: {Suspended}, Suspended: {Active, Archived}, Archived: {}}

// NextStates are those that a trust in a state can be put in.
func NextStates(state string) []string { return steps[state] }

// SetStatus suspends a trust, opens it again or puts it in the archive, and keeps
// who did so and why. It holds at once, on every node. Conflict if the trust is
// not, or not any more, in the state that it shall go from.
func (d *Directory) SetStatus(ctx context.Context, trust uuid.UUID, from, to, reason string, by By) error {
	if !slices.Contains(steps[from], to) {
		return fault.New(fault.Conflict, "A trust cannot go from "+from+" to "+to+".")
	}
	err := d.WriteAs(ctx, trust, "", func(ctx context.Context, s Scope) error {
		if err := Touched(s.unit.db.NewUpdate().Model((*Trust)(nil)).Set("status = ?", to).Set("config_version = config_version + 1").
			Where("id = ?", trust).Where("status = ?", from).Exec(ctx)); fault.Is(err, fault.NotFound) {
			return fault.New(fault.Conflict, "Somebody changed this trust’s state meanwhile. Load the page again to see how it is now.")
		} else if err != nil {
			return err
		}
		type state struct {
			Status string `json:"status"`
			By     string `json:"by,omitempty"`
		}
		if err := s.Audit(ctx, "trust.status", Audited{Subject: trust, Reason: reason, Before: state{Status: from}, After: state{to, by.Name}}); err != nil {
			return err
		}
		return s.Deed(ctx, by, "trust."+to, reason)
	})
	if err != nil {
		return err
	}
	_, err = d.AllTrusts(ctx) // the lobby lists it, or not
	return err
}

// NewService makes a service of a trust, for the platform. Conflict if the trust
// is in the archive.
func (d *Directory) NewService(ctx context.Context, trust uuid.UUID, in NewService) (*Service, error) {
	var made *Service
	err := d.WriteAs(ctx, trust, "", func(ctx context.Context, s Scope) (err error) {
		if s.Trust().Status == Archived {
			return fault.New(fault.Conflict, "This trust is in the archive: nothing can begin in it.")
		}
		made, err = CreateService(ctx, s, in)
		return err
	})
	return made, err
}

// Trust finds a trust, whatever its state. NotFound if there is none.
func (d *Directory) Trust(ctx context.Context, id uuid.UUID) (trust Trust, err error) {
	return trust, d.DB.Read(ctx, uuid.Nil, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(&trust).Where("id = ?", id).Scan(ctx)
	})
}

// Note writes down, in the trust's log and the platform's, what the platform keeps
// anew about a trust.
func (d *Directory) Note(ctx context.Context, trust uuid.UUID, by By, action string, after map[string]string) error {
	return d.WriteAs(ctx, trust, "", func(ctx context.Context, s Scope) error {
		after["by"] = by.Name
		if err := s.Audit(ctx, action, Audited{Subject: trust, After: after}); err != nil {
			return err
		}
		return s.Deed(ctx, by, action, "")
	})
}

// Stated reads what one of the platform's tables says, of every trust. It is for
// counts that have left their trusts, which anybody may know.
func Stated[T any, P interface {
	*T
	about(s Scope)
}](s Scope) *bun.SelectQuery {
	return s.unit.db.NewSelect().Model((*T)(nil))
}
