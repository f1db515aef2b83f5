package rota

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// SwapState is how far an offer is.
type SwapState string

// The states. Only an open offer can become another.
const (
	Open      SwapState = "open"
	Accepted  SwapState = "accepted"
	Declined  SwapState = "declined"
	Withdrawn SwapState = "withdrawn"
)

// Swap is a shift that somebody offers to a colleague, or to all of them. It is
// theirs until one accepts.
type Swap struct {
	bun.BaseModel `bun:"table:rota_swaps,alias:swap"`
	tenants.InService

	ID         uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	MemberID   uuid.UUID  `bun:"member_id,type:uuid" json:"-"`
	ToID       *uuid.UUID `bun:"to_id,type:uuid" json:"-"`
	Key        string     `bun:"shift_key" json:"key"`
	Kind       Kind       `bun:"kind" json:"kind"`
	StartsAt   time.Time  `bun:"starts_at" json:"starts_at"`
	EndsAt     time.Time  `bun:"ends_at" json:"ends_at"`
	State      SwapState  `bun:"state" json:"state"`
	AnsweredBy *uuid.UUID `bun:"answered_by,type:uuid" json:"-"`
	AnsweredAt *time.Time `bun:"answered_at" json:"answered_at,omitempty"`
	OfferedAt  time.Time  `bun:"offered_at" json:"offered_at"`

	Member   *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:member_id=id" json:"member,omitempty"`
	To       *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:to_id=id" json:"to,omitempty"`
	Answerer *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:answered_by=id" json:"answered_by,omitempty"`
}

func (x Swap) span() tenants.Span { return tenants.Span{From: x.StartsAt, To: x.EndsAt} }

// isFor tells whether a member can answer the offer.
func (x Swap) isFor(member uuid.UUID) bool {
	return x.State == Open && x.MemberID != member && (x.ToID == nil || *x.ToID == member)
}

// Swaps are the actor's own shifts to come, and what is on offer.
type Swaps struct {
	Mine  []Slot           `json:"mine"`
	Swaps []Swap           `json:"swaps"`
	Team  []tenants.Person `json:"team"`
}

// offersAhead is for how many days one's shifts can be offered.
const offersAhead = 56

// Swaps lists what is on offer, and what was answered in the last two weeks: all
// of the team see it.
func (r Rota) Swaps(ctx context.Context, s tenants.Scope, _ web.None) (out Swaps, err error) {
	if out.Swaps, err = swapsSince(ctx, s, s.Now.AddDate(0, 0, -14)); err != nil {
		return out, err
	}
	p, err := load(ctx, s, s.Now, s.Now.AddDate(0, 0, offersAhead))
	if err != nil {
		return out, err
	}
	out.Mine = p.mine(s)
	people, err := colleagues(ctx, s)
	out.Team = slices.DeleteFunc(people, func(p tenants.Person) bool { return p.ID == s.Actor.ID() })
	return out, err
}

// mine are the actor's whole shifts to come.
func (p plan) mine(s tenants.Scope) []Slot {
	all := p.whole(s.Now, s.Now.AddDate(0, 0, offersAhead))
	all = slices.DeleteFunc(all, func(slot Slot) bool { return slot.Member.ID != s.Actor.ID() })
	slices.SortStableFunc(all, func(a, b Slot) int { return a.From.Compare(b.From) })
	return all
}

// Offer names a shift by its key, and to whom it is offered; empty for all.
type Offer struct {
	Key string `json:"key" validate:"filled,max=80" label:"the shift"`
	To  string `json:"to" validate:"max=60" label:"whom you ask"`
}

// Offer offers one of the actor's own shifts. Conflict if it is on offer already.
func (r Rota) Offer(ctx context.Context, s tenants.Scope, in Offer) (Swap, error) {
	if err := alone(ctx, s); err != nil {
		return Swap{}, err
	}
	p, err := load(ctx, s, s.Now, s.Now.AddDate(0, 0, offersAhead))
	if err != nil {
		return Swap{}, err
	}
	mine := p.mine(s)
	at := slices.IndexFunc(mine, func(slot Slot) bool { return slot.Key == in.Key })
	if at < 0 {
		return Swap{}, fault.Bad("key", "Choose one of your own shifts that are still to come.")
	}
	slot := mine[at]
	row := Swap{ID: uuid.Must(uuid.NewV7()), MemberID: s.Actor.ID(), Key: slot.Key, Kind: slot.Kind, StartsAt: slot.From, EndsAt: slot.To, State: Open, OfferedAt: s.Now}
	if strings.TrimSpace(in.To) != "" {
		person, err := colleague(ctx, s, "to", in.To)
		if err != nil {
			return Swap{}, err
		}
		if person.ID == s.Actor.ID() {
			return Swap{}, fault.Bad("to", "Choose a colleague: this shift is yours already.")
		}
		row.ToID = &person.ID
	}
	if _, err := s.Insert(&row).Exec(ctx); database.Taken(err) {
		return Swap{}, fault.New(fault.Conflict, "This shift is on offer already.")
	} else if err != nil {
		return Swap{}, err
	}
	return row, row.note(ctx, s, "rota.offer", offered)
}

// note writes to the audit log what happened to the offer, and has those told whom it concerns.
func (x Swap) note(ctx context.Context, s tenants.Scope, action string, kind tenants.Kind) error {
	if err := s.Audit(ctx, action, tenants.Audited{Subject: x.ID, After: x}); err != nil {
		return err
	}
	return s.Emit(ctx, kind, tenants.Event{Subject: x.ID})
}

