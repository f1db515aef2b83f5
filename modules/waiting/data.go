package waiting

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
)

// data is what the room keeps of members. That somebody waits is the trust's record
// and stays; what they said here is theirs.
func (w Waiting) data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{
			{Key: "waiting-notes", Name: "Your check-ins while you wait", About: "How you said you were, what you said had changed, and how you like to be reached."},
			{Key: "waiting-list", Name: "Your place on the waiting list", About: "What you wait for, since when, and what came of it, as your trust told us.",
				Stays: "You stay on the trust’s waiting list when you leave here. It no longer says who you were here, and your email address goes.",
				Days:  2 * 365, Least: 180, Most: 8 * 365, Count: countEnded, Purge: purgeEnded},
			{Key: "waiting-carers", Name: "Carers who see where you are", About: "Whom you let see a part of your page while you wait, and what of it. It goes a day after you stop, or after your wait ends."},
		},
		Export: w.export, Erase: erase,
	}
}

func (w Waiting) export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	var rows []Entry
	if err := whole(s.Select(&rows)).Where("entry.member_id = ?", person.ID).Order("entry.referred_on").Scan(ctx); err != nil {
		return err
	}
	for _, row := range rows {
		item := tenants.Item{At: row.AddedAt, Title: row.Pathway.Name, Words: row.ContactWords, Facts: []tenants.Fact{
			{Name: "Reference", Value: row.Reference}, {Name: "Referred on", Value: row.ReferredOn.Words()}, {Name: "Outcome", Value: row.Outcome.Name()}, {Name: "How to reach you", Value: row.Contact.name()},
		}}
		for _, p := range row.Pauses {
			item.Facts = append(item.Facts, tenants.Fact{Name: "The clock stood still", Value: p.From.Words() + " to " + p.Until.Words()})
		}
		if row.TargetWeeks > 0 {
			item.Facts = append(item.Facts, tenants.Fact{Name: "Weeks aimed at", Value: fmt.Sprint(row.TargetWeeks)})
		}
		into.Add("Your place on the waiting list", item)
		carers, err := w.carers(ctx, s, row.ID)
		if err != nil {
			return err
		}
		for _, one := range carers {
			into.Add("Carers who see where you are", tenants.Item{At: one.SharedAt, Title: one.Carer, Facts: []tenants.Fact{{Name: "Email address", Value: one.Email}, {Name: "They call you", Value: one.Me}, {Name: "They see", Value: one.sees()}}})
		}
	}
	var said []Note
	err := s.Select(&said).Where("note.member_id = ?", person.ID).Order("note.at", "note.id").Scan(ctx)
	for _, note := range said {
		name, _ := note.Kind.tag()
		into.Add("Your check-ins while you wait", tenants.Item{At: note.At, Title: name, Words: note.Words})
	}
	return err
}

// erase removes what somebody said, and who they were here from the list.
func erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	if _, err := s.Delete((*Note)(nil)).Where("member_id = ?", person.ID).Exec(ctx); err != nil {
		return err
	}
	if _, err := s.Delete((*Carer)(nil)).Where("member_id = ?", person.ID).Exec(ctx); err != nil {
		return err
	}
	if _, err := s.Update((*Note)(nil)).Set("seen_by = NULL").Where("seen_by = ?", person.ID).Exec(ctx); err != nil {
		return err
	}
	if _, err := s.Update((*Entry)(nil)).Set("keyworker_id = NULL").Where("keyworker_id = ?", person.ID).Exec(ctx); err != nil {
		return err
	}
	if err := dropFiles(ctx, s, person.AccountID); err != nil {
		return err
	}
	_, err := s.Update((*Entry)(nil)).Set("member_id = NULL").Set("invitation_id = NULL").Set("email_sealed = ''").Set("email_lookup = ''").Set("contact_words = ''").
		Set("ask_at = NULL").Set("pulse = ''").Set("unread = 0").Where("member_id = ?", person.ID).Exec(ctx)
	return err
}

// ended is the condition of entries that came to an end before some time, and are of
// nobody under a legal hold.
func ended(s tenants.Scope, before time.Time) (string, []any) {
	free, column, trust := tenants.NotHeld(s, "member_id")
	return "outcome <> '' AND closed_at < ? AND (member_id IS NULL OR " + free + ")", []any{before, column, trust}
}

func countEnded(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	condition, args := ended(s, before)
	n, err := s.Select((*Entry)(nil)).Where(condition, args...).Count(ctx)
	return int(n), err
}

func purgeEnded(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	condition, args := ended(s, before)
	var ids []uuid.UUID
	if err := s.Select((*Entry)(nil)).Column("id").Where(condition, args...).Scan(ctx, &ids); err != nil {
		return 0, err
	}
	for _, id := range ids {
		for _, of := range []any{(*Note)(nil), (*Carer)(nil)} {
			if _, err := s.Delete(of).Where("entry_id = ?", id).Exec(ctx); err != nil {
				return 0, err
			}
		}
		if _, err := s.Delete((*Entry)(nil)).Where("id = ?", id).Exec(ctx); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}
