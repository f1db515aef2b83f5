package safety

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
)

// Flag puts the actor's report of something on the desk. Where as many members
// reported it as the service says, others no longer see it until the team has looked.
func (d *Desk) Flag(ctx context.Context, s tenants.Scope, about About, f Finding) (*Item, error) {
	f.Source, f.By = ByFlag, s.Actor.ID()
	mistaken, decided, err := mistakes(ctx, s, f.By)
	if err != nil {
		return nil, err
	}
	if decided >= fewestReports && 2*mistaken > decided {
		f.Detail += fmt.Sprintf(" (of what they reported before, the team approved %d of %d)", mistaken, decided)
	}
	item, err := d.Raise(ctx, s, about, f)
	if err != nil {
		return nil, err
	}
	hold, most := d.sorts[about.Sort].Hold, SettingsOf(s).FlagsOnPost
	if item.Held || most == 0 || hold == nil {
		return item, nil
	}
	many, err := reporters(ctx, s, item.ID)
	if err != nil || many < most {
		return item, err
	}
	if err := hold(ctx, s, item.SubjectID); err != nil {
		return nil, err
	}
	item.Held = true
	if due := SettingsOf(s).due(s, item.Level, true); due.Before(item.DueAt) {
		item.DueAt = due
	}
	return item, item.Put(ctx, s)
}

// fewestReports say something about how somebody reports.
const fewestReports = 3

// mistakes counts what a member reported and the team decided, and what of it was approved.
func mistakes(ctx context.Context, s tenants.Scope, member uuid.UUID) (approved, decided int, err error) {
	err = s.Select((*Item)(nil)).ColumnExpr("count(*)").ColumnExpr("COALESCE(sum(CASE WHEN item.act = ? THEN 1 ELSE 0 END), 0)", Approve).
		Where("item.decided_at IS NOT NULL").
		Where("EXISTS (SELECT 1 FROM desk_marks AS mark WHERE mark.tenant_id = item.tenant_id AND mark.item_id = item.id AND mark.source = ? AND mark.by_id = ?)", ByFlag, member).
		Scan(ctx, &decided, &approved)
	return approved, decided, err
}

// reporters counts the members who reported what an item is of.
func reporters(ctx context.Context, s tenants.Scope, item uuid.UUID) (many int, err error) {
	err = s.Select((*Mark)(nil)).ColumnExpr("count(DISTINCT mark.by_id)").Where("mark.item_id = ?", item).Where("mark.source = ?", ByFlag).Scan(ctx, &many)
	return many, err
}

// flaggedFor is how long a report counts against what its member says next.
const flaggedFor = 7 * 24 * time.Hour

// Flagged has what somebody says next wait for the team, where as many different
// members reported them within a week as the service says and the team has not
// looked at that yet. A Catch.
func Flagged(ctx context.Context, s tenants.Scope, t Text) ([]Finding, error) {
	most := SettingsOf(s).FlagsOnMember
	if most == 0 || s.Actor.Roles.Staff() {
		return nil, nil
	}
	var many int
	err := s.Select((*Mark)(nil)).ColumnExpr("count(DISTINCT mark.by_id)").
		Join("JOIN desk_items AS item ON item.tenant_id = mark.tenant_id AND item.id = mark.item_id AND item.author_id = ? AND item.decided_at IS NULL", t.Author).
		Where("mark.source = ?", ByFlag).Where("mark.at > ?", s.Now.Add(-flaggedFor)).Scan(ctx, &many)
	if err != nil || many < most {
		return nil, err
	}
	return []Finding{{Source: ByMode, Detail: fmt.Sprintf("%d members reported this member", many), Level: Amber, Hold: true}}, nil
}

// Forget takes what a member said in their reports out of the marks. That they
// reported stays, and what was done about it.
func Forget(ctx context.Context, s tenants.Scope, member uuid.UUID) error {
	_, err := s.Update((*Mark)(nil)).Set("detail = ''").Where("by_id = ?", member).Exec(ctx)
	return err
}
