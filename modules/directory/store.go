package directory

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/tenants"
)

const pageSize = 40

var onTeam = tenants.StaffIn("person.roles")

func team(ctx context.Context, s tenants.Scope) (people []tenants.Person, err error) {
	err = listed(s, &people).Where(onTeam).Scan(ctx)
	return people, err
}

// found are members by handle, one more than a page has.
func found(ctx context.Context, s tenants.Scope, words, after string) (people []tenants.Person, err error) {
	q := listed(s, &people).Where("NOT " + onTeam).Where("NOT person.unlisted").Limit(pageSize + 1)
	if words != "" {
		like := database.Having(words)
		q.Where("(lower(person.handle) LIKE ? ESCAPE '!' OR lower(person.interests) LIKE ? ESCAPE '!')", like, like)
	}
	if after != "" {
		q.Where("person.handle_key > ?", after)
	}
	return people, q.Scan(ctx)
}

func listed(s tenants.Scope, into *[]tenants.Person) *bun.SelectQuery {
	return tenants.Face(s.Select(into)).Column("about", "pronouns", "interests").Where("person.status = 'active'").
		ApplyQueryBuilder(s.Seeing("person.id")).Order("person.handle_key")
}
