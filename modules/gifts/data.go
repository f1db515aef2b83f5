package gifts

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

var rights = map[string]string{
	"gifts.read":   "See their own gifts",
	"gifts.send":   "Give gifts to other members",
	"gifts.curate": "Choose the gifts of the service",
}

var acts = tenants.Acts{
	"gifts.add": "Added a gift to the catalogue", "gifts.retire": "Retired a gift, or brought it back",
}

// data is what the room keeps of members.
func data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{
			{Key: "gifts", Name: "Gifts", About: "What you gave with its notes, what you were given, and from whom you take gifts. When you leave, the gifts that you gave stay with whoever has them, without your note and your name."},
			{Key: "gift-reports", Name: "Reported gifts", About: "Gifts that somebody asked the team to look at, with their notes.", Days: 8 * 365, Least: 365, Most: 20 * 365,
				Stays: "They show how the team kept people safe.", Count: countReports, Purge: purgeReports},
		},
		Export: export, Erase: erase,
	}
}

// export adds what a member gave, and what they have unwrapped.
func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	var all []Gift
	if err := whole(s.Select(&all)).Where("(gift.from_id = ? OR gift.to_id = ?)", person.ID, person.ID).Order("gift.given_at").Scan(ctx); err != nil {
		return err
	}
	for _, gift := range all {
		if gift.FromID == person.ID {
			into.Add("Gifts that you gave", tenants.Item{At: gift.GivenAt, Title: gift.Kind.Name, Words: gift.Note, Facts: []tenants.Fact{{Name: "To", Value: gift.To.Handle}}})
			continue
		}
		gift = gift.seenBy(person.ID, s.Now)
		item := tenants.Item{At: gift.GivenAt, Title: "Not unwrapped yet", Words: gift.Note, Facts: []tenants.Fact{{Name: "From", Value: gift.From.Handle}}}
		if gift.Kind != nil {
			item.Title = gift.Kind.Name
		}
		if gift.Reason != "" {
			item.Facts = append(item.Facts, tenants.Fact{Name: "Why you reported it", Value: gift.Reason})
		}
		into.Add("Gifts that you were given", item)
	}
	var doors []doorToAll
	if err := s.Select(&doors).Where("door.member_id = ?", person.ID).Scan(ctx); err != nil {
		return err
	}
	for _, row := range doors {
		into.Add("Choices about gifts", tenants.Item{Facts: []tenants.Fact{{Name: "From everybody", Value: string(row.Door)}}})
	}
	var one []DoorTo
	err := s.Select(&one).Relation("From", tenants.Face).Where("door.member_id = ?", person.ID).Scan(ctx)
	for _, row := range one {
		into.Add("Choices about gifts", tenants.Item{Facts: []tenants.Fact{{Name: "From " + row.From.Handle, Value: string(row.Door)}}})
	}
	return err
}

// erase takes a member's notes off their gifts, whatever they choose for what they
// wrote for everybody: each was for one. What is reported stays as it was seen.
func erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	_, err := s.Update((*Gift)(nil)).Set("note = ''").Where("from_id = ?", person.ID).Where("reported_at IS NULL").Exec(ctx)
	if err != nil {
		return err
	}
	if _, err := s.Delete((*doorToAll)(nil)).Where("member_id = ?", person.ID).Exec(ctx); err != nil {
		return err
	}
	_, err = s.Delete((*DoorTo)(nil)).Where("(member_id = ? OR from_id = ?)", person.ID, person.ID).Exec(ctx)
	return err
}

// oldReports is the condition of reports that the team settled before some time, and
// concern nobody under a legal hold.
func oldReports(s tenants.Scope, before time.Time) (string, []any) {
	giver, from, trust := tenants.NotHeld(s, "from_id")
	taker, to, _ := tenants.NotHeld(s, "to_id")
	settled, args := safety.SettledBefore(s, "gift.id", before)
	return "reported_at < ? AND " + settled + " AND " + giver + " AND " + taker, append(append([]any{before}, args...), from, trust, to, trust)
}

func countReports(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	condition, args := oldReports(s, before)
	n, err := s.Select((*Gift)(nil)).Where(condition, args...).Count(ctx)
	return int(n), err
}

// purgeReports forgets reports with the notes that they are of. The gifts stay.
func purgeReports(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	condition, args := oldReports(s, before)
	result, err := s.Update((*Gift)(nil)).Set("note = ''").Set("reason = ''").Set("reported_at = NULL").Where(condition, args...).Exec(ctx)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}
