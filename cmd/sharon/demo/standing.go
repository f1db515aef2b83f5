package demo

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/modules/standing"
	"github.com/sharon-nhs/sharon/tenants"
)

const recognised = "Nobody can be recognised"

// standing gives a strike to somebody who was asked for a change, with an appeal that
// was answered; somebody could not write for three days, and somebody is on a break.
func (w *seeding) standing(ctx context.Context, s tenants.Scope) error {
	struck, ok := w.people["marmalade"]
	if !ok {
		return nil // another service
	}
	var deed safety.Deed
	err := s.Select(&deed).Where("deed.act = ?", safety.AskEdit).Where("deed.item_id IN (?)", s.Select((*safety.Item)(nil)).Column("id").Where("item.author_id = ?", struck.ID)).Scan(ctx)
	if err != nil {
		if database.Missing(err) {
			return nil
		}
		return err
	}
	if _, err := s.Update((*safety.Deed)(nil)).Set("rule = ?", recognised).Where("id = ?", deed.ID).Exec(ctx); err != nil {
		return err
	}
	strike := standing.Strike{ID: w.ids.at(deed.At), MemberID: struck.ID, ItemID: deed.ItemID, DeedID: deed.ID, Rule: recognised, Words: deed.Words, Act: deed.Act, GivenAt: deed.At, ExpiresAt: deed.At.AddDate(0, 0, 90)}
	if _, err := s.Insert(&strike).Exec(ctx); err != nil {
		return err
	}
	if err := w.appeal(ctx, s, deed, struck); err != nil {
		return err
	}
	began := s.Now.Add(-12 * 24 * time.Hour)
	paused := standing.Suspension{ID: w.ids.at(began), MemberID: w.people["thistle"].ID, ByID: w.people["lead"].ID, Rule: "Be kind to each other",
		Reason:  "The third sharp reply in one night, after two kind words from Priya. Jo has talked with Thistle.",
		Words:   "The nights are long and everybody is tired. Please rest from writing here for three days. We are glad that you are here, and you can write to us at any time.",
		BeganAt: began, UntilAt: began.Add(3 * 24 * time.Hour)}
	if _, err := s.Insert(&paused).Exec(ctx); err != nil {
		return err
	}
	_, err = s.Update((*tenants.Person)(nil)).Set("away_until = ?", s.Now.AddDate(0, 0, 12)).Where("id = ?", w.people["leftsock"].ID).Exec(ctx)
	return err
}

// appeal is one that somebody else of the team has answered.
func (w *seeding) appeal(ctx context.Context, s tenants.Scope, deed safety.Deed, by tenants.Person) error {
	made := deed.At.Add(26 * time.Hour)
	answered, who := made.Add(5*time.Hour), w.people["nursery"].ID
	row := standing.Appeal{ID: w.ids.at(made), MemberID: by.ID, Sort: "decision", AboutID: deed.ID, Words: "It was only the word postcode. I never wrote mine. Can the strike go?", MadeAt: made,
		DecidedAt: &answered, Answer: "We read the draft before as well, and it had one in it. So it stays, but only until its day, and nobody thinks badly of you."}
	if _, err := s.Insert(&row).Exec(ctx); err != nil {
		return err
	}
	item := safety.Item{ID: w.ids.at(made), Sort: "appeal", SubjectID: row.ID, AuthorID: by.ID, Level: safety.Green, RaisedAt: made, DueAt: made.Add(48 * time.Hour),
		HolderID: &who, TakenAt: &answered, RespondedAt: &answered, DecidedAt: &answered, DecidedBy: &who, Act: safety.Uphold, Version: 2}
	if _, err := s.Insert(&item).Exec(ctx); err != nil {
		return err
	}
	mark := safety.Mark{ID: w.ids.at(made), ItemID: item.ID, Source: safety.ByAppeal, Detail: "of a decision", Level: item.Level, ByID: deed.ActorID, At: made}
	if _, err := s.Insert(&mark).Exec(ctx); err != nil {
		return err
	}
	answer := safety.Deed{ID: w.ids.at(answered), ItemID: item.ID, ActorID: who, Act: safety.Uphold, Reason: "The draft before had a whole postcode.", Words: row.Answer, At: answered}
	_, err := s.Insert(&answer).Exec(ctx)
	return err
}
