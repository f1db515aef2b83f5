package figures

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// raised are the items that came to the desk in a period, in the order of their
// coming, with what found each. Drills are no items.
func raised(ctx context.Context, s tenants.Scope, from, until time.Time) (items []safety.Item, err error) {
	err = s.Select(&items).Column("id", "level", "held", "raised_at", "due_at", "responded_at", "decided_at", "act").
		Where("item.raised_at >= ?", from.UTC()).Where("item.raised_at < ?", until.UTC()).
		Where("NOT EXISTS (SELECT 1 FROM desk_marks AS m WHERE m.tenant_id = item.tenant_id AND m.item_id = item.id AND m.source = ?)", safety.ByDrill).
		Order("item.raised_at", "item.id").Scan(ctx)
	if err != nil {
		return nil, err
	}
	at := make(map[uuid.UUID]int, len(items))
	for i, item := range items {
		at[item.ID] = i
	}
	var marks []safety.Mark
	err = s.Select(&marks).Column("item_id", "source").Join("JOIN desk_items AS item ON item.tenant_id = mark.tenant_id AND item.id = mark.item_id").
		Where("item.raised_at >= ?", from.UTC()).Where("item.raised_at < ?", until.UTC()).Group("mark.item_id", "mark.source").Order("mark.item_id", "mark.source").Scan(ctx)
	for _, mark := range marks {
		if i, known := at[mark.ItemID]; known {
			items[i].Marks = append(items[i].Marks, mark)
		}
	}
	return items, err
}

// opened are the cases of a period, drills among them, with when each was first
// acknowledged: one that nobody keeps is called for anew.
func opened(ctx context.Context, s tenants.Scope, from, until time.Time) (cases []safety.Case, err error) {
	err = s.Select(&cases).Column("id", "level", "drill", "opened_at", "due_at", "closed_at").
		ColumnExpr("(SELECT MIN(e.at) FROM case_entries AS e WHERE e.tenant_id = ?TableAlias.tenant_id AND e.case_id = ?TableAlias.id AND e.what = ?) AS acked_at", safety.Acknowledged).
		Where("opened_at >= ?", from.UTC()).Where("opened_at < ?", until.UTC()).Order("opened_at", "id").Scan(ctx)
	return cases, err
}
