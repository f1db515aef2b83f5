package reports

import (
	"context"
	"github.com/google/uuid"
	"slices"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// forReview narrows to reports that the actor may look at: of posts that are for
// their eyes, and neither by them nor reported by them.
func forReview(s tenants.Scope, q *bun.SelectQuery) *bun.SelectQuery {
	theirs := s.Select((*posts.Post)(nil)).Column("id").Where("post.audience IN (?)", bun.List(s.Actor.Roles.Audiences())).Where("post.author_id <> ?", s.Actor.ID())
	return q.Where("report.reporter_id <> ?", s.Actor.ID()).Where("report.post_id IN (?)", theirs.Where("post.id = report.post_id"))
}

// read is forReview with all that a page shows of reports.
func read(s tenants.Scope, into any) *bun.SelectQuery {
	return forReview(s, s.Select(into)).Relation("Post").Relation("Post.Author", tenants.Face).
		Relation("Reporter", tenants.Face).Relation("Seer", tenants.Face).Relation("Decider", tenants.Face)
}

// teamOf are those who may look at reports.
func teamOf(ctx context.Context, s tenants.Scope) (team []tenants.Person, err error) {
	var people []tenants.Person
	err = s.Select(&people).Where("person.status = 'active'").Where("person.roles NOT IN (?)", bun.List([]string{string(tenants.ServiceUser), string(tenants.Carer), string(tenants.Waiting)})).Scan(ctx)
	return slices.DeleteFunc(people, func(p tenants.Person) bool { return !s.As(p).May("reports.review") }), err
}

func madeBy(ctx context.Context, s tenants.Scope, member uuid.UUID) (rows []Report, err error) {
	err = s.Select(&rows).Where("report.reporter_id = ?", member).Order("report.reported_at").Scan(ctx)
	return rows, err
}

// silence takes a member's words out of the reports: what they said in their own,
// and what they wrote that others reported.
func silence(ctx context.Context, s tenants.Scope, member uuid.UUID) error {
	if _, err := s.Update((*Report)(nil)).Set("words = ''").Where("reporter_id = ?", member).Exec(ctx); err != nil {
		return err
	}
	_, err := s.Update((*Report)(nil)).Set("title = ''").Set("body = ''").
		Where("post_id IN (SELECT p.id FROM posts AS p WHERE p.tenant_id = ? AND p.author_id = ?)", s.Trust().ID, member).Exec(ctx)
	return err
}
