package resources

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// vote is whether an item helped a member.
type vote struct {
	bun.BaseModel `bun:"table:resource_votes,alias:vote"`
	tenants.InTrust

	ResourceID uuid.UUID `bun:"resource_id,pk,type:uuid"`
	MemberID   uuid.UUID `bun:"member_id,pk,type:uuid"`
	Helpful    bool      `bun:"helpful"`
}

// ours narrows a query to the items that this service looks after.
func ours(s tenants.Scope, q *bun.SelectQuery) *bun.SelectQuery {
	return q.Where("resource.service_id = ?", s.Service.ID)
}

// here narrows a query to the items that this service can show.
func here(s tenants.Scope, q *bun.SelectQuery) *bun.SelectQuery {
	return q.Where("(resource.service_id = ? OR resource.shared)", s.Service.ID)
}

// seen narrows a query to the items that the actor may see.
func seen(s tenants.Scope, q *bun.SelectQuery) *bun.SelectQuery {
	q = here(s, q)
	if s.May("resources.curate") {
		return q.Where("(resource.state = ? OR resource.service_id = ?)", Published, s.Service.ID)
	}
	return q.Where("(resource.state = ? OR resource.suggested_by = ? AND resource.state IN (?))", Published, s.Actor.ID(), bun.List([]State{Suggested, Declined}))
}

// brief reads what a list shows.
func brief(q *bun.SelectQuery) *bun.SelectQuery { return q.ExcludeColumn("body", "body_html") }

// find reads an item that the actor may see. No row otherwise.
func find(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Resource, err error) {
	err = seen(s, s.Select(&row)).Relation("Owner", tenants.Face).Relation("Suggester", tenants.Face).Where("resource.id = ?", id).Scan(ctx)
	return row, err
}

// among reads those of some items that the actor may see and that fit.
func among(ctx context.Context, s tenants.Scope, ids []uuid.UUID, narrow modules.Narrow) (rows []Resource, err error) {
	q := seen(s, s.Select(&rows)).Where("resource.id IN (?)", bun.List(ids))
	if !narrow.From.IsZero() {
		q.Where("resource.changed_at >= ?", narrow.From.UTC())
	}
	if !narrow.To.IsZero() {
		q.Where("resource.changed_at < ?", narrow.To.UTC())
	}
	return rows, q.Scan(ctx)
}

// alone is find for whoever is about to change the item: they take turns.
func alone(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Resource, err error) {
	err = seen(s, s.Lock(&row)).Where("resource.id = ?", id).Scan(ctx)
	return row, err
}

// byID reads an item whoever may see it, for what happens by itself.
func byID(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Resource, err error) {
	err = ours(s, s.Select(&row)).Where("resource.id = ?", id).Scan(ctx)
	return row, err
}

// published lists a part of the library, and one more than a page has.
func published(ctx context.Context, s tenants.Scope, in Filter) (rows []Resource, err error) {
	q := brief(here(s, s.Select(&rows))).Where("resource.state = ?", Published).Order("resource.changed_at DESC", "resource.id DESC").Limit(pageSize + 1)
	if in.Kind != "" {
		q.Where("resource.kind = ?", in.Kind)
	}
	if in.Tag != "" {
		q.Where("resource.tags LIKE ?", "%,"+in.Tag+",%")
	}
	if !in.Before.Zero() {
		q.Where("(resource.changed_at, resource.id) < (?, ?)", in.Before.At, in.Before.ID)
	}
	return rows, q.Scan(ctx)
}

// mostSets bounds how many different sets of tags are read.
const mostSets = 1000

// allTags lists the tags of what can be seen in the library.
func allTags(ctx context.Context, s tenants.Scope) (Tags, error) {
	var rows []Resource
	err := here(s, s.Select(&rows)).ColumnExpr("DISTINCT resource.tags").Where("resource.state = ?", Published).Limit(mostSets).Scan(ctx)
	var all Tags
	for _, row := range rows {
		all = append(all, row.Labels...)
	}
	slices.Sort(all)
	return slices.Compact(all), err
}

func suggestedByMe(ctx context.Context, s tenants.Scope) (rows []Resource, err error) {
	err = brief(ours(s, s.Select(&rows))).Where("resource.suggested_by = ?", s.Actor.ID()).Order("resource.created_at DESC").Limit(pageSize).Scan(ctx)
	return rows, err
}

