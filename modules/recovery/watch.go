package recovery

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// sortOfCheckIn is that of check-ins on the desk.
const sortOfCheckIn = "check_in"

// hear asks what the watched terms make of private words of the actor's.
func (r Recovery) hear(ctx context.Context, s tenants.Scope, text safety.Text) (safety.Verdict, error) {
	text.Module, text.Author = key, s.Actor.ID()
	return r.desk.Hear(ctx, s, text)
}

// raise tells the team of words that say that their writer may be in danger.
func (r Recovery) raise(ctx context.Context, s tenants.Scope, one CheckIn) error {
	if one.Words == "" {
		return nil
	}
	text := safety.Text{Sort: sortOfCheckIn, Subject: one.ID, Author: one.MemberID, Body: one.Words, Edit: one.Version > 1}
	verdict, err := r.hear(ctx, s, text)
	if err == nil {
		_, err = r.desk.Settle(ctx, s, text, verdict)
	}
	return err
}

// checkInSort is a check-in as the desk has it: private, so that of the team only
// whoever has it reads it, and there is nothing to decide but that it was seen.
func (r Recovery) checkInSort() safety.Sort {
	return safety.Sort{Key: sortOfCheckIn, Name: "check-in", Show: func(ctx context.Context, s tenants.Scope, id uuid.UUID) (safety.Subject, error) {
		one, err := r.checkIn(ctx, s, id, uuid.Nil)
		if err != nil {
			return safety.Subject{}, err
		}
		if !s.Actor.Roles.Staff() || one.MemberID == s.Actor.ID() {
			return safety.Subject{}, fault.Missing()
		}
		return r.private(ctx, s, safety.Subject{Body: one.Words, Where: "check-in", State: "nobody else reads it", At: one.At, Version: one.Version}, one.MemberID)
	}}
}

// comfort shows the actor whom to turn to where their words say that they may be
// in danger. Nobody else learns of it: these words are for nobody else.
func (r Recovery) comfort(ctx context.Context, s tenants.Scope, words string) error {
	verdict, err := r.hear(ctx, s, safety.Text{Sort: key, Body: words})
	if err == nil && len(verdict.Findings) > 0 {
		s.Lead("/" + s.Service.Slug + "/support")
	}
	return err
}

// private completes a subject that few were to read.
func (r Recovery) private(ctx context.Context, s tenants.Scope, x safety.Subject, member uuid.UUID) (safety.Subject, error) {
	var author tenants.Person
	err := s.Select(&author).Where("person.id = ?", member).Scan(ctx)
	x.HTML, x.Author, x.Private = markdown.HTML(x.Body), &author, true
	return x, err
}
