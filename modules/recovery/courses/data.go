package courses

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

// Export adds the courses that somebody took, and what they wrote in them.
func (c Courses) Export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	all, err := taking(ctx, s, person.ID)
	if err != nil {
		return err
	}
	for _, one := range all {
		item := tenants.Item{At: one.BegunAt, Title: one.Course.Title}
		if one.FinishedAt != nil {
			item.Facts = append(item.Facts, tenants.Fact{Name: "Finished", Value: ui.Date(*one.FinishedAt)})
		}
		for _, part := range one.done {
			item.Facts = append(item.Facts, tenants.Fact{Name: "Done", Value: part})
		}
		into.Add("Courses", item)
	}
	answers, err := c.Written(ctx, s, person.ID)
	for _, one := range answers {
		item := tenants.Item{At: one.WrittenAt, Where: one.Course, Title: one.Title}
		for _, said := range one.Said {
			item.Facts = append(item.Facts, tenants.Fact{Name: said.Prompt, Value: said.Words})
		}
		into.Add("Exercises of courses", item)
	}
	return err
}

// Erase removes all that somebody did in courses.
func Erase(ctx context.Context, s tenants.Scope, person tenants.Person) error {
	for _, rows := range []any{(*Answer)(nil), (*Mark)(nil), (*Progress)(nil)} {
		if _, err := s.Delete(rows).Where("member_id = ?", person.ID).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Took is what a member did in a course, such as in a demonstration. Its rows have
// ids, times and words; the rest is filled in by Keep.
type Took struct {
	Progress Progress
	Marks    []Mark
	Answers  []Answer
}

// Keep writes it all as a member's.
func (k Took) Keep(ctx context.Context, s tenants.Scope, keys crypt.Keys, member uuid.UUID) (err error) {
	write := func(row tenants.Row) {
		if err == nil {
			_, err = s.Insert(row).Exec(ctx)
		}
	}
	k.Progress.MemberID = member
	write(&k.Progress)
	for _, one := range k.Marks {
		one.MemberID = member
		write(&one)
	}
	for _, one := range k.Answers {
		one.MemberID, one.Version = member, 1
		if err == nil {
			one.Sealed, err = keys.SealValue(one.Said, one.ID.String())
		}
		write(&one)
	}
	return err
}