// Accept takes a shift over. Exactly one of those who try at once has it; the
// others get a Conflict. Invalid if the actor is away then or has the same shift.
func (r Rota) Accept(ctx context.Context, s tenants.Scope, in ByID) (Swap, error) {
	row, err := r.answering(ctx, s, in.ID)
	if err != nil {
		return Swap{}, err
	}
	if !row.EndsAt.After(s.Now) {
		return Swap{}, fault.New(fault.Conflict, "This shift is over.")
	}
	if busy, err := busy(ctx, s, *s.Actor.Member, row.Kind, row.span()); err != nil {
		return Swap{}, err
	} else if busy != "" {
		return Swap{}, fault.New(fault.Conflict, "You cannot take this shift: "+busy)
	}
	if err := row.hand(ctx, s); err != nil {
		return Swap{}, err
	}
	if err := row.answer(ctx, s, Accepted); err != nil {
		return Swap{}, err
	}
	if err := row.note(ctx, s, "rota.accept", answered); err != nil {
		return Swap{}, err
	}
	return row, Refresh(ctx, s)
}

// answering reads an offer that the actor can answer.
func (r Rota) answering(ctx context.Context, s tenants.Scope, id uuid.UUID) (Swap, error) {
	if err := alone(ctx, s); err != nil {
		return Swap{}, err
	}
	row, err := swapOf(ctx, s, id)
	switch {
	case err != nil:
		return Swap{}, err
	case row.State != Open:
		return Swap{}, fault.New(fault.Conflict, "This shift is not on offer any more.")
	case s.Actor.Member == nil || !row.isFor(s.Actor.ID()):
		return Swap{}, fault.New(fault.Forbidden, "This offer is not to you.")
	}
	return row, nil
}

// hand gives the shift to the actor. Conflict if it is no longer whose it was.
func (x Swap) hand(ctx context.Context, s tenants.Scope) error {
	gone := fault.New(fault.Conflict, "The rota has changed: this shift is not theirs to give any more.")
	p, err := load(ctx, s, x.StartsAt, x.EndsAt)
	if err != nil {
		return err
	}
	theirs := slices.ContainsFunc(p.whole(x.StartsAt, x.EndsAt), func(slot Slot) bool {
		return slot.Key == x.Key && slot.Member.ID == x.MemberID && slot.From.Equal(x.StartsAt) && slot.To.Equal(x.EndsAt)
	})
	if !theirs {
		return gone
	}
	rowID, day, pattern := strings.Cut(x.Key, "/")
	id, err := uuid.Parse(rowID)
	if err != nil {
		return err
	}
	if !pattern {
		return move(ctx, s, id, x.MemberID, s.Actor.ID())
	}
	shift := Shift{ID: uuid.Must(uuid.NewV7()), MemberID: s.Actor.ID(), Kind: x.Kind, StartsAt: x.StartsAt, EndsAt: x.EndsAt, RowID: &id, Day: &day, CreatedAt: s.Now}
	if _, err := s.Insert(&shift).Exec(ctx); database.Taken(err) {
		return gone
	} else if err != nil {
		return err
	}
	return nil
}

// Decline says no to an offer that was made to the actor alone.
func (r Rota) Decline(ctx context.Context, s tenants.Scope, in ByID) (Swap, error) {
	row, err := r.answering(ctx, s, in.ID)
	if err != nil {
		return Swap{}, err
	}
	if row.ToID == nil {
		return Swap{}, fault.New(fault.Forbidden, "This offer is to everybody. Leave it for a colleague.")
	}
	if err := row.answer(ctx, s, Declined); err != nil {
		return Swap{}, err
	}
	return row, row.note(ctx, s, "rota.decline", answered)
}

// Withdraw takes an offer back. Only whoever made it can.
func (r Rota) Withdraw(ctx context.Context, s tenants.Scope, in ByID) (Swap, error) {
	if err := alone(ctx, s); err != nil {
		return Swap{}, err
	}
	row, err := swapOf(ctx, s, in.ID)
	if err != nil {
		return Swap{}, err
	}
	if row.MemberID != s.Actor.ID() {
		return Swap{}, fault.New(fault.Forbidden, "Only whoever offered a shift can take the offer back.")
	}
	if err := row.answer(ctx, s, Withdrawn); err != nil {
		return Swap{}, err
	}
	return row, s.Audit(ctx, "rota.withdraw", tenants.Audited{Subject: row.ID})
}

// ofOffer tells whoever is asked, or all of the team; the leads know of every offer.
func ofOffer(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	return about(ctx, s, e, func(x Swap, person tenants.Person) bool {
		return x.State == Open && (x.ToID == nil || *x.ToID == person.ID || person.Roles.Has(tenants.ServiceLead))
	})
}

// ofAnswer tells whoever offered, and the leads.
func ofAnswer(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	return about(ctx, s, e, func(x Swap, person tenants.Person) bool {
		return x.MemberID == person.ID || person.Roles.Has(tenants.ServiceLead)
	})
}

func about(ctx context.Context, s tenants.Scope, e tenants.Event, concerns func(Swap, tenants.Person) bool) ([]modules.Notice, error) {
	row, err := swapOf(ctx, s, e.Subject)
	if database.Missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	people, err := colleagues(ctx, s)
	notice := modules.Notice{Kind: "rota_swap", Subject: e.ID, About: row.ID, Path: "/rota/swaps"}
	for _, person := range people {
		if person.ID != e.ActorID && concerns(row, person) {
			notice.To = append(notice.To, person.ID)
		}
	}
	return []modules.Notice{notice}, err
}
