package desk

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Link is that somebody of the team knows a member outside.
type Link struct {
	bun.BaseModel `bun:"table:desk_links,alias:known"`
	tenants.InService

	MemberID uuid.UUID `bun:"member_id,pk,type:uuid" json:"-"`
	OtherID  uuid.UUID `bun:"other_id,pk,type:uuid" json:"-"`
	SaidAt   time.Time `bun:"said_at" json:"said_at"`

	Member *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:member_id=id" json:"colleague,omitempty"`
	Other  *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:other_id=id" json:"member,omitempty"`
}

// Links are whom the actor knows outside; for the lead, whom all of the team know.
type Links struct {
	Mine   []Link `json:"mine"`
	Others []Link `json:"others,omitempty"`
}

// Links lists them.
func (d Desk) Links(ctx context.Context, s tenants.Scope, _ web.None) (out Links, err error) {
	var all []Link
	q := s.Select(&all).Relation("Member", tenants.Face).Relation("Other", tenants.Face).Order("known.said_at DESC", "known.other_id")
	if !s.May("desk.settings") {
		q = q.Where("known.member_id = ?", s.Actor.ID())
	}
	err = q.Scan(ctx)
	for _, link := range all {
		if link.MemberID == s.Actor.ID() {
			out.Mine = append(out.Mine, link)
		} else {
			out.Others = append(out.Others, link)
		}
	}
	return out, err
}

// Of names a member by handle.
type Of struct {
	Of string `json:"of" validate:"max=60" label:"a member"`
}

// Linking shows the member whom the actor is about to say that they know.
func (d Desk) Linking(ctx context.Context, s tenants.Scope, in Of) (tenants.Person, error) {
	person, err := s.PersonByHandle(ctx, in.Of)
	if err == nil && (s.Actor.Member == nil || person.ID == s.Actor.ID()) {
		err = fault.Missing()
	}
	return person, err
}

// Link notes that the actor knows a member outside: they decide nothing about
// them from now on. What they had of theirs goes back to the desk.
func (d Desk) Link(ctx context.Context, s tenants.Scope, in Of) (Link, error) {
	person, err := d.Linking(ctx, s, in)
	if err != nil {
		return Link{}, err
	}
	row := Link{MemberID: s.Actor.ID(), OtherID: person.ID, SaidAt: s.Now}
	err = tenants.Touched(s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx))
	if database.Missing(err) {
		return row, nil // said before
	}
	if err != nil {
		return Link{}, err
	}
	if err := letGo(ctx, s, person.ID); err != nil {
		return Link{}, err
	}
	return row, s.Audit(ctx, "desk.link", tenants.Audited{Subject: person.ID})
}

// Unlinking names a colleague's link: the member in the path, the colleague's handle.
type Unlinking struct {
	ID        uuid.UUID `path:"id"`
	Colleague string    `json:"colleague" validate:"filled,max=60" label:"a colleague"`
}

// Unlink takes a colleague's link back. Nobody takes back their own.
func (d Desk) Unlink(ctx context.Context, s tenants.Scope, in Unlinking) (Links, error) {
	colleague, err := s.PersonByHandle(ctx, in.Colleague)
	if err != nil {
		return Links{}, err
	}
	if colleague.ID == s.Actor.ID() {
		return Links{}, fault.New(fault.Forbidden, "A colleague takes this back, not you yourself.")
	}
	if err := tenants.Touched(s.Delete((*Link)(nil)).Where("member_id = ?", colleague.ID).Where("other_id = ?", in.ID).Exec(ctx)); err != nil {
		return Links{}, err
	}
	if err := s.Audit(ctx, "desk.unlink", tenants.Audited{Subject: in.ID, Before: map[string]any{"colleague": colleague.ID}}); err != nil {
		return Links{}, err
	}
	return d.Links(ctx, s, web.None{})
}

// known are those of the team who said that they know a member outside, those whom the
// member, if of the team, said so of, and who cares for whom.
func known(ctx context.Context, s tenants.Scope, member uuid.UUID) (ids []uuid.UUID, err error) {
	var rows []Link
	err = s.Select(&rows).Where("(known.member_id = ? OR known.other_id = ?)", member, member).Scan(ctx)
	for _, row := range rows {
		ids = append(ids, row.MemberID, row.OtherID)
	}
	if err != nil {
		return nil, err
	}
	kin, err := s.KinHere(ctx, member)
	return append(ids, kin...), err
}
