package waiting

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/tenants"
)

func usage() []tenants.Count {
	return []tenants.Count{
		{Key: "waiting", Name: "Put on the waiting list", About: "People who were put on the waiting list, on the day that they were.", Of: when("added_at")},
		{Key: "waiting-invited", Name: "Invited from the waiting list", About: "People on the waiting list who were first invited on that day.", Of: when("invited_at")},
		{Key: "waiting-joined", Name: "Joined from the waiting list", About: "People on the waiting list who joined on that day.", Of: when("joined_at")},
		{Key: "waiting-over", Name: "Left the waiting list", About: "Waits that ended, by what came of them, on the day that the list was told of it.", Of: over},
		{Key: "waiting-pulse", Name: "Check-ins of people who wait", About: "How people on the waiting list said they are: about the same, worse or better.", Deeds: true, Of: pulses},
	}
}

// when lists the entries by one of their times.
func when(column string) func(ctx context.Context, s tenants.Scope, from, until time.Time) ([]tenants.Counted, error) {
	return func(ctx context.Context, s tenants.Scope, from, until time.Time) (all []tenants.Counted, err error) {
		return all, s.Select((*Entry)(nil)).ColumnExpr("entry."+column+" AS at").
			Where("entry."+column+" >= ?", from.UTC()).Where("entry."+column+" < ?", until.UTC()).Scan(ctx, &all)
	}
}

func over(ctx context.Context, s tenants.Scope, from, until time.Time) (all []tenants.Counted, err error) {
	var rows []Entry
	err = s.Select(&rows).Column("closed_at", "outcome").Where("entry.closed_at >= ?", from.UTC()).Where("entry.closed_at < ?", until.UTC()).Scan(ctx)
	for _, row := range rows {
		all = append(all, tenants.Counted{At: *row.ClosedAt, Part: row.Outcome.Name()})
	}
	return all, err
}

func pulses(ctx context.Context, s tenants.Scope, from, until time.Time) (all []tenants.Counted, err error) {
	var notes []Note
	err = s.Select(&notes).Where("note.at >= ?", from.UTC()).Where("note.at < ?", until.UTC()).Scan(ctx)
	for _, note := range notes {
		if name, _ := note.Kind.tag(); note.Kind.CheckIn() {
			all = append(all, tenants.Counted{At: note.At, Part: name})
		}
	}
	return all, err
}
