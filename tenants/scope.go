package tenants

import (
	"context"
	"reflect"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/words"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Scope is the only door to a tenant's rows. It carries the trust, the service
// where there is one, who acts, and the transaction of this unit of work. All
// it reads and writes belongs to that trust and, for rows of a service, to that
// service.
type Scope struct {
	Estate  *Estate
	Service *Service // nil on the trust's own pages
	Actor   Actor
	Client  signin.Client
	Now     time.Time // the time of this unit of work

	unit    *unit
	lead    *string   // see Lead
	browser words.Tag // how the interface is put in this browser; empty for no choice
}

// Actor is who asks. The zero Actor has not signed in.
type Actor struct {
	AccountID uuid.UUID
	Member    *Person // nil where the account is not a member of the service
	Roles     Roles   // of the trust and of this service
	session   session
	words     words.Tag // how they have the interface put; empty for no choice
	begins    words.Tag // how a service of theirs puts it, on pages that are of none
	// untied says that they have no bond with anybody, unfiltered that they filter
	// no words; where it is not known, they may.
	untied, unfiltered bool
	visitedOn          string // the last day of theirs that is known
}

// SignedIn tells whether there is an account.
func (a Actor) SignedIn() bool { return a.AccountID != uuid.Nil }

// Tied tells whether they may have a bond with anybody.
func (a Actor) Tied() bool { return a.Member != nil && !a.untied }

// Filters tells whether they may have words that they do not want to come upon.
func (a Actor) Filters() bool { return a.Member != nil && !a.unfiltered }

// ID is the acting member's id; the zero UUID where there is none.
func (a Actor) ID() uuid.UUID {
	if a.Member == nil {
		return uuid.Nil
	}
	return a.Member.ID
}

// unit is what one unit of work shares among the copies of its scope.
type unit struct {
	db      bun.IDB
	dir     *Directory // for units of work beside this one
	estate  *Estate    // as it stands in this unit; nil until somebody asks, see current
	changed bool       // by this unit, so what it reads is not yet so for others
	after   []func(context.Context, Scope) error
	emitted []Event
}

func (s Scope) serviceID() uuid.UUID {
	if s.Service == nil {
		return uuid.Nil // matches no row
	}
	return s.Service.ID
}

// Trust is the tenant.
func (s Scope) Trust() Trust { return s.Estate.Trust }

// Decide answers whether the actor may do permission here, and by which rule.
// Somebody suspended keeps, of what they may, what is given to SuspendedMember.
func (s Scope) Decide(permission string) policy.Decision {
	if s.Actor.Member.Suspended(s.Now) {
		if kept := s.Estate.Policy.Decide(string(SuspendedMember), s.serviceID().String(), permission); !kept.Allowed {
			return kept
		}
	}
	best := policy.Decision{Because: "no role here"}
	for _, role := range s.Actor.Roles {
		decision := s.Estate.Policy.Decide(string(role), s.serviceID().String(), permission)
		if decision.Denied {
			return decision
		}
		if !best.Allowed {
			best = decision
		}
	}
	return best
}

// Silence tells why the actor may not write to others for now; nil if they may.
func (s Scope) Silence() error {
	if me := s.Actor.Member; me.Suspended(s.Now) {
		return fault.New(fault.Suspended, "Until "+ui.At(*me.SuspendedUntil)+" you can read here, and write to the team, but not to others.")
	}
	return nil
}

// May tells whether the actor may do permission here.
func (s Scope) May(permission string) bool { return s.Decide(permission).Allowed }

// After runs fn in a unit of work of its own once this one is committed. It is
// for conveniences (how far somebody has read) that may be lost; what must not
// be lost is a row of this transaction.
func (s Scope) After(fn func(context.Context, Scope) error) {
	s.unit.after = append(s.unit.after, fn)
}

// Lead has a browser that sent this command shown the page at path next, whatever
// page the command leads to otherwise: a JSON client finds it in Location.
func (s Scope) Lead(path string) {
	if s.lead != nil {
		*s.lead = path
	}
}

// Row is a tenant's row: a pointer to a struct that embeds InTrust or InService.
type Row interface{ own(s Scope) }

// Select reads rows of this trust and, where they belong to one, this service.
func (s Scope) Select(model any) *bun.SelectQuery {
	q := s.unit.db.NewSelect().Model(model).Where("?TableAlias.tenant_id = ?", s.Estate.Trust.ID)
	if ofService(model) {
		q = q.Where("?TableAlias.service_id = ?", s.serviceID())
	}
	return q
}

// SelectAcross reads rows of all services of the trust. It is for the trust's
// own pages, such as which services somebody is in; never for what members write.
func (s Scope) SelectAcross(model any) *bun.SelectQuery {
	return s.unit.db.NewSelect().Model(model).Where("?TableAlias.tenant_id = ?", s.Estate.Trust.ID)
}

// Insert writes one row as this trust's and service's own.
func (s Scope) Insert(row Row) *bun.InsertQuery {
	row.own(s)
	return s.unit.db.NewInsert().Model(row)
}

// InsertAll writes many rows in one statement.
func InsertAll[T any, P interface {
	*T
	Row
}](s Scope, rows []T) *bun.InsertQuery {
	for i := range rows {
		P(&rows[i]).own(s)
	}
	return s.unit.db.NewInsert().Model(&rows)
}

// Update changes rows of this trust and service. Name the columns.
func (s Scope) Update(model any) *bun.UpdateQuery {
	q := s.unit.db.NewUpdate().Model(model).Where("?TableAlias.tenant_id = ?", s.Estate.Trust.ID)
	if ofService(model) {
		q = q.Where("?TableAlias.service_id = ?", s.serviceID())
	}
	return q
}

// Delete removes rows of this trust and service.
func (s Scope) Delete(model any) *bun.DeleteQuery {
	q := s.unit.db.NewDelete().Model(model).Where("?TableAlias.tenant_id = ?", s.Estate.Trust.ID)
	if ofService(model) {
		q = q.Where("?TableAlias.service_id = ?", s.serviceID())
	}
	return q
}

var inService = reflect.TypeFor[InService]()

// ofService looks at the row type of a model: T, *T, []T, []*T or pointers to these.
func ofService(model any) bool {
	t := reflect.TypeOf(model)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	field, ok := t.FieldByName("InService")
	return ok && field.Type == inService
}

// Changed raises the trust's version, so that every node reads services, rooms
// and policy anew with its next request. Call it in the transaction of the change.
func (s Scope) Changed(ctx context.Context) error {
	s.unit.changed = true
	_, err := s.unit.db.NewUpdate().Model((*Trust)(nil)).Set("config_version = config_version + 1").Where("id = ?", s.Estate.Trust.ID).Exec(ctx)
	return err
}

// Touched is NotFound where an update or delete met no row.
func Touched(result interface{ RowsAffected() (int64, error) }, err error) error {
	if err != nil {
		return err
	}
	rows, err := result.RowsAffected()
	if err != nil {
		return err
	}
	if rows == 0 {
		return fault.Missing()
	}
	return nil
}

// Fresh is Stale where a write met no row: it was for a version that is not there
// any more, or for a place that somebody else took first.
func Fresh(result interface{ RowsAffected() (int64, error) }, err error) error {
	if err = Touched(result, err); fault.Is(err, fault.NotFound) {
		return fault.Stale()
	}
	return err
}

// forUpdate locks the rows read where the database has more than one writer.
func forUpdate(q *bun.SelectQuery) *bun.SelectQuery {
	if q.Dialect().Name() == dialect.PG {
		return q.For("NO KEY UPDATE") // rows that only point here need not wait
	}
	return q
}

// Lock is Select for rows that this unit of work is about to change.
func (s Scope) Lock(model any) *bun.SelectQuery { return forUpdate(s.Select(model)) }

// Alone holds the service until the end of the unit of work: of two that ask for it, the
// second sees all that the first did.
func (s Scope) Alone(ctx context.Context) error {
	return s.Lock(&Service{}).Column("id").Where("id = ?", s.Service.ID).Scan(ctx)
}

// Claim is Lock for work that several workers share: rows that another has
// locked are passed by.
func (s Scope) Claim(model any) *bun.SelectQuery { return skipLocked(s.Select(model)) }

// Read opens a unit of work for reading in a use case that has none (OwnUnits).
func (s Scope) Read(ctx context.Context, fn func(context.Context, Scope) error) error {
	return s.unit.dir.read(ctx, s.Estate.Trust.ID, s.over(fn))
}

// Write opens a unit of work for writing in a use case that has none (OwnUnits).
func (s Scope) Write(ctx context.Context, fn func(context.Context, Scope) error) error {
	return s.unit.dir.write(ctx, s.Estate.Trust.ID, s.over(fn))
}

// Outlive is the scope for work that goes on when this unit is over, in units
// of its own.
func (s Scope) Outlive() Scope {
	s.unit = &unit{dir: s.unit.dir}
	return s
}

func (s Scope) over(fn func(context.Context, Scope) error) func(context.Context, *unit) error {
	return func(ctx context.Context, u *unit) error {
		s.unit = u
		return fn(ctx, s)
	}
}

// Scopes returns a scope of each of the trust's open services, for work that
// opens its units itself.
func (s Scope) Scopes() []Scope {
	all := make([]Scope, len(s.Estate.Services))
	for i, service := range s.Estate.Services {
		all[i] = s
		all[i].Service = service
	}
	return all
}

// Within is the scope in one of the trust's services; false if that is closed.
func (s Scope) Within(service uuid.UUID) (Scope, bool) {
	at := slices.IndexFunc(s.Estate.Services, func(known *Service) bool { return known.ID == service })
	if at < 0 {
		return s, false
	}
	s.Service = s.Estate.Services[at]
	return s, true
}

// As is the scope as a member has it: what they may see and do here.
func (s Scope) As(member Person) Scope {
	s.Actor = Actor{AccountID: member.AccountID, Member: &member, Roles: member.Roles}
	return s
}