func mineWaiting(ctx context.Context, s tenants.Scope) (int, error) {
	n, err := ours(s, s.Select((*Resource)(nil))).Where("resource.suggested_by = ?", s.Actor.ID()).Where("resource.state = ?", Suggested).Count(ctx)
	return int(n), err
}

// waiting counts the suggestions that wait for the actor's team.
func waiting(ctx context.Context, s tenants.Scope) (int, error) {
	if !s.May("resources.curate") {
		return 0, nil
	}
	n, err := ours(s, s.Select((*Resource)(nil))).Where("resource.state = ?", Suggested).Count(ctx)
	return int(n), err
}

func suggestions(ctx context.Context, s tenants.Scope) (rows []Resource, err error) {
	err = brief(ours(s, s.Select(&rows))).Relation("Suggester", tenants.Face).Where("resource.state = ?", Suggested).Order("resource.created_at").Limit(100).Scan(ctx)
	return rows, err
}

func overdue(ctx context.Context, s tenants.Scope) (rows []Resource, err error) {
	err = brief(ours(s, s.Select(&rows))).Relation("Owner", tenants.Face).Where("resource.state = ?", Published).Where("resource.review_at <= ?", s.Now).
		Order("resource.review_at").Limit(100).Scan(ctx)
	return rows, err
}

func archived(ctx context.Context, s tenants.Scope) (rows []Resource, err error) {
	err = brief(ours(s, s.Select(&rows))).Where("resource.state IN (?)", bun.List([]State{Archived, Declined})).Order("resource.changed_at DESC").Limit(100).Scan(ctx)
	return rows, err
}

// unreminded are the service's items whose day has come and of which nobody was
// reminded; those that another worker has are passed by.
func unreminded(ctx context.Context, s tenants.Scope) (rows []Resource, err error) {
	err = ours(s, s.Claim(&rows)).Where("resource.state = ?", Published).Where("resource.review_at <= ?", s.Now).
		Where("resource.reminded_at IS NULL").Order("resource.review_at").Limit(200).Scan(ctx)
	return rows, err
}

func insert(ctx context.Context, s tenants.Scope, row *Resource) error {
	_, err := s.Insert(row).Exec(ctx)
	return err
}

// save writes an item that the actor has alone; its version grows.
func save(ctx context.Context, s tenants.Scope, row *Resource) error {
	row.Version++
	return tenants.Touched(s.Update(row).ExcludeColumn("tenant_id", "id", "service_id", "kind", "suggested_by", "created_at").Where("resource.id = ?", row.ID).Exec(ctx))
}

// reminded notes that somebody was; who edits the item meanwhile need not know.
func reminded(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	return tenants.Touched(s.Update((*Resource)(nil)).Set("reminded_at = ?", s.Now).Where("resource.id = ?", id).Exec(ctx))
}

// team are those who can look after an item.
func team(ctx context.Context, s tenants.Scope) (people []tenants.Person, err error) {
	err = tenants.Face(s.Select(&people)).Where("person.status = 'active'").Where(tenants.StaffIn("person.roles")).Order("person.handle_key").Scan(ctx)
	return people, err
}

func keepVote(ctx context.Context, s tenants.Scope, row vote) error {
	_, err := s.Insert(&row).On("CONFLICT (tenant_id, resource_id, member_id) DO UPDATE").Set("helpful = EXCLUDED.helpful").Exec(ctx)
	return err
}

// myVote is what the actor said of an item: yes, no or nothing.
func myVote(ctx context.Context, s tenants.Scope, resource uuid.UUID) (string, error) {
	var row vote
	err := s.Select(&row).Where("vote.resource_id = ?", resource).Where("vote.member_id = ?", s.Actor.ID()).Scan(ctx)
	switch {
	case database.Missing(err):
		return "", nil
	case row.Helpful:
		return "yes", err
	}
	return "no", err
}

// votes counts what everybody said of an item, in all services that show it.
func votes(ctx context.Context, s tenants.Scope, resource uuid.UUID) (*Votes, error) {
	var out Votes
	err := s.Select((*vote)(nil)).ColumnExpr("count(CASE WHEN vote.helpful THEN 1 END) AS yes").ColumnExpr("count(CASE WHEN NOT vote.helpful THEN 1 END) AS no").
		Where("vote.resource_id = ?", resource).Scan(ctx, &out.Yes, &out.No)
	return &out, err
}
