package standing

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// Suspension is a time for which somebody may not write to others. It holds by the
// member's own row, so it ends on time whatever runs.
type Suspension struct {
	bun.BaseModel `bun:"table:suspensions,alias:suspension"`
	tenants.InService

	ID       uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	MemberID uuid.UUID  `bun:"member_id,type:uuid" json:"-"`
	ByID     uuid.UUID  `bun:"by_id,type:uuid" json:"-"`
	Rule     string     `bun:"rule" json:"rule"`
	Reason   string     `bun:"reason" json:"reason,omitempty"` // for the team
	Words    string     `bun:"words" json:"words"`             // to the member
	BeganAt  time.Time  `bun:"began_at" json:"began_at"`
	UntilAt  time.Time  `bun:"until_at" json:"until"`
	LiftedAt *time.Time `bun:"lifted_at" json:"lifted_at,omitempty"`

	By *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:by_id=id" json:"by,omitempty"`
}

// Holds tells whether it keeps somebody from writing at a time.
func (x Suspension) Holds(at time.Time) bool { return x.LiftedAt == nil && at.Before(x.UntilAt) }

// Of is how a member stands, as the team sees it.
type Of struct {
	Person      tenants.Person `json:"person"`
	Handle      string         `json:"handle"`
	Strikes     []Strike       `json:"strikes"`
	Suspensions []Suspension   `json:"suspensions"`
	// Linked says that the actor is linked to them, so a colleague decides.
	Linked bool     `json:"linked"`
	Now    bool     `json:"suspended"`
	Rules  []string `json:"rules"`
	Most   int      `json:"most_days"`
}

// Of shows the team how a member stands. Nobody sees that of themselves here.
func (x Standing) Of(ctx context.Context, s tenants.Scope, in tenants.ByHandle) (Of, error) {
	person, err := x.member(ctx, s, in.Handle)
	if err != nil {
		return Of{}, err
	}
	out := Of{Person: person, Handle: person.HandleKey, Now: person.Suspended(s.Now), Rules: x.desk.Rules, Most: settings(s).MostDays}
	near, err := x.near(ctx, s, person.ID)
	if err != nil {
		return Of{}, err
	}
	if out.Linked = near; near {
		return out, nil
	}
	if out.Strikes, err = strikesOf(ctx, s, person.ID); err != nil {
		return Of{}, err
	}
	out.Suspensions, err = suspensionsOf(ctx, s, person.ID)
	return out, err
}

// member finds a member whom a suspension or a strike can be about.
func (x Standing) member(ctx context.Context, s tenants.Scope, handle string) (tenants.Person, error) {
	person, err := s.Anybody(ctx, handle)
	if err == nil && (person.Roles.Staff() || s.Actor.Member == nil) {
		err = fault.Missing()
	}
	return person, err
}

// near tells whether the actor is linked to a member, or has a block between them.
func (x Standing) near(ctx context.Context, s tenants.Scope, member uuid.UUID) (bool, error) {
	near, err := x.desk.Near(ctx, s, member)
	if err != nil || near.Has(s.Actor.ID()) {
		return true, err
	}
	bonds, err := s.Between(ctx, member)
	return bonds.Apart(member), err
}

// Suspend is a wish that somebody does not write to others for some days.
type Suspend struct {
	Handle string `path:"handle"`
	Rule   string `json:"rule" validate:"filled,max=200" label:"a rule"`
	Days   int    `json:"days" validate:"gte=1,lte=365" label:"how many days"`
	Reason string `json:"reason" validate:"filled,max=2000" label:"why"`
	Words  string `json:"words" validate:"filled,max=2000" label:"what you say to them"`
}

// Suspend keeps a member from writing to others until its end. Conflict if they are
// suspended already, Forbidden for whoever is linked to them.
func (x Standing) Suspend(ctx context.Context, s tenants.Scope, in Suspend) (Of, error) {
	person, err := x.alone(ctx, s, in.Handle)
	if err != nil {
		return Of{}, err
	}
	switch {
	case person.Suspended(s.Now):
		return Of{}, fault.New(fault.Conflict, person.Handle+" is suspended already, until "+ui.At(*person.SuspendedUntil)+".")
	case !slices.Contains(x.desk.Rules, in.Rule):
		return Of{}, fault.Bad("rule", "Choose a rule from the list.")
	case in.Days > settings(s).MostDays:
		return Of{}, fault.Bad("days", "In this service a suspension lasts "+strconv.Itoa(settings(s).MostDays)+" days at most.")
	}
	row := Suspension{Rule: in.Rule, Reason: strings.TrimSpace(in.Reason), Words: strings.TrimSpace(in.Words), UntilAt: s.Now.AddDate(0, 0, in.Days)}
	if err := begin(ctx, s, person, row); err != nil {
		return Of{}, err
	}
	return x.Of(ctx, s, tenants.ByHandle{Handle: in.Handle})
}

