package resources

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants"
)

var rights = map[string]string{
	"resources.read":    "Read the library",
	"resources.suggest": "Suggest something for the library, and say what helped",
	"resources.curate":  "Look after the library, and answer suggestions",
	"resources.share":   "Share items with all services of the trust",
}

// data is what the room keeps of members.
func data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{
			{Key: "suggestions", Name: "What you suggested for the library", About: "Your suggestions that the team has not taken, its answers, and what you said was helpful."},
			{Key: "library", Name: "What the library took", About: "Suggestions of yours that the team put into the library.", Stays: "They belong to the library, and others use them. Your name is no longer with them."},
		},
		Export: export, Erase: erase,
	}
}

func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	var suggested []Resource
	if err := s.Select(&suggested).Where("resource.suggested_by = ?", person.ID).Order("resource.created_at").Scan(ctx); err != nil {
		return err
	}
	for _, row := range suggested {
		item := tenants.Item{At: row.CreatedAt, Title: row.Title, Words: row.Body, Facts: []tenants.Fact{{Name: "State", Value: string(row.State)}}}
		for _, part := range []tenants.Fact{
			{Name: "What it is good for", Value: row.Summary}, {Name: "Address", Value: row.URL}, {Name: "Area", Value: row.Area}, {Name: "Phone", Value: row.Phone},
			{Name: "Email", Value: row.Email}, {Name: "Hours", Value: row.Hours}, {Name: "Whom they help", Value: row.Eligibility}, {Name: "The team’s answer", Value: row.Answer},
		} {
			if part.Value != "" {
				item.Facts = append(item.Facts, part)
			}
		}
		into.Add("What you suggested for the library", item)
	}
	var said []struct {
		Title   string
		Helpful bool
	}
	err := s.Select((*vote)(nil)).ColumnExpr("resource.title, vote.helpful").Join("JOIN resources AS resource ON resource.tenant_id = vote.tenant_id AND resource.id = vote.resource_id").
		Where("vote.member_id = ?", person.ID).Order("resource.title").Scan(ctx, &said)
	for _, v := range said {
		into.Add("What you said was helpful", tenants.Item{Title: v.Title, Facts: []tenants.Fact{{Name: "Helpful", Value: map[bool]string{true: "yes", false: "no"}[v.Helpful]}}})
	}
	return err
}

// erase removes what was never in the library. What others use stays, and falls
// to the leads to look after.
func erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	if _, err := s.Delete((*vote)(nil)).Where("member_id = ?", person.ID).Exec(ctx); err != nil {
		return err
	}
	_, err := s.Delete((*Resource)(nil)).Where("suggested_by = ?", person.ID).Where("state IN (?)", bun.List([]State{Suggested, Declined})).Exec(ctx)
	if err != nil {
		return err
	}
	for _, column := range []bun.Ident{"suggested_by", "owner_id"} {
		if _, err := s.Update((*Resource)(nil)).Set("? = NULL", column).Where("? = ?", column, person.ID).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
