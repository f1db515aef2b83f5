package live

import (
	"context"

	"github.com/sharon-nhs/sharon/tenants"
)

// wordsGone stand where somebody who left had said something.
const wordsGone = "*This went when whoever wrote it left.*"

// data is what the room keeps of members.
func data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{
			tenants.Class{Key: "live-words", Name: "Live sessions", About: "What you said in live sessions, and the questions that you asked before them.", Days: 365, Least: 7, Most: 3 * 365}.
				Ages(tenants.Aged{Model: (*Message)(nil), Since: "said_at", Whose: "author_id"}, tenants.Aged{Model: (*Question)(nil), Since: "asked_at", Whose: "author_id"}),
			{Key: "live-plans", Name: "Live sessions that you planned", About: "Their titles and what they were about, if you were a host.", Stays: "They say what the service offered and when. Your name is no longer with them."},
		},
		Export: export, Erase: erase,
	}
}

func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	var said []Message
	if err := s.Select(&said).Where("message.author_id = ?", person.ID).Order("message.said_at").Scan(ctx); err != nil {
		return err
	}
	for _, m := range said {
		into.Add("What you said in live sessions", tenants.Item{At: m.SaidAt, Words: m.Body})
	}
	var asked []Question
	if err := s.Select(&asked).Where("question.author_id = ?", person.ID).Order("question.asked_at").Scan(ctx); err != nil {
		return err
	}
	for _, q := range asked {
		into.Add("Questions that you asked", tenants.Item{At: q.AskedAt, Words: q.Body})
	}
	var planned []Session
	err := s.Select(&planned).Where("live.created_by = ?", person.ID).Order("live.starts_at").Scan(ctx)
	for _, x := range planned {
		into.Add("Live sessions that you planned", tenants.Item{At: x.StartsAt, Title: x.Title, Words: x.About})
	}
	return err
}

func erase(ctx context.Context, s tenants.Scope, person tenants.Person, how tenants.Leaving) error {
	for _, model := range []any{(*reminder)(nil), (*muting)(nil)} {
		if _, err := s.Delete(model).Where("member_id = ?", person.ID).Exec(ctx); err != nil {
			return err
		}
	}
	if how.KeepWords {
		return nil
	}
	var silent Message
	silent.Write(wordsGone)
	_, err := s.Update((*Message)(nil)).Set("body = ?", silent.Body).Set("body_html = ?", silent.BodyHTML).Set("rendered_by = ?", silent.RenderedBy).
		Where("author_id = ?", person.ID).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = s.Delete((*Question)(nil)).Where("author_id = ?", person.ID).Exec(ctx)
	return err
}