// alone locks a member whom the actor decides about.
func (x Standing) alone(ctx context.Context, s tenants.Scope, handle string) (tenants.Person, error) {
	person, err := x.member(ctx, s, handle)
	if err != nil {
		return person, err
	}
	if near, err := x.near(ctx, s, person.ID); err != nil {
		return person, err
	} else if near {
		return person, fault.New(fault.Forbidden, "You are linked to this person; a colleague decides.")
	}
	id := person.ID
	person = tenants.Person{}
	err = s.Lock(&person).Where("person.id = ?", id).Scan(ctx)
	return person, err
}

// begin suspends a member whose row is locked, and tells them now and at its end.
func begin(ctx context.Context, s tenants.Scope, person tenants.Person, row Suspension) error {
	row.ID, row.MemberID, row.ByID, row.BeganAt = uuid.Must(uuid.NewV7()), person.ID, s.Actor.ID(), s.Now
	if _, err := s.Insert(&row).Exec(ctx); err != nil {
		return err
	}
	if err := hold(ctx, s, person.ID, &row.UntilAt); err != nil {
		return err
	}
	if err := s.Audit(ctx, "standing.suspend", tenants.Audited{Subject: person.ID, Reason: row.Reason, After: map[string]any{"rule": row.Rule, "until": row.UntilAt}}); err != nil {
		return err
	}
	quiet := quietly(s)
	if err := quiet.Emit(ctx, suspended, tenants.Event{Subject: row.ID}); err != nil {
		return err
	}
	return quiet.Emit(ctx, over, tenants.Event{Subject: row.ID, DueAt: &row.UntilAt})
}

// quietly is the scope of nobody: it is the team that tells a member, not one of it
// whose name they would then know.
func quietly(s tenants.Scope) tenants.Scope {
	s.Actor = tenants.Actor{}
	return s
}

// Lift ends a suspension early.
type Lift struct {
	Handle string `path:"handle"`
	Reason string `json:"reason" validate:"filled,max=2000" label:"why"`
}

// Lift lets a member write again before their suspension ends. Conflict if there is
// none any more.
func (x Standing) Lift(ctx context.Context, s tenants.Scope, in Lift) (Of, error) {
	person, err := x.alone(ctx, s, in.Handle)
	if err != nil {
		return Of{}, err
	}
	row, err := holding(ctx, s, person.ID)
	if database.Missing(err) {
		return Of{}, fault.New(fault.Conflict, person.Handle+" is not suspended any more.")
	}
	if err == nil {
		err = lift(ctx, s, row, in.Reason)
	}
	if err != nil {
		return Of{}, err
	}
	if err := quietly(s).Emit(ctx, lifted, tenants.Event{Subject: row.ID}); err != nil {
		return Of{}, err
	}
	return x.Of(ctx, s, tenants.ByHandle{Handle: in.Handle})
}

// lift ends a suspension that holds.
func lift(ctx context.Context, s tenants.Scope, row Suspension, reason string) error {
	if !row.Holds(s.Now) {
		return nil
	}
	if _, err := s.Update((*Suspension)(nil)).Set("lifted_at = ?", s.Now).Where("id = ?", row.ID).Exec(ctx); err != nil {
		return err
	}
	if err := hold(ctx, s, row.MemberID, nil); err != nil {
		return err
	}
	return s.Audit(ctx, "standing.lift", tenants.Audited{Subject: row.MemberID, Reason: strings.TrimSpace(reason)})
}

// told tells a member of their suspension, where that still says how it is.
func told(holds func(row Suspension) bool) func(context.Context, tenants.Scope, tenants.Event) ([]modules.Notice, error) {
	return func(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
		row, err := suspensionOf(ctx, s, e.Subject)
		if database.Missing(err) || err == nil && !holds(row) {
			return nil, nil
		}
		return []modules.Notice{{Kind: "standing", To: []uuid.UUID{row.MemberID}, Subject: e.ID, About: row.ID, Path: "/standing"}}, err
	}
}
