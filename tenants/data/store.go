package data

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants"
)

// Export is a copy of what is kept about somebody, being made or made.
type Export struct {
	bun.BaseModel `bun:"table:data_exports,alias:export"`
	tenants.InTrust

	ID        uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	AccountID uuid.UUID  `bun:"account_id,type:uuid" json:"-"`
	State     string     `bun:"state" json:"state"` // waiting or ready
	File      string     `bun:"file" json:"-"`
	Bytes     int64      `bun:"bytes" json:"bytes"`
	AskedAt   time.Time  `bun:"asked_at" json:"asked_at"`
	ReadyAt   *time.Time `bun:"ready_at" json:"ready_at,omitempty"`
	ExpiresAt time.Time  `bun:"expires_at" json:"expires_at"`
}

// Farewell is that somebody leaves, and how far that has come.
type Farewell struct {
	bun.BaseModel `bun:"table:leavings,alias:leaving"`
	tenants.InTrust

	AccountID uuid.UUID  `bun:"account_id,pk,type:uuid" json:"-"`
	KeepWords bool       `bun:"keep_words" json:"keep_words"`
	State     string     `bun:"state" json:"state"`
	AskedAt   time.Time  `bun:"asked_at" json:"asked_at"`
	DueAt     time.Time  `bun:"due_at" json:"due_at"`
	DoneAt    *time.Time `bun:"done_at" json:"-"`
}

// The states of a farewell.
const (
	waits   = "waiting" // can be taken back
	working = "working"
	held    = "held" // by a legal hold
	done    = "done"
)

// Hold is a legal hold on a person.
type Hold struct {
	bun.BaseModel `bun:"table:legal_holds,alias:hold"`
	tenants.InTrust

	ID        uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	AccountID uuid.UUID  `bun:"account_id,type:uuid" json:"-"`
	Reason    string     `bun:"reason" json:"reason"`
	PlacedBy  uuid.UUID  `bun:"placed_by,type:uuid" json:"-"`
	PlacedAt  time.Time  `bun:"placed_at" json:"placed_at"`
	LiftedBy  *uuid.UUID `bun:"lifted_by,type:uuid" json:"-"`
	LiftedAt  *time.Time `bun:"lifted_at" json:"lifted_at,omitempty"`

	Who string `bun:"-" json:"who"`
}

// period is how long a trust keeps a class, where it chose.
type period struct {
	bun.BaseModel `bun:"table:retention_periods,alias:period"`
	tenants.InTrust

	Class     string    `bun:"class,pk"`
	Days      int       `bun:"days"`
	ChangedAt time.Time `bun:"changed_at"`
}

// latest is the account's newest export that is still good; nil for none.
func latest(ctx context.Context, s tenants.Scope, account uuid.UUID) (*Export, error) {
	var rows []Export
	err := s.Select(&rows).Where("export.account_id = ?", account).Where("export.expires_at > ?", s.Now).Order("export.asked_at DESC").Limit(1).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// farewell is the account's; nil for none.
func farewell(ctx context.Context, s tenants.Scope, account uuid.UUID) (*Farewell, error) {
	var rows []Farewell
	err := s.Lock(&rows).Where("leaving.account_id = ?", account).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// placesOf are an account's places in all services, also in those that are closed.
func placesOf(ctx context.Context, s tenants.Scope, account uuid.UUID) (people []tenants.Person, err error) {
	err = s.SelectAcross(&people).Where("person.account_id = ?", account).Order("person.joined_at", "person.id").Scan(ctx)
	return people, err
}

// otherAdministrators counts those who could run the trust without this account.
func otherAdministrators(ctx context.Context, s tenants.Scope, account uuid.UUID) (int64, error) {
	return s.Select((*tenants.Account)(nil)).Where("account.id <> ?", account).Where("account.status = 'active'").Where(tenants.Holds("account.trust_roles", tenants.TrustAdmin)).Count(ctx)
}

// calledIn finds a member of a service by handle, also one who left it.
func calledIn(ctx context.Context, s tenants.Scope, service uuid.UUID, handle string) (person tenants.Person, err error) {
	err = s.Bearing(s.SelectAcross(&person), service, handle).Scan(ctx)
	return person, err
}

// namesOf are the handles of some accounts, with their services.
func namesOf(ctx context.Context, s tenants.Scope, accounts []uuid.UUID) (map[uuid.UUID]string, error) {
	var people []tenants.Person
	err := s.SelectAcross(&people).Where("person.account_id IN (?)", bun.List(append(accounts, uuid.Nil))).Order("person.joined_at").Scan(ctx)
	names := map[uuid.UUID]string{}
	for _, p := range people {
		name := p.Handle
		if at, open := s.Within(p.ServiceID); open {
			name += " (" + at.Service.Name + ")"
		}
		if names[p.AccountID] != "" {
			name = names[p.AccountID] + ", " + name
		}
		names[p.AccountID] = name
	}
	return names, err
}

func (f Farewell) save(ctx context.Context, s tenants.Scope, columns ...string) error {
	return tenants.Touched(s.Update(&f).Column(columns...).Where("account_id = ?", f.AccountID).Exec(ctx))
}
