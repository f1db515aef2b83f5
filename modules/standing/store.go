package standing

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// undoneDeed is the condition that what a strike came with was taken back.
const undoneDeed = "EXISTS (SELECT 1 FROM desk_deeds AS d WHERE d.tenant_id = strike.tenant_id AND d.id = strike.deed_id AND d.undone_at IS NOT NULL)"

// counting counts the strikes of a member that count now.
func counting(ctx context.Context, s tenants.Scope, member uuid.UUID) (int, error) {
	n, err := s.Select((*Strike)(nil)).Where("strike.member_id = ?", member).Where("strike.expires_at > ?", s.Now).Where("NOT " + undoneDeed).Count(ctx)
	return int(n), err
}

// strikesOf lists those of a member, the latest first.
func strikesOf(ctx context.Context, s tenants.Scope, member uuid.UUID) (rows []Strike, err error) {
	err = s.Select(&rows).Relation("Deed").Where("strike.member_id = ?", member).Order("strike.given_at DESC", "strike.id").Scan(ctx)
	for i := range rows {
		rows[i].Counts = rows[i].ExpiresAt.After(s.Now) && !rows[i].undone()
	}
	return rows, err
}

// strikeWith is the strike that came with a deed. No row if none did.
func strikeWith(ctx context.Context, s tenants.Scope, deed uuid.UUID) (row Strike, err error) {
	err = s.Select(&row).Where("strike.deed_id = ?", deed).Scan(ctx)
	return row, err
}

func suspensionOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Suspension, err error) {
	err = s.Select(&row).Where("suspension.id = ?", id).Scan(ctx)
	return row, err
}

// holding is the suspension that keeps a member from writing now. No row if none does.
func holding(ctx context.Context, s tenants.Scope, member uuid.UUID) (row Suspension, err error) {
	err = s.Select(&row).Where("suspension.member_id = ?", member).Where("suspension.lifted_at IS NULL").Where("suspension.until_at > ?", s.Now).
		Order("suspension.until_at DESC").Limit(1).Scan(ctx)
	return row, err
}

// suspensionsOf lists those of a member, the latest first.
func suspensionsOf(ctx context.Context, s tenants.Scope, member uuid.UUID) (rows []Suspension, err error) {
	err = s.Select(&rows).Relation("By", tenants.Face).Where("suspension.member_id = ?", member).Order("suspension.began_at DESC").Scan(ctx)
	return rows, err
}

// hold writes until when a member may not write to others.
func hold(ctx context.Context, s tenants.Scope, member uuid.UUID, until *time.Time) error {
	return tenants.Touched(s.Update((*tenants.Person)(nil)).Set("suspended_until = ?", until).Where("id = ?", member).Exec(ctx))
}

// away writes until when the actor is on a break.
func away(ctx context.Context, s tenants.Scope, until *time.Time) error {
	return tenants.Touched(s.Update((*tenants.Person)(nil)).Set("away_until = ?", until).Where("id = ?", s.Actor.ID()).Exec(ctx))
}

// appealsOf lists those of a member, the latest first.
func appealsOf(ctx context.Context, s tenants.Scope, member uuid.UUID) (rows []Appeal, err error) {
	err = s.Select(&rows).Where("appeal.member_id = ?", member).Order("appeal.made_at DESC").Scan(ctx)
	return rows, err
}

// appealed tells whether somebody appealed a decision or a suspension.
func appealed(ctx context.Context, s tenants.Scope, about uuid.UUID) (bool, error) {
	return s.Select((*Appeal)(nil)).Where("appeal.about_id = ?", about).Exists(ctx)
}

// staying are those of some members who are here and not of the team.
func staying(ctx context.Context, s tenants.Scope, ids tenants.IDs) (stay []uuid.UUID, err error) {
	var people []tenants.Person
	if len(ids) == 0 {
		return nil, nil
	}
	err = tenants.Face(s.Select(&people)).Where("person.id IN (?)", bun.List(ids)).Where("person.status = 'active'").Scan(ctx)
	for _, person := range people {
		if !person.Roles.Staff() {
			stay = append(stay, person.ID)
		}
	}
	return stay, err
}

// reporters are the members who reported what an item is of.
func reporters(ctx context.Context, s tenants.Scope, item uuid.UUID) (ids []uuid.UUID, err error) {
	err = s.Select((*safety.Mark)(nil)).ColumnExpr("DISTINCT mark.by_id").Where("mark.item_id = ?", item).Where("mark.source = ?", safety.ByFlag).Where("mark.by_id IS NOT NULL").Scan(ctx, &ids)
	return ids, err
}
